/// Whom a permission is given to.
public enum Grantee: Sendable, Hashable {
    /// Those with exactly this role; an Editor does not have what is given to Viewers.
    case role(Role)
    case team(id: Int64)
    /// A person or a service account.
    case user(id: Int64)
}

/// One entry of a list of permissions.
public struct Grant: Sendable, Hashable {
    public var grantee: Grantee
    public var level: PermissionLevel

    public init(_ grantee: Grantee, _ level: PermissionLevel) {
        self.grantee = grantee
        self.level = level
    }

    /// What holds at the top, where nobody has set anything.
    public static let open = [Grant(.role(.viewer), .view), Grant(.role(.editor), .edit)]

    /// Each grantee once, with the highest level that it was given.
    static func merged(_ grants: [Grant]) -> [Grant] {
        var places: [Grantee: Int] = [:]
        var result: [Grant] = []
        for grant in grants {
            if let place = places[grant.grantee] {
                result[place].level = max(result[place].level, grant.level)
            } else {
                places[grant.grantee] = result.count
                result.append(grant)
            }
        }
        return result
    }
}

/// What a list of permissions belongs to.
public enum Guarded: Sendable, Hashable {
    case folder(uid: String)
    case dashboard(uid: String)
}

/// An entry of a list of permissions with the names that people know.
public struct GrantRecord: Sendable, Equatable {
    public var grant: Grant
    /// 0 for one that holds without having been set.
    public var id: Int64 = 0
    /// Whether it comes from a folder above.
    public var isInherited = false
    /// Milliseconds since 1970.
    public var created: Int64 = 0
    public var updated: Int64 = 0
    /// nil when it is not about one, or when they are gone.
    public var user: User?
    public var team: Team?
}
