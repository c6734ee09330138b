#if canImport(Glibc)
    import Glibc
#endif

/// Where a server listens: an address of any family with its port.
public struct ServerAddress: Sendable {
    private var storage: sockaddr_storage
    private var length: socklen_t

    /// The most addresses of one name that are of use.
    private static let countMax = 16

    /// The addresses of a host, the best first (RFC 6724).
    ///
    /// - Parameters:
    ///   - host: an address as text, or a name.
    ///   - isNumeric: takes only an address, and then does not block; a name is asked of the system's resolver, which does.
    /// - Throws: ``SocketError`` with the resolver's words.
    public static func find(host: String, port: Int, isNumeric: Bool) throws(SocketError) -> [ServerAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (isNumeric ? AI_NUMERICHOST : 0)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard status == 0 else {
            throw SocketError(text: "lookup \(host): \(String(cString: gai_strerror(status)))")
        }
        var result: [ServerAddress] = []
        var next = found
        while let info = next?.pointee, result.count < countMax {
            next = info.ai_next
            guard let address = info.ai_addr, info.ai_addrlen <= MemoryLayout<sockaddr_storage>.size else {
                continue
            }
            var storage = sockaddr_storage()
            withUnsafeMutableBytes(of: &storage) {
                $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
            }
            result.append(ServerAddress(storage: storage, length: info.ai_addrlen))
        }
        guard !result.isEmpty else { throw SocketError(text: "lookup \(host): no address") }
        return result
    }

    /// Begins to connect a new socket that never blocks.
    ///
    /// - Throws: ``SocketError`` when that fails at once.
    func connect() throws(SocketError) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(Int32(storage.ss_family), flags, 0)
        guard socket >= 0 else { throw SocketError(errno) }
        var yes: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        let status = withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket, $0, length) }
        }
        if status == 0 || errno == EINPROGRESS { return socket }
        let error = SocketError(errno)
        close(socket)
        throw error
    }
}

/// Why a socket is of no use, in the system's words.
public struct SocketError: Error, Sendable, CustomStringConvertible {
    public let description: String

    init(text: String) { description = text }

    /// - Parameter number: of the system, as in `errno`.
    public init(_ number: Int32) { description = String(cString: strerror(number)) }
}
