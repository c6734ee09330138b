/// Why the container monitor cannot be served, or a request cannot be answered.
public struct ContainerServerError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// A flag that does not exist or has a bad value.
        case invalidFlag
        /// A password file that cannot be read or understood.
        case passwordFile
        /// A request whose arguments are not understood.
        case invalidRequest
        /// No such container.
        case notFound
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
