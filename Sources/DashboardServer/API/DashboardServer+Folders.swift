import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    /// - Parameter all: to name the parents; those that the caller does not see are left out.
    private func json(
        _ folder: Folder, _ permissions: Permissions, hasOwnList: Bool = false, all: [Folder]? = nil
    ) -> JSONObject {
        let level = permissions.level(folder: folder.uid) ?? .view
        let (canEdit, canAdmin) = (level >= .edit, level >= .admin)
        var object: JSONObject = [
            "id": .number(Int(folder.id)), "uid": .string(folder.uid), "orgId": 1,
            "title": .string(folder.title), "url": .string(settings.address(folder.url)),
            "hasAcl": .bool(hasOwnList),
            "canSave": .bool(canEdit), "canEdit": .bool(canEdit), "canAdmin": .bool(canAdmin),
            "canDelete": .bool(canEdit), "createdBy": .string(folder.createdBy),
            "created": .string(CivilTime(milliseconds: folder.created).iso),
            "updatedBy": .string(folder.updatedBy),
            "updated": .string(CivilTime(milliseconds: folder.updated).iso),
            "version": .number(Int(folder.version)),
        ]
        if !folder.parent.isEmpty, permissions.sees(folder: folder.parent) {
            object["parentUid"] = .string(folder.parent)
        }
        guard let all else { return object }
        var parents: [JSONValue] = []
        var uid = folder.parent
        while let parent = all.first(where: { $0.uid == uid }), parents.count < 10,
            permissions.sees(folder: parent.uid)
        {
            parents.insert(
                [
                    "uid": .string(parent.uid), "title": .string(parent.title),
                    "url": .string(settings.address(parent.url)),
                ],
                at: 0)
            uid = parent.parent
        }
        if !parents.isEmpty { object["parents"] = .array(parents) }
        return object
    }

    @Sendable func listFolders(_ call: Call) async throws -> Response {
        let parent = Folder.plainUID(call.query["parentUid"])
        let limit = Int(min(max(call.query.number("limit") ?? 1000, 1), 1000))
        let page = Int(min(max(call.query.number("page") ?? 1, 1), 100_000))
        let permissions = try await permissions(of: call)
        let least: PermissionLevel = call.query["permission"] == "Edit" ? .edit : .view
        let folders = try await store.folders().filter {
            guard let level = permissions.level(folder: $0.uid), level >= least else { return false }
            // At the top stands also what is out of reach by the folders that lead there.
            return $0.parent == parent || (parent.isEmpty && !permissions.sees(folder: $0.parent))
        }
        return .json(
            .array(
                folders.dropFirst((page - 1) * limit).prefix(limit).map { folder in
                    var object: JSONObject = [
                        "id": .number(Int(folder.id)), "uid": .string(folder.uid),
                        "title": .string(folder.title),
                    ]
                    if !folder.parent.isEmpty, folder.parent == parent {
                        object["parentUid"] = .string(parent)
                    }
                    return .object(object)
                }))
    }

    @Sendable func folder(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        let permissions = try await permissions(of: call)
        if uid == "general" {
            let canSave = (permissions.level(folder: "") ?? .view) >= .edit
            return .json([
                "id": 0, "uid": "", "title": "Dashboards", "url": "", "version": 0,
                "canSave": .bool(canSave), "canEdit": .bool(canSave), "canAdmin": false,
                "canDelete": false,
            ])
        }
        let folder = try await folder(uid, .view, "folders:read", permissions)
        return .json(.object(try await full(folder, permissions)))
    }

    private func full(_ folder: Folder, _ permissions: Permissions) async throws -> JSONObject {
        json(
            folder, permissions,
            hasOwnList: try await store.hasOwnPermissions(.folder(uid: folder.uid)),
            all: try await store.folders())
    }

    @Sendable func folderByID(_ call: Call) async throws -> Response {
        let id = try call.number("id")
        guard let folder = try await store.folders().first(where: { $0.id == id }) else {
            throw APIError(.notFound, "folder not found")
        }
        let permissions = try await permissions(of: call)
        try require(.view, permissions.level(folder: folder.uid), "folders:read")
        return .json(.object(try await full(folder, permissions)))
    }

    @Sendable func addFolder(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let parent = Folder.plainUID(body.text("parentUid"))
        let permissions = try await permissions(of: call)
        if parent.isEmpty {
            try require(.edit, permissions.level(folder: ""), "folders:create")
        } else {
            _ = try await folder(parent, .edit, "folders:create", permissions)
        }
        let folder = try await store.addFolder(
            uid: body.text("uid") ?? "", title: body.text("title") ?? "", parent: parent,
            by: call.caller?.user.login ?? "", maker: maker(call, permissions))
        return .json(.object(try await full(folder, try await self.permissions(of: call))))
    }

    @Sendable func updateFolder(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let uid = try call.parameter("uid")
        let permissions = try await permissions(of: call)
        _ = try await folder(uid, .edit, "folders:write", permissions)
        let overwrites = body.flag("overwrite") ?? false
        guard let version = body.whole("version").map({ Int64($0) }) ?? (overwrites ? 0 : nil) else {
            throw APIError(.preconditionFailed, "the folder has been changed by someone else")
        }
        let folder = try await store.updateFolder(
            uid: uid, title: body.text("title"), version: overwrites ? nil : version,
            by: try call.user.login)
        return .json(.object(try await full(folder, permissions)))
    }

    /// Nobody gains by moving: the new place may not give its mover more than the folder has given.
    @Sendable func moveFolder(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let uid = try call.parameter("uid")
        let parent = Folder.plainUID(body.text("parentUid"))
        let permissions = try await permissions(of: call)
        _ = try await folder(uid, .edit, "folders:write", permissions)
        if !parent.isEmpty { _ = try await folder(parent, .edit, "folders:create", permissions) }
        let there = permissions.level(folder: parent)
        try require(.edit, there, "folders:create")
        if let there, let here = permissions.level(folder: uid), there > here {
            throw APIError.forbidden("folders.permissions:write")
        }
        let folder = try await store.updateFolder(uid: uid, parent: parent, by: try call.user.login)
        return .json(.object(try await full(folder, try await self.permissions(of: call))))
    }

    /// What is inside is inherited, so whoever may delete the folder may delete that too.
    @Sendable func deleteFolder(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        let folder = try await folder(uid, .edit, "folders:delete", try await permissions(of: call))
        try await store.deleteFolder(uid: uid, withAlertRules: call.query.flag("forceDeleteRules"))
        return .json([
            "message": .string("Folder \(folder.title) deleted"), "id": .number(Int(folder.id)),
            "title": .string(folder.title),
        ])
    }
}
