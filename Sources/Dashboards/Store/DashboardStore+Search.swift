import GRDB
public import JSON

/// What to look for.
public struct DashboardSearch: Sendable {
    /// Words that the title holds, in any order.
    public var query = ""
    /// All of them.
    public var tags: [String] = []
    public var dashboards = true
    public var folders = true
    /// "" is the root; nil for everywhere.
    public var folderUIDs: [String]?
    public var uids: [String]?
    /// Only what this user has starred.
    public var starredBy: Int64?
    /// 1 ... 5000
    public var limit = 1000
    /// From 1.
    public var page = 1
    public var descending = false
    /// What the caller may see; nil for everything.
    public var permissions: Permissions?

    public init() {}
}

/// Something found: a folder or a dashboard.
public enum DashboardHit: Sendable {
    case folder(Folder)
    case dashboard(DashboardRecord)

    /// The uid of the folder that it lies in; "" at the top.
    public var parent: String {
        switch self {
        case .folder(let folder): folder.parent
        case .dashboard(let record): record.folder
        }
    }
}

extension DashboardStore {
    /// Folders first, each by title.
    public func search(_ search: DashboardSearch) async throws(DashboardsError) -> [DashboardHit] {
        let words = search.query.lowercased().split(separator: " ").map(String.init)
        let limit = min(max(search.limit, 1), 5000)
        let offset = (min(max(search.page, 1), 100_000) - 1) * limit
        var hits: [DashboardHit] = []
        var folderCount = 0
        if search.folders, search.tags.isEmpty, search.starredBy == nil, search.uids == nil {
            let found = try await folders().filter { folder in
                let title = folder.title.lowercased()
                return search.permissions?.sees(folder: folder.uid) ?? true
                    && words.allSatisfy { title.contains($0) }
                    && (search.folderUIDs.map { $0.contains(folder.parent) } ?? true)
            }
            folderCount = found.count
            let sorted = search.descending ? found.reversed() : found
            hits = sorted.dropFirst(offset).prefix(limit).map(DashboardHit.folder)
        }
        guard search.dashboards, hits.count < limit else { return hits }
        var conditions: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []
        func `in`(_ column: String, _ values: [String]) {
            let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
            conditions.append("\(column) IN (\(marks))")
            arguments += values
        }
        for word in words.prefix(20) {
            conditions.append("instr(lower(title), ?)")
            arguments.append(word)
        }
        for tag in search.tags.prefix(20) {
            conditions.append("id IN (SELECT dashboard_id FROM dashboard_tag WHERE term = ?)")
            arguments.append(tag)
        }
        if let folders = search.folderUIDs { `in`("folder", Array(folders.prefix(500))) }
        if let uids = search.uids { `in`("uid", Array(uids.prefix(500))) }
        if let user = search.starredBy {
            conditions.append("uid IN (SELECT dashboard_uid FROM star WHERE user_id = ?)")
            arguments.append(user)
        }
        let range = [limit - hits.count, max(0, offset - folderCount)]
        let order =
            " ORDER BY title COLLATE NOCASE \(search.descending ? "DESC" : "ASC") LIMIT ? OFFSET ?"
        let found = StatementArguments(arguments)
        let wanted = conditions
        hits += try await read { database in
            var (conditions, values) = (wanted, found)
            if let permissions = search.permissions,
                let visible = try DashboardStore.visible(permissions, database)
            {
                conditions.append(visible.sql)
                values += StatementArguments(visible.arguments)
            }
            let place = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
            return try Row.fetchAll(
                database, sql: "SELECT \(DashboardStore.columns) FROM dashboard" + place + order,
                arguments: values + StatementArguments(range)
            ).map { .dashboard(DashboardStore.record($0)) }
        }
        return hits
    }

    /// Tags and how many dashboards have them.
    ///
    /// - Parameter permissions: count only what this caller sees; nil for everything.
    public func tags(
        seenWith permissions: Permissions? = nil
    ) async throws(DashboardsError) -> [(term: String, count: Int)] {
        try await read { database in
            let visible = try permissions.flatMap { try DashboardStore.visible($0, database) }
            let place = visible.map {
                " WHERE dashboard_id IN (SELECT id FROM dashboard WHERE \($0.sql))"
            }
            return try Row.fetchAll(
                database,
                sql:
                    "SELECT term, count(*) AS count FROM dashboard_tag\(place ?? "") GROUP BY term ORDER BY term",
                arguments: StatementArguments(visible?.arguments ?? [])
            ).map { ($0.text("term"), Int($0.whole("count"))) }
        }
    }

    // MARK: - Stars and preferences

    public func starredDashboards(userID: Int64) async throws(DashboardsError) -> Set<String> {
        Set(
            try await read {
                try String.fetchAll(
                    $0, sql: "SELECT dashboard_uid FROM star WHERE user_id = ?", arguments: [userID])
            })
    }

    public func setStar(_ isStarred: Bool, dashboard uid: String, userID: Int64) async throws(DashboardsError)
    {
        try await write { database in
            guard try DashboardStore.exists("dashboard", uid, database) else {
                throw DashboardsError(.notFound, "Dashboard not found")
            }
            try database.execute(
                sql: isStarred
                    ? "INSERT OR IGNORE INTO star (user_id, dashboard_uid) VALUES (?, ?)"
                    : "DELETE FROM star WHERE user_id = ? AND dashboard_uid = ?",
                arguments: [userID, uid])
        }
    }

    /// - Parameter owner: "org" or "user:<id>".
    public func preferences(of owner: String) async throws(DashboardsError) -> JSONObject {
        let text = try await read {
            try String.fetchOne($0, sql: "SELECT json FROM preference WHERE owner = ?", arguments: [owner])
        }
        return text.flatMap { try? JSONValue.parse($0) }?.object ?? [:]
    }

    public func setPreferences(_ preferences: JSONObject, of owner: String) async throws(DashboardsError) {
        let text = JSONValue.object(preferences).text()
        try await write {
            try $0.execute(
                sql: "INSERT INTO preference (owner, json) VALUES (?, ?) "
                    + "ON CONFLICT (owner) DO UPDATE SET json = excluded.json",
                arguments: [owner, text])
        }
    }
}
