import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A port of 127.0.0.1.
public final class LocalPort: Sendable {
    public let number: Int
    private let socket: Int32

    /// Takes a port that nobody uses and holds it until the object goes.
    public convenience init() throws { try self.init(0) }

    /// - Parameter wanted: 0 for one that the system chooses.
    private init(_ wanted: Int) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = LocalPort.address(wanted)
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

    /// Below the ports that the system gives to outgoing connections: one of those would take a port before its server does.
    private static let servers = 12_000..<32_000
    private static let next = Atomic(Int.random(in: servers))

    /// Different ports that were free a moment ago; none is given twice by one process.
    public static func free(_ count: Int) throws -> [Int] {
        var ports: [Int] = []
        for _ in servers where ports.count < count {
            let number = next.add(1, ordering: .relaxed).newValue
            let wanted = servers.lowerBound + number % servers.count
            if (try? LocalPort(wanted)) != nil { ports.append(wanted) }
        }
        guard ports.count == count else { throw TestFailure("cannot find \(count) free ports") }
        return ports
    }

    static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }
}
