/// Why a remote request was not answered as asked.
public struct RemoteStorageError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// Bytes that are no request, or ask for what is not possible: never to be sent again.
        case badRequest
        /// Samples that can never be stored: out of order, out of bounds, or a second value for a time.
        case refusedSamples
        /// New series that would go over the storage's limit.
        case tooManySeries
        /// The storage cannot be written or read now.
        case unavailable
        /// The storage failed.
        case storage
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
