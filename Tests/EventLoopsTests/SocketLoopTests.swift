import Platform
import Synchronization
import Testing

@testable import EventLoops

#if canImport(Glibc)
    import Glibc
#endif

@Suite(.timeLimit(.minutes(1))) struct SocketLoopTests {
    /// Runs `body` on the thread of a loop until it calls what it gets.
    private static func onLoop<Value: Sendable>(
        _ body: @escaping @Sendable (SocketLoop, @escaping (Value) -> Void) -> Void
    ) async -> Value {
        let loop = SocketLoop.next()
        return await withCheckedContinuation { continuation in
            loop.execute { body(loop) { continuation.resume(returning: $0) } }
        }
    }

    @Test func momentsComeInTheirOrder() async {
        let order: [Int] = await Self.onLoop { loop, end in
            let now = MonotonicTime.nanoseconds()
            nonisolated(unsafe) var order: [Int] = []
            var timers: [SocketLoop.Timer] = []
            for place in [7, 2, 9, 4, 0, 8, 1, 6, 3, 5] {
                timers.append(loop.at(now + UInt64(place) * 300_000) { order.append(place) })
            }
            timers[3].cancel()
            _ = loop.at(now + 10_000_000) { end(order) }
        }
        #expect(order == [0, 1, 2, 3, 5, 6, 7, 8, 9])
    }

    @Test func aTaskStaysOnItsThreadAndIsWokenByIt() async throws {
        let loop = SocketLoop.next()
        let alarm = SocketLoopAlarm()
        let task = Task(executorPreference: loop) {
            var isHome = loop.isCurrent
            try await alarm.wait(until: SystemClock().now() + 20)
            isHome = isHome && loop.isCurrent
            await Task.yield()
            return isHome && loop.isCurrent
        }
        #expect(try await task.value)
        let before = SystemClock().now()
        try await alarm.wait(until: before + 20)
        #expect(SystemClock().now() >= before + 20)
    }

    @Test func aCancelledTaskWaitsNoLonger() async throws {
        let loop = SocketLoop.next()
        let begun = Atomic<Bool>(false)
        let task = Task(executorPreference: loop) {
            begun.store(true, ordering: .relaxed)
            try await SocketLoopAlarm().wait(until: SystemClock().now() + 3_600_000)
        }
        while !begun.load(ordering: .relaxed) { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let second = Task(executorPreference: loop) {
            withUnsafeCurrentTask { $0?.cancel() }
            try await SocketLoopAlarm().wait(until: SystemClock().now() + 3_600_000)
        }
        await #expect(throws: CancellationError.self) { try await second.value }
    }

    // MARK: - Dialing

    /// A socket that listens on a free port of this machine, with no place for a connection that nobody accepts.
    private static func listen() throws -> (socket: Int32, port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) | Glibc.listen(socket, 0) | getsockname(socket, $0, &size)
            }
        }
        try #require(status == 0)
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// Connects to ports of this machine, the best first; returns the port that answered, or the error.
    private static func dial(_ ports: [Int]) async throws -> Result<Int, SocketError> {
        let addresses = try ports.map {
            try #require(ServerAddress.find(host: "127.0.0.1", port: $0, isNumeric: true).first)
        }
        return await onLoop { loop, end in
            Dialing(addresses, on: loop) { result in
                end(
                    result.map { socket in
                        var address = sockaddr_in()
                        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
                        _ = withUnsafeMutablePointer(to: &address) {
                            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                                getpeername(socket, $0, &size)
                            }
                        }
                        close(socket)
                        return Int(UInt16(bigEndian: address.sin_port))
                    })
            }.begin()
        }
    }

    @Test func theNextAddressIsTriedWhenOneRefusesOrIsSilent() async throws {
        let good = try Self.listen()
        let closed = try Self.listen()
        let silent = try Self.listen()
        close(closed.socket)
        defer {
            close(good.socket)
            close(silent.socket)
        }
        #expect(try await Self.dial([closed.port, good.port]).get() == good.port)
        let refused = await #expect(throws: SocketError.self) { try await Self.dial([closed.port]).get() }
        #expect(refused?.description == "Connection refused")
        // Connections that nobody accepts fill its queue; the next ones are not answered.
        let address = try #require(
            ServerAddress.find(host: "127.0.0.1", port: silent.port, isNumeric: true).first)
        let fillers = try (0..<4).map { _ in try address.connect() }
        defer { for filler in fillers { close(filler) } }
        let other = try Self.listen()
        defer { close(other.socket) }
        #expect(try await Self.dial([silent.port, closed.port, other.port]).get() == other.port)
    }

    @Test func onlyAnAddressIsFoundWithoutAsking() throws {
        #expect(throws: SocketError.self) {
            try ServerAddress.find(host: "localhost", port: 1, isNumeric: true)
        }
        #expect(try ServerAddress.find(host: "::1", port: 1, isNumeric: true).count == 1)
        #expect(try !ServerAddress.find(host: "localhost", port: 1, isNumeric: false).isEmpty)
        let unknown = #expect(throws: SocketError.self) {
            try ServerAddress.find(host: "no-such-host.invalid", port: 1, isNumeric: false)
        }
        #expect(unknown?.description.hasPrefix("lookup no-such-host.invalid: ") == true)
    }
}
