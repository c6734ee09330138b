import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import WebServer

// Playlists, snapshots, library panels, short addresses and the history of queries.
extension DashboardServer {
    private func find(_ kind: StoredDocument.Kind, _ call: Call, _ name: String = "uid") async throws
        -> StoredDocument
    {
        guard let document = try await store.document(kind, uid: try call.parameter(name)) else {
            throw APIError(.notFound, "\(kind.rawValue) not found")
        }
        return document
    }

    // MARK: - Playlists

    private func playlist(_ document: StoredDocument, _ permissions: Permissions) async throws -> JSONValue {
        [
            "id": .number(Int(document.id)), "uid": .string(document.uid), "name": .string(document.name),
            "interval": document.body["interval"] ?? "5m",
            "items": .array(try await items(of: document, permissions)),
        ]
    }

    /// The items of a playlist; titles of dashboards that the caller may not see are left out.
    private func items(
        of document: StoredDocument, _ permissions: Permissions
    ) async throws -> [JSONValue] {
        let items = document.body.list("items")
        guard !permissions.isUnlimited else { return items }
        var result: [JSONValue] = []
        for item in items {
            guard case .object(var object) = item, object.text("type") != "dashboard_by_tag" else {
                result.append(item)
                continue
            }
            var level: PermissionLevel?
            if let record = try await store.dashboardRecord(uid: object.text("value") ?? "") {
                level = try await store.level(of: record, for: permissions)
            }
            if level == nil { object["title"] = "" }
            result.append(.object(object))
        }
        return result
    }

    private static func playlistBody(_ body: JSONObject) throws -> (name: String, body: JSONObject) {
        guard let name = body.text("name"), !name.isEmpty else {
            throw APIError(.badRequest, "bad request data: a playlist needs a name")
        }
        return (
            name,
            ["interval": body["interval"] ?? "5m", "items": .array(Array(body.list("items").prefix(1000)))]
        )
    }

    @Sendable func listPlaylists(_ call: Call) async throws -> Response {
        let permissions = try await permissions(of: call)
        var result: [JSONValue] = []
        for document in try await store.documents(.playlist) {
            result.append(try await playlist(document, permissions))
        }
        return .json(.array(result))
    }

    @Sendable func playlist(_ call: Call) async throws -> Response {
        .json(try await playlist(try await find(.playlist, call), try await permissions(of: call)))
    }

    @Sendable func playlistItems(_ call: Call) async throws -> Response {
        .json(
            .array(try await items(of: try await find(.playlist, call), try await permissions(of: call))))
    }

    @Sendable func addPlaylist(_ call: Call) async throws -> Response {
        let (name, body) = try DashboardServer.playlistBody(try await call.json())
        let document = try await store.addDocument(
            StoredDocument(kind: .playlist, name: name, owner: try call.user.login, body: body))
        return .json(try await playlist(document, try await permissions(of: call)))
    }

    @Sendable func updatePlaylist(_ call: Call) async throws -> Response {
        var document = try await find(.playlist, call)
        (document.name, document.body) = try DashboardServer.playlistBody(try await call.json())
        return .json(
            try await playlist(
                try await store.updateDocument(document), try await permissions(of: call)))
    }

    @Sendable func deletePlaylist(_ call: Call) async throws -> Response {
        try await store.deleteDocument(.playlist, uid: try call.parameter("uid"))
        return .json([:])
    }

    // MARK: - Snapshots

    @Sendable func addSnapshot(_ call: Call) async throws -> Response {
        let body = try await call.json(limit: DashboardServer.dashboardBytesMax)
        guard let dashboard = body["dashboard"]?.object else {
            throw APIError(.badRequest, "bad request data: want a dashboard")
        }
        let key = RandomSource.system.alphanumeric(32)
        let deleteKey = RandomSource.system.alphanumeric(32)
        let seconds = min(max(body.whole("expires") ?? 0, 0), 315_360_000)
        let name =
            body.text("name").flatMap { $0.isEmpty ? nil : $0 } ?? dashboard.text("title")
            ?? "Unnamed snapshot"
        let document = try await store.addDocument(
            StoredDocument(
                kind: .snapshot, uid: key, name: name, owner: try call.user.login,
                body: [
                    "dashboard": .object(dashboard), "deleteKey": .string(deleteKey),
                    "expires": seconds == 0 ? 0 : .number(Int(store.now) + seconds * 1000),
                ]))
        let base = settings.rootURL.isEmpty ? "/" : settings.rootURL
        return .json([
            "id": .number(Int(document.id)), "key": .string(key), "deleteKey": .string(deleteKey),
            "url": .string("\(base)dashboard/snapshot/\(key)"),
            "deleteUrl": .string("\(base)api/snapshots-delete/\(deleteKey)"),
        ])
    }

    private func isExpired(_ snapshot: StoredDocument) -> Bool {
        let expires = snapshot.body.whole("expires") ?? 0
        return expires > 0 && Int64(expires) <= store.now
    }

    @Sendable func snapshot(_ call: Call) async throws -> Response {
        let document = try await find(.snapshot, call, "key")
        guard !isExpired(document) else {
            try await store.deleteDocument(.snapshot, uid: document.uid)
            throw APIError(.notFound, "Dashboard snapshot not found")
        }
        let opened = try DashboardFormat.open(document.body["dashboard"] ?? [:])
        let (dashboard, _) = DashboardMigration.migrate(
            opened.dashboard, sources: DataSourceTable(try await store.dataSources()))
        return .json([
            "dashboard": .object(dashboard),
            "meta": [
                "isSnapshot": true, "type": "snapshot", "canSave": false, "canEdit": false, "canStar": false,
                "created": .string(CivilTime(milliseconds: document.created).iso),
            ],
        ])
    }

    @Sendable func listSnapshots(_ call: Call) async throws -> Response {
        let isAdmin = (call.caller?.role ?? .none) >= .admin
        let owner = isAdmin ? nil : try call.user.login
        return .json(
            .array(
                try await store.documents(.snapshot, owner: owner).filter { !isExpired($0) }.map { document in
                    let expires = document.body.whole("expires") ?? 0
                    return [
                        "id": .number(Int(document.id)), "key": .string(document.uid),
                        "name": .string(document.name),
                        "created": .string(CivilTime(milliseconds: document.created).iso),
                        "expires": expires == 0 ? "" : .string(CivilTime(milliseconds: Int64(expires)).iso),
                        "external": false,
                    ]
                }))
    }

    @Sendable func deleteSnapshot(_ call: Call) async throws -> Response {
        let document = try await find(.snapshot, call, "key")
        guard let caller = call.caller, caller.role >= .admin || document.owner == caller.user.login else {
            throw APIError.forbidden("the owner of the snapshot")
        }
        try await store.deleteDocument(.snapshot, uid: document.uid)
        return .message("Snapshot deleted. It might take an hour before it's cleared from any CDN caches.")
    }

    /// For whoever was given the address: the key in it is the permission.
    @Sendable func deleteSnapshotByKey(_ call: Call) async throws -> Response {
        let key = try call.parameter("key")
        guard
            let document = try await store.documents(.snapshot).first(where: { document in
                document.body.text("deleteKey").map { ConstantTime.equal(Array($0.utf8), Array(key.utf8)) }
                    ?? false
            })
        else { throw APIError(.notFound, "Dashboard snapshot not found") }
        try await store.deleteDocument(.snapshot, uid: document.uid)
        return .message("Snapshot deleted. It might take an hour before it's cleared from any CDN caches.")
    }

    // MARK: - Library panels

    private static func element(_ document: StoredDocument) -> JSONValue {
        [
            "id": .number(Int(document.id)), "orgId": 1, "folderUid": document.body["folderUid"] ?? "",
            "uid": .string(document.uid), "name": .string(document.name), "kind": 1,
            "type": document.body["model"]?["type"] ?? "",
            "description": document.body["model"]?["description"] ?? "",
            "model": document.body["model"] ?? [:], "version": .number(Int(document.version)),
            "meta": [
                "folderName": "", "folderUid": document.body["folderUid"] ?? "", "connectedDashboards": 0,
                "created": .string(CivilTime(milliseconds: document.created).iso),
                "updated": .string(CivilTime(milliseconds: document.updated).iso),
                "createdBy": ["name": .string(document.owner)],
                "updatedBy": ["name": .string(document.owner)],
            ],
        ]
    }

    /// The folder of a library panel; "" for the top.
    private static func folder(of element: StoredDocument) -> String {
        Folder.plainUID(element.body.text("folderUid"))
    }

    /// - Throws: 404, 403.
    private func libraryPanel(_ call: Call, _ level: PermissionLevel) async throws -> StoredDocument {
        let element = try await find(.libraryPanel, call)
        let permissions = try await permissions(of: call)
        try require(
            level, permissions.level(folder: DashboardServer.folder(of: element)),
            level == .view ? "library.panels:read" : "library.panels:write")
        return element
    }

    private func requireLibraryFolder(_ uid: String?, _ call: Call) async throws {
        let uid = Folder.plainUID(uid)
        let permissions = try await permissions(of: call)
        if !uid.isEmpty {
            _ = try await folder(uid, .edit, "library.panels:create", permissions)
        } else {
            try require(.edit, permissions.level(folder: ""), "library.panels:create")
        }
    }

    /// A dashboard shows the library panels that it names to all who see it: whoever saves it must see them.
    func requireLibraryPanels(of document: JSONObject, _ permissions: Permissions) async throws {
        guard !permissions.isUnlimited else { return }
        for uid in DashboardStore.libraryUIDs(document).prefix(1000) {
            guard let element = try await store.document(.libraryPanel, uid: uid) else { continue }
            try require(
                .view, permissions.level(folder: DashboardServer.folder(of: element)), "library.panels:read")
        }
    }

    @Sendable func listLibraryPanels(_ call: Call) async throws -> Response {
        let wanted = call.query["searchString"]?.lowercased() ?? ""
        let permissions = try await permissions(of: call)
        let all = try await store.documents(.libraryPanel).filter {
            (wanted.isEmpty || $0.name.lowercased().contains(wanted))
                && permissions.sees(folder: DashboardServer.folder(of: $0))
        }
        let size = Int(min(max(call.query.number("perPage") ?? 100, 1), 1000))
        let page = Int(min(max(call.query.number("page") ?? 1, 1), 100_000))
        return .json([
            "result": [
                "totalCount": .number(all.count), "page": .number(page), "perPage": .number(size),
                "elements": .array(
                    all.dropFirst((page - 1) * size).prefix(size).map(DashboardServer.element)),
            ]
        ])
    }

    @Sendable func libraryPanel(_ call: Call) async throws -> Response {
        .json(["result": DashboardServer.element(try await libraryPanel(call, .view))])
    }

    @Sendable func libraryPanelByName(_ call: Call) async throws -> Response {
        let name = try call.parameter("name")
        let permissions = try await permissions(of: call)
        let found = try await store.documents(.libraryPanel).filter {
            $0.name == name && permissions.sees(folder: DashboardServer.folder(of: $0))
        }
        guard !found.isEmpty else { throw APIError(.notFound, "library element could not be found") }
        return .json(["result": .array(found.map(DashboardServer.element))])
    }

    @Sendable func libraryPanelConnections(_ call: Call) async throws -> Response {
        let element = try await libraryPanel(call, .view)
        var search = DashboardSearch()
        search.permissions = try await permissions(of: call)
        var result: [JSONValue] = []
        for case .dashboard(let record) in try await store.search(search) {
            guard let stored = try await store.dashboardText(uid: record.uid),
                stored.text.contains(element.uid)
            else { continue }
            result.append([
                "id": .number(result.count + 1), "kind": 1, "elementId": .number(Int(element.id)),
                "connectionId": .number(Int(record.id)), "connectionUid": .string(record.uid),
            ])
        }
        return .json(["result": .array(result)])
    }

    @Sendable func addLibraryPanel(_ call: Call) async throws -> Response {
        let body = try await call.json(limit: 4 << 20)
        guard let name = body.text("name"), !name.isEmpty, let model = body["model"]?.object else {
            throw APIError(.badRequest, "bad request data: want name and model")
        }
        try await requireLibraryFolder(body.text("folderUid"), call)
        let document = try await store.addDocument(
            StoredDocument(
                kind: .libraryPanel, uid: body.text("uid") ?? "", name: name, owner: try call.user.login,
                body: ["model": .object(model), "folderUid": body["folderUid"] ?? ""]))
        return .json(["result": DashboardServer.element(document)])
    }

    @Sendable func updateLibraryPanel(_ call: Call) async throws -> Response {
        var document = try await libraryPanel(call, .edit)
        let body = try await call.json(limit: 4 << 20)
        document.name = body.text("name") ?? document.name
        if let model = body["model"], model.object != nil { document.body["model"] = model }
        if let folder = body["folderUid"] {
            if Folder.plainUID(folder.string) != DashboardServer.folder(of: document) {
                try await requireLibraryFolder(folder.string, call)
            }
            document.body["folderUid"] = folder
        }
        let updated = try await store.updateDocument(
            document, version: body.whole("version").map { Int64($0) })
        return .json(["result": DashboardServer.element(updated)])
    }

    @Sendable func deleteLibraryPanel(_ call: Call) async throws -> Response {
        let document = try await libraryPanel(call, .edit)
        try await store.deleteDocument(.libraryPanel, uid: document.uid)
        return .json(["message": "Library element deleted", "id": .number(Int(document.id))])
    }

    // MARK: - Short addresses

    @Sendable func addShortURL(_ call: Call) async throws -> Response {
        let path = try await call.json().text("path") ?? ""
        let target = DashboardServer.safePath("/" + path)
        guard target != "/" else { throw APIError(.badRequest, "bad request data: the path is not allowed") }
        let document = try await store.addDocument(
            StoredDocument(
                kind: .shortURL, name: "", owner: try call.user.login, body: ["path": .string(target)]))
        let base = settings.rootURL.isEmpty ? "/" : settings.rootURL
        return .json(["uid": .string(document.uid), "url": .string("\(base)goto/\(document.uid)?orgId=1")])
    }

    @Sendable func followShortURL(_ call: Call) async throws -> Response {
        let document = try await store.document(.shortURL, uid: try call.parameter("uid"))
        return .redirect(to: settings.address(DashboardServer.safePath(document?.body.text("path"))))
    }

    // MARK: - Query history

    private static func history(_ document: StoredDocument) -> JSONValue {
        [
            "uid": .string(document.uid), "datasourceUid": document.body["datasourceUid"] ?? "",
            "createdBy": 0,
            "createdAt": .number(Int(document.created / 1000)), "comment": .string(document.name),
            "queries": document.body["queries"] ?? [], "starred": document.body["starred"] ?? false,
        ]
    }

    private func ownHistory(_ call: Call) async throws -> StoredDocument {
        let document = try await find(.queryHistory, call)
        guard document.owner == String(try call.user.id) else {
            throw APIError(.notFound, "Query in query history not found")
        }
        return document
    }

    @Sendable func listQueryHistory(_ call: Call) async throws -> Response {
        let query = call.query
        let sources = Set(query.all("datasourceUid"))
        let wanted = query["searchString"]?.lowercased() ?? ""
        let all = try await store.documents(.queryHistory, owner: String(try call.user.id)).filter {
            document in
            (sources.isEmpty || sources.contains(document.body.text("datasourceUid") ?? ""))
                && (!query.flag("onlyStarred") || document.body.flag("starred") == true)
                && (wanted.isEmpty || JSONValue.object(document.body).text().lowercased().contains(wanted))
        }
        let size = Int(min(max(query.number("limit") ?? 100, 1), 1000))
        let page = Int(min(max(query.number("page") ?? 1, 1), 100_000))
        return .json([
            "result": [
                "totalCount": .number(all.count), "page": .number(page), "perPage": .number(size),
                "queryHistory": .array(
                    all.dropFirst((page - 1) * size).prefix(size).map(DashboardServer.history)),
            ]
        ])
    }

    @Sendable func addQueryHistory(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let owner = String(try call.user.id)
        let document = try await store.addDocument(
            StoredDocument(
                kind: .queryHistory, name: "", owner: owner,
                body: [
                    "datasourceUid": body["datasourceUid"] ?? "", "queries": body["queries"] ?? [],
                    "starred": false,
                ]))
        // The newest thousand of each person, and the starred ones.
        let old = try await store.documents(.queryHistory, owner: owner).filter {
            $0.body.flag("starred") != true
        }
        for extra in old.dropFirst(1000) { try await store.deleteDocument(.queryHistory, uid: extra.uid) }
        return .json(["result": DashboardServer.history(document)])
    }

    @Sendable func updateQueryHistory(_ call: Call) async throws -> Response {
        var document = try await ownHistory(call)
        document.name = try await call.json().text("comment") ?? ""
        return .json(["result": DashboardServer.history(try await store.updateDocument(document))])
    }

    @Sendable func deleteQueryHistory(_ call: Call) async throws -> Response {
        let document = try await ownHistory(call)
        try await store.deleteDocument(.queryHistory, uid: document.uid)
        return .json(["message": "Query deleted", "id": .number(Int(document.id))])
    }

    /// POST stars, DELETE unstars.
    @Sendable func starQueryHistory(_ call: Call) async throws -> Response {
        var document = try await ownHistory(call)
        document.body["starred"] = .bool(call.request.method == .post)
        return .json(["result": DashboardServer.history(try await store.updateDocument(document))])
    }
}
