internal import AsyncHTTPClient

#if canImport(Glibc)
    import Glibc
#endif

/// The proxy that settings ask for, and the hosts that are reached without it.
struct ProxyChoice {
    let proxy: HTTPClient.Configuration.Proxy?
    let bypass: ProxyBypass

    /// - Throws: `invalidURL` when the proxy's URL is not `http://host:port`.
    init(_ settings: ProxySettings) throws(WebClientError) {
        var url = settings.url
        var noProxy = settings.noProxy
        if settings.fromEnvironment {
            url = ProxyChoice.environment("HTTPS_PROXY") ?? ProxyChoice.environment("HTTP_PROXY") ?? ""
            noProxy = ProxyChoice.environment("NO_PROXY") ?? ""
        }
        bypass = ProxyBypass(noProxy)
        guard !url.isEmpty else {
            proxy = nil
            return
        }
        var rest = Substring(url)
        if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
        rest = rest.prefix { $0 != "/" }
        var login: Substring?
        if let at = rest.lastIndex(of: "@") {
            login = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        let colon = rest.lastIndex(of: ":")
        let host = colon.map { rest[..<$0] } ?? rest
        let port = colon.map { Int(rest[rest.index(after: $0)...]) } ?? 80
        guard !host.isEmpty, !rest.contains("://"), let port, (1...65535).contains(port) else {
            throw WebClientError(.invalidURL, "cannot use the proxy URL: want http://host:port")
        }
        if let login {
            let parts = login.split(separator: ":", maxSplits: 1).map(String.init)
            proxy = .server(
                host: String(host), port: port,
                authorization: .basic(username: parts.first ?? "", password: parts.count > 1 ? parts[1] : ""))
        } else {
            proxy = .server(host: String(host), port: port)
        }
    }

    /// A variable in capitals or, as most programs accept, small letters.
    private static func environment(_ name: String) -> String? {
        for name in [name, name.lowercased()] {
            if let value = getenv(name), value.pointee != 0 { return String(cString: value) }
        }
        return nil
    }
}

/// The hosts of `no_proxy`: names with their subdomains, `.domain` for subdomains only, addresses, `*`.
struct ProxyBypass: Sendable {
    private let items: [String]

    init(_ list: String) {
        items = list.split(separator: ",").map { $0.filter { $0 != " " }.lowercased() }.filter { !$0.isEmpty }
    }

    /// Whether the host is reached without the proxy; this machine always is.
    func isDirect(host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "::1" || host.hasPrefix("127.") { return true }
        return items.contains { item in
            item == "*" || host == item || host.hasSuffix(item.hasPrefix(".") ? item : "." + item)
        }
    }
}
