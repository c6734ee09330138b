/// Why the dashboard service refused or could not do something. The web layer turns the kind into a
/// status; the messages are the original's where clients match on them.
public struct DashboardsError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The request does not make sense: 400.
        case invalidInput
        /// Wrong name, password or token: 401.
        case unauthorized
        /// Known, but not allowed: 403.
        case forbidden
        case notFound
        /// A name or uid that is taken: 409.
        case exists
        /// Something of another origin, or something in use: 409.
        case conflict
        /// A folder or dashboard was saved by someone else in between: 412.
        case versionMismatch
        /// A dashboard or user with this name is there already: 412.
        case nameExists
        /// Provisioned from a file that may not be written: 400 for dashboards, 403 for data sources.
        case readOnly
        /// Too much work is waiting: 429.
        case busy
        /// The database or a file failed: 500.
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
