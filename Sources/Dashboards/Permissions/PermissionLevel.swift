/// How much somebody may do with a folder or dashboard; each level may do what the ones before it may.
public enum PermissionLevel: Int64, Sendable, CaseIterable, Comparable {
    case view = 1
    /// Save, move and delete; annotate; in a folder also make and change what is inside.
    case edit = 2
    /// Also say who else may.
    case admin = 4

    /// As clients spell it: `View`.
    public var name: String {
        switch self {
        case .view: "View"
        case .edit: "Edit"
        case .admin: "Admin"
        }
    }

    public init?(name: String) {
        guard let level = PermissionLevel.allCases.first(where: { $0.name == name }) else { return nil }
        self = level
    }

    public static func < (a: PermissionLevel, b: PermissionLevel) -> Bool { a.rawValue < b.rawValue }
}
