import GRDB
import JSON
import Platform

// A list is set (`replaces`) or only adds to what holds anyway, as the entry of whoever made a dashboard
// does. Folders pass on to all below them, and nothing below takes away: as in the original.
extension DashboardStore {
    private static let entriesMax = 1000
    /// More than folders can be nested; ends circles that a damaged table might hold.
    private static let levelsMax = 64

    /// Matches an entry of `permission p` for a caller: role, user, user.
    private static let matchesCaller =
        "(p.role = ? OR p.user_id = ? OR p.team_id IN (SELECT team_id FROM team_member WHERE user_id = ?))"

    private static func matchArguments(
        role: Role, userID: Int64
    ) -> [(any DatabaseValueConvertible)?] { [role.rawValue, userID, userID] }

    // MARK: - For a caller

    /// What a caller may do with all folders.
    public func permissions(of caller: Caller) async throws(DashboardsError) -> Permissions {
        guard !Permissions.isUnlimited(caller) else { return Permissions(caller: caller, folders: [:]) }
        return try await read { try DashboardStore.permissions(of: caller, $0) }
    }

    private static func permissions(of caller: Caller, _ database: Database) throws -> Permissions {
        struct Place {
            var parent: String
            var replaces = false
            var own: PermissionLevel?
        }
        let open = Grant.open.first { $0.grantee == .role(caller.role) }?.level
        var places: [String: Place] = [:]
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT f.uid, f.parent, l.replaces, max(p.level) FROM folder f "
                + "LEFT JOIN permission_list l ON l.folder_id = f.id "
                + "LEFT JOIN permission p ON p.list_id = l.id AND \(matchesCaller) GROUP BY f.id",
            arguments: StatementArguments(matchArguments(role: caller.role, userID: caller.user.id)))
        while let row = try rows.next() {
            places[row[0] as String? ?? ""] = Place(
                parent: row[1] as String? ?? "", replaces: (row[2] as Int64? ?? 0) != 0,
                own: (row[3] as Int64?).flatMap(PermissionLevel.init(rawValue:)))
        }
        var levels: [String: PermissionLevel] = [:]
        for uid in places.keys {
            var highest: PermissionLevel?
            var next = uid
            for _ in 0..<levelsMax {
                guard let place = places[next] else { break }
                highest = higher(highest, place.own)
                if place.parent.isEmpty, !place.replaces { highest = higher(highest, open) }
                next = place.parent
            }
            if let highest { levels[uid] = highest }
        }
        return Permissions(caller: caller, folders: levels)
    }

    private static func higher(_ a: PermissionLevel?, _ b: PermissionLevel?) -> PermissionLevel? {
        guard let a, let b else { return a ?? b }
        return max(a, b)
    }

    /// What a caller may do with a dashboard; nil for nothing at all.
    public func level(
        of record: DashboardRecord, for permissions: Permissions
    ) async throws(DashboardsError) -> PermissionLevel? {
        guard !permissions.isUnlimited else { return .admin }
        return try await read { try DashboardStore.level(of: record, for: permissions, $0) }
    }

    static func level(
        of record: DashboardRecord, for permissions: Permissions, _ database: Database
    ) throws -> PermissionLevel? {
        guard !permissions.isUnlimited else { return .admin }
        let above = permissions.level(folder: record.folder)
        let row = try Row.fetchOne(
            database,
            sql: "SELECT l.replaces, max(p.level) FROM permission_list l LEFT JOIN permission p "
                + "ON p.list_id = l.id AND \(matchesCaller) WHERE l.dashboard_id = ? GROUP BY l.id",
            arguments: StatementArguments(
                matchArguments(role: permissions.role, userID: permissions.userID) + [record.id]))
        guard let row else { return above }
        let own = (row[1] as Int64?).flatMap(PermissionLevel.init(rawValue:))
        let replacesOpen = record.folder.isEmpty && (row[0] as Int64? ?? 0) != 0
        return replacesOpen ? own : higher(own, above)
    }

    /// Whether the caller says who may do what somewhere, and so has to know whom there is.
    public func administersSomething(_ permissions: Permissions) async throws(DashboardsError) -> Bool {
        guard !permissions.administersFolder else { return true }
        return try await read { database in
            try Int.fetchOne(
                database,
                sql:
                    "SELECT 1 FROM permission p WHERE p.level = 4 AND \(DashboardStore.matchesCaller) LIMIT 1",
                arguments: StatementArguments(
                    DashboardStore.matchArguments(role: permissions.role, userID: permissions.userID))) != nil
        }
    }

    /// A condition on the table `dashboard` and its arguments.
    struct Condition {
        let sql: String
        let arguments: [(any DatabaseValueConvertible)?]
    }

    /// Which dashboards a caller may see; nil when that is all of them.
    static func visible(_ permissions: Permissions, _ database: Database) throws -> Condition? {
        guard !permissions.isUnlimited else { return nil }
        let folders = permissions.visibleFolders
        let hasLists =
            try Int.fetchOne(
                database, sql: "SELECT 1 FROM permission_list WHERE dashboard_id IS NOT NULL LIMIT 1") != nil
        let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM folder") ?? 0
        if !hasLists, permissions.root != nil, count == folders.count { return nil }
        var alternatives = ["folder IN (SELECT value FROM json_each(?))"]
        var arguments: [(any DatabaseValueConvertible)?] = [
            JSONValue.array(folders.map { .string($0) }).text()
        ]
        if permissions.root != nil {
            alternatives.append(
                hasLists
                    ? "(folder = '' AND NOT EXISTS (SELECT 1 FROM permission_list l "
                        + "WHERE l.dashboard_id = dashboard.id AND l.replaces = 1))"
                    : "folder = ''")
        }
        if hasLists {
            alternatives.append(
                "EXISTS (SELECT 1 FROM permission_list l JOIN permission p ON p.list_id = l.id "
                    + "WHERE l.dashboard_id = dashboard.id AND \(matchesCaller))")
            arguments += matchArguments(role: permissions.role, userID: permissions.userID)
        }
        return Condition(sql: "(" + alternatives.joined(separator: " OR ") + ")", arguments: arguments)
    }

    // MARK: - Lists

    /// Where a list stands: its owner's column and number, and the folder above.
    private struct Site {
        let column: String
        let id: Int64
        let parent: String
        var isTop: Bool { parent.isEmpty }
    }

    private static func site(of guarded: Guarded, _ database: Database) throws -> Site {
        switch guarded {
        case .folder(let uid):
            let row = try Row.fetchOne(
                database, sql: "SELECT id, parent FROM folder WHERE uid = ?", arguments: [uid])
            guard let row else { throw DashboardsError(.notFound, "folder not found") }
            return Site(column: "folder_id", id: row.whole("id"), parent: row.text("parent"))
        case .dashboard(let uid):
            let row = try Row.fetchOne(
                database, sql: "SELECT id, folder FROM dashboard WHERE uid = ?", arguments: [uid])
            guard let row else { throw DashboardsError(.notFound, "Dashboard not found") }
            return Site(column: "dashboard_id", id: row.whole("id"), parent: row.text("folder"))
        }
    }

    private struct Entry {
        let id: Int64
        let grant: Grant
        let created: Int64
        let updated: Int64
    }

    /// The entries that a folder or dashboard has itself, with those that hold at the top.
    private static func own(_ site: Site, _ database: Database) throws -> [Entry] {
        let list = try Row.fetchOne(
            database, sql: "SELECT id, replaces FROM permission_list WHERE \(site.column) = ?",
            arguments: [site.id])
        var entries: [Entry] = []
        if site.isTop, list?.flag("replaces") != true {
            entries = Grant.open.map { Entry(id: 0, grant: $0, created: 0, updated: 0) }
        }
        guard let list else { return entries }
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM permission WHERE list_id = ? ORDER BY id",
            arguments: [list.whole("id")])
        for row in rows {
            guard let grant = grant(row) else { continue }
            entries.append(
                Entry(
                    id: row.whole("id"), grant: grant, created: row.whole("created"),
                    updated: row.whole("updated")))
        }
        return entries
    }

    private static func grant(_ row: Row) -> Grant? {
        guard let level = PermissionLevel(rawValue: row.whole("level")) else { return nil }
        if let role = row["role"] as String? { return Role(rawValue: role).map { Grant(.role($0), level) } }
        if let team = row["team_id"] as Int64? { return Grant(.team(id: team), level) }
        return (row["user_id"] as Int64?).map { Grant(.user(id: $0), level) }
    }

    /// What the folders above pass on, the nearest first.
    private static func inherited(by site: Site, _ database: Database) throws -> [Entry] {
        var result: [Entry] = []
        var parent = site.parent
        for _ in 0..<levelsMax where !parent.isEmpty {
            let above = try self.site(of: .folder(uid: parent), database)
            result += try own(above, database)
            parent = above.parent
        }
        return result
    }

    /// The entries of a folder or dashboard, then those that it inherits.
    ///
    /// - Throws: `notFound`.
    public func permissionList(of guarded: Guarded) async throws(DashboardsError) -> [GrantRecord] {
        try await read { database in
            let site = try DashboardStore.site(of: guarded, database)
            let own = try DashboardStore.own(site, database)
            let inherited = try DashboardStore.inherited(by: site, database)
            return try own.map { try DashboardStore.record($0, isInherited: false, database) }
                + inherited.map { try DashboardStore.record($0, isInherited: true, database) }
        }
    }

    private static func record(
        _ entry: Entry, isInherited: Bool, _ database: Database
    ) throws -> GrantRecord {
        var record = GrantRecord(grant: entry.grant)
        record.id = entry.id
        record.isInherited = isInherited
        (record.created, record.updated) = (entry.created, entry.updated)
        switch entry.grant.grantee {
        case .role: break
        case .team(let id):
            record.team = try Row.fetchOne(
                database,
                sql: "SELECT *, (SELECT count(*) FROM team_member WHERE team_id = team.id) AS members "
                    + "FROM team WHERE id = ?", arguments: [id]
            ).map(team)
        case .user(let id):
            record.user = try Row.fetchOne(database, sql: "SELECT * FROM user WHERE id = ?", arguments: [id])
                .map(user)
        }
        return record
    }

    /// Whether somebody has set the list of a folder or dashboard.
    public func hasOwnPermissions(_ guarded: Guarded) async throws(DashboardsError) -> Bool {
        try await read { database in
            let site = try DashboardStore.site(of: guarded, database)
            return try Int.fetchOne(
                database, sql: "SELECT 1 FROM permission_list WHERE \(site.column) = ? AND replaces = 1",
                arguments: [site.id]) != nil
        }
    }

    /// Replaces the list of a folder or dashboard; an empty one leaves what the folders above pass on, and
    /// at the top administrators alone.
    ///
    /// - Throws: `notFound`, also for a user or team; `invalidInput`.
    public func setPermissions(_ grants: [Grant], of guarded: Guarded) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            let site = try DashboardStore.site(of: guarded, database)
            try DashboardStore.store(grants, replaces: true, at: site, now: now, database)
        }
    }

    /// Changes entries of a list and leaves the others as they are.
    ///
    /// - Parameter changes: nil removes an entry.
    /// - Throws: `notFound`, also for a user or team; `invalidInput`.
    public func changePermissions(
        _ changes: [(grantee: Grantee, level: PermissionLevel?)], of guarded: Guarded
    ) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            let site = try DashboardStore.site(of: guarded, database)
            var grants = Grant.merged(try DashboardStore.own(site, database).map(\.grant))
            for change in changes {
                grants.removeAll { $0.grantee == change.grantee }
                if let level = change.level { grants.append(Grant(change.grantee, level)) }
            }
            try DashboardStore.store(grants, replaces: true, at: site, now: now, database)
        }
    }

    /// Sets a list that was kept elsewhere; one that says no more than holds anyway is not kept.
    func takePermissions(_ grants: [Grant], of guarded: Guarded) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            let site = try DashboardStore.site(of: guarded, database)
            let anyway = site.isTop ? Set(Grant.open) : []
            let isMore = anyway.isSubset(of: grants)
            try DashboardStore.store(
                isMore ? grants.filter { !anyway.contains($0) } : grants, replaces: !isMore, at: site,
                now: now,
                database)
        }
    }

    private static func store(
        _ grants: [Grant], replaces: Bool, at site: Site, now: Int64, _ database: Database
    ) throws {
        guard grants.count <= entriesMax else {
            throw DashboardsError(
                .invalidInput, "a list of permissions can have at most \(entriesMax) entries")
        }
        guard Set(grants.map(\.grantee)).count == grants.count else {
            throw DashboardsError(.invalidInput, "Permission already exists: a list names each only once")
        }
        try database.execute(
            sql: "DELETE FROM permission_list WHERE \(site.column) = ?", arguments: [site.id])
        guard replaces || !grants.isEmpty else { return }
        try database.execute(
            sql: "INSERT INTO permission_list (\(site.column), replaces) VALUES (?, ?)",
            arguments: [site.id, replaces ? 1 : 0])
        let list = database.lastInsertedRowID
        for grant in grants {
            var (role, team, user): (String?, Int64?, Int64?) = (nil, nil, nil)
            switch grant.grantee {
            case .role(let one): role = one.rawValue
            case .team(let id):
                guard
                    try Int.fetchOne(database, sql: "SELECT 1 FROM team WHERE id = ?", arguments: [id]) != nil
                else { throw DashboardsError(.notFound, "Team not found") }
                team = id
            case .user(let id):
                guard
                    try Int.fetchOne(database, sql: "SELECT 1 FROM user WHERE id = ?", arguments: [id]) != nil
                else { throw DashboardsError(.notFound, "user not found") }
                user = id
            }
            try database.execute(
                sql: "INSERT INTO permission (list_id, role, team_id, user_id, level, created, updated) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [list, role, team, user, grant.level.rawValue, now, now])
        }
    }

    // MARK: - Making and moving

    /// Whoever makes something says who else may use it.
    static func giveToMaker(
        _ userID: Int64?, _ guarded: Guarded, now: Int64, _ database: Database
    ) throws {
        guard let userID else { return }
        try store(
            [Grant(.user(id: userID), .admin)], replaces: false, at: site(of: guarded, database), now: now,
            database)
    }

    /// What moves to the top keeps what the folders above gave it: a move there neither opens nor closes.
    ///
    /// - Precondition: called before the move.
    static func keepInherited(_ guarded: Guarded, now: Int64, _ database: Database) throws {
        let site = try site(of: guarded, database)
        guard !site.isTop else { return }
        let inherited = Grant.merged(try inherited(by: site, database).map(\.grant))
        // It goes on to have what holds at the top, and what its own list adds.
        guard Set(inherited) != Set(Grant.open) else {
            try database.execute(
                sql: "UPDATE permission_list SET replaces = 0 WHERE \(site.column) = ?", arguments: [site.id])
            return
        }
        let all = Grant.merged(try own(site, database).map(\.grant) + inherited)
        try store(all, replaces: true, at: site, now: now, database)
    }
}
