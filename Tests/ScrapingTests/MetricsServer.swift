import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A target for tests: answers what it is told, and remembers what it was asked.
final class MetricsServer: Sendable {
    struct Answer: Sendable {
        var status = HTTPResponse.Status.ok
        var headers: [String: String] = ["Content-Type": "text/plain; version=0.0.4"]
        var body: [UInt8] = []
        /// Milliseconds before it is sent.
        var delay = 0
    }

    struct Asked: Sendable {
        var path: String
        var headers: [String: String]
    }

    private struct State {
        var answers: [String: Answer] = [:]
        var asked: [Asked] = []
    }

    private let state = Mutex(State())

    func answer(
        _ body: String, status: HTTPResponse.Status = .ok, headers: [String: String]? = nil, delay: Int = 0
    ) {
        answer("/metrics", body, status: status, headers: headers, delay: delay)
    }

    func answer(
        _ path: String, _ body: String, status: HTTPResponse.Status = .ok, headers: [String: String]? = nil,
        delay: Int = 0
    ) {
        var answer = Answer(status: status, body: Array(body.utf8), delay: delay)
        if let headers { answer.headers = headers }
        set(path, answer)
    }

    func set(_ path: String, _ answer: Answer) {
        state.withLock { $0.answers[path] = answer }
    }

    var asked: [Asked] { state.withLock { $0.asked } }

    /// Serves on a free port of this machine while `body` runs, which gets `127.0.0.1:port`.
    func run<Value: Sendable>(_ body: @escaping @Sendable (String) async throws -> Value) async throws
        -> Value
    {
        let router = Router()
        router.get("**") { [self] request, _ in try await respond(to: request) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in port.yield(channel.localAddress?.port ?? 0) }, logger: logger)
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await application.run()
                return nil
            }
            group.addTask {
                for await port in ports { return try await body("127.0.0.1:\(port)") }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    private func respond(to request: Request) async throws -> Response {
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        let path = request.uri.description
        let answer = state.withLock { state in
            state.asked.append(Asked(path: path, headers: headers))
            return state.answers[String(path.prefix { $0 != "?" })] ?? Answer(status: .notFound)
        }
        if answer.delay > 0 { try? await Task.sleep(for: .milliseconds(answer.delay)) }
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return Response(
            status: answer.status, headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
