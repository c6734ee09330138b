import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import WebServer

extension DashboardServer {
    /// The most bytes of a dashboard that is sent.
    static let dashboardBytesMax = 16 << 20

    // MARK: - Reading

    @Sendable func dashboard(_ call: Call) async throws -> Response {
        try await answer(try call.parameter("uid"), call, try await permissions(of: call))
    }

    private func answer(_ uid: String, _ call: Call, _ permissions: Permissions) async throws -> Response {
        // The text may be of a later moment than the record that was allowed: what counts is its own.
        guard let ready = try await library.ready(uid: uid) else {
            throw APIError(.notFound, "Dashboard not found")
        }
        let record = ready.record
        let has = try await store.level(of: record, for: permissions)
        try require(.view, has, "dashboards:read")
        let level = has ?? .view
        let folder = record.folder.isEmpty ? nil : try await store.folder(uid: record.folder)
        // Of a folder that the caller does not see, the name stays hidden.
        let seen = folder.flatMap { permissions.sees(folder: $0.uid) ? $0 : nil }
        let hasOwnList = try await store.hasOwnPermissions(.dashboard(uid: record.uid))
        let isStarred = try await stars(of: call).contains(record.uid)
        let canEdit = level >= .edit
        let isWritable = await provisioner.maySave(record)
        var meta: JSONObject = [
            "type": "db", "canSave": .bool(canEdit && isWritable),
            "canEdit": .bool(canEdit), "canAdmin": .bool(level >= .admin),
            "canStar": .bool(call.caller?.isAnonymous == false),
            "canDelete": .bool(canEdit && record.provisioned == nil), "slug": .string(record.slug),
            "url": .string(settings.address(record.url)), "expires": "0001-01-01T00:00:00Z",
            "created": .string(CivilTime(milliseconds: record.created).iso),
            "updated": .string(CivilTime(milliseconds: record.updated).iso),
            "createdBy": .string(record.createdBy), "updatedBy": .string(record.updatedBy),
            "version": .number(Int(record.version)), "hasAcl": .bool(hasOwnList), "isFolder": false,
            "isStarred": .bool(isStarred), "folderId": .number(Int(folder?.id ?? 0)),
            "folderUid": .string(folder?.uid ?? ""),
            "folderTitle": .string(folder == nil ? "Dashboards" : seen?.title ?? ""),
            "folderUrl": .string(seen.map { settings.address($0.url) } ?? ""),
            "provisioned": .bool(record.provisioned != nil),
            "provisionedExternalId": .string(record.provisioned ?? ""),
        ]
        if !ready.report.entries.isEmpty { meta["migration"] = ready.report.json }
        var body = Array("{\"meta\":".utf8)
        body.append(contentsOf: JSONValue.object(meta).bytes())
        body.append(contentsOf: ",\"dashboard\":".utf8)
        body.append(contentsOf: ready.bytes)
        body.append(UInt8(ascii: "}"))
        return .json(body)
    }

    @Sendable func dashboardBySlug(_ call: Call) async throws -> Response {
        let slug = try call.parameter("slug")
        let permissions = try await permissions(of: call)
        var search = DashboardSearch()
        search.permissions = permissions
        for case .dashboard(let record) in try await store.search(search) where record.slug == slug {
            return try await answer(record.uid, call, permissions)
        }
        throw APIError(.notFound, "Dashboard not found")
    }

    @Sendable func homeDashboard(_ call: Call) async throws -> Response {
        let uid = try await preferences(of: call.caller?.user).text("homeDashboardUID") ?? ""
        if !uid.isEmpty, let record = try await store.dashboardRecord(uid: uid),
            try await store.level(of: record, for: try await permissions(of: call)) != nil
        {
            return .json(["redirectUri": .string(settings.address(record.url))])
        }
        return .json([
            "meta": [
                "isHome": true, "canSave": false, "canEdit": false, "canStar": false,
                "folderTitle": "General", "slug": "",
            ],
            "dashboard": [
                "title": "Home", "panels": [], "schemaVersion": .number(DashboardMigration.version),
                "time": ["from": "now-6h", "to": "now"],
            ],
        ])
    }

    @Sendable func dashboardTags(_ call: Call) async throws -> Response {
        let tags = try await store.tags(seenWith: try await permissions(of: call))
        return .json(.array(tags.map { ["term": .string($0.term), "count": .number($0.count)] }))
    }

    // MARK: - Saving

    @Sendable func saveDashboard(_ call: Call) async throws -> Response {
        let body = try await call.json(limit: DashboardServer.dashboardBytesMax)
        guard body["dashboard"]?.object != nil || body["spec"]?.object != nil else {
            throw APIError(.badRequest, "bad request data: want a dashboard")
        }
        let opened = try DashboardFormat.open(.object(body))
        var save = DashboardSave(document: opened.dashboard)
        save.folder = try await folder(of: body, opened)
        save.message = body.text("message") ?? ""
        save.overwrite = body.flag("overwrite") ?? false
        let record = try await self.save(save, call)
        return .json([
            "id": .number(Int(record.id)), "uid": .string(record.uid),
            "url": .string(settings.address(record.url)),
            "status": "success", "version": .number(Int(record.version)), "slug": .string(record.slug),
            "folderUid": .string(record.folder),
        ])
    }

    /// Saves to the database, and to the file that a dashboard was provisioned from.
    func save(_ given: DashboardSave, _ call: Call) async throws -> DashboardRecord {
        let permissions = try await permissions(of: call)
        var save = given
        save.login = try call.user.login
        save.permissions = permissions
        save.maker = maker(call, permissions)
        try await requireLibraryPanels(of: save.document, permissions)
        if let uid = save.document.text("uid"), !uid.isEmpty,
            let existing = try await store.dashboardRecord(uid: uid), existing.provisioned != nil
        {
            try require(.edit, try await store.level(of: existing, for: permissions), "dashboards:write")
            return try await provisioner.saveBack(
                save, record: existing, versionsToKeep: settings.versionsToKeep)
        }
        return try await store.saveDashboard(save, versionsToKeep: settings.versionsToKeep)
    }

    /// The folder that a request names by uid or number; nil when it names none.
    private func folder(of body: JSONObject, _ opened: DashboardFormat.Opened) async throws -> String? {
        if let uid = body.text("folderUid") { return Folder.plainUID(uid) }
        if let id = body.whole("folderId"), id > 0 {
            guard let folder = try await store.folders().first(where: { $0.id == id }) else {
                throw APIError(.badRequest, "folder not found")
            }
            return folder.uid
        }
        return opened.folder.map { Folder.plainUID($0) }
    }

    @Sendable func importDashboard(_ call: Call) async throws -> Response {
        let body = try await call.json(limit: DashboardServer.dashboardBytesMax)
        guard let inner = body["dashboard"] else {
            throw APIError(.unprocessableContent, "Dashboard must be set")
        }
        let opened = try DashboardFormat.open(inner)
        let inputs = body.list("inputs").compactMap(\.object).map { input in
            DashboardImport.Input(
                name: input.text("name") ?? "", type: input.text("type") ?? "datasource",
                pluginID: input.text("pluginId") ?? "", value: input.text("value") ?? "")
        }
        let sources = DataSourceTable(try await store.dataSources())
        var document = try DashboardImport.fill(opened.dashboard, inputs: inputs, sources: sources)
        document["id"] = nil
        let folder = try await folder(of: body, opened) ?? ""
        var save = DashboardSave(document: document, folder: folder)
        save.overwrite = body.flag("overwrite") ?? false
        save.message = "Imported"
        let overwrites = save.overwrite
        if !overwrites, let uid = document.text("uid"), !uid.isEmpty,
            let existing = try await store.dashboardRecord(uid: uid)
        {
            let permissions = try await permissions(of: call)
            try require(.view, try await store.level(of: existing, for: permissions), "dashboards:write")
            var error = APIError(
                .preconditionFailed, "A dashboard with the same uid already exists: \(existing.title)")
            error.members = [("status", "name-exists"), ("uid", .string(uid))]
            throw error
        }
        let record = try await self.save(save, call)
        return .json([
            "uid": .string(record.uid), "pluginId": "", "title": .string(record.title), "imported": true,
            "importedUri": .string("db/\(record.slug)"), "importedUrl": .string(settings.address(record.url)),
            "slug": .string(record.slug), "dashboardId": .number(Int(record.id)),
            "folderId": 0, "folderUid": .string(record.folder),
            "importedRevision": .number(Int(record.version)), "revision": .number(Int(record.version)),
            "description": document["description"]?.string.map { .string($0) } ?? "", "path": "",
            "removed": false,
        ])
    }

    @Sendable func deleteDashboard(_ call: Call) async throws -> Response {
        let (found, _) = try await dashboard(
            try call.parameter("uid"), .edit, "dashboards:delete", try await permissions(of: call))
        let record = try await store.deleteDashboard(uid: found.uid)
        return .json([
            "title": .string(record.title), "message": .string("Dashboard \(record.title) deleted"),
            "id": .number(Int(record.id)), "uid": .string(record.uid),
        ])
    }

    // MARK: - Versions

    /// Older versions are for those who may save: they can hold what was taken out on purpose.
    private func record(_ call: Call) async throws -> DashboardRecord {
        try await dashboard(
            try call.parameter("uid"), .edit, "dashboards:write", try await permissions(of: call)
        ).record
    }

    private static func json(_ version: DashboardVersion, of record: DashboardRecord) -> JSONObject {
        [
            "id": .number(Int(version.id)), "dashboardId": .number(Int(record.id)),
            "dashboardUID": .string(record.uid), "uid": .string(record.uid),
            "parentVersion": .number(Int(version.parent)),
            "restoredFrom": .number(Int(version.restoredFrom)), "version": .number(Int(version.version)),
            "created": .string(CivilTime(milliseconds: version.created).iso),
            "createdBy": .string(version.createdBy), "message": .string(version.message),
        ]
    }

    @Sendable func dashboardVersions(_ call: Call) async throws -> Response {
        let record = try await record(call)
        let versions = try await store.versions(
            dashboardID: record.id, limit: Int(min(max(call.query.number("limit") ?? 1000, 1), 1000)),
            start: Int(min(max(call.query.number("start") ?? 0, 0), 1_000_000)))
        return .json(.array(versions.map { .object(DashboardServer.json($0, of: record)) }))
    }

    @Sendable func dashboardVersion(_ call: Call) async throws -> Response {
        let record = try await record(call)
        let (version, document) = try await self.version(try call.number("version"), of: record)
        var body = DashboardServer.json(version, of: record)
        body["data"] = .object(document)
        return .json(.object(body))
    }

    private func version(
        _ number: Int64, of record: DashboardRecord
    ) async throws -> (DashboardVersion, JSONObject) {
        guard let found = try await store.version(dashboardID: record.id, version: number),
            case .object(let document)? = try? JSONValue.parse(found.text)
        else { throw APIError(.notFound, "Dashboard version not found") }
        return (found.version, document)
    }

    @Sendable func restoreDashboard(_ call: Call) async throws -> Response {
        let record = try await record(call)
        guard let number = try await call.json().whole("version") else {
            throw APIError(.badRequest, "bad request data: want version")
        }
        let (_, document) = try await version(Int64(number), of: record)
        var save = DashboardSave(document: document)
        save.document["uid"] = .string(record.uid)
        save.overwrite = true
        save.message = "Restored from version \(number)"
        save.restoredFrom = Int64(number)
        let saved = try await self.save(save, call)
        return .json([
            "id": .number(Int(saved.id)), "uid": .string(saved.uid),
            "url": .string(settings.address(saved.url)),
            "status": "success", "version": .number(Int(saved.version)), "slug": .string(saved.slug),
        ])
    }
}
