/// Who is asking, found by session cookie, password or token.
public struct Caller: Sendable {
    public enum Means: Sendable, Equatable {
        case session(id: Int64)
        case password
        case token
        case anonymous
    }

    public let user: User
    public let means: Means

    public init(user: User, means: Means) {
        self.user = user
        self.means = means
    }

    public var role: Role { user.role }
    public var isAnonymous: Bool { means == .anonymous }
}
