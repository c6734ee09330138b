/// Why containers cannot be watched, or a question about them cannot be answered.
public struct ContainerStatsError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// A metric group, an option or an argument that does not exist.
        case invalidOption
        /// No container has this name.
        case notFound
        /// A runtime's socket did not answer as it should.
        case runtime
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
