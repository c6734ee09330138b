import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

@testable import WebServer

@Suite struct WholeRequestTests {
    private static let get = "GET /api/v1/query?query=up HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let post =
        "POST /q HTTP/1.1\r\nHost: a:1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nquery=1"

    private static func read(_ text: String) -> WholeRequest? { WholeRequest(Array(text.utf8)) }

    @Test func plainRequestsAreUnderstood() throws {
        let get = try #require(Self.read(Self.get))
        #expect(get.method == .get && get.path == "/api/v1/query" && get.body.isEmpty)
        #expect(String(decoding: get.query, as: UTF8.self) == "query=up")
        let post = try #require(Self.read(Self.post))
        #expect(post.method == .post && post.path == "/q" && post.query.isEmpty)
        #expect(String(decoding: post.body, as: UTF8.self) == "query=1")
        let fields =
            "accept-ENCODING:  gzip, br \r\nUser-Agent: x y\r\nConnection: Keep-Alive\r\nX-Empty:\r\nContent-Length: 0\r\n"
        let more = try #require(Self.read(Self.get.replacing("Host", with: fields + "Host")))
        #expect(more.acceptedEncodings == "gzip, br")
    }

    @Test(arguments: [
        // Not one request, or not whole.
        get + get, String(get.dropLast()), String(post.dropLast()), post + "x", "", "\r\n" + get,
        get + "\r\n",
        // No or several hosts.
        get.replacing("Host: a\r\n", with: ""), get.replacing("Host: a", with: "Host: a\r\nhost: b"),
        // Other methods, targets and versions.
        get.replacing("GET", with: "HEAD"), get.replacing("GET", with: "get"),
        get.replacing("/api", with: "api"),
        get.replacing("/api", with: "http://a/api"), get.replacing("/api", with: "/%61pi"),
        get.replacing("up", with: "u p"), get.replacing("up", with: "u#p"), get.replacing("up", with: "ü"),
        get.replacing("1.1", with: "1.0"), get.replacing("1.1", with: "1.1 "),
        // Lines that are not headers.
        get.replacing("Host: a", with: "Host: a\r\n folded"), get.replacing("Host:", with: "Host :"),
        get.replacing("Host: a", with: "Host: a\r\n: b"), get.replacing("Host: a", with: "Host: a\r\nB\0: b"),
        get.replacing("Host: a", with: "Host: a\r\nB: \u{7}"), get.replacing("\r\n", with: "\n"),
        get.replacing("Host: a", with: "Host: a\rB: b"), get.replacing("Host: a", with: "Host: a\r\nB"),
        // What changes the end of the message, or what becomes of the connection.
        get.replacing("Host: a", with: "Host: a\r\nContent-Length: 5"),
        get.replacing("Host: a", with: "Host: a\r\nTransfer-Encoding: chunked"),
        get.replacing("Host: a", with: "Host: a\r\nConnection: close"),
        get.replacing("Host: a", with: "Host: a\r\nConnection: keep-alive, Upgrade"),
        get.replacing("Host: a", with: "Host: a\r\nUpgrade: h2c"),
        get.replacing("Host: a", with: "Host: a\r\nExpect: 100-continue"),
        get.replacing("Host: a", with: "Host: a\r\nOrigin: http://b"),
        post.replacing("7", with: "7\t"), get.replacing("Host: a", with: "Host: a\r\nB: c\td"),
        post.replacing("7", with: "+7"), post.replacing("7", with: "7, 7"),
        post.replacing("7", with: "0007000"),
        post.replacing("Content-Length: 7", with: "Content-Length: 7\r\nContent-Length: 7"),
        post.replacing("application/x-www-form-urlencoded", with: "text/plain"),
    ])
    func theRestIsLeftToTheDecoder(_ text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test func boundsAreKept() {
        let longest = String(repeating: "a", count: WholeRequest.bytesMax - Self.get.utf8.count)
        #expect(Self.read(Self.get.replacing("up", with: "up" + longest)) != nil)
        #expect(Self.read(Self.get.replacing("up", with: "upa" + longest)) == nil)
        let fields = (0..<200).map { "X-\($0): a\r\n" }.joined()
        #expect(Self.read(Self.get.replacing("Host", with: fields + "Host")) == nil)
    }

    /// Whatever is taken for one request is one for NIO's decoder, too, with the same address and body.
    @Test func theDecoderAgrees() throws {
        var random = SystemRandomNumberGenerator()
        let pieces: [[UInt8]] = [
            Array("\r\n".utf8), [13], [10], [32], [58], [0], [9], Array("Host: b\r\n".utf8),
            Array("X: y\r\n".utf8),
            Array("Content-Length: 7\r\n".utf8), Array("Transfer-Encoding: chunked\r\n".utf8),
            Array("GET / ".utf8),
            Array(" HTTP/1.1\r\n".utf8), Array("?&=%+".utf8), Array("\r\n\r\n".utf8), [0xff],
        ]
        var takenCount = 0
        for _ in 0..<20_000 {
            var bytes = Array((Bool.random(using: &random) ? Self.get : Self.post).utf8)
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
                case 1:
                    bytes.removeSubrange(
                        place..<min(place + Int.random(in: 0...4, using: &random), bytes.count))
                default: if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
                }
            }
            guard let request = WholeRequest(bytes) else { continue }
            takenCount += 1
            let channel = EmbeddedChannel(handler: ByteToMessageHandler(HTTPRequestDecoder()))
            defer { _ = try? channel.finish() }
            let place = "\(String(decoding: bytes, as: UTF8.self).debugDescription)"
            #expect(throws: Never.self, "\(place)") { try channel.writeInbound(ByteBuffer(bytes: bytes)) }
            guard case .head(let head)? = try channel.readInbound(as: HTTPServerRequestPart.self) else {
                Issue.record("no head: \(place)")
                continue
            }
            let query = String(decoding: request.query, as: UTF8.self)
            #expect(head.uri == request.path + (head.uri.contains("?") ? "?" + query : ""), "\(place)")
            #expect(head.method == (request.method == .get ? .GET : .POST) && head.isKeepAlive, "\(place)")
            #expect(head.version == .http1_1)
            var body: [UInt8] = []
            var hasEnded = false
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                switch part {
                case .head: Issue.record("two requests: \(place)")
                case .body(let buffer): body += Array(buffer: buffer)
                case .end: hasEnded = true
                }
            }
            #expect(hasEnded && body == Array(request.body), "\(place)")
        }
        #expect(takenCount > 1000)
    }
}
