/// A model that cannot be served, or a row that cannot be predicted.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The file is not a model of a known form.
        case malformedModel
        /// A known form, but a kind of model that is not evaluated here (dart, linear, categorical …).
        case unsupportedModel
        /// The row does not fit the model.
        case invalidRow
    }

    public let kind: Kind
    /// "cannot X: got Y, want Z".
    public let message: String
    /// The feature or model field in question, "" when it is the whole.
    public let field: String

    public init(_ kind: Kind, _ message: String, field: String = "") {
        self.kind = kind
        self.message = message
        self.field = field
    }

    public var description: String { message }
}
