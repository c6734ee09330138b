/// Why a request could not be made or answered.
public struct WebClientError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// A file with a password, token or certificate cannot be read or used.
        case credentials
        case invalidURL
        /// The answer did not come in time.
        case timeout
        /// The body is larger than allowed.
        case bodyTooLarge
        /// The body does not decompress.
        case malformedBody
        /// The connection could not be made or broke.
        case connection
        /// A setting that this client cannot do.
        case unsupported
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
