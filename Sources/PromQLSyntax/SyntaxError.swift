/// A query that does not parse, with its place.
public struct SyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
    public let message: String
    /// UTF-8 byte offsets in the query.
    public let range: Range<Int>
    /// Both from 1; the column counts bytes.
    public let line: Int
    public let column: Int

    init(_ message: String, at range: Range<Int>, in text: [UInt8]) {
        self.message = message
        self.range = range
        let before = text[..<min(range.lowerBound, text.count)]
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    }

    /// As Prometheus words it: `1:5: parse error: …`.
    public var description: String { "\(line):\(column): parse error: \(message)" }
}
