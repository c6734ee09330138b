import GRDB
import Platform

/// A token of a service account, without its secret.
public struct TokenRecord: Sendable, Equatable {
    public let id: Int64
    public let name: String
    /// Milliseconds since 1970.
    public let created: Int64
    /// 0 for never.
    public let expires: Int64
    public let lastUsed: Int64
}

extension DashboardStore {
    /// The owner of a token that has not run out; notes the use, at most once a minute.
    func user(tokenHash: String) async throws(DashboardsError) -> User? {
        let now = clock.now()
        let found: (User, Int64, Int64)? = try await read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: "SELECT id, user_id, last_used FROM token WHERE hash = ? AND "
                        + "(expires = 0 OR expires > ?)", arguments: [tokenHash, now]),
                let owner = try Row.fetchOne(
                    database, sql: "SELECT * FROM user WHERE id = ?", arguments: [row.whole("user_id")])
            else { return nil }
            return (DashboardStore.user(owner), row.whole("id"), row.whole("last_used"))
        }
        guard let (user, id, lastUsed) = found else { return nil }
        if now - lastUsed > 60_000 {
            try await write {
                try $0.execute(sql: "UPDATE token SET last_used = ? WHERE id = ?", arguments: [now, id])
            }
        }
        return user
    }

    /// Makes a token; the secret is given out here only.
    ///
    /// - Parameter lifetime: seconds; 0 for ever.
    /// - Throws: `exists` for a name that the account uses already, `invalidInput`.
    public func addToken(
        userID: Int64, name: String, lifetime: Int64
    ) async throws(DashboardsError) -> (id: Int64, token: String) {
        guard !name.isEmpty, name.utf8.count <= 190, (0...315_360_000).contains(lifetime) else {
            throw DashboardsError(.invalidInput, "a token needs a name and a lifetime of at most 10 years")
        }
        let token = ServiceToken.make(random: random)
        let hash = Digest.sha256(token)
        let now = clock.now()
        let expires = lifetime == 0 ? 0 : now + lifetime * 1000
        let id = try await write { database in
            let taken = try Int.fetchOne(
                database, sql: "SELECT 1 FROM token WHERE user_id = ? AND name = ?",
                arguments: [userID, name])
            guard taken == nil else {
                throw DashboardsError(
                    .exists, "service account token with given name already exists in the organization")
            }
            try database.execute(
                sql: "INSERT INTO token (user_id, name, hash, created, expires) VALUES (?, ?, ?, ?, ?)",
                arguments: [userID, name, hash, now, expires])
            return database.lastInsertedRowID
        }
        return (id, token)
    }

    public func tokens(userID: Int64) async throws(DashboardsError) -> [TokenRecord] {
        try await read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM token WHERE user_id = ? ORDER BY name", arguments: [userID]
            )
            .map { row in
                TokenRecord(
                    id: row.whole("id"), name: row.text("name"), created: row.whole("created"),
                    expires: row.whole("expires"), lastUsed: row.whole("last_used"))
            }
        }
    }

    /// How many tokens each account has.
    public func tokenCounts() async throws(DashboardsError) -> [Int64: Int] {
        let rows = try await read {
            try Row.fetchAll($0, sql: "SELECT user_id, count(*) AS count FROM token GROUP BY user_id")
                .map { ($0.whole("user_id"), Int($0.whole("count"))) }
        }
        return Dictionary(rows, uniquingKeysWith: { first, _ in first })
    }

    public func deleteToken(id: Int64, userID: Int64) async throws(DashboardsError) {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM token WHERE id = ? AND user_id = ?", arguments: [id, userID])
            guard database.changesCount == 1 else {
                throw DashboardsError(.notFound, "service account token not found")
            }
        }
    }
}
