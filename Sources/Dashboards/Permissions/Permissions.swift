/// What one caller may do with folders, as it was at one moment. Dashboards have what their folder gives
/// and what their own list adds.
public struct Permissions: Sendable {
    /// Administrators may do everything everywhere.
    public let isUnlimited: Bool
    let role: Role
    /// 0 for a visitor without a name.
    let userID: Int64
    private let folders: [String: PermissionLevel]

    init(caller: Caller, folders: [String: PermissionLevel]) {
        isUnlimited = Permissions.isUnlimited(caller)
        role = caller.role
        userID = caller.user.id
        self.folders = folders
    }

    /// Whether a caller is an administrator of the organisation or of the server.
    public static func isUnlimited(_ caller: Caller) -> Bool {
        caller.role >= .admin || caller.user.isServerAdmin
    }

    /// - Parameter uid: "" for the top.
    /// - Returns: nil for nothing at all.
    public func level(folder uid: String) -> PermissionLevel? {
        if isUnlimited { return .admin }
        return uid.isEmpty ? root : folders[uid]
    }

    /// Whether a folder may be seen.
    public func sees(folder uid: String) -> Bool { level(folder: uid) != nil }

    /// What the role gives at the top.
    var root: PermissionLevel? {
        Grant.open.first { $0.grantee == .role(role) }?.level
    }

    /// Those that may be seen; the top is not among them.
    var visibleFolders: [String] { Array(folders.keys) }

    /// Whether the caller says who may do what in some folder.
    var administersFolder: Bool { isUnlimited || folders.values.contains(.admin) }
}
