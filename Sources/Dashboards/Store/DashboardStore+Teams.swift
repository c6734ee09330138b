import GRDB
import Platform

extension DashboardStore {
    private static let teamsMax = 10_000
    private static let membersMax = 10_000

    private static let teamColumns =
        "*, (SELECT count(*) FROM team_member WHERE team_id = team.id) AS members"

    static func team(_ row: Row) -> Team {
        Team(
            id: row.whole("id"), uid: row.text("uid"), name: row.text("name"), email: row.text("email"),
            memberCount: Int(row.whole("members")), created: row.whole("created"),
            updated: row.whole("updated"))
    }

    /// Teams by name.
    ///
    /// - Parameters:
    ///   - query: part of the name.
    ///   - userID: only those that this user belongs to.
    public func teams(
        matching query: String = "", of userID: Int64? = nil
    ) async throws(DashboardsError) -> [Team] {
        try await read {
            try Row.fetchAll(
                $0,
                sql:
                    "SELECT \(DashboardStore.teamColumns) FROM team WHERE (?1 = '' OR instr(lower(name), ?1)) "
                    + "AND (?2 IS NULL OR id IN (SELECT team_id FROM team_member WHERE user_id = ?2)) "
                    + "ORDER BY name",
                arguments: [query.lowercased(), userID]
            ).map(DashboardStore.team)
        }
    }

    /// - Parameter name: number or uid.
    public func team(_ name: String) async throws(DashboardsError) -> Team? {
        try await read {
            try Row.fetchOne(
                $0,
                sql: "SELECT \(DashboardStore.teamColumns) FROM team WHERE id = ?1 OR uid = ?2 "
                    + "ORDER BY uid = ?2 DESC LIMIT 1", arguments: [Int64(name), name]
            ).map(DashboardStore.team)
        }
    }

    /// - Throws: `exists` for a name that is taken, `invalidInput`.
    public func addTeam(name: String, email: String) async throws(DashboardsError) -> Team {
        try DashboardStore.checkTeam(name: name, email: email)
        let now = clock.now()
        let uid = newUID()
        return try await write { database in
            try DashboardStore.requireFreeTeamName(name, except: 0, database)
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM team") ?? 0
            guard count < DashboardStore.teamsMax else {
                throw DashboardsError(
                    .invalidInput, "there can be at most \(DashboardStore.teamsMax) teams")
            }
            try database.execute(
                sql: "INSERT INTO team (uid, name, email, created, updated) VALUES (?, ?, ?, ?, ?)",
                arguments: [uid, name, email, now, now])
            return Team(
                id: database.lastInsertedRowID, uid: uid, name: name, email: email, memberCount: 0,
                created: now, updated: now)
        }
    }

    /// Writes name and e-mail address.
    ///
    /// - Throws: `notFound`, `exists`, `invalidInput`.
    public func updateTeam(_ team: Team) async throws(DashboardsError) {
        try DashboardStore.checkTeam(name: team.name, email: team.email)
        let now = clock.now()
        try await write { database in
            try DashboardStore.requireFreeTeamName(team.name, except: team.id, database)
            try database.execute(
                sql: "UPDATE team SET name = ?, email = ?, updated = ? WHERE id = ?",
                arguments: [team.name, team.email, now, team.id])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "Team not found") }
        }
    }

    /// Deletes a team; what it was permitted goes with it.
    ///
    /// - Throws: `notFound`.
    public func deleteTeam(id: Int64) async throws(DashboardsError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM team WHERE id = ?", arguments: [id])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "Team not found") }
            try database.execute(
                sql: "DELETE FROM preference WHERE owner = ?", arguments: ["team:\(id)"])
        }
    }

    private static func checkTeam(name: String, email: String) throws(DashboardsError) {
        guard !name.trimmed.isEmpty, name.utf8.count <= 190, email.utf8.count <= 190 else {
            throw DashboardsError(
                .invalidInput, "bad request data: a team needs a name; name and email have at most 190 bytes")
        }
    }

    private static func requireFreeTeamName(
        _ name: String, except id: Int64, _ database: Database
    ) throws {
        let taken = try Int.fetchOne(
            database, sql: "SELECT 1 FROM team WHERE name = ? AND id <> ?", arguments: [name, id])
        guard taken == nil else { throw DashboardsError(.exists, "Team name taken") }
    }

    // MARK: - Members

    /// In the order of their logins.
    public func teamMembers(id: Int64) async throws(DashboardsError) -> [TeamMember] {
        try await read {
            try Row.fetchAll(
                $0,
                sql: "SELECT user.*, team_member.admin AS team_admin FROM team_member "
                    + "JOIN user ON user.id = team_member.user_id WHERE team_id = ? ORDER BY login",
                arguments: [id]
            ).map { TeamMember(user: DashboardStore.user($0), isAdmin: $0.flag("team_admin")) }
        }
    }

    /// nil for somebody who does not belong to it.
    public func teamMember(team: Int64, userID: Int64) async throws(DashboardsError) -> TeamMember? {
        try await read {
            try Row.fetchOne(
                $0,
                sql: "SELECT user.*, team_member.admin AS team_admin FROM team_member "
                    + "JOIN user ON user.id = team_member.user_id WHERE team_id = ? AND user_id = ?",
                arguments: [team, userID]
            ).map { TeamMember(user: DashboardStore.user($0), isAdmin: $0.flag("team_admin")) }
        }
    }

    /// - Throws: `exists` for a member, `notFound`, `invalidInput` for a team that is full.
    public func addTeamMember(
        team: Int64, userID: Int64, isAdmin: Bool = false
    ) async throws(DashboardsError) {
        try await write { database in
            let isMember = try Int.fetchOne(
                database, sql: "SELECT 1 FROM team_member WHERE team_id = ? AND user_id = ?",
                arguments: [team, userID])
            guard isMember == nil else {
                throw DashboardsError(.exists, "User is already added to this team")
            }
            try DashboardStore.insertMembers([(userID, isAdmin)], team: team, database)
        }
    }

    /// Replaces all members at once.
    ///
    /// - Throws: `notFound`, `invalidInput`.
    public func setTeamMembers(
        team: Int64, members: [(userID: Int64, isAdmin: Bool)]
    ) async throws(DashboardsError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM team_member WHERE team_id = ?", arguments: [team])
            try DashboardStore.insertMembers(members, team: team, database)
        }
    }

    private static func insertMembers(
        _ members: [(userID: Int64, isAdmin: Bool)], team: Int64, _ database: Database
    ) throws {
        guard try Int.fetchOne(database, sql: "SELECT 1 FROM team WHERE id = ?", arguments: [team]) != nil
        else { throw DashboardsError(.notFound, "Team not found") }
        for member in members {
            let exists = try Int.fetchOne(
                database, sql: "SELECT 1 FROM user WHERE id = ?", arguments: [member.userID])
            guard exists != nil else { throw DashboardsError(.notFound, "user not found") }
            try database.execute(
                sql: "INSERT INTO team_member (team_id, user_id, admin) VALUES (?, ?, ?) "
                    + "ON CONFLICT (team_id, user_id) DO UPDATE SET admin = max(admin, excluded.admin)",
                arguments: [team, member.userID, member.isAdmin ? 1 : 0])
        }
        let count = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM team_member WHERE team_id = ?", arguments: [team])
        guard let count, count <= membersMax else {
            throw DashboardsError(.invalidInput, "a team can have at most \(membersMax) members")
        }
    }

    /// - Throws: `notFound` for somebody who is no member.
    public func updateTeamMember(
        team: Int64, userID: Int64, isAdmin: Bool
    ) async throws(DashboardsError) {
        try await changeMember(
            "UPDATE team_member SET admin = ?3 WHERE team_id = ?1 AND user_id = ?2",
            [team, userID, isAdmin ? 1 : 0])
    }

    /// - Throws: `notFound` for somebody who is no member.
    public func removeTeamMember(team: Int64, userID: Int64) async throws(DashboardsError) {
        try await changeMember("DELETE FROM team_member WHERE team_id = ?1 AND user_id = ?2", [team, userID])
    }

    private func changeMember(_ sql: String, _ arguments: [Int64]) async throws(DashboardsError) {
        try await write { database in
            try database.execute(sql: sql, arguments: StatementArguments(arguments))
            guard database.changesCount == 1 else {
                throw DashboardsError(.notFound, "Team member not found")
            }
        }
    }
}
