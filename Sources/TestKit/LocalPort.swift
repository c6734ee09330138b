#if canImport(Glibc)
    import Glibc
#endif

/// A port of 127.0.0.1.
public final class LocalPort: Sendable {
    public let number: Int
    private let socket: Int32

    /// Takes a port that nobody uses and holds it until the object goes.
    public init() throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = LocalPort.address(0)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = self.socket
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, size) }
        }
        guard bound == 0, listen(socket, 1) == 0 else { throw TestFailure("cannot take a port") }
        var length = size
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        number = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }

    /// Different ports that were free a moment ago.
    public static func free(_ count: Int) throws -> [Int] {
        // Held together, so that none is given twice.
        let ports = try (0..<count).map { _ in try LocalPort() }
        return ports.map(\.number)
    }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
