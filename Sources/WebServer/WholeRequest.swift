/// A request of HTTP/1.1 that lies whole in one reading of its connection, understood only as far as a short answer needs
/// (RFC 9112). What is not plain is left to the HTTP decoder of the connection: `nil` says nothing about a request being
/// wrong.
struct WholeRequest {
    enum Method {
        case get
        case post
    }

    /// The longest request that is looked at, bytes.
    static let bytesMax = 16 * 1024
    private static let fieldsMax = 100

    let method: Method
    /// Without query string; as it was sent, without any escape.
    let path: String
    /// Behind the `?`, as it was sent.
    let query: ArraySlice<UInt8>
    /// Of a POST: a form, as it was sent.
    private(set) var body: ArraySlice<UInt8> = []
    /// The value of Accept-Encoding.
    private(set) var acceptedEncodings: String?

    /// Nil unless the bytes are one request and nothing else: GET without a body, or POST with a form whose length is told;
    /// with one Host and without anything that changes where a message ends, what the connection becomes, or whether the
    /// answer depends on more than the address and the form.
    init?(_ bytes: [UInt8]) {
        guard bytes.count <= Self.bytesMax else { return nil }
        var rest = bytes[...]
        if rest.starts(with: Self.get) {
            method = .get
            rest = rest.dropFirst(Self.get.count)
        } else if rest.starts(with: Self.post) {
            method = .post
            rest = rest.dropFirst(Self.post.count)
        } else {
            return nil
        }
        guard rest.first == UInt8(ascii: "/"), let targetEnd = rest.firstIndex(of: UInt8(ascii: " ")) else {
            return nil
        }
        let target = rest[..<targetEnd]
        guard target.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else { return nil }
        let pathEnd = target.firstIndex(of: UInt8(ascii: "?")) ?? targetEnd
        guard !target[..<pathEnd].contains(UInt8(ascii: "%")) else { return nil }
        path = String(decoding: target[..<pathEnd], as: UTF8.self)
        query = target[min(pathEnd + 1, targetEnd)...]
        rest = rest[targetEnd...]
        guard rest.starts(with: Self.version) else { return nil }
        rest = rest.dropFirst(Self.version.count)

        var hosts = 0
        var isForm = false
        var length: Int?
        for _ in 0...Self.fieldsMax {
            guard let lineEnd = rest.firstIndex(of: UInt8(ascii: "\r")), lineEnd + 1 < rest.endIndex,
                rest[lineEnd + 1] == UInt8(ascii: "\n")
            else { return nil }
            let line = rest[..<lineEnd]
            rest = rest[(lineEnd + 2)...]
            if line.isEmpty {
                guard hosts == 1, rest.count == length ?? 0, method == .post ? isForm : rest.isEmpty else {
                    return nil
                }
                body = rest
                return
            }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
                line[..<colon].allSatisfy(Self.isOfToken)
            else { return nil }
            let value = Self.trimmed(line[(colon + 1)...])
            // Tabs are rare, and decoders differ in where they take them.
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else { return nil }
            // Lower case: no letter of a token becomes another one, and no name below has a byte that the bit changes.
            switch String(decoding: line[..<colon].map { $0 | 0x20 }, as: UTF8.self) {
            case "host": hosts += 1
            case "connection":
                guard Self.isSame(value, "keep-alive") else { return nil }
            case "content-length":
                guard length == nil, (1...6).contains(value.count),
                    value.allSatisfy({ (0x30...0x39).contains($0) })
                else { return nil }
                length = value.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            case "content-type":
                guard !isForm,
                    Self.isSame(value.prefix { $0 != UInt8(ascii: ";") }, "application/x-www-form-urlencoded")
                else { return nil }
                isForm = true
            case "accept-encoding":
                guard acceptedEncodings == nil else { return nil }
                acceptedEncodings = String(decoding: value, as: UTF8.self)
            case "transfer-encoding", "expect", "upgrade", "trailer", "te", "origin", "content-encoding",
                "http2-settings", "proxy-connection", "keep-alive":
                return nil
            default: break
            }
        }
        return nil
    }

    private static let get = Array("GET ".utf8)
    private static let post = Array("POST ".utf8)
    private static let version = Array(" HTTP/1.1\r\n".utf8)

    /// RFC 9110, 5.6.2, without the marks that no header of ours has.
    private static func isOfToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Without the spaces around it.
    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var value = value
        while value.first == UInt8(ascii: " ") { value.removeFirst() }
        while value.last == UInt8(ascii: " ") { value.removeLast() }
        return value
    }

    /// - Parameter text: lower case letters and what bit 5 does not change.
    private static func isSame(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            bytes.count == text.count && zip(bytes, text).allSatisfy { $0 | 0x20 == $1 }
        }
    }
}
