import GRDB
import Platform

/// A browser's login, as its owner sees it.
public struct Session: Sendable, Equatable {
    public let id: Int64
    public let userID: Int64
    /// Milliseconds since 1970.
    public let created: Int64
    public let rotated: Int64
    public let lastSeen: Int64
    public let address: String
    public let agent: String
}

extension DashboardStore {
    private static func session(_ row: Row) -> Session {
        Session(
            id: row.whole("id"), userID: row.whole("user_id"), created: row.whole("created"),
            rotated: row.whole("rotated"), lastSeen: row.whole("last_seen"),
            address: row.text("address"), agent: row.text("agent"))
    }

    /// Stores a session under the hash of its token.
    func addSession(
        userID: Int64, tokenHash: String, address: String, agent: String
    ) async throws(DashboardsError) -> Int64 {
        let now = clock.now()
        return try await write { database in
            try database.execute(
                sql: "INSERT INTO session (user_id, token, created, rotated, last_seen, address, agent) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [userID, tokenHash, now, now, now, address, String(agent.prefix(255))])
            let id = database.lastInsertedRowID
            try database.execute(
                sql: "UPDATE user SET last_seen = ? WHERE id = ?", arguments: [now, userID])
            return id
        }
    }

    /// The session whose current or previous token has this hash, and its user.
    func session(
        tokenHash: String
    ) async throws(DashboardsError) -> (session: Session, user: User, isCurrent: Bool, seen: Bool)? {
        try await read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: "SELECT * FROM session WHERE token = ?1 OR previous = ?1 "
                        + "ORDER BY token = ?1 DESC LIMIT 1", arguments: [tokenHash]),
                let owner = try Row.fetchOne(
                    database, sql: "SELECT * FROM user WHERE id = ?",
                    arguments: [row.whole("user_id")])
            else { return nil }
            return (
                DashboardStore.session(row), DashboardStore.user(owner),
                row.text("token") == tokenHash, row.flag("seen")
            )
        }
    }

    /// Notes that the browser has the current token, and when it was here.
    func touchSession(id: Int64) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            try database.execute(
                sql: "UPDATE session SET seen = 1, last_seen = ? WHERE id = ?", arguments: [now, id])
            try database.execute(
                sql: "UPDATE user SET last_seen = ? WHERE id = (SELECT user_id FROM session WHERE id = ?)",
                arguments: [now, id])
        }
    }

    /// Replaces a token; false when another request has done so already.
    func rotateSession(id: Int64, from old: String, to new: String) async throws(DashboardsError) -> Bool {
        let now = clock.now()
        return try await write { database in
            try database.execute(
                sql: "UPDATE session SET previous = token, token = ?, seen = 0, rotated = ?, "
                    + "last_seen = ? WHERE id = ? AND token = ?", arguments: [new, now, now, id, old])
            return database.changesCount == 1
        }
    }

    public func sessions(userID: Int64) async throws(DashboardsError) -> [Session] {
        try await read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM session WHERE user_id = ? ORDER BY last_seen DESC",
                arguments: [userID]
            ).map(DashboardStore.session)
        }
    }

    /// Ends a session; true when it was the user's.
    @discardableResult
    public func endSession(id: Int64, userID: Int64) async throws(DashboardsError) -> Bool {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM session WHERE id = ? AND user_id = ?", arguments: [id, userID])
            return database.changesCount == 1
        }
    }

    public func endSessions(userID: Int64) async throws(DashboardsError) {
        try await write {
            try $0.execute(sql: "DELETE FROM session WHERE user_id = ?", arguments: [userID])
        }
    }

    /// Removes what is too old to be honoured.
    func purgeSessions(idleSince: Int64, createdBefore: Int64) async throws(DashboardsError) {
        try await write {
            try $0.execute(
                sql: "DELETE FROM session WHERE last_seen < ? OR created < ?",
                arguments: [idleSince, createdBefore])
        }
    }

    // MARK: - Failed logins

    /// Failures since a time: of this name from this address, and of any name from it.
    func loginFailures(
        login: String, address: String, since: Int64
    ) async throws(DashboardsError) -> (ofLogin: Int, ofAddress: Int) {
        try await read { database in
            let rows = try String.fetchAll(
                database, sql: "SELECT login FROM login_attempt WHERE address = ? AND at > ? LIMIT 1000",
                arguments: [address, since])
            return (rows.count { $0 == login }, rows.count)
        }
    }

    func addLoginFailure(login: String, address: String) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            try database.execute(
                sql: "INSERT INTO login_attempt (login, address, at) VALUES (?, ?, ?)",
                arguments: [login, address, now])
            try database.execute(
                sql: "DELETE FROM login_attempt WHERE at < ?", arguments: [now - 600_000])
        }
    }

    func clearLoginFailures(login: String, address: String) async throws(DashboardsError) {
        try await write {
            try $0.execute(
                sql: "DELETE FROM login_attempt WHERE login = ? AND address = ?",
                arguments: [login, address])
        }
    }
}
