/// Why a query gave no answer. The web layer turns the kind into status and `errorType`.
public struct QueryError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The query itself is wrong for these data or times: `execution`, 422.
        case execution
        /// Too many samples or bytes: `execution`, 422.
        case tooManySamples
        /// The deadline passed: `timeout`, 503.
        case timeout
        /// The client left: `canceled`, 499.
        case cancelled
        /// Other queries hold the memory that this one needs: `unavailable`, 503 with Retry-After.
        case busy
        /// The storage failed: `internal`, 500.
        case storage
    }

    public let kind: Kind
    /// In Prometheus' words where clients match on them.
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
