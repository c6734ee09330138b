import Dashboards
import Hummingbird
import JSON
import WebServer

// Lists of permissions of folders and dashboards in the original's two forms: the older one replaces a
// list, the one of access control changes entries.
extension DashboardServer {
    /// A folder or dashboard whose list the caller may read and write, with its name.
    private struct Target {
        let guarded: Guarded
        let id: Int64
        let title: String
        /// "folders" or "dashboards"
        let resource: String
        var uid: String {
            switch guarded {
            case .folder(let uid), .dashboard(let uid): uid
            }
        }
    }

    private func folderTarget(_ uid: String, _ call: Call) async throws -> Target {
        let folder = try await folder(
            uid, .admin, "folders.permissions:write", try await permissions(of: call))
        return Target(
            guarded: .folder(uid: uid), id: folder.id, title: folder.title, resource: "folders")
    }

    private func dashboardTarget(_ uid: String, _ call: Call) async throws -> Target {
        let (record, _) = try await dashboard(
            uid, .admin, "dashboards.permissions:write", try await permissions(of: call))
        return Target(
            guarded: .dashboard(uid: record.uid), id: record.id, title: record.title,
            resource: "dashboards")
    }

    private func dashboardTarget(id: Int64, _ call: Call) async throws -> Target {
        guard let uid = try await store.dashboardUID(id: id) else {
            throw APIError(.notFound, "Dashboard not found")
        }
        return try await dashboardTarget(uid, call)
    }

    // MARK: - The older form

    @Sendable func folderPermissions(_ call: Call) async throws -> Response {
        try await list(try await folderTarget(try call.parameter("uid"), call))
    }

    @Sendable func dashboardPermissions(_ call: Call) async throws -> Response {
        try await list(try await dashboardTarget(try call.parameter("uid"), call))
    }

    @Sendable func dashboardPermissionsByID(_ call: Call) async throws -> Response {
        try await list(try await dashboardTarget(id: try call.number("id"), call))
    }

    private func list(_ target: Target) async throws -> Response {
        let isFolder = target.resource == "folders"
        let records = try await store.permissionList(of: target.guarded)
        return .json(
            .array(
                records.map { record in
                    var object: JSONObject = [
                        "id": .number(Int(record.id)), "uid": .string(target.uid),
                        "title": .string(target.title), "slug": "", "url": "",
                        "isFolder": .bool(isFolder), "inherited": .bool(record.isInherited),
                        "permission": .number(Int(record.grant.level.rawValue)),
                        "permissionName": .string(record.grant.level.name),
                        "created": .string(CivilTime(milliseconds: record.created).iso),
                        "updated": .string(CivilTime(milliseconds: record.updated).iso),
                        "userId": .number(Int(record.user?.id ?? 0)),
                        "userUid": .string(record.user?.uid ?? ""),
                        "userLogin": .string(record.user?.login ?? ""),
                        "userEmail": .string(record.user?.email ?? ""), "userAvatarUrl": "",
                        "teamId": .number(Int(record.team?.id ?? 0)),
                        "teamUid": .string(record.team?.uid ?? ""), "teamAvatarUrl": "",
                        "teamEmail": .string(record.team?.email ?? ""),
                        "team": .string(record.team?.name ?? ""),
                    ]
                    object[isFolder ? "folderId" : "dashboardId"] = .number(Int(target.id))
                    if case .role(let role) = record.grant.grantee {
                        object["role"] = .string(role.rawValue)
                    }
                    return .object(object)
                }))
    }

    @Sendable func setFolderPermissions(_ call: Call) async throws -> Response {
        let target = try await folderTarget(try call.parameter("uid"), call)
        try await replace(target, call)
        return .json([
            "message": "Folder permissions updated", "id": .number(Int(target.id)),
            "title": .string(target.title),
        ])
    }

    @Sendable func setDashboardPermissions(_ call: Call) async throws -> Response {
        try await replace(try await dashboardTarget(try call.parameter("uid"), call), call)
        return .message("Dashboard permissions updated")
    }

    @Sendable func setDashboardPermissionsByID(_ call: Call) async throws -> Response {
        try await replace(try await dashboardTarget(id: try call.number("id"), call), call)
        return .message("Dashboard permissions updated")
    }

    private func replace(_ target: Target, _ call: Call) async throws {
        guard let items = try await call.json()["items"]?.array else {
            throw APIError(.badRequest, "bad request data: want items")
        }
        var grants: [Grant] = []
        for item in items {
            guard let object = item.object, let number = object.whole("permission"),
                let level = PermissionLevel(rawValue: Int64(number))
            else {
                throw APIError(
                    .badRequest, "bad request data: permission is 1 (View), 2 (Edit) or 4 (Admin)")
            }
            grants.append(Grant(try DashboardServer.grantee(of: object, role: "role"), level))
        }
        try await store.setPermissions(grants, of: target.guarded)
    }

    /// Exactly one of user, team and role.
    private static func grantee(of object: JSONObject, role: String) throws -> Grantee {
        let name = object.text(role).flatMap { $0.isEmpty ? nil : $0 }
        let user = object.whole("userId").flatMap { $0 > 0 ? Int64($0) : nil }
        let team = object.whole("teamId").flatMap { $0 > 0 ? Int64($0) : nil }
        switch (name, user, team) {
        case (let name?, nil, nil): return try grantee(role: name)
        case (nil, let user?, nil): return .user(id: user)
        case (nil, nil, let team?): return .team(id: team)
        default:
            throw APIError(
                .badRequest,
                "bad request data: a permission is for one of userId, teamId and \(role)")
        }
    }

    private static func grantee(role name: String) throws -> Grantee {
        guard let role = Role(rawValue: name), role != .none else {
            throw APIError(.badRequest, "bad request data: the role is Viewer, Editor or Admin, got \(name)")
        }
        return .role(role)
    }

    // MARK: - The form of access control

    private func target(_ call: Call) async throws -> Target {
        let uid = try call.parameter("uid")
        switch try call.parameter("resource") {
        case "folders": return try await folderTarget(uid, call)
        case "dashboards": return try await dashboardTarget(uid, call)
        case let name:
            throw APIError(.notFound, "there are no permissions of single \(name): roles count")
        }
    }

    @Sendable func resourceDescription(_ call: Call) async throws -> Response {
        let name = try call.parameter("resource")
        guard name == "folders" || name == "dashboards" else {
            throw APIError(.notFound, "there are no permissions of single \(name): roles count")
        }
        return .json([
            "assignments": [
                "users": true, "serviceAccounts": true, "teams": true, "builtInRoles": true,
            ],
            "permissions": .array(PermissionLevel.allCases.map { .string($0.name) }),
        ])
    }

    /// Of a data source too, where roles alone count and nothing can be set.
    @Sendable func resourcePermissions(_ call: Call) async throws -> Response {
        guard try call.parameter("resource") != "datasources" else {
            guard call.caller.map(Permissions.isUnlimited) == true else {
                throw APIError.forbidden("datasources.permissions:read")
            }
            return .json(
                .array(
                    [("Viewer", "Query"), ("Editor", "Query"), ("Admin", "Admin")].map { role, name in
                        [
                            "roleName": .string("basic:" + role.lowercased()), "builtInRole": .string(role),
                            "permission": .string(name), "isManaged": false, "isInherited": true,
                            "actions": [],
                        ]
                    }))
        }
        let target = try await target(call)
        let records = try await store.permissionList(of: target.guarded)
        return .json(
            .array(
                records.map { DashboardServer.json($0, resource: target.resource) } + [
                    [
                        "id": 0, "roleName": "basic:admin", "builtInRole": "Admin", "permission": "Admin",
                        "isManaged": false, "isInherited": false, "isServiceAccount": false,
                        "actions": .array(DashboardServer.actions(.admin, target.resource)),
                    ]
                ]))
    }

    private static func json(_ record: GrantRecord, resource: String) -> JSONValue {
        var object: JSONObject = [
            "id": .number(Int(record.id)), "isManaged": true, "isInherited": .bool(record.isInherited),
            "isServiceAccount": .bool(record.user?.isServiceAccount ?? false),
            "permission": .string(record.grant.level.name),
            "actions": .array(actions(record.grant.level, resource)),
        ]
        switch record.grant.grantee {
        case .role(let role):
            object["roleName"] = .string("managed:builtins:\(role.rawValue.lowercased()):permissions")
            object["builtInRole"] = .string(role.rawValue)
        case .team(let id):
            object["roleName"] = .string("managed:teams:\(id):permissions")
            object["teamId"] = .number(Int(id))
            object["teamUid"] = .string(record.team?.uid ?? "")
            object["team"] = .string(record.team?.name ?? "")
        case .user(let id):
            object["roleName"] = .string("managed:users:\(id):permissions")
            object["userId"] = .number(Int(id))
            object["userUid"] = .string(record.user?.uid ?? "")
            object["userLogin"] = .string(record.user?.login ?? "")
        }
        return .object(object)
    }

    /// What a level allows, in the words of access control.
    private static func actions(_ level: PermissionLevel, _ resource: String) -> [JSONValue] {
        var names = ["read"]
        if level >= .edit { names += ["write", "delete"] }
        var result = names.map { "\(resource):\($0)" }
        if resource == "folders" {
            result.append("dashboards:read")
            if level >= .edit { result += ["dashboards:create", "folders:create"] }
        }
        if level >= .admin {
            result += ["\(resource).permissions:read", "\(resource).permissions:write"]
        }
        return result.map { .string($0) }
    }

    @Sendable func setResourcePermissions(_ call: Call) async throws -> Response {
        let target = try await target(call)
        guard let items = try await call.json()["permissions"]?.array else {
            throw APIError(.badRequest, "bad request data: want permissions")
        }
        var changes: [(grantee: Grantee, level: PermissionLevel?)] = []
        for item in items {
            guard let object = item.object else {
                throw APIError(.badRequest, "bad request data: a permission is an object")
            }
            changes.append(
                (
                    try DashboardServer.grantee(of: object, role: "builtInRole"),
                    try DashboardServer.level(object)
                ))
        }
        try await store.changePermissions(changes, of: target.guarded)
        return .message("Permissions updated")
    }

    /// nil for "", which takes an entry away.
    private static func level(_ object: JSONObject) throws -> PermissionLevel? {
        let name = object.text("permission") ?? ""
        guard !name.isEmpty else { return nil }
        guard let level = PermissionLevel(name: name) else {
            throw APIError(.badRequest, "bad request data: permission is View, Edit, Admin or empty")
        }
        return level
    }

    @Sendable func setUserPermission(_ call: Call) async throws -> Response {
        try await change(.user(id: try call.number("id")), call)
    }

    @Sendable func setTeamPermission(_ call: Call) async throws -> Response {
        try await change(.team(id: try call.number("id")), call)
    }

    @Sendable func setRolePermission(_ call: Call) async throws -> Response {
        try await change(try DashboardServer.grantee(role: try call.parameter("name")), call)
    }

    private func change(_ grantee: Grantee, _ call: Call) async throws -> Response {
        let target = try await target(call)
        let level = try DashboardServer.level(try await call.json())
        try await store.changePermissions([(grantee, level)], of: target.guarded)
        return .message(level == nil ? "Permission removed" : "Permission updated")
    }

    // MARK: - One's own

    @Sendable func ownPermissions(_ call: Call) async throws -> Response {
        let role = try call.user.role
        var result: JSONObject = [:]
        let all: [(Role, [String])] = [
            (.viewer, ["dashboards:read", "folders:read", "datasources:query", "annotations:read"]),
            (
                .editor,
                [
                    "dashboards:write", "dashboards:create", "folders:write", "folders:create",
                    "datasources:explore", "annotations:write",
                ]
            ),
            (
                .admin,
                [
                    "datasources:read", "datasources:write", "datasources:create", "org.users:read",
                    "org.users:write", "serviceaccounts:write", "teams:read", "teams:write",
                    "teams:create", "folders.permissions:write", "dashboards.permissions:write",
                ]
            ),
        ]
        for (least, actions) in all where role >= least {
            for action in actions { result[action] = ["*"] }
        }
        let permissions = try await permissions(of: call)
        guard !permissions.isUnlimited else { return .json(.object(result)) }
        // Of folders and dashboards by name, since the role no longer says it.
        let folders = try await store.folders()
        let levels: [(PermissionLevel, [String])] = [
            (.view, ["dashboards:read", "folders:read"]),
            (.edit, ["dashboards:write", "dashboards:create", "folders:write", "folders:create"]),
            (.admin, ["folders.permissions:write", "dashboards.permissions:write"]),
        ]
        for (least, actions) in levels {
            var scopes: [JSONValue] = folders.filter { (permissions.level(folder: $0.uid) ?? .view) >= least }
                .filter { permissions.sees(folder: $0.uid) }.map { .string("folders:uid:" + $0.uid) }
            if let top = permissions.level(folder: ""), top >= least { scopes.append("folders:uid:general") }
            for action in actions { result[action] = scopes.isEmpty ? nil : .array(scopes) }
        }
        return .json(.object(result))
    }
}
