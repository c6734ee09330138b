import MetricModel

/// A word of PromQL.
struct Token: Equatable {
    enum Kind: Equatable {
        case end
        case number(Double)
        /// Milliseconds.
        case duration(Int64)
        case string(String)
        /// A metric name, label name or keyword.
        case identifier(String)
        /// Punctuation and operators: `(`, `=~`, `</` …
        case symbol(String)
    }

    var kind: Kind
    /// UTF-8 byte offsets.
    var range: Range<Int>
}

/// Splits a query into tokens, one at a time.
struct Lexer {
    let text: [UInt8]
    private(set) var position = 0
    /// Inside `[…]` a colon separates range and step and is never part of a name.
    var isInBrackets = false
    /// By offset, the content of strings that are no UTF-8.
    private var invalidStrings: [Int: [UInt8]] = [:]

    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The content of the string that begins there, if it is no UTF-8.
    func invalidBytes(of range: Range<Int>) -> [UInt8]? { invalidStrings[range.lowerBound] }

    /// Goes back to an offset that a token began at.
    mutating func rewind(to offset: Int) {
        position = offset
    }

    mutating func next() throws(SyntaxError) -> Token {
        skipSpaceAndComments()
        let start = position
        guard let byte = peek() else { return Token(kind: .end, range: start..<start) }
        if isDigit(byte) || (byte == UInt8(ascii: ".") && peek(1).map(isDigit) == true) {
            return try number()
        }
        if isNameStart(byte) || (byte == UInt8(ascii: ":") && !isInBrackets) {
            while let byte = peek(),
                isNameStart(byte) || isDigit(byte) || (byte == UInt8(ascii: ":") && !isInBrackets)
            {
                position += 1
            }
            let word = String(decoding: text[start..<position], as: UTF8.self)
            return Token(kind: .identifier(word), range: start..<position)
        }
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try quoted(byte)
        case UInt8(ascii: "`"): return try raw()
        default: break
        }
        for symbol in Lexer.symbols where matches(symbol) {
            position += symbol.utf8.count
            return Token(kind: .symbol(symbol), range: start..<position)
        }
        position += 1
        while let next = peek(), next & 0xC0 == 0x80 { position += 1 }
        let shown = String(decoding: text[start..<position], as: UTF8.self)
        throw error("unexpected character: \(LabelText.quoted(shown))", start..<position)
    }

    /// Longest first.
    private static let symbols = [
        "==", "=~", "!=", "!~", "<=", "</", ">=", ">/", "+", "-", "*", "/", "%", "^", "(", ")", "{", "}", "[",
        "]",
        ",", "=", "<", ">", "@", ":",
    ]

    // MARK: - Numbers

    private mutating func number() throws(SyntaxError) -> Token {
        let start = position
        if let milliseconds = try duration() {
            return Token(kind: .duration(milliseconds), range: start..<position)
        }
        position = start
        if peek() == UInt8(ascii: "0"), let x = peek(1), x | 0x20 == UInt8(ascii: "x") {
            position += 2
            while let byte = peek(), isHexDigit(byte) || byte == UInt8(ascii: "_") { position += 1 }
        } else {
            while let byte = peek(), isDigit(byte) || byte == UInt8(ascii: "_") { position += 1 }
            if peek() == UInt8(ascii: ".") {
                position += 1
                while let byte = peek(), isDigit(byte) || byte == UInt8(ascii: "_") { position += 1 }
            }
            if let e = peek(), e | 0x20 == UInt8(ascii: "e") {
                var digits = 1
                if peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") { digits = 2 }
                if peek(digits).map(isDigit) == true {
                    position += digits
                    while let byte = peek(), isDigit(byte) { position += 1 }
                }
            }
        }
        let written = String(decoding: text[start..<position], as: UTF8.self)
        if let next = peek(), isNameStart(next) || isDigit(next) || next == UInt8(ascii: ".") || next >= 0x80
        {
            position += 1
            throw error(
                "bad number or duration syntax: \(LabelText.quoted(written + String(decoding: [next], as: UTF8.self)))",
                start..<position)
        }
        guard let value = Lexer.value(of: written) else {
            throw error("bad number or duration syntax: \(LabelText.quoted(written))", start..<position)
        }
        return Token(kind: .number(value), range: start..<position)
    }

    /// Go's ParseInt with base 0 first (hexadecimal, leading zero octal, underscores between digits),
    /// then ParseFloat.
    private static func value(of written: String) -> Double? {
        let lower = written.lowercased()
        if lower.contains("_") {
            guard !lower.hasSuffix("_"), !lower.contains("__"), !lower.contains("_."), !lower.contains("._"),
                !lower.contains("_e")
            else { return nil }
        }
        let plain = lower.filter { $0 != "_" }
        if plain.hasPrefix("0x") { return UInt64(plain.dropFirst(2), radix: 16).map { Double($0) } }
        if plain.utf8.count > 1, plain.hasPrefix("0"), let octal = Int64(plain.dropFirst(), radix: 8) {
            return Double(octal)
        }
        return FloatText.parse(plain)
    }

    /// `1h30m`: whole numbers with units from large to small. Nil when the text is not one.
    private mutating func duration() throws(SyntaxError) -> Int64? {
        let start = position
        var parts = 0
        while let byte = peek(), isDigit(byte) {
            while let byte = peek(), isDigit(byte) { position += 1 }
            guard let unit = peek(), "ywdhms".utf8.contains(unit) else { return nil }
            position += 1
            if unit == UInt8(ascii: "m"), peek() == UInt8(ascii: "s") { position += 1 }
            parts += 1
        }
        guard parts > 0 else { return nil }
        if let next = peek(), isNameStart(next) { return nil }
        let written = String(decoding: text[start..<position], as: UTF8.self)
        guard let milliseconds = DurationText.parse(written) else {
            throw error("not a valid duration string: \(LabelText.quoted(written))", start..<position)
        }
        return milliseconds
    }

    // MARK: - Strings

    private mutating func raw() throws(SyntaxError) -> Token {
        let start = position
        position += 1
        while let byte = peek() {
            position += 1
            if byte == UInt8(ascii: "`") {
                return Token(kind: .string(try string(start + 1..<position - 1)), range: start..<position)
            }
        }
        throw error("unterminated raw string", start..<position)
    }

    private mutating func quoted(_ quote: UInt8) throws(SyntaxError) -> Token {
        let start = position
        position += 1
        var content: [UInt8] = []
        while let byte = peek() {
            position += 1
            switch byte {
            case quote:
                // Escapes can write bytes that are no UTF-8; no label has such a value.
                let value = String(decoding: content, as: UTF8.self)
                if value.utf8.count != content.count || !value.utf8.elementsEqual(content) {
                    invalidStrings[start] = content
                }
                return Token(kind: .string(value), range: start..<position)
            case UInt8(ascii: "\n"): throw error("unterminated quoted string", start..<position)
            case UInt8(ascii: "\\"): try escape(quote, into: &content)
            default: content.append(byte)
            }
        }
        throw error("unterminated quoted string", start..<position)
    }

    private mutating func escape(_ quote: UInt8, into content: inout [UInt8]) throws(SyntaxError) {
        let start = position - 1
        guard let byte = peek() else { throw error("escape sequence not terminated", start..<position) }
        position += 1
        func digits(_ count: Int, radix: UInt32) throws(SyntaxError) -> UInt32 {
            var value: UInt32 = 0
            for _ in 0..<count {
                guard let digit = peek().flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }),
                    digit < radix
                else {
                    throw error("invalid character in escape sequence", start..<min(position + 1, text.count))
                }
                value = value &* radix &+ UInt32(digit)
                position += 1
            }
            return value
        }
        switch byte {
        case UInt8(ascii: "a"): content.append(0x07)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "v"): content.append(0x0B)
        case UInt8(ascii: "\\"), quote: content.append(byte)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            position -= 1
            let value = try digits(3, radix: 8)
            guard value <= 255 else {
                throw error("escape sequence is an invalid Unicode code point", start..<position)
            }
            content.append(UInt8(value))
        case UInt8(ascii: "x"): content.append(UInt8(truncatingIfNeeded: try digits(2, radix: 16)))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let value = try digits(byte == UInt8(ascii: "u") ? 4 : 8, radix: 16)
            guard let scalar = Unicode.Scalar(value) else {
                throw error("escape sequence is an invalid Unicode code point", start..<position)
            }
            content.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error("unknown escape sequence", start..<position)
        }
    }

    private func string(_ range: Range<Int>) throws(SyntaxError) -> String {
        guard let value = String(validating: text[range], as: UTF8.self) else {
            throw error("invalid UTF-8 in string", range)
        }
        return value
    }

    // MARK: - Bytes

    private mutating func skipSpaceAndComments() {
        while let byte = peek() {
            if byte == UInt8(ascii: "#") {
                while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                position += 1
            } else {
                return
            }
        }
    }

    private func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private func matches(_ symbol: String) -> Bool {
        text[position...].starts(with: symbol.utf8)
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "f"))
    }

    private func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_")
            || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z"))
    }

    private func error(_ message: String, _ range: Range<Int>) -> SyntaxError {
        SyntaxError(message, at: range, in: text)
    }
}
