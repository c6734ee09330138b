import Hummingbird
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import WebServer

#if canImport(Glibc)
    import Glibc
#endif

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
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            onReady: { portSource.yield($0) })
        let group = ServiceGroup(
            configuration: .init(
                services: [listener],
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
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

    /// Serves a router while `body` runs.
    private func serving(_ router: Router<WebContext>, _ body: (Int) async throws -> Void) async throws {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, portSource) = AsyncStream<Int>.makeStream()
        let listener = WebListener(
            role: "test", address: ListenAddress(host: "127.0.0.1", port: 0), router: router, logger: logger,
            onReady: { portSource.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [listener], logger: logger))
        let running = Task { try await group.run() }
        try await body(try #require(await ports.first { _ in true }))
        await group.triggerGracefulShutdown()
        try? await running.value
    }

    /// What the server sends until it closes; nil when it does not close within 30 seconds.
    private func readToEnd(_ socket: Int32) async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            Thread.start {
                var wait = timeval(tv_sec: 30, tv_usec: 0)
                setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
                var result: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = recv(socket, &buffer, buffer.count, 0)
                    if count > 0 {
                        result += buffer[..<count]
                    } else {
                        let isLate = count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
                        return continuation.resume(returning: isLate ? nil : result)
                    }
                }
            }
        }
    }

    @Test func closesSoonAfterRefusingABody() async throws {
        let router = Router(context: WebContext.self)
        router.post("/small") { request, _ -> Response in
            _ = try await request.body.collect(upTo: 1000)
            return Response.text("taken")
        }
        try await serving(router) { port in
            let socket = connect(port)
            try #require(socket >= 0)
            let request =
                "POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
                + String(repeating: "x", count: 2000)
            _ = request.withCString { send(socket, $0, strlen($0), 0) }
            // The client neither sends the rest nor closes: the server ends it, long before its idle time.
            let answer = try #require(await readToEnd(socket))
            #expect(String(decoding: answer, as: UTF8.self).hasPrefix("HTTP/1.1 413"))
            close(socket)
        }
    }

    @Test func compressesTheAnswersOfEveryRouter() async throws {
        let router = Router(context: WebContext.self)
        router.get("/long") { _, _ in Response.text(String(repeating: "martlet ", count: 1000)) }
        try await serving(router) { port in
            let socket = connect(port)
            try #require(socket >= 0)
            let request =
                "GET /long HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
            _ = request.withCString { send(socket, $0, strlen($0), 0) }
            let answer = try #require(await readToEnd(socket))
            let text = String(decoding: answer, as: UTF8.self).lowercased()
            #expect(text.contains("content-encoding: gzip"))
            #expect(answer.count < 2000)
            close(socket)
        }
    }
}

/// A thread for calls that block.
private enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Box>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        pthread_detach(thread)
    }

    private final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
