#if canImport(Glibc)
    import Glibc
#endif

/// Where a role listens, written `host:port`; an empty host or `0.0.0.0` is every address.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    public var host: String
    /// 0 ... 65535; 0 lets the system choose.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// - Throws: `invalidAddress` when the text is not `host:port`, `[ipv6]:port` or `:port`.
    public init(_ text: String) throws(WebServerError) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            throw WebServerError(
                .invalidAddress, "cannot listen on \"\(text)\": want host:port with a port of 0 to 65535")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.host = host.isEmpty ? "0.0.0.0" : host
        self.port = port
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether only this machine can connect.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// Binds the address and lets it go again, so that a program with several roles can refuse to
    /// start before any of them has begun.
    ///
    /// - Parameter role: named in the error.
    /// - Throws: `portInUse`, `notPermitted`, `invalidAddress`, `io`.
    public func checkFree(for role: String) throws(WebServerError) {
        guard port != 0 else { return }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let first = found else {
            throw WebServerError(
                .invalidAddress,
                "cannot listen on \(self) for \(role): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(found) }
        let socket = Glibc.socket(first.pointee.ai_family, first.pointee.ai_socktype, 0)
        guard socket >= 0 else { throw failure(errno, role: role) }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        // Not listening: a client that connects now would be reset, or wait for a second.
        guard bind(socket, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 else {
            throw failure(errno, role: role)
        }
    }

    /// The error for an `errno` that binding gave.
    func failure(_ code: Int32, role: String) -> WebServerError {
        switch code {
        case EADDRINUSE:
            WebServerError(
                .portInUse,
                "cannot start \(role): port \(port) is in use (\(self)); stop what holds it or choose another address"
            )
        case EACCES:
            WebServerError(
                .notPermitted, "cannot start \(role): this user may not listen on \(self)")
        case EADDRNOTAVAIL:
            WebServerError(
                .invalidAddress, "cannot start \(role): \(self) is not an address of this machine")
        default:
            WebServerError(.io, "cannot start \(role) on \(self): \(String(cString: strerror(code)))")
        }
    }
}
