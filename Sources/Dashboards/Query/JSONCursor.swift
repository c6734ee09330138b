import JSON

/// Walks over JSON text without building a tree, for answers of many samples.
struct JSONCursor {
    let bytes: [UInt8]
    var position = 0

    /// The text is not what was expected.
    struct Unexpected: Error {
        let position: Int
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next byte that is no white space; 0 at the end.
    mutating func peek() -> UInt8 {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    mutating func expect(_ byte: UInt8) throws(Unexpected) {
        guard peek() == byte else { throw Unexpected(position: position) }
        position += 1
    }

    /// Calls `body` at each member's value, which it must read or skip.
    mutating func object(
        _ body: (inout JSONCursor, String) throws(Unexpected) -> Void
    ) throws(Unexpected) {
        try expect(UInt8(ascii: "{"))
        if peek() == UInt8(ascii: "}") {
            position += 1
            return
        }
        while true {
            let name = try string()
            try expect(UInt8(ascii: ":"))
            try body(&self, name)
            if peek() == UInt8(ascii: ",") {
                position += 1
                _ = peek()
                continue
            }
            return try expect(UInt8(ascii: "}"))
        }
    }

    /// Calls `body` at each element, which it must read or skip.
    mutating func array(_ body: (inout JSONCursor) throws(Unexpected) -> Void) throws(Unexpected) {
        try expect(UInt8(ascii: "["))
        if peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            try body(&self)
            if peek() == UInt8(ascii: ",") {
                position += 1
                continue
            }
            return try expect(UInt8(ascii: "]"))
        }
    }

    /// Where the text of the next string stands, without quotes, still escaped.
    mutating func stringRange() throws(Unexpected) -> (range: Range<Int>, hasEscapes: Bool) {
        try expect(UInt8(ascii: "\""))
        let start = position
        var hasEscapes = false
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return (start..<position - 1, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                position += 2
            default: position += 1
            }
        }
        throw Unexpected(position: start)
    }

    mutating func string() throws(Unexpected) -> String {
        let (range, hasEscapes) = try stringRange()
        guard hasEscapes else { return String(decoding: bytes[range], as: UTF8.self) }
        let quoted = bytes[range.lowerBound - 1..<range.upperBound + 1]
        guard let text = (try? JSONValue.parse(quoted))?.string else {
            throw Unexpected(position: range.lowerBound)
        }
        return text
    }

    /// Where the next number stands; not checked further.
    mutating func numberRange() throws(Unexpected) -> Range<Int> {
        _ = peek()
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                position += 1
            default:
                guard position > start else { throw Unexpected(position: start) }
                return start..<position
            }
        }
        throw Unexpected(position: start)
    }

    /// A time in seconds as milliseconds.
    mutating func milliseconds() throws(Unexpected) -> Int64 {
        let range = try numberRange()
        var position = range.lowerBound
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var value: Int64 = 0
        var digitsLeft = 15
        while position < range.upperBound, digitsLeft > 0, let digit = Self.digit(bytes[position]) {
            value = value * 10 + digit
            position += 1
            digitsLeft -= 1
        }
        value *= 1000
        if position < range.upperBound, bytes[position] == UInt8(ascii: ".") {
            position += 1
            var scale: Int64 = 100
            while position < range.upperBound, scale > 0, let digit = Self.digit(bytes[position]) {
                value += digit * scale
                scale /= 10
                position += 1
            }
            // Digits below a millisecond do not count.
            while position < range.upperBound, Self.digit(bytes[position]) != nil { position += 1 }
        }
        if position == range.upperBound { return isNegative ? -value : value }
        guard let seconds = Double(String(decoding: bytes[range], as: UTF8.self)),
            abs(seconds) < 1e15
        else { throw Unexpected(position: range.lowerBound) }
        return Int64((seconds * 1000).rounded())
    }

    private static func digit(_ byte: UInt8) -> Int64? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int64(byte - UInt8(ascii: "0")) : nil
    }

    /// Passes over a value of any kind, however deep.
    mutating func skip() throws(Unexpected) {
        var depth = 0
        repeat {
            switch peek() {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: "\""): _ = try stringRange()
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw Unexpected(position: position) }
                position += 1
            case UInt8(ascii: "a")...UInt8(ascii: "z"):
                while position < bytes.count,
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[position])
                {
                    position += 1
                }
            default: _ = try numberRange()
            }
        } while depth > 0
    }
}
