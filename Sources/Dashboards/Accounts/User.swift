/// A person or a service account.
public struct User: Sendable, Equatable {
    public var id: Int64
    public var uid: String
    public var login: String
    public var email: String
    public var name: String
    public var role: Role
    /// May also manage users.
    public var isServerAdmin: Bool
    public var isDisabled: Bool
    public var isServiceAccount: Bool
    /// Milliseconds since 1970.
    public var created: Int64
    public var updated: Int64
    /// 0 for never.
    public var lastSeen: Int64
}

extension User {
    /// A visitor without a name.
    public static func anonymous(role: Role) -> User {
        User(
            id: 0, uid: "", login: "", email: "", name: "Anonymous", role: role, isServerAdmin: false,
            isDisabled: false, isServiceAccount: false, created: 0, updated: 0, lastSeen: 0)
    }
}
