import HTTPTypes
import PromQLEngine
import PromQLSyntax
import StorageAPI

/// Why a request of the HTTP API got no data. The one place that chooses statuses and error types.
public struct APIError: Error, Sendable, CustomStringConvertible {
    /// The `errorType` of an answer, under Prometheus' names.
    public enum Kind: String, Sendable {
        /// The request itself is wrong.
        case badData = "bad_data"
        /// The query cannot be evaluated over these data.
        case execution
        /// The client has left.
        case canceled
        case timeout
        /// Our fault or the storage's.
        case `internal`
        /// What was asked for is switched off.
        case unavailable
        /// All threads are taken and the queue is full; an `unavailable` of ours that says when to come
        /// again.
        case busy
        case notFound = "not_found"
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// As Prometheus words a parameter that cannot be used.
    static func parameter(_ name: String, _ message: String) -> APIError {
        APIError(.badData, "invalid parameter \"\(name)\": \(message)")
    }

    public var description: String { message }

    var status: HTTPResponse.Status {
        switch kind {
        case .badData: .badRequest
        case .execution: .unprocessableContent
        case .canceled: .init(code: 499, reasonPhrase: "Client Closed Request")
        case .timeout, .busy: .serviceUnavailable
        // Prometheus has no status of its own for what is switched off.
        case .internal, .unavailable: .internalServerError
        case .notFound: .notFound
        }
    }

    var errorType: String { kind == .busy ? Kind.unavailable.rawValue : kind.rawValue }
}

extension APIError {
    init(_ error: QueryError) {
        let kind: Kind =
            switch error.kind {
            case .execution, .tooManySamples: .execution
            case .timeout: .timeout
            case .cancelled: .canceled
            case .busy: .busy
            case .storage: .internal
            }
        self.init(kind, error.message)
    }

    /// For what is asked of the storage without the engine, where Prometheus calls every fault one of
    /// execution.
    init(_ error: StorageError) {
        let kind: Kind =
            switch error.kind {
            case .notReady: .unavailable
            case .cancelled: .canceled
            default: .execution
            }
        self.init(kind, error.message)
    }
}
