/// Reads the answer of an HTTP/1 server from the pieces in which it comes.
///
/// Strict where two readers could disagree about where an answer ends (RFC 9112, section 6), lenient about line ends. Never
/// keeps more than the head and a line.
public struct HTTPResponseReader: Sendable {
    public struct Head: Sendable {
        /// 100 ... 999.
        public var status: Int
        /// The words after the status.
        public var reason: String
        public var fields: [(name: String, value: String)] = []
        /// Of HTTP/1.x.
        fileprivate var minorVersion: UInt8

        /// The values of a field joined by commas; nil when it is not there.
        ///
        /// - Parameter name: in lower case; the field's own may be in any.
        public func value(_ name: String) -> String? {
            var result: String?
            for field in fields where Self.isSame(field.name, name) {
                result = result.map { "\($0),\(field.value)" } ?? field.value
            }
            return result
        }

        private static func isSame(_ name: String, _ lowercased: String) -> Bool {
            let (name, lowercased) = (name.utf8, lowercased.utf8)
            return name.count == lowercased.count
                && zip(name, lowercased).allSatisfy {
                    $0 == $1 || $0 | 0x20 == $1 && $0 >= 0x41 && $0 <= 0x5A
                }
        }
    }

    /// The most bytes of a head, and of all trailers.
    public static let headBytesMax = 64 << 10
    private static let lineBytesMax = 8 << 10

    private enum State {
        case statusLine, fields
        case body(left: UInt64)
        case untilEnd
        case chunkSize, chunk(left: UInt64), chunkEnd, trailers
        case done
    }

    private var state = State.statusLine
    private var line: [UInt8] = []
    private var headByteCount = 0
    /// Whether the request was one whose answer has no body.
    private let isBodiless: Bool

    /// Nil until it has been read; the informational ones before it are left out.
    public private(set) var head: Head?
    /// Whether the connection can be asked again once the answer ``isDone``.
    public private(set) var staysOpen = false

    /// - Parameter isBodiless: the method is HEAD.
    public init(isBodiless: Bool = false) {
        self.isBodiless = isBodiless
    }

    public var isDone: Bool { if case .done = state { true } else { false } }

    /// The length of the body, when the head has told it.
    public var announcedLength: UInt64? { if case .body(let left) = state { left } else { nil } }

    /// Takes the next piece. Of one that begins with the head of the answer, call again for the rest: it returns behind the
    /// head, so that room for the body can be made.
    ///
    /// - Parameter body: gets each run of the body.
    /// - Returns: how many bytes were taken; fewer than there are behind the head, and when the answer is done.
    /// - Throws: `malformed`, `tooLarge`.
    public mutating func read(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(WireError) -> Int {
        var place = 0
        while place < bytes.count {
            let rest = bytes.count - place
            switch state {
            case .done: return place
            case .body(let left):
                let taken = Int(min(left, UInt64(rest)))
                body(UnsafeRawBufferPointer(rebasing: bytes[place..<(place + taken)]))
                place += taken
                state = left == UInt64(taken) ? .done : .body(left: left - UInt64(taken))
            case .untilEnd:
                body(UnsafeRawBufferPointer(rebasing: bytes[place...]))
                place = bytes.count
            case .chunk(let left):
                let taken = Int(min(left, UInt64(rest)))
                body(UnsafeRawBufferPointer(rebasing: bytes[place..<(place + taken)]))
                place += taken
                state = left == UInt64(taken) ? .chunkEnd : .chunk(left: left - UInt64(taken))
            case .statusLine, .fields, .chunkSize, .chunkEnd, .trailers:
                guard try takeLine(bytes, &place) else { return place }
                let hadHead = hasWholeHead
                try readLine()
                line.removeAll(keepingCapacity: true)
                if hasWholeHead, !hadHead { return place }
            }
        }
        return place
    }

    /// The connection has ended.
    ///
    /// - Throws: `truncated` when the answer has not.
    public mutating func end() throws(WireError) {
        switch state {
        case .done: return
        case .untilEnd: state = .done
        default: throw WireError(.truncated, "the answer ends too early")
        }
    }

    // MARK: - Lines

    private var hasWholeHead: Bool {
        switch state {
        case .statusLine, .fields: false
        default: true
        }
    }

    /// Whether ``line`` is whole now, without its end.
    private mutating func takeLine(_ bytes: UnsafeRawBufferPointer, _ place: inout Int) throws(WireError)
        -> Bool
    {
        let start = place
        while place < bytes.count, bytes[place] != UInt8(ascii: "\n") { place += 1 }
        let isWhole = place < bytes.count
        guard line.count + place - start <= HTTPResponseReader.lineBytesMax else {
            throw WireError(.tooLarge, "a line of the answer is longer than \(Self.lineBytesMax) bytes")
        }
        line.append(contentsOf: bytes[start..<place])
        guard isWhole else { return false }
        place += 1
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        switch state {
        case .chunkSize, .chunkEnd: break
        default:
            headByteCount += line.count + 2
            guard headByteCount <= HTTPResponseReader.headBytesMax else {
                throw WireError(.tooLarge, "the head of the answer is larger than \(Self.headBytesMax) bytes")
            }
        }
        return true
    }

    private mutating func readLine() throws(WireError) {
        switch state {
        case .statusLine:
            head = try HTTPResponseReader.statusLine(line)
            state = .fields
        case .fields:
            if line.isEmpty { return try endHead() }
            head?.fields.append(try HTTPResponseReader.field(line))
        case .chunkSize:
            let size = try HTTPResponseReader.chunkSize(line)
            headByteCount = 0
            state = size == 0 ? .trailers : .chunk(left: size)
        case .chunkEnd:
            guard line.isEmpty else { throw WireError(.malformed, "a chunk is longer than it says") }
            state = .chunkSize
        case .trailers:
            if line.isEmpty { state = .done } else { _ = try HTTPResponseReader.field(line) }
        case .body, .untilEnd, .chunk, .done: break
        }
    }

    /// `HTTP/1.1 200 OK`.
    private static func statusLine(_ line: [UInt8]) throws(WireError) -> Head {
        func digit(_ place: Int) -> Int? {
            place < line.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[place])
                ? Int(line[place] - UInt8(ascii: "0")) : nil
        }
        guard line.starts(with: "HTTP/1.".utf8), let minor = digit(7), minor <= 1, line.count >= 12,
            line[8] == UInt8(ascii: " "), let a = digit(9), let b = digit(10), let c = digit(11), a > 0,
            line.count == 12 || line[12] == UInt8(ascii: " ")
        else { throw WireError(.malformed, "this is no answer of an HTTP/1 server") }
        return Head(
            status: a * 100 + b * 10 + c, reason: String(decoding: line.dropFirst(13), as: UTF8.self),
            minorVersion: UInt8(minor))
    }

    /// `Name: value`.
    private static func field(_ line: [UInt8]) throws(WireError) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            line[..<colon].allSatisfy(isToken)
        else { throw WireError(.malformed, "a line of the answer's head is no header") }
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var value = line[(colon + 1)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }) else {
            throw WireError(.malformed, "a header of the answer has control characters")
        }
        return (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: "!#$%&'*+.^_`|~".utf8.contains(byte)
        }
    }

    /// `1a;extension`, of at most 15 digits.
    private static func chunkSize(_ line: [UInt8]) throws(WireError) -> UInt64 {
        let digits = line.prefix {
            $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t")
        }
        var size: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): size = size << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                size = size << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                size = size << 4 | UInt64(digit - UInt8(ascii: "A") + 10)
            default: throw WireError(.malformed, "the size of a chunk is no number")
            }
        }
        guard (1...15).contains(digits.count) else {
            throw WireError(.malformed, "the size of a chunk is no number")
        }
        return size
    }

    // MARK: - The end of the head

    /// Finds out where the body ends (RFC 9112, section 6.3).
    private mutating func endHead() throws(WireError) {
        guard let head else { return }
        if head.status < 200 {
            guard head.status != 101 else {
                throw WireError(.malformed, "the server wants to switch protocols")
            }
            self.head = nil
            state = .statusLine
            return
        }
        let options = (head.value("connection") ?? "").split(separator: ",").map {
            $0.lowercased().filter { $0 != " " && $0 != "\t" }
        }
        staysOpen = head.minorVersion > 0 ? !options.contains("close") : options.contains("keep-alive")
        let coding = head.value("transfer-encoding")?.lowercased()
        let length = try head.value("content-length").map { text throws(WireError) in try Self.length(text) }
        if isBodiless || head.status == 204 || head.status == 304 {
            state = .done
        } else if let coding {
            guard coding == "chunked" else {
                throw WireError(.malformed, "the answer has the Transfer-Encoding \(coding.prefix(50))")
            }
            // Both: whoever looks at the other one sees another end.
            if length != nil { staysOpen = false }
            state = .chunkSize
        } else if let length {
            state = length == 0 ? .done : .body(left: length)
        } else {
            staysOpen = false
            state = .untilEnd
        }
    }

    /// Several must be the same.
    private static func length(_ text: String) throws(WireError) -> UInt64 {
        // One number of digits alone, as nearly always; "+1" and "-0" are none.
        if let first = text.utf8.first, (0x30...0x39).contains(first), let number = UInt64(text) {
            return number
        }
        var result: UInt64?
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
            var digits = item.drop(while: isBlank)
            while let last = digits.last, isBlank(last) { digits.removeLast() }
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let number = UInt64(digits),
                result == nil || result == number
            else { throw WireError(.malformed, "the answer has the Content-Length \(text.prefix(50))") }
            result = number
        }
        return result ?? 0
    }
}
