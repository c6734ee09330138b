import Dashboards
import HTTPTypes

// Alert rules belong to folders: whoever may not see a folder sees none of its rules, and they are changed by those
// that may edit it.
extension DashboardServer {
    func visibleAlertRules(_ call: Call) async throws -> [AlertRule] {
        let permissions = try await permissions(of: call)
        let rules = try await store.alertRules()
        return permissions.isUnlimited ? rules : rules.filter { permissions.sees(folder: $0.groupKey.folder) }
    }

    /// - Throws: 404, 403.
    func alertRule(_ call: Call, _ uid: String, _ level: PermissionLevel) async throws -> AlertRule {
        guard let rule = try await store.alertRule(uid: uid) else {
            throw APIError(.notFound, "alert rule not found")
        }
        try await requireAlertFolder(call, rule.groupKey.folder, level)
        return rule
    }

    /// A folder that is not there has no rules to see, and none are added to it: that is told by whoever looks for it.
    ///
    /// - Throws: 403 when the caller may do less than `level` with the folder.
    func requireAlertFolder(_ call: Call, _ uid: String, _ level: PermissionLevel) async throws {
        let has = try await permissions(of: call).level(folder: uid)
        if has == nil, try await store.folder(uid: uid) == nil { return }
        try require(
            level, has,
            level == .view ? "alert.rules:read" : "alert.rules:write")
    }
}
