/// Why a rule, a template or a notification failed.
public struct RulesError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// A rule that cannot be: a bad name, expression or template.
        case invalidRule
        /// A template that does not follow the language, or that asks for what is not there.
        case template
        /// The query failed.
        case query
        /// Two results have the same labels.
        case duplicateLabels
        /// More results than the group allows.
        case limit
        /// The results could not be stored.
        case storage
        /// Alerts could not be delivered.
        case delivery
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
