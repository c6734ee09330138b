/// A body that does not follow its exposition format.
public struct ExpositionError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case syntax
        case invalidValue
        case invalidTimestamp
        case invalidMetadata
        case invalidUTF8
        case missingEOF
        case unsupportedFormat
    }

    public let kind: Kind
    public let message: String
    /// From 1.
    public let line: Int

    public init(_ kind: Kind, _ message: String, line: Int) {
        self.kind = kind
        self.message = message
        self.line = line
    }

    public var description: String { line > 0 ? "\(message) (line \(line))" : message }
}
