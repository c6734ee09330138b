#if canImport(Glibc)
    import Glibc
#endif
import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import WebServer

/// Over real sockets, on a port that the system chooses.
@Suite struct ListenerTests {
    private func connect(_ port: Int) -> Int32 {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return status == 0 ? socket : -1
    }

    @Test(arguments: [true, false])
    func workIsCancelledWhenTheClientLeaves(resets: Bool) async throws {
        let (cancelled, cancelledSource) = AsyncStream<Bool>.makeStream()
        let (started, startedSource) = AsyncStream<Void>.makeStream()
        let router = Router(context: WebContext.self)
        router.get("/slow") { _, context -> Response in
            try await context.whileClientWaits {
                startedSource.yield()
                try? await Task.sleep(for: .seconds(20))
                cancelledSource.yield(Task.isCancelled)
                return Response.text("late")
            }
        }
        let (ports, portSource) = AsyncStream<Int>.makeStream()
        let listener = WebListener(
            role: "test", address: ListenAddress(host: "127.0.0.1", port: 0), router: router,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), onReady: { portSource.yield($0) })
        let group = ServiceGroup(
            configuration: .init(services: [listener], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        let running = Task { try await group.run() }
        let port = try #require(await ports.first { _ in true })
        let socket = connect(port)
        try #require(socket >= 0)
        let request = "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"
        _ = request.withCString { send(socket, $0, strlen($0), 0) }
        _ = await started.first { _ in true }
        if resets {
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
        close(socket)
        #expect(await cancelled.first { _ in true } == true)
        await group.triggerGracefulShutdown()
        try? await running.value
    }
}
