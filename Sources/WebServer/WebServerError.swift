/// Why a role cannot be served, or a request not be read.
public struct WebServerError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case portInUse
        case invalidAddress
        case notPermitted
        case io
        /// Certificates or other settings of TLS that cannot be used.
        case tls
        /// A request with more bytes or parts than are taken: 413.
        case requestTooLarge
        /// Parameters that are not URL-encoded text: 400.
        case malformedForm
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
