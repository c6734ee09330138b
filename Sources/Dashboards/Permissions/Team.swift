/// People that are given permissions together.
public struct Team: Sendable, Equatable {
    public var id: Int64
    public var uid: String
    public var name: String
    public var email: String
    /// How many people and service accounts belong to it.
    public var memberCount: Int
    /// Milliseconds since 1970.
    public var created: Int64
    public var updated: Int64
}

/// Somebody in a team.
public struct TeamMember: Sendable, Equatable {
    public let user: User
    /// May change the team and its members.
    public let isAdmin: Bool
}
