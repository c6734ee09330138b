import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    private func json(_ folder: Folder, _ call: Call, all: [Folder]? = nil) -> JSONObject {
        let canEdit = (call.caller?.role ?? .none) >= .editor
        var object: JSONObject = [
            "id": .number(Int(folder.id)), "uid": .string(folder.uid), "orgId": 1,
            "title": .string(folder.title), "url": .string(settings.address(folder.url)), "hasAcl": false,
            "canSave": .bool(canEdit), "canEdit": .bool(canEdit), "canAdmin": .bool(canEdit),
            "canDelete": .bool(canEdit), "createdBy": .string(folder.createdBy),
            "created": .string(CivilTime(milliseconds: folder.created).iso),
            "updatedBy": .string(folder.updatedBy),
            "updated": .string(CivilTime(milliseconds: folder.updated).iso),
            "version": .number(Int(folder.version)),
        ]
        if !folder.parent.isEmpty { object["parentUid"] = .string(folder.parent) }
        guard let all else { return object }
        var parents: [JSONValue] = []
        var uid = folder.parent
        while let parent = all.first(where: { $0.uid == uid }), parents.count < 10 {
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
        let folders = try await store.folders().filter { $0.parent == parent }
        return .json(
            .array(
                folders.dropFirst((page - 1) * limit).prefix(limit).map { folder in
                    var object: JSONObject = [
                        "id": .number(Int(folder.id)), "uid": .string(folder.uid),
                        "title": .string(folder.title),
                    ]
                    if !folder.parent.isEmpty { object["parentUid"] = .string(folder.parent) }
                    return .object(object)
                }))
    }

    @Sendable func folder(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        if uid == "general" {
            return .json(["id": 0, "uid": "", "title": "Dashboards", "url": "", "version": 0])
        }
        guard let folder = try await store.folder(uid: uid) else {
            throw APIError(.notFound, "folder not found")
        }
        return .json(.object(json(folder, call, all: try await store.folders())))
    }

    @Sendable func folderByID(_ call: Call) async throws -> Response {
        let id = try call.number("id")
        guard let folder = try await store.folders().first(where: { $0.id == id }) else {
            throw APIError(.notFound, "folder not found")
        }
        return .json(.object(json(folder, call)))
    }

    @Sendable func addFolder(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let folder = try await store.addFolder(
            uid: body.text("uid") ?? "", title: body.text("title") ?? "",
            parent: Folder.plainUID(body.text("parentUid")), by: try call.user.login)
        return .json(.object(json(folder, call)))
    }

    @Sendable func updateFolder(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let overwrites = body.flag("overwrite") ?? false
        guard let version = body.whole("version").map({ Int64($0) }) ?? (overwrites ? 0 : nil) else {
            throw APIError(.preconditionFailed, "the folder has been changed by someone else")
        }
        let folder = try await store.updateFolder(
            uid: try call.parameter("uid"), title: body.text("title"),
            version: overwrites ? nil : version, by: try call.user.login)
        return .json(.object(json(folder, call)))
    }

    @Sendable func moveFolder(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let folder = try await store.updateFolder(
            uid: try call.parameter("uid"), parent: Folder.plainUID(body.text("parentUid")),
            by: try call.user.login)
        return .json(.object(json(folder, call)))
    }

    @Sendable func deleteFolder(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        guard let folder = try await store.folder(uid: uid) else {
            throw APIError(.notFound, "folder not found")
        }
        try await store.deleteFolder(uid: uid)
        return .json([
            "message": .string("Folder \(folder.title) deleted"), "id": .number(Int(folder.id)),
            "title": .string(folder.title),
        ])
    }

    // MARK: - Permissions

    /// Everybody has the rights of their role on everything; nothing else is kept.
}
