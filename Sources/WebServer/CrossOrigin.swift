import HTTPTypes
public import Hummingbird

/// Tells browsers which other origins may read answers (CORS).
public struct CrossOrigin: RouterMiddleware {
    private let isAllowed: @Sendable (String) -> Bool
    private let allowsAll: Bool

    /// - Parameters:
    ///   - isAllowed: asked with the value of the Origin header.
    ///   - allowsAll: every origin is allowed, and told so by `*`.
    public init(allowsAll: Bool = false, isAllowed: @escaping @Sendable (String) -> Bool = { _ in false }) {
        self.isAllowed = isAllowed
        self.allowsAll = allowsAll
    }

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        guard let origin = request.headers[.origin] else { return response }
        guard allowsAll || isAllowed(origin) else { return response }
        response.headers[.accessControlAllowOrigin] = allowsAll ? "*" : origin
        response.headers[.accessControlAllowHeaders] = "Accept, Authorization, Content-Type, Origin"
        response.headers[.accessControlAllowMethods] = "GET, POST, OPTIONS"
        response.headers[.accessControlExposeHeaders] = "Date"
        return response
    }
}

/// Refuses requests that a page of another site makes a browser send: for routes that change
/// something. Programs send no Origin and pass.
public struct SameOriginOnly: RouterMiddleware {
    private let externalHost: String

    /// - Parameter externalHost: the host (without port) of the address that users know the server by;
    ///   "" when none is configured.
    public init(externalHost: String = "") {
        self.externalHost = externalHost
    }

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let site = request.headers[.secFetchSite]
        let isForeignSite = site == "cross-site" || site == "same-site"
        guard !isForeignSite, isOwn(request.headers[.origin], authority: request.head.authority) else {
            throw HTTPError(.forbidden, message: "requests from pages of other origins are refused")
        }
        return try await next(request, context)
    }

    /// Whether the origin is the server itself. A name that was pointed at our address by its owner (DNS
    /// rebinding) equals the Host header too, so that only addresses, localhost and the configured name
    /// are taken.
    func isOwn(_ origin: String?, authority: String?) -> Bool {
        guard let origin else { return true }
        guard let schemeEnd = origin.firstRange(of: "://") else { return false }
        let asked = origin[schemeEnd.upperBound...].lowercased()
        guard let authority, asked == authority.lowercased() else { return false }
        let host = Self.host(of: asked)
        return host == "localhost" || host == externalHost.lowercased() && !host.isEmpty
            || Self.isAddress(host)
    }

    /// The authority without its port; IPv6 addresses without brackets.
    static func host(of authority: String) -> String {
        if authority.hasPrefix("[") {
            return String(authority.dropFirst().prefix { $0 != "]" })
        }
        return String(authority.prefix { $0 != ":" })
    }

    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") {
            return host.utf8.allSatisfy { isHex($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
            || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f"))
    }
}

extension HTTPField.Name {
    static let secFetchSite = Self("Sec-Fetch-Site") ?? .origin
}
