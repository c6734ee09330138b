/// Why a mail was not sent. Its texts hold no secrets.
public struct MailError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// An address or a setting that cannot be.
        case invalid
        /// The server cannot be reached, or does not answer in time.
        case unreachable
        /// The server does not take it now; later it may.
        case refusedNow
        /// The server will not take it.
        case refused
        /// What it says is no SMTP, or is not safe to go on with.
        case broken
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }

    /// Whether trying again may help.
    public var isPassing: Bool { kind == .unreachable || kind == .refusedNow }
}
