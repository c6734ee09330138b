/// What a reader of JSON accepts from a stranger.
public struct JSONLimits: Sendable {
    /// The most bytes of text.
    public var bytes: Int
    /// The deepest nesting of arrays and objects.
    public var depth: Int

    public init(bytes: Int = 16 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }
}

extension JSONValue {
    /// Reads one document (RFC 8259) with nothing but white space around it. Invalid UTF-8 in strings
    /// becomes U+FFFD.
    ///
    /// - Throws: ``JSONError`` with line and column.
    public static func parse(
        _ bytes: some Collection<UInt8>, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes: Array(bytes), limits: limits)
        return try parser.document()
    }

    public static func parse(
        _ text: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    let limits: JSONLimits
    var position = 0

    init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func document() throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else {
            throw error("cannot read \(bytes.count) bytes of JSON, want at most \(limits.bytes)")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let result = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw error("unexpected text after the document") }
        return result
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.depth else {
            throw error("nested deeper than \(limits.depth) levels")
        }
        skipSpace()
        guard let byte = peek else { throw error("unexpected end of the text") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var result = JSONObject()
        skipSpace()
        if peek == UInt8(ascii: "}") {
            position += 1
            return .object(result)
        }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw error("want a member name in quotes") }
            let name = try string()
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw error("want ':' after a member name") }
            position += 1
            result[name] = try value(depth: depth + 1)
            skipSpace()
            switch peek {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "}"):
                position += 1
                return .object(result)
            default: throw error("want ',' or '}' in an object")
            }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        position += 1
        var result: [JSONValue] = []
        skipSpace()
        if peek == UInt8(ascii: "]") {
            position += 1
            return .array(result)
        }
        while true {
            result.append(try value(depth: depth + 1))
            skipSpace()
            switch peek {
            case UInt8(ascii: ","): position += 1
            case UInt8(ascii: "]"):
                position += 1
                return .array(result)
            default: throw error("want ',' or ']' in an array")
            }
        }
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        // Most strings have no escapes: take the run of bytes as it stands.
        while let byte = peek, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
            position += 1
        }
        if peek == UInt8(ascii: "\"") {
            position += 1
            return String(decoding: bytes[start..<(position - 1)], as: UTF8.self)
        }
        var text = Array(bytes[start..<position])
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                text.append(contentsOf: String(Character(scalar)).utf8)
            case 0..<0x20:
                position -= 1
                throw error("a control character in a string must be escaped")
            default: text.append(byte)
            }
        }
        throw error("unexpected end of the text in a string")
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let byte = peek else { throw error("unexpected end of the text in a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexUnit()
            if first & 0xFC00 == 0xD800, peek == UInt8(ascii: "\\"),
                position + 1 < bytes.count, bytes[position + 1] == UInt8(ascii: "u")
            {
                let back = position
                position += 2
                let second = try hexUnit()
                if second & 0xFC00 == 0xDC00 {
                    let code = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
                    return Unicode.Scalar(code) ?? "\u{FFFD}"
                }
                position = back
            }
            return Unicode.Scalar(UInt32(first)) ?? "\u{FFFD}"
        default: throw error("unknown escape in a string")
        }
    }

    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw error("want four hexadecimal digits after \\u") }
        position += 4
        return unit
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let whole = digits()
        let leadingZero = whole > 1 && bytes[position - whole] == UInt8(ascii: "0")
        var good = whole > 0 && !leadingZero
        if peek == UInt8(ascii: ".") {
            position += 1
            good = digits() > 0 && good
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            good = digits() > 0 && good
        }
        guard good else {
            position = start
            throw error("want a value")
        }
        return .number(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() -> Int {
        let start = position
        while let byte = peek, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position - start
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let length = text.utf8CodeUnitCount
        guard position + length <= bytes.count,
            bytes[position..<(position + length)].elementsEqual(
                UnsafeBufferPointer(start: text.utf8Start, count: length))
        else { throw error("want a value") }
        position += length
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private func error(_ message: String) -> JSONError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(message: message, line: line, column: before.count - lineStart + 1)
    }
}
