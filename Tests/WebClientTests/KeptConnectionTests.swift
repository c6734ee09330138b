import EventLoops
import NIOCore
import Testing

@testable import WebClient

@Suite struct KeptConnectionTests {
    private static func ok(_ body: String, _ headers: String = "") -> ScriptedServer.Answer {
        .init(
            bytes:
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
        )
    }

    /// Runs `body` with a function that asks for a path.
    private static func ask(
        _ answers: [ScriptedServer.Answer], settings: HTTPClientSettings = HTTPClientSettings(),
        _ body: (ScriptedServer, Get) async throws -> Void
    ) async throws {
        try await ScriptedServer.run(answers) { server, url in
            let client = try OutgoingClient(settings, userAgent: "test/1")
            let connection = try #require(
                client.keptConnection(to: url + "/metrics", on: SocketLoop.next()))
            try await body(server) { path, change in
                var request = OutgoingRequest(url: url + path)
                change(&request)
                return try await client.send(request, over: connection)
            }
        }
    }

    private typealias Get = (_ path: String, _ change: @escaping (inout OutgoingRequest) -> Void) async throws
        ->
        OutgoingResponse

    private static func expect(_ body: String, _ get: Get, _ path: String) async throws {
        let response = try await get(path) { _ in }
        #expect(String(buffer: response.body) == body)
    }

    private static func failure(
        _ answers: [ScriptedServer.Answer], _ change: @escaping (inout OutgoingRequest) -> Void = { _ in }
    ) async throws -> WebClientError? {
        var failure: WebClientError?
        try await ask(answers) { _, get in
            failure = await #expect(throws: WebClientError.self) { _ = try await get("/metrics", change) }
        }
        return failure
    }

    @Test func asksAgainOnTheSameConnection() async throws {
        let answers = [
            Self.ok("first"), Self.ok("second", "X-More: 1\r\n"),
            .init(
                bytes:
                    "HTTP/1.1 503 Not now\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"
            ),
            Self.ok(String(repeating: "x", count: 300_000)),
        ]
        try await Self.ask(answers) { server, get in
            var buffer = ByteBuffer()
            for (status, body) in [
                (200, "first"), (200, "second"), (503, "abcdefg"),
                (200, String(repeating: "x", count: 300_000)),
            ] {
                let response = try await get("/a?b=c#d") {
                    $0.headers = [("Accept", "text/plain")]
                    $0.buffer = buffer
                }
                buffer = response.body
                #expect(response.status == status)
                #expect(String(buffer: response.body) == body)
                if body == "second" { #expect(response.header("x-more") == "1") }
            }
            #expect(server.connectionCount == 1)
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("GET /a?b=c HTTP/1.1\r\n"))
            #expect(request.contains("\r\nHost: 127.0.0.1:"))
            #expect(request.contains("\r\nUser-Agent: test/1\r\n"))
            #expect(request.contains("\r\nAccept: text/plain\r\n"))
        }
    }

    @Test func aServerThatClosesIsAskedOnANewConnection() async throws {
        // By a header, by the end of the connection, and without a word in between.
        let answers = [
            Self.ok("1", "Connection: close\r\n"),
            .init(bytes: "HTTP/1.0 200 OK\r\n\r\nuntil the end", closes: true), Self.ok("3"),
        ]
        try await Self.ask(answers) { server, get in
            try await Self.expect("1", get, "/")
            try await Self.expect("until the end", get, "/")
            try await Self.expect("3", get, "/")
            #expect(server.connectionCount == 3)
        }
        try await Self.ask([Self.ok("1"), .init(bytes: "", closes: true), Self.ok("2")]) { server, get in
            try await Self.expect("1", get, "/")
            // The kept connection is closed while it is asked: once more on another.
            try await Self.expect("2", get, "/")
            #expect(server.connectionCount == 2)
        }
    }

    @Test func whatStandsBehindAnAnswerIsNoAnswer() async throws {
        let two = ScriptedServer.Answer(
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"
                + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake")
        try await Self.ask([two, Self.ok("2")]) { server, get in
            try await Self.expect("1", get, "/")
            try await Self.expect("2", get, "/")
            #expect(server.connectionCount == 2)
        }
    }

    @Test func anAnswerThatIsNoneIsAnError() async throws {
        #expect(
            try await Self.failure([.init(bytes: "SSH-2.0-x\r\n\r\n", closes: true)])?.kind == .connection)
        let cut = ScriptedServer.Answer(
            bytes: "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", closes: true)
        #expect(try await Self.failure([cut, cut])?.kind == .connection)
        let refused = try await Self.failure([Self.ok("0123456789")]) { $0.bodySizeLimit = 9 }
        #expect(refused?.kind == .bodyTooLarge)
        let claimed = ScriptedServer.Answer(bytes: "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000\r\n\r\n")
        #expect(try await Self.failure([claimed]) { $0.bodySizeLimit = 1 << 20 }?.kind == .bodyTooLarge)
        let late = try await Self.failure([.init(bytes: "", delay: 60_000)]) { $0.timeout = 50 }
        #expect(late?.kind == .timeout)
        let split = try await Self.failure([Self.ok("1")]) { $0.headers = [("X-A", "b\r\nX-C: d")] }
        #expect(split?.kind == .unsupported)
    }

    /// What came late belongs to the request that has given up, not to the next one.
    @Test func aLateAnswerIsNotTakenForTheNext() async throws {
        var late = Self.ok("late")
        late.delay = 150
        try await Self.ask([late, Self.ok("next")]) { server, get in
            await #expect(throws: WebClientError.self) { try await get("/") { $0.timeout = 30 } }
            try await Self.expect("next", get, "/")
            #expect(server.connectionCount == 2)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aCancelledTaskGivesUp() async throws {
        try await ScriptedServer.run([.init(bytes: "", delay: 120_000)]) { server, url in
            let client = try OutgoingClient(HTTPClientSettings(), userAgent: "")
            let connection = client.keptConnection(to: url, on: SocketLoop.next())
            let asking = Task {
                var request = OutgoingRequest(url: url + "/")
                request.timeout = 120_000
                return try await client.send(request, over: connection)
            }
            while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            asking.cancel()
            await #expect(throws: WebClientError.self) { try await asking.value }
        }
    }

    @Test func aServerIsFoundByItsName() async throws {
        try await ScriptedServer.run([Self.ok("1")]) { _, url in
            let named = url.replacing("127.0.0.1", with: "localhost")
            let client = try OutgoingClient(HTTPClientSettings(), userAgent: "")
            let connection = client.keptConnection(to: named, on: .next())
            let response = try await client.send(OutgoingRequest(url: named + "/"), over: connection)
            #expect(String(buffer: response.body) == "1")
        }
        for (url, message) in [
            (
                "http://no-such-host.invalid/x",
                "cannot get http://no-such-host.invalid/x: dial tcp: lookup no-such-host.invalid: "
            ),
            ("http://127.0.0.1:1/x", "cannot get http://127.0.0.1:1/x: dial tcp: Connection refused"),
        ] {
            let client = try OutgoingClient(HTTPClientSettings(), userAgent: "")
            let connection = client.keptConnection(to: url, on: .next())
            let failure = await #expect(throws: WebClientError.self) {
                try await client.send(OutgoingRequest(url: url), over: connection)
            }
            #expect(failure?.kind == .connection)
            #expect(failure?.message.hasPrefix(message) == true, "\(failure?.message ?? "")")
        }
    }

    @Test func aRequestIsSentInPiecesAndAnAnswerReadInPieces() async throws {
        let chunk = "8000\r\n" + String(repeating: "y", count: 0x8000) + "\r\n"
        let chunked = ScriptedServer.Answer(
            bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + String(repeating: chunk, count: 40)
                + "0\r\n\r\n")
        let untilTheEnd = ScriptedServer.Answer(
            bytes: "HTTP/1.0 200 OK\r\n\r\n" + String(repeating: "z", count: 2_000_000), closes: true)
        try await Self.ask([chunked, untilTheEnd, Self.ok("3")]) { server, get in
            let body = Array(String(repeating: "x", count: 8 << 20).utf8) + Array("\r\n\r\n".utf8)
            let first = try await get("/") {
                $0.method = "POST"
                $0.body = body
            }
            #expect(first.body.readableBytes == 40 * 0x8000)
            #expect(first.body.readableBytesView.allSatisfy { $0 == UInt8(ascii: "y") })
            #expect(server.requests.first?.utf8.count ?? 0 > body.count)
            let second = try await get("/") { $0.buffer = first.body }
            #expect(second.body.readableBytes == 2_000_000)
            #expect(second.body.readableBytesView.allSatisfy { $0 == UInt8(ascii: "z") })
            try await Self.expect("3", get, "/")
        }
    }

    /// What a request takes from the one before is only what is the same.
    @Test func anotherRequestIsNotSentAsTheLastOne() async throws {
        try await Self.ask(Array(repeating: Self.ok("1"), count: 5)) { server, get in
            try await Self.expect("1", get, "/a")
            try await Self.expect("1", get, "/a")
            try await Self.expect("1", get, "/b")
            _ = try await get("/b") { $0.headers = [("X-A", "1")] }
            _ = try await get("/b") { $0.headers = [("X-A", "2")] }
            #expect(
                server.requests.map {
                    String($0.prefix(7)) + ($0.contains("X-A: 2") ? "2" : $0.contains("X-A: 1") ? "1" : "")
                }
                    == ["GET /a ", "GET /a ", "GET /b ", "GET /b 1", "GET /b 2"])
        }
    }

    @Test func redirectsAreFollowedByTheClient() async throws {
        let found = ScriptedServer.Answer(
            bytes: "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
        try await Self.ask([found, found, Self.ok("there"), found, Self.ok("again")]) { server, get in
            try await Self.expect("there", get, "/here")
            #expect(
                server.requests.map { $0.prefix { $0 != "H" } } == [
                    "GET /here ", "GET /here ", "GET /there ",
                ])
            // From then on it is not asked in vain.
            try await Self.expect("again", get, "/here")
            #expect(server.requests.count == 5)
        }
        var settings = HTTPClientSettings()
        settings.followRedirects = false
        try await Self.ask([found], settings: settings) { _, get in
            let response = try await get("/here") { _ in }
            #expect(response.status == 302)
        }
    }

    @Test func onlyPlainHTTPHasAConnectionOfItsOwn() throws {
        func parts(_ url: String) -> [String]? {
            KeptConnection.parts(of: url).map { [$0.authority, $0.host, String($0.port)] }
        }
        #expect(parts("http://a.b:81/x?y") == ["a.b:81", "a.b", "81"])
        #expect(parts("http://a.b?y") == ["a.b", "a.b", "80"])
        #expect(parts("http://[::1]:9/") == ["[::1]:9", "::1", "9"])
        #expect(parts("http://[::1]/") == ["[::1]", "::1", "80"])
        for url in [
            "https://a/", "http+unix://a/", "http://u:p@a/", "http://:80/", "http://a:b/", "http://a:99999/",
            "http://[::1/", "http://",
        ] { #expect(parts(url) == nil, "\(url)") }
        let loop = SocketLoop.next()
        var settings = HTTPClientSettings()
        settings.proxy.url = "http://proxy:3128"
        settings.proxy.noProxy = "a.b"
        let client = try OutgoingClient(settings, userAgent: "")
        #expect(client.keptConnection(to: "http://c.d/", on: loop) == nil)
        #expect(client.keptConnection(to: "http://a.b/", on: loop) != nil)
    }
}
