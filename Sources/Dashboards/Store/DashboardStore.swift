import GRDB
import JSON
public import Platform

/// Everything the dashboards role keeps, in one SQLite file with a write-ahead log: one writer, a few
/// readers that never wait for it. All calls run on the database's own threads.
public final class DashboardStore: Sendable {
    let pool: DatabasePool
    let clock: any WallClock
    let random: RandomSource
    let secrets: SecretBox
    /// Grows with every change of a data source.
    let dataSourceGeneration = Generation()
    /// Grows with every change of an alert rule.
    let ruleGeneration = Generation()
    /// Grows with every change of contact points, policies, timings, templates and silences.
    let notificationGeneration = Generation()

    /// Opens or makes the file and brings its tables up to date.
    ///
    /// - Parameters:
    ///   - path: of the database; `<path>.key` beside it holds the key of the secrets.
    /// - Throws: `storage`.
    public init(
        path: String, clock: any WallClock = SystemClock(), random: RandomSource = .system
    ) throws(DashboardsError) {
        var configuration = Configuration()
        configuration.maximumReaderCount = 2
        configuration.busyMode = .timeout(5)
        configuration.label = "dashboards"
        configuration.prepareDatabase { database in
            // KiB; the default of 2 MiB for each connection buys nothing for documents read whole.
            try database.execute(sql: "PRAGMA cache_size = -512")
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        self.clock = clock
        self.random = random
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try DashboardStore.migrator.migrate(pool)
        } catch {
            throw DashboardsError(.storage, "cannot open the database \(path): \(error)")
        }
        secrets = try SecretBox.open(path: path + ".key", random: random)
    }

    /// Runs `body` in a read snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(DashboardsError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw DashboardStore.failure(error)
        }
    }

    /// Runs `body` in one transaction, undone when it throws.
    @discardableResult
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(DashboardsError) -> Value {
        do {
            return try await pool.write(body)
        } catch {
            throw DashboardStore.failure(error)
        }
    }

    private static func failure(_ error: any Error) -> DashboardsError {
        switch error {
        case let error as DashboardsError: return error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            return DashboardsError(.storage, "cannot write to the database: the disk is full")
        case let error as DatabaseError:
            return DashboardsError(
                .storage, "the database failed: \(error.message ?? error.resultCode.description)")
        default: return DashboardsError(.storage, "the database failed: \(error)")
        }
    }

    /// Milliseconds since 1970 by the store's clock.
    public var now: Int64 { clock.now() }

    /// Whether the database answers.
    public func isHealthy() async -> Bool {
        (try? await read { try Int.fetchOne($0, sql: "SELECT 1") }) == 1
    }

    /// A value kept under a name.
    public func value(_ name: String) async throws(DashboardsError) -> String? {
        try await read {
            try String.fetchOne($0, sql: "SELECT value FROM setting WHERE name = ?", arguments: [name])
        }
    }

    public func setValue(_ name: String, _ value: String) async throws(DashboardsError) {
        try await write {
            try $0.execute(
                sql: "INSERT INTO setting (name, value) VALUES (?, ?) "
                    + "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                arguments: [name, value])
        }
    }

    /// A fresh uid in the original's form: 14 letters and digits, the first a letter.
    func newUID() -> String { "m" + random.alphanumeric(13).lowercased() }
}

extension Row {
    // The tables are STRICT, so that a column has its type or is NULL.
    func text(_ name: String) -> String { self[name] as String? ?? "" }
    func whole(_ name: String) -> Int64 { self[name] as Int64? ?? 0 }
    func flag(_ name: String) -> Bool { whole(name) != 0 }
    func json(_ name: String) -> JSONValue { (try? JSONValue.parse(text(name))) ?? .null }
}
