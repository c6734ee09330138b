import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    /// The uid of a folder that is none: what the caller may see of folders that they may not.
    static let sharedFolder = "sharedwithme"

    /// The dashboards that the caller has starred.
    func stars(of call: Call) async throws -> Set<String> {
        guard let caller = call.caller, !caller.isAnonymous else { return [] }
        return try await store.starredDashboards(userID: caller.user.id)
    }

    @Sendable func search(_ call: Call) async throws -> Response {
        let query = call.query
        var search = DashboardSearch()
        search.query = query["query"] ?? ""
        search.tags = query.all("tag")
        switch query["type"] {
        case "dash-db": search.folders = false
        case "dash-folder": search.dashboards = false
        default: break
        }
        let folders = query.all("folderUIDs").flatMap { $0.split(separator: ",").map(String.init) }
        let isShared = folders == [DashboardServer.sharedFolder]
        if !folders.isEmpty, !isShared {
            search.folderUIDs = folders.map { Folder.plainUID($0) }
        } else if query["folderIds"] == "0" {
            search.folderUIDs = [""]
        }
        let uids = query.all("dashboardUIDs").flatMap { $0.split(separator: ",").map(String.init) }
        if !uids.isEmpty { search.uids = uids }
        if query.flag("starred") { search.starredBy = call.caller?.user.id ?? 0 }
        let limit = Int(min(max(query.number("limit") ?? 1000, 1), 5000))
        let page = Int(min(max(query.number("page") ?? 1, 1), 100_000))
        // What was shared by itself is known when all is found.
        (search.limit, search.page) = isShared ? (5000, 1) : (limit, page)
        search.descending = query["sort"] == "alpha-desc"
        let permissions = try await permissions(of: call)
        search.permissions = permissions
        var hits = try await store.search(search)
        let byUID = Dictionary(
            try await store.folders().filter { permissions.sees(folder: $0.uid) }.map { ($0.uid, $0) },
            uniquingKeysWith: { first, _ in first })
        let stars = try await stars(of: call)
        if query["permission"] == "Edit" {
            hits.removeAll {
                guard case .folder(let folder) = $0 else { return false }
                return (permissions.level(folder: folder.uid) ?? .view) < .edit
            }
        }
        if isShared {
            let shared = hits.filter { !$0.parent.isEmpty && byUID[$0.parent] == nil }
            hits = Array(shared.dropFirst((page - 1) * limit).prefix(limit))
        }
        return .json(
            .array(
                hits.map { hit in
                    switch hit {
                    case .folder(let folder):
                        .object(self.hit(folder, parent: byUID[folder.parent]))
                    case .dashboard(let record):
                        .object(
                            self.hit(
                                record, folder: byUID[record.folder], isStarred: stars.contains(record.uid)))
                    }
                }))
    }

    private func hit(_ folder: Folder, parent: Folder?) -> JSONObject {
        var object: JSONObject = [
            "id": .number(Int(folder.id)), "uid": .string(folder.uid), "orgId": 1,
            "title": .string(folder.title), "uri": .string("db/\(Slug.make(folder.title))"),
            "url": .string(settings.address(folder.url)), "slug": "", "type": "dash-folder", "tags": [],
            "isStarred": false, "sortMeta": 0,
        ]
        add(parent, of: folder.parent, to: &object)
        return object
    }

    private func hit(_ record: DashboardRecord, folder: Folder?, isStarred: Bool) -> JSONObject {
        var object: JSONObject = [
            "id": .number(Int(record.id)), "uid": .string(record.uid), "orgId": 1,
            "title": .string(record.title), "uri": .string("db/\(record.slug)"),
            "url": .string(settings.address(record.url)), "slug": "", "type": "dash-db",
            "tags": .array(record.tags.map { .string($0) }), "isStarred": .bool(isStarred), "sortMeta": 0,
        ]
        add(folder, of: record.folder, to: &object)
        return object
    }

    /// - Parameter folder: the one with the UID, unless the caller may not see it: what lies in there was shared by itself.
    private func add(_ folder: Folder?, of uid: String, to object: inout JSONObject) {
        guard let folder else {
            guard !uid.isEmpty else { return }
            object["folderUid"] = .string(DashboardServer.sharedFolder)
            object["folderTitle"] = "Shared with me"
            object["folderUrl"] = .string(settings.address("/dashboards/f/\(DashboardServer.sharedFolder)"))
            return
        }
        object["folderId"] = .number(Int(folder.id))
        object["folderUid"] = .string(folder.uid)
        object["folderTitle"] = .string(folder.title)
        object["folderUrl"] = .string(settings.address(folder.url))
    }

    // MARK: - Stars

    @Sendable func star(_ call: Call) async throws -> Response {
        let (record, _) = try await dashboard(
            try call.parameter("uid"), .view, "dashboards:read", try await permissions(of: call))
        try await store.setStar(true, dashboard: record.uid, userID: try call.user.id)
        return .message("Dashboard starred!")
    }

    @Sendable func unstar(_ call: Call) async throws -> Response {
        let (record, _) = try await dashboard(
            try call.parameter("uid"), .view, "dashboards:read", try await permissions(of: call))
        try await store.setStar(false, dashboard: record.uid, userID: try call.user.id)
        return .message("Dashboard unstarred")
    }

    // MARK: - Preferences

    /// The organisation's preferences with those of the user's teams and the user's own over them.
    func preferences(of user: User?) async throws -> JSONObject {
        var result = try await store.preferences(of: "org")
        guard let user, user.id > 0 else { return result }
        let teams = try await store.teams(of: user.id).map(\.id).sorted()
        for owner in teams.map({ "team:\($0)" }) + ["user:\(user.id)"] {
            for (name, value) in try await store.preferences(of: owner).members {
                if value.string?.isEmpty != true { result[name] = value }
            }
        }
        return result
    }

    private static let preferenceNames = [
        "theme", "homeDashboardUID", "timezone", "weekStart", "language", "queryHistory", "navbar",
    ]

    @Sendable func userPreferences(_ call: Call) async throws -> Response {
        .json(.object(try await store.preferences(of: "user:\(try call.user.id)")))
    }

    @Sendable func setUserPreferences(_ call: Call) async throws -> Response {
        try await setPreferences(call, of: "user:\(try call.user.id)")
    }

    @Sendable func organisationPreferences(_ call: Call) async throws -> Response {
        .json(.object(try await store.preferences(of: "org")))
    }

    @Sendable func setOrganisationPreferences(_ call: Call) async throws -> Response {
        try await setPreferences(call, of: "org")
    }

    /// PUT replaces, PATCH changes what is given.
    func setPreferences(_ call: Call, of owner: String) async throws -> Response {
        let body = try await call.json(limit: 64 << 10)
        var preferences = JSONObject()
        if call.request.method == .patch { preferences = try await store.preferences(of: owner) }
        for name in DashboardServer.preferenceNames {
            if let value = body[name] { preferences[name] = value }
        }
        try await store.setPreferences(preferences, of: owner)
        return .message("Preferences updated")
    }
}
