#if canImport(Glibc)
    import Glibc
#endif

/// Where users find the server.
struct WebPlace {
    /// With scheme and path, without a slash at the end. Made of this machine's name and the port when no
    /// other is configured.
    let externalURL: String
    /// What stands before all paths of ours: "" or `/prefix`.
    let routePrefix: String

    init(_ flags: ServerFlags, port: Int) {
        let given = flags.web.externalURL
        var url = given.isEmpty ? "http://\(HostName.current):\(port)" : given
        if !url.contains("://") { url = "http://" + url }
        while url.hasSuffix("/") { url.removeLast() }
        externalURL = url
        routePrefix = Self.prefix(flags.web.routePrefix ?? Self.path(of: url))
    }

    private static func path(of url: String) -> String {
        guard let schemeEnd = url.firstRange(of: "://") else { return "" }
        let rest = url[schemeEnd.upperBound...]
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
    }

    private static func prefix(_ text: String) -> String {
        let parts = text.split(separator: "/")
        return parts.isEmpty ? "" : "/" + parts.joined(separator: "/")
    }
}

/// The name of this machine.
enum HostName {
    static let current: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
