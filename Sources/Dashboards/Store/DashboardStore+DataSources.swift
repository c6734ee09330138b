import GRDB
import JSON
import Platform

extension DashboardStore {
    private static func dataSource(_ row: Row) -> DataSource {
        var source = DataSource(
            uid: row.text("uid"), name: row.text("name"), type: row.text("type"),
            url: row.text("url"), settings: row.json("json").object ?? [:])
        source.id = row.whole("id")
        source.access = row.text("access")
        source.user = row.text("user")
        source.database = row.text("database")
        source.basicAuth = row.flag("basic_auth")
        source.basicAuthUser = row.text("basic_auth_user")
        source.withCredentials = row.flag("with_credentials")
        source.isDefault = row.flag("is_default")
        source.isReadOnly = row.flag("read_only")
        source.version = row.whole("version")
        source.created = row.whole("created")
        source.updated = row.whole("updated")
        source.secretNames = row.json("secrets").object?.members.map(\.name) ?? []
        return source
    }

    /// All data sources by name.
    public func dataSources() async throws(DashboardsError) -> [DataSource] {
        try await read {
            try Row.fetchAll($0, sql: "SELECT * FROM data_source ORDER BY name")
                .map(DashboardStore.dataSource)
        }
    }

    public func dataSource(uid: String) async throws(DashboardsError) -> DataSource? {
        try await read {
            try Row.fetchOne($0, sql: "SELECT * FROM data_source WHERE uid = ?", arguments: [uid])
                .map(DashboardStore.dataSource)
        }
    }

    /// The secrets of a data source, decrypted.
    public func secrets(ofDataSource uid: String) async throws(DashboardsError) -> [String: String] {
        let stored = try await read {
            try Row.fetchOne(
                $0, sql: "SELECT secrets FROM data_source WHERE uid = ?", arguments: [uid])?
                .json("secrets").object
        }
        var result: [String: String] = [:]
        for (name, value) in stored?.members ?? [] {
            guard let sealed = value.string.flatMap(Hex.bytes),
                let secret = secrets.open(sealed, context: "data source \(uid) \(name)")
            else {
                throw DashboardsError(
                    .storage, "cannot read the secret \(name) of data source \(uid): its key has changed")
            }
            result[name] = secret
        }
        return result
    }

    /// Adds a data source; an empty uid gets a fresh one. The built-in one gives up its name to
    /// another of the same, which is how the original's first steps name theirs.
    ///
    /// - Parameter secrets: stored encrypted.
    /// - Throws: `exists`, `invalidInput`.
    public func addDataSource(
        _ source: DataSource, secrets: [String: String] = [:]
    ) async throws(DashboardsError) -> DataSource {
        var added = source
        if added.uid.isEmpty { added.uid = newUID() }
        try DashboardStore.check(added)
        (added.created, added.updated, added.version) = (clock.now(), clock.now(), 1)
        added.secretNames = secrets.keys.sorted()
        let sealed = sealedText(secrets, uid: added.uid)
        let row = added
        added.id = try await write { database in
            try DashboardStore.clearName(row, in: database)
            try DashboardStore.clearDefault(row, in: database)
            try database.execute(
                sql: "INSERT INTO data_source (uid, name, type, access, url, user, database, basic_auth, "
                    + "basic_auth_user, with_credentials, is_default, read_only, version, created, "
                    + "updated, json, secrets) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    row.uid, row.name, row.type, row.access, row.url, row.user, row.database,
                    row.basicAuth ? 1 : 0, row.basicAuthUser, row.withCredentials ? 1 : 0,
                    row.isDefault ? 1 : 0, row.isReadOnly ? 1 : 0, row.version, row.created,
                    row.updated, JSONValue.object(row.settings).text(), sealed,
                ])
            return database.lastInsertedRowID
        }
        dataSourceGeneration.increment()
        return added
    }

    /// Writes all fields of a data source.
    ///
    /// - Parameters:
    ///   - secrets: set in addition to the ones that are there; an empty text removes one.
    ///   - version: the version that the caller read; nil to overwrite whatever is there.
    /// - Throws: `notFound`, `exists`, `versionMismatch`, `invalidInput`.
    public func updateDataSource(
        _ source: DataSource, secrets: [String: String] = [:], version: Int64? = nil
    ) async throws(DashboardsError) -> DataSource {
        try DashboardStore.check(source)
        var all = try await self.secrets(ofDataSource: source.uid)
        for (name, value) in secrets { all[name] = value.isEmpty ? nil : value }
        var updated = source
        updated.secretNames = all.keys.sorted()
        updated.updated = clock.now()
        let sealed = sealedText(all, uid: source.uid)
        let row = updated
        updated.version = try await write { database in
            guard
                let current = try Int64.fetchOne(
                    database, sql: "SELECT version FROM data_source WHERE uid = ?",
                    arguments: [row.uid])
            else { throw DashboardsError(.notFound, "Data source not found") }
            if let version, version > 0, version != current {
                throw DashboardsError(
                    .versionMismatch,
                    "Datasource has already been updated by someone else. Please reload and try again")
            }
            try DashboardStore.clearName(row, in: database)
            try DashboardStore.clearDefault(row, in: database)
            try database.execute(
                sql: "UPDATE data_source SET name = ?, type = ?, access = ?, url = ?, user = ?, "
                    + "database = ?, basic_auth = ?, basic_auth_user = ?, with_credentials = ?, "
                    + "is_default = ?, read_only = ?, version = version + 1, updated = ?, json = ?, "
                    + "secrets = ? WHERE uid = ?",
                arguments: [
                    row.name, row.type, row.access, row.url, row.user, row.database,
                    row.basicAuth ? 1 : 0, row.basicAuthUser, row.withCredentials ? 1 : 0,
                    row.isDefault ? 1 : 0, row.isReadOnly ? 1 : 0, row.updated,
                    JSONValue.object(row.settings).text(), sealed, row.uid,
                ])
            return current + 1
        }
        dataSourceGeneration.increment()
        return updated
    }

    public func deleteDataSource(uid: String) async throws(DashboardsError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM data_source WHERE uid = ?", arguments: [uid])
            guard database.changesCount == 1 else {
                throw DashboardsError(.notFound, "Data source not found")
            }
        }
        dataSourceGeneration.increment()
    }

    /// Makes sure that the built-in data source is there, once; it stays deleted when it was deleted.
    ///
    /// - Parameter url: shown to people; requests do not use it.
    public func seedBuiltInDataSource(url: String) async throws(DashboardsError) {
        guard try await value("built-in data source") == nil else { return }
        var source = DataSource(
            uid: DataSource.builtInUID, name: DataSource.builtInName, type: "prometheus", url: url,
            settings: ["httpMethod": "POST", "timeInterval": ""])
        let others = try await dataSources()
        source.isDefault = !others.contains { $0.isDefault }
        if others.contains(where: { $0.name == source.name }) { source.name = "Prometheus (built-in)" }
        _ = try await addDataSource(source)
        try await setValue("built-in data source", "seeded")
    }

    private static func check(_ source: DataSource) throws(DashboardsError) {
        guard !source.name.isEmpty, source.name.utf8.count <= 190 else {
            throw DashboardsError(
                .invalidInput, "bad request data: a data source needs a name of at most 190 bytes")
        }
        guard !source.type.isEmpty else {
            throw DashboardsError(.invalidInput, "bad request data: a data source needs a type")
        }
        guard UID.isValid(source.uid) else {
            throw DashboardsError(.invalidInput, "uid contains illegal characters or is longer than 40")
        }
        guard source.url.isEmpty || source.isBuiltIn || HTTPURL.isValid(source.url) else {
            throw DashboardsError(
                .invalidInput,
                "Validation error, invalid URL: want http:// or https:// and a host, got \"\(source.url)\"")
        }
    }

    private static func clearName(_ source: DataSource, in database: Database) throws {
        let taken = try String.fetchOne(
            database, sql: "SELECT uid FROM data_source WHERE name = ? AND uid <> ?",
            arguments: [source.name, source.uid])
        guard let taken else { return }
        guard taken == DataSource.builtInUID else {
            throw DashboardsError(.exists, "data source with the same name already exists")
        }
        try database.execute(
            sql: "UPDATE data_source SET name = ? WHERE uid = ?",
            arguments: ["\(source.name) (built-in)", taken])
    }

    private static func clearDefault(_ source: DataSource, in database: Database) throws {
        guard source.isDefault else { return }
        try database.execute(
            sql: "UPDATE data_source SET is_default = 0 WHERE uid <> ?", arguments: [source.uid])
    }

    private func sealedText(_ values: [String: String], uid: String) -> String {
        var object = JSONObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            object[name] = .string(
                Hex.text(secrets.seal(value, context: "data source \(uid) \(name)")))
        }
        return JSONValue.object(object).text()
    }
}
