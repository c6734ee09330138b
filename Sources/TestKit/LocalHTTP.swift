#if canImport(Glibc)
    import Glibc
#endif

/// A plain HTTP client for servers of this machine: one connection a request, which blocks for as long
/// as the server takes (at most 30 s).
public enum LocalHTTP {
    public struct Answer: Sendable {
        public var status: Int
        /// Names in lower case; of several with one name the last.
        public var headers: [String: String]
        public var body: [UInt8]
        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public static func get(_ port: Int, _ path: String, headers: [String: String] = [:]) throws -> Answer {
        try request("GET", port, path, headers: headers)
    }

    public static func post(
        _ port: Int, _ path: String, _ body: String, headers: [String: String] = [:]
    ) throws -> Answer {
        try request("POST", port, path, headers: headers, body: Array(body.utf8))
    }

    public static func request(
        _ method: String, _ port: Int, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) throws -> Answer {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard connection >= 0 else { throw TestFailure("cannot make a socket") }
        defer { close(connection) }
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        // A server that has refused a large body reads no more of it, and the answer waits meanwhile.
        var sendTimeout = timeval(tv_sec: 3, tv_usec: 0)
        setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &sendTimeout, socklen_t(MemoryLayout<timeval>.size))
        var address = LocalPort.address(port)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw TestFailure("nothing listens on port \(port)") }

        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
        if !body.isEmpty || method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let message = Array((head + "\r\n").utf8) + body
        var sent = 0
        while sent < message.count {
            let count = message[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that refuses a large body may stop reading and answer at once.
            guard count > 0 else { break }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer.append(contentsOf: buffer[..<count])
        }
        return try parse(answer)
    }

    private static func parse(_ bytes: [UInt8]) throws -> Answer {
        let text = String(decoding: bytes.prefix(1 << 16), as: UTF8.self)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) }),
            let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { throw TestFailure("not an HTTP answer: \"\(text.prefix(200))\"") }
        var headers: [String: String] = [:]
        for line in String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n").dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        var body = Array(bytes[(end + 4)...])
        if headers["transfer-encoding"]?.lowercased() == "chunked" { body = unchunked(body) }
        return Answer(status: status, headers: headers, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let lineEnd = rest.firstIndex(of: 13) {
            let size = Int(String(decoding: rest[..<lineEnd], as: UTF8.self), radix: 16) ?? 0
            if size == 0 { break }
            rest = rest[lineEnd...].dropFirst(2)
            result.append(contentsOf: rest.prefix(size))
            rest = rest.dropFirst(size + 2)
        }
        return result
    }
}
