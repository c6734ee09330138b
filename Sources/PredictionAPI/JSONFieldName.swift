/// Finds the member that a broken JSON text is broken at: most often a `NaN`, which JSON lacks.
enum JSONFieldName {
    /// The name of the member whose value begins at a place; nil when no value begins there.
    ///
    /// - Parameters:
    ///   - line: from 1.
    ///   - column: bytes from 1.
    static func before(line: Int, column: Int, of text: [UInt8]) -> String? {
        var position = 0
        var current = 1
        while current < line, position < text.count {
            if text[position] == 0x0A { current += 1 }
            position += 1
        }
        position = min(position + column - 1, text.count)
        func skipSpace() {
            while position > 0, [0x20, 0x09, 0x0A, 0x0D].contains(text[position - 1]) { position -= 1 }
        }
        skipSpace()
        guard position > 0, text[position - 1] == UInt8(ascii: ":") else { return nil }
        position -= 1
        skipSpace()
        guard position > 0, text[position - 1] == UInt8(ascii: "\"") else { return nil }
        let end = position - 1
        guard let start = text[..<end].lastIndex(of: UInt8(ascii: "\"")) else { return nil }
        return String(decoding: text[(start + 1)..<end].prefix(80), as: UTF8.self)
    }
}
