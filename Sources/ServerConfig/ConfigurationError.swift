/// A configuration that cannot be used: says where and what.
public struct ConfigurationError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The file cannot be read.
        case io
        /// Not YAML.
        case syntax
        /// A key that the section does not have.
        case unknownField
        /// A value that its field does not take.
        case invalidValue
        /// A field that must be there and is not.
        case missingField
        /// Fields that do not go together.
        case conflict
    }

    public let kind: Kind
    public let message: String
    /// Empty when the text came from elsewhere.
    public let file: String
    /// From 1; 0 when the fault has no place.
    public let line: Int
    /// The path of the field, for instance `scrape_configs[0].static_configs`.
    public let field: String

    public init(_ kind: Kind, _ message: String, file: String = "", line: Int = 0, field: String = "") {
        self.kind = kind
        self.message = message
        self.file = file
        self.line = line
        self.field = field
    }

    public var description: String {
        var place = file
        if line > 0 { place += place.isEmpty ? "line \(line)" : ":\(line)" }
        let parts = [place, field, message].filter { !$0.isEmpty }
        return parts.joined(separator: ": ")
    }
}
