import GRDB
import Platform

extension DashboardStore {
    static func user(_ row: Row) -> User {
        User(
            id: row.whole("id"), uid: row.text("uid"), login: row.text("login"),
            email: row.text("email"), name: row.text("name"),
            role: Role(rawValue: row.text("role")) ?? .none, isServerAdmin: row.flag("server_admin"),
            isDisabled: row.flag("disabled"), isServiceAccount: row.flag("service_account"),
            created: row.whole("created"), updated: row.whole("updated"),
            lastSeen: row.whole("last_seen"))
    }

    /// How many people there are; service accounts do not count.
    public func userCount() async throws(DashboardsError) -> Int {
        try await read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM user WHERE service_account = 0") ?? 0
        }
    }

    public func user(id: Int64) async throws(DashboardsError) -> User? {
        try await read {
            try Row.fetchOne($0, sql: "SELECT * FROM user WHERE id = ?", arguments: [id])
                .map(DashboardStore.user)
        }
    }

    /// The person with this login or e-mail address, whatever the case of its letters.
    public func user(loginOrEmail: String) async throws(DashboardsError) -> User? {
        try await credentials(loginOrEmail: loginOrEmail)?.user
    }

    /// The person with the stored password.
    func credentials(
        loginOrEmail: String
    ) async throws(DashboardsError) -> (user: User, password: String?)? {
        try await read {
            try Row.fetchOne(
                $0,
                sql: "SELECT * FROM user WHERE service_account = 0 AND (login = ?1 OR "
                    + "(email = ?1 AND email <> '')) ORDER BY login = ?1 DESC LIMIT 1",
                arguments: [loginOrEmail]
            ).map { (DashboardStore.user($0), $0["password"] as String?) }
        }
    }

    /// People in the order of their logins.
    ///
    /// - Parameter query: part of login, name or e-mail address.
    public func users(
        matching query: String = "", serviceAccounts: Bool = false
    ) async throws(DashboardsError) -> [User] {
        try await read {
            try Row.fetchAll(
                $0,
                sql: "SELECT * FROM user WHERE service_account = ?2 AND (?1 = '' "
                    + "OR instr(lower(login), ?1) OR instr(lower(name), ?1) OR instr(lower(email), ?1)) "
                    + "ORDER BY login",
                arguments: [query.lowercased(), serviceAccounts ? 1 : 0]
            ).map(DashboardStore.user)
        }
    }

    /// - Parameter passwordHash: as ``PasswordHash`` makes it; nil for nobody who can log in by one.
    /// - Throws: `nameExists`, `invalidInput`.
    public func addUser(
        login: String, email: String = "", name: String = "", passwordHash: String?, role: Role,
        isServerAdmin: Bool = false, isServiceAccount: Bool = false
    ) async throws(DashboardsError) -> User {
        guard !login.isEmpty, login.utf8.count <= 190, email.utf8.count <= 190, name.utf8.count <= 255
        else {
            throw DashboardsError(.invalidInput, "Validation error, need specify either username or email")
        }
        let now = clock.now()
        let uid = newUID()
        return try await write { database in
            let taken = try Int.fetchOne(
                database, sql: "SELECT 1 FROM user WHERE login = ?1 OR (email = ?2 AND email <> '')",
                arguments: [login, email])
            guard taken == nil else {
                throw DashboardsError(
                    .nameExists, "User with email '\(email)' or username '\(login)' already exists")
            }
            try database.execute(
                sql: "INSERT INTO user (uid, login, email, name, password, role, server_admin, "
                    + "service_account, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    uid, login, email, name, passwordHash, role.rawValue, isServerAdmin ? 1 : 0,
                    isServiceAccount ? 1 : 0, now, now,
                ])
            return User(
                id: database.lastInsertedRowID, uid: uid, login: login, email: email, name: name,
                role: role, isServerAdmin: isServerAdmin, isDisabled: false,
                isServiceAccount: isServiceAccount, created: now, updated: now, lastSeen: 0)
        }
    }

    /// Writes login, e-mail, name, role and flags.
    ///
    /// - Throws: `notFound`, `nameExists`, `invalidInput` for the last server admin.
    public func updateUser(_ user: User) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            let taken = try Int.fetchOne(
                database,
                sql: "SELECT 1 FROM user WHERE id <> ?3 AND (login = ?1 OR "
                    + "(email = ?2 AND email <> ''))",
                arguments: [user.login, user.email, user.id])
            guard taken == nil else {
                throw DashboardsError(.nameExists, "user already exists")
            }
            try database.execute(
                sql: "UPDATE user SET login = ?, email = ?, name = ?, role = ?, server_admin = ?, "
                    + "disabled = ?, updated = ? WHERE id = ?",
                arguments: [
                    user.login, user.email, user.name, user.role.rawValue, user.isServerAdmin ? 1 : 0,
                    user.isDisabled ? 1 : 0, now, user.id,
                ])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "user not found") }
            if user.isDisabled {
                try database.execute(sql: "DELETE FROM session WHERE user_id = ?", arguments: [user.id])
            }
            try DashboardStore.requireServerAdmin(database)
        }
    }

    public func deleteUser(id: Int64) async throws(DashboardsError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM user WHERE id = ?", arguments: [id])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "user not found") }
            try DashboardStore.requireServerAdmin(database)
            try database.execute(
                sql: "DELETE FROM preference WHERE owner = ?", arguments: ["user:\(id)"])
        }
    }

    /// Stores a new password; all sessions of the user but one end.
    ///
    /// - Parameter keeping: the session that may go on.
    public func setPassword(
        _ hash: String, userID: Int64, keeping session: Int64? = nil
    ) async throws(DashboardsError) {
        let now = clock.now()
        try await write { database in
            try database.execute(
                sql: "UPDATE user SET password = ?, updated = ? WHERE id = ?",
                arguments: [hash, now, userID])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "user not found") }
            try database.execute(
                sql: "DELETE FROM session WHERE user_id = ? AND id <> ?",
                arguments: [userID, session ?? -1])
        }
    }

    /// Stores the same password hashed anew.
    func rehash(_ hash: String, replacing old: String, userID: Int64) async throws(DashboardsError) {
        try await write {
            try $0.execute(
                sql: "UPDATE user SET password = ? WHERE id = ? AND password = ?",
                arguments: [hash, userID, old])
        }
    }

    func storedPassword(userID: Int64) async throws(DashboardsError) -> String? {
        try await read {
            try String.fetchOne($0, sql: "SELECT password FROM user WHERE id = ?", arguments: [userID])
        }
    }

    private static func requireServerAdmin(_ database: Database) throws {
        let left = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM user WHERE server_admin = 1 AND disabled = 0")
        guard let left, left > 0 else {
            throw DashboardsError(.invalidInput, "cannot remove the last server admin")
        }
    }
}
