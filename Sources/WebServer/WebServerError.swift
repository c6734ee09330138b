/// Why a role cannot be served.
public struct WebServerError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case portInUse
        case invalidAddress
        case notPermitted
        case io
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
