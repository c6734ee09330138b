import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import WebServer

#if canImport(Glibc)
    import Glibc
#endif

/// Over real sockets: `/fast` is answered by the fast path with "fast" unless the request has the parameter `ordinary`, and
/// by the router with "ordinary".
@Suite struct FastPathTests {
    private static let get = "GET /fast HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let post =
        "POST /fast HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 10\r\n\r\n"

    private func serving(_ body: (ClientSocket) async throws -> Void) async throws {
        let router = Router(context: WebContext.self)
        let answer: @Sendable (Request, WebContext) async throws -> Response = { request, _ in
            let form = try await FormValues.read(request)
            if let milliseconds = form["wait"].flatMap({ Int($0) }) {
                try await Task.sleep(for: .milliseconds(milliseconds))
            }
            return Response.json(Array("\"ordinary \(form["n"] ?? "")\"".utf8))
        }
        router.get("/fast", use: answer)
        router.post("/fast", use: answer)
        var options = WebListenerOptions()
        options.fastPath = FastPath(takes: { $0 == "/fast" }, headers: [.vary: "Accept-Encoding"]) {
            request in
            if request.form["ordinary"] != nil || request.form["wait"] != nil { return nil }
            if request.form["wrong"] != nil {
                return FastPath.Answer(status: .badRequest, body: ByteBuffer(string: "\"wrong\""))
            }
            let count = request.form["long"] == nil ? 0 : 5000
            return FastPath.Answer(
                body: ByteBuffer(
                    string: "\"fast \(request.form["n"] ?? "")\(String(repeating: "x", count: count))\""))
        }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let (ports, portSource) = AsyncStream<Int>.makeStream()
        let listener = WebListener(
            role: "test", address: ListenAddress(host: "127.0.0.1", port: 0), router: router,
            options: options,
            logger: logger, onReady: { portSource.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [listener], logger: logger))
        let running = Task { try await group.run() }
        let port = try #require(await ports.first { _ in true })
        let socket = try #require(ClientSocket(port: port))
        try await body(socket)
        socket.close()
        await group.triggerGracefulShutdown()
        try? await running.value
    }

    @Test func plainRequestsAreAnsweredFast() async throws {
        try await serving { socket in
            for n in 0..<3 {
                socket.send(Self.get.replacing("fast", with: "fast?n=\(n)"))
                #expect(try await socket.answer().body == "\"fast \(n)\"")
                socket.send(Self.post + "n=\(n)&m=mnop")
                #expect(try await socket.answer().body == "\"fast \(n)\"")
            }
            socket.send(Self.get.replacing("fast", with: "fast?wrong"))
            let wrong = try await socket.answer()
            #expect(wrong.status == "HTTP/1.1 400 Bad Request" && wrong.body == "\"wrong\"")
        }
    }

    @Test func bothWaysTellTheSame() async throws {
        try await serving { socket in
            socket.send(Self.get)
            let fast = try await socket.answer()
            socket.send(Self.get.replacing("fast", with: "fast?ordinary"))
            let ordinary = try await socket.answer()
            #expect(fast.status == ordinary.status)
            var (fastFields, ordinaryFields) = (fast.fields, ordinary.fields)
            let dates = [fastFields.removeValue(forKey: "date"), ordinaryFields.removeValue(forKey: "date")]
            for name in ["content-length"] {
                #expect(fastFields.removeValue(forKey: name) != nil)
                #expect(ordinaryFields.removeValue(forKey: name) != nil)
            }
            #expect(fastFields == ordinaryFields)
            let form = /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/
            for date in dates {
                let text = try #require(date)
                #expect(text.wholeMatch(of: form) != nil)
            }
            #expect(dates[0]?.prefix(22) == dates[1]?.prefix(22))
        }
    }

    @Test func longAnswersAreCompressedForWhoAcceptsIt() async throws {
        try await serving { socket in
            socket.send("GET /fast?long HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
            let answer = try await socket.answer()
            #expect(answer.fields["content-encoding"] == "gzip" && answer.length < 200)
            socket.send("GET /fast?long HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip;q=0\r\n\r\n")
            let plain = try await socket.answer()
            #expect(plain.fields["content-encoding"] == nil && plain.length > 5000)
        }
    }

    @Test func requestsInAHeapAreAnsweredInTheirOrder() async throws {
        try await serving { socket in
            func get(_ query: String) -> String { Self.get.replacing("fast", with: "fast?" + query) }
            socket.send(get("n=0") + get("n=1&wait=20") + get("n=2"))
            for n in 0..<3 { #expect(try await socket.answer().body == "\"ordinary \(n)\"") }
            socket.send(get("n=3"))
            #expect(try await socket.answer().body == "\"fast 3\"")
            // The second comes while the first is being answered.
            socket.send(get("n=4&wait=50"))
            try await Task.sleep(for: .milliseconds(20))
            socket.send(get("n=5"))
            for n in 4..<6 { #expect(try await socket.answer().body == "\"ordinary \(n)\"") }
            socket.send(get("n=6"))
            #expect(try await socket.answer().body == "\"fast 6\"")
        }
    }

    @Test func requestsInPiecesAreLeftToTheDecoder() async throws {
        try await serving { socket in
            socket.send("GET /fa")
            try await Task.sleep(for: .milliseconds(20))
            socket.send("st?n=0 HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await socket.answer().body == "\"ordinary 0\"")
            socket.send(Self.get.replacing("fast", with: "fast?n=1"))
            #expect(try await socket.answer().body == "\"fast 1\"")
            // Where a body in pieces ends is not looked for: the requests behind it are answered all the same.
            socket.send(Self.post + "n=2&")
            try await Task.sleep(for: .milliseconds(20))
            socket.send("aa=bbb")
            #expect(try await socket.answer().body == "\"ordinary 2\"")
            socket.send(Self.get.replacing("fast", with: "fast?n=3"))
            #expect(try await socket.answer().body == "\"ordinary 3\"")
            socket.send(Self.get.replacing("fast", with: "fast?n=4"))
            #expect(try await socket.answer().body == "\"fast 4\"")
        }
    }

    @Test func aConnectionThatIsToBeClosedIsClosed() async throws {
        try await serving { socket in
            socket.send("GET /fast HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let answer = try await socket.answer()
            #expect(answer.body == "\"ordinary \"")
            #expect(await socket.isAtEnd)
        }
    }
}

/// A client's side of a connection. Waits for 30 s at most, without holding a thread.
private final class ClientSocket {
    struct Answer {
        let status: String
        /// By names in lower case; of several with one name the last.
        let fields: [String: String]
        let length: Int
        let body: String
    }

    private let socket: Int32
    private var received: [UInt8] = []

    init?(port: Int) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { return nil }
    }

    func close() { Glibc.close(socket) }

    func send(_ text: String) { _ = text.withCString { Glibc.send(socket, $0, strlen($0), 0) } }

    /// Whether nothing more comes.
    var isAtEnd: Bool {
        get async { await !receive() && received.isEmpty }
    }

    /// Whether something came before the end.
    private func receive() async -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<6000 {
            let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { received += buffer[..<count] }
            if count >= 0 || errno != EAGAIN { return count > 0 }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    func answer() async throws -> Answer {
        var headEnd: Int?
        while headEnd == nil {
            headEnd = received.indices.first { received[$0...].starts(with: Array("\r\n\r\n".utf8)) }
            if headEnd == nil { try #require(await receive()) }
        }
        let end = try #require(headEnd)
        let lines = String(decoding: received[..<end], as: UTF8.self).split(separator: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ": ", maxSplits: 1)
            fields[parts[0].lowercased()] = String(parts[1])
        }
        let length = try #require(fields["content-length"].flatMap { Int($0) })
        while received.count < end + 4 + length { try #require(await receive()) }
        let body = String(decoding: received[(end + 4)..<(end + 4 + length)], as: UTF8.self)
        received.removeFirst(end + 4 + length)
        return Answer(status: String(lines[0]), fields: fields, length: length, body: body)
    }
}
