/// Bytes that are not what their format demands.
public struct WireError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The bytes end before the value does.
        case truncated
        /// A number does not fit its type or a field has a form that does not exist.
        case malformed
        /// The claimed or actual size is above the caller's bound.
        case tooLarge
    }

    public let kind: Kind
    /// One sentence: "cannot X: got Y, want Z".
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
