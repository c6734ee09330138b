import Dashboards
import HTTPTypes
import WebServer

// What a caller may do with a folder or dashboard. Asked once per request, since a list of thousands needs
// the same answer for each.
extension DashboardServer {
    func permissions(of call: Call) async throws -> Permissions {
        guard let caller = call.caller else { throw APIError.unauthorized }
        return try await store.permissions(of: caller)
    }

    /// - Throws: 403 when the caller may do less than `level`.
    func require(_ level: PermissionLevel, _ has: PermissionLevel?, _ need: String) throws {
        guard let has, has >= level else { throw APIError.forbidden(need) }
    }

    /// A folder that the caller may use so.
    ///
    /// - Throws: 404 when there is none, 403.
    func folder(
        _ uid: String, _ level: PermissionLevel, _ need: String, _ permissions: Permissions
    ) async throws -> Folder {
        guard let folder = try await store.folder(uid: uid) else {
            throw APIError(.notFound, "folder not found")
        }
        try require(level, permissions.level(folder: uid), need)
        return folder
    }

    /// A dashboard that the caller may use so, and how.
    ///
    /// - Throws: 404 when there is none, 403.
    func dashboard(
        _ uid: String, _ level: PermissionLevel, _ need: String, _ permissions: Permissions
    ) async throws -> (record: DashboardRecord, level: PermissionLevel) {
        guard let record = try await store.dashboardRecord(uid: uid) else {
            throw APIError(.notFound, "Dashboard not found")
        }
        let has = try await store.level(of: record, for: permissions)
        try require(level, has, need)
        return (record, has ?? .view)
    }

    /// Whom to give what a caller makes: administrators need no entry, visitors without a name can have none.
    func maker(_ call: Call, _ permissions: Permissions) -> Int64? {
        guard !permissions.isUnlimited, let id = call.caller?.user.id, id > 0 else { return nil }
        return id
    }
}
