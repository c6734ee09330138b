import Testing
import Wire

@Suite struct HTTPResponseReaderTests {
    struct Answer: Equatable {
        var status = 0
        var reason = ""
        var fields: [String] = []
        var body = ""
        var isDone = false
        var staysOpen = false
        /// Bytes behind the answer.
        var rest = ""
    }

    /// Reads pieces, then the end of the connection if asked for.
    static func read(_ pieces: [String], ends: Bool = false, isBodiless: Bool = false) throws -> Answer {
        var reader = HTTPResponseReader(isBodiless: isBodiless)
        var body: [UInt8] = []
        var rest: [UInt8] = []
        for piece in pieces {
            var left = Array(piece.utf8)
            while !left.isEmpty, !reader.isDone {
                let taken = try left.withUnsafeBytes { try reader.read($0) { body.append(contentsOf: $0) } }
                left.removeFirst(taken)
            }
            rest.append(contentsOf: left)
        }
        if ends { try reader.end() }
        let head = reader.head
        return Answer(
            status: head?.status ?? 0, reason: head?.reason ?? "",
            fields: head?.fields.map { "\($0.name)=\($0.value)" } ?? [],
            body: String(decoding: body, as: UTF8.self), isDone: reader.isDone, staysOpen: reader.staysOpen,
            rest: String(decoding: rest, as: UTF8.self))
    }

    @Test func whereTheBodyEnds() throws {
        typealias Case = (text: String, ends: Bool, body: String, isDone: Bool, staysOpen: Bool, rest: String)
        let cases: [Case] = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd", false, "abc", true, true, "d"),
            ("HTTP/1.1 200\r\ncontent-length:3\r\n\r\nab", false, "ab", false, true, ""),
            ("HTTP/1.0 200 OK\nContent-Length: 0\n\n", false, "", true, false, ""),
            ("HTTP/1.0 200 OK\nConnection: Keep-Alive\nContent-Length: 0\n\n", false, "", true, true, ""),
            (
                "HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 0\r\n\r\n", false, "", true,
                false, ""
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\ncontent-length: 2\r\n\r\nab", false, "ab", true,
                true, ""
            ),
            ("HTTP/1.1 200 OK\r\n\r\nabc", false, "abc", false, false, ""),
            ("HTTP/1.1 200 OK\r\n\r\nabc", true, "abc", true, false, ""),
            ("HTTP/1.1 204 None\r\nContent-Length: 5\r\n\r\n", false, "", true, true, ""),
            ("HTTP/1.1 304 Same\r\n\r\nHTTP", false, "", true, true, "HTTP"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA;a=b\r\n0123456789\r\n1 \nx\n0\r\nT: r\r\n\r\nz",
                false,
                "0123456789x", true, true, "z"
            ),
            // Both: the chunks count, and nobody is to take what comes for another answer.
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                false, "x",
                true, false, ""
            ),
            (
                "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 102 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
                false, "x", true, true, ""
            ),
        ]
        for item in cases {
            let answer = try Self.read([item.text], ends: item.ends)
            #expect(answer.body == item.body, "\(item.text)")
            #expect(answer.isDone == item.isDone, "\(item.text)")
            #expect(answer.staysOpen == item.staysOpen, "\(item.text)")
            #expect(answer.rest == item.rest, "\(item.text)")
            // However it is cut into pieces.
            if !answer.isDone || answer.rest.isEmpty {
                #expect(
                    try Self.read(item.text.map { String($0) }, ends: item.ends) == answer, "\(item.text)")
            }
        }
        let head = try Self.read(
            ["HTTP/1.1 503 Not now, sorry\r\nA:  b c \r\nX-Y:\r\nContent-Length: 9\r\n\r\n"], isBodiless: true
        )
        #expect(head.status == 503)
        #expect(head.reason == "Not now, sorry")
        #expect(head.fields == ["A=b c", "X-Y=", "Content-Length=9"])
        #expect(head.isDone)
    }

    @Test func whatIsNoAnswerIsRefused() {
        let start = "HTTP/1.1 200 OK\r\n"
        for text in [
            "SSH-2.0\r\n", "HTTP/2.0 200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000\r\n",
            "HTTP/1.1  200 OK\r\n",
            "HTTP/1.1 099 OK\r\n", "http/1.1 200 OK\r\n", "HTTP/1.1 101 Switch\r\n\r\n",
            start + "no colon\r\n", start + ": b\r\n", start + "a b: c\r\n", start + " folded: c\r\n",
            start + "a : c\r\n",
            start + "A: b\u{1}\r\n", start + "A: b\rc\r\n",
            start + "Content-Length: -1\r\n\r\n", start + "Content-Length: +1\r\n\r\n",
            start + "Content-Length: -0\r\n\r\n",
            start + "Content-Length: 1 1\r\n\r\nab1",
            start + "Content-Length: 99999999999999999999\r\n\r\n", start + "Content-Length: 1,2\r\n\r\n",
            start + "Content-Length:\r\n\r\n", start + "Content-Length: 0x1\r\n\r\n",
            start + "Transfer-Encoding: gzip, chunked\r\n\r\n",
            start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\ng\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\n\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\n1000000000000000\r\n",
            start + "Transfer-Encoding: chunked\r\n\r\n0\r\nno trailer\r\n",
            start + String(repeating: "a", count: 9000),
            start + String(repeating: "A: \(String(repeating: "b", count: 1000))\r\n", count: 70),
            String(repeating: "HTTP/1.1 100 x\r\n\r\n", count: 5000),
        ] {
            #expect(throws: WireError.self, "\(text.prefix(100))") { try Self.read([text]) }
        }
        for text in [
            "", "HTTP/1.1 2", start, start + "Content-Length: 2\r\n\r\na",
            start + "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
        ] {
            #expect(throws: WireError.self, "\(text)") { try Self.read([text], ends: true) }
        }
    }
}
