/// Text that is not JSON, or more than the reader was told to accept.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was found and what is wanted.
    public let message: String
    /// Both from 1; the column counts bytes.
    public let line: Int
    public let column: Int

    public var description: String { "\(message) at line \(line), column \(column)" }
}
