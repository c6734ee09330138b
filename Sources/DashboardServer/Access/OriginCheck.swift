import Dashboards
import HTTPTypes

/// Keeps other sites' pages from acting in the name of somebody who is logged in, and from reading
/// through a name that they let point here.
struct OriginCheck: Sendable {
    let settings: DashboardSettings
    let isLoopback: Bool

    /// Whether an unsafe request may have been sent by our own pages, or by no page at all.
    ///
    /// A browser says where a request comes from in `Sec-Fetch-Site` and `Origin`; programs send
    /// neither.
    func admits(_ method: HTTPRequest.Method, _ headers: HTTPFields, authority: String) -> Bool {
        switch method {
        case .get, .head, .options, .trace: return true
        default: break
        }
        let origin = headers[.origin]
        if let origin, isTrusted(origin) { return true }
        switch headers[.secFetchSite] {
        case "same-origin"?, "none"?: return true
        case .some: return false
        case nil: break
        }
        guard let origin else {
            // An old browser's form can send neither header nor JSON.
            let type = headers[.contentType]?.lowercased() ?? ""
            return headers[.cookie] == nil || type.isEmpty || type.contains("json")
                || headers[.xRequestedWith] != nil
        }
        return OriginCheck.authority(of: origin) == authority.lowercased()
    }

    private func isTrusted(_ origin: String) -> Bool {
        guard let host = OriginCheck.authority(of: origin) else { return false }
        let name = OriginCheck.hostName(host)
        if settings.trustedOrigins.contains(where: { $0.lowercased() == name || $0.lowercased() == host }) {
            return true
        }
        return !settings.rootURL.isEmpty && OriginCheck.authority(of: settings.rootURL) == host
    }

    /// Whether the Host header may be ours. Only asked when nothing but this machine can connect:
    /// then a public name that leads here is somebody's trick.
    func admitsHost(_ authority: String) -> Bool {
        guard isLoopback, !authority.isEmpty else { return true }
        let name = OriginCheck.hostName(authority.lowercased())
        if name.hasPrefix("[") || name.allSatisfy({ $0.isNumber || $0 == "." }) { return true }
        let own = [
            settings.domain.lowercased(),
            OriginCheck.authority(of: settings.rootURL).map(OriginCheck.hostName) ?? "",
        ]
        return !name.contains(".") || own.contains(name)
            || [".localhost", ".local", ".internal", ".test"].contains { name.hasSuffix($0) }
    }

    /// `host:port` of an origin or URL, in lower case.
    private static func authority(of text: String) -> String? {
        guard let start = text.firstRange(of: "://") else { return nil }
        return String(text[start.upperBound...].prefix { $0 != "/" }).lowercased()
    }

    private static func hostName(_ authority: String) -> String {
        if authority.hasPrefix("[") { return String(authority.prefix { $0 != "]" }) + "]" }
        return String(authority.prefix { $0 != ":" })
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
    static let xRequestedWith = Self("X-Requested-With") ?? .origin
}
