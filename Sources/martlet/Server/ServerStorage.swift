import Logging
import MetricModel
import Platform
import ServiceLifecycle
import StorageAPI
import Synchronization
import TSDB

/// The database of the server role from before it is open until after it is closed: opening reads the
/// write-ahead log, which may take long, while the address already answers that it is starting.
final class ServerStorage: Queryable, SampleStore, Service {
    enum Phase: Sendable {
        case starting
        case open(Database)
        case closed
    }

    private let options: DatabaseOptions
    private let logger: Logger
    private let workers = WorkerThreads(name: "storage", count: 1)
    private let phase = Mutex(Phase.starting)
    /// Ends when the database is open.
    private let opened = AsyncStream.makeStream(of: Void.self)

    init(_ options: DatabaseOptions, logger: Logger) {
        self.options = options
        self.logger = logger
    }

    var current: Phase { phase.withLock { $0 } }

    /// Nil while it is not open.
    var database: Database? {
        if case .open(let database) = current { database } else { nil }
    }

    /// Opens, waits for the shutdown, closes.
    ///
    /// - Throws: `StorageError` when the database cannot be opened.
    func run() async throws {
        let database = try await workers.run { [options] _ in try Database(options) }
        for damage in database.damages { logger.warning("Set aside what was damaged", metadata: ["what": "\(damage)"]) }
        phase.withLock { $0 = .open(database) }
        opened.continuation.finish()
        logger.info("The storage is open", metadata: ["path": "\(options.path)", "series": "\(database.seriesCount)"])
        try? await gracefulShutdown()
        phase.withLock { $0 = .closed }
        try await workers.run { _ in database.close() }
        workers.shutDown()
    }

    /// Waits until the database is open or the task is cancelled.
    func ready() async {
        for await _ in opened.stream {}
    }

    func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        try require().querier(from: start, through: end)
    }

    func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        try require().register(labels)
    }

    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        try require().append(batch)
    }

    private func require() throws(StorageError) -> Database {
        switch current {
        case .open(let database): return database
        case .starting: throw StorageError(.notReady, "cannot use the storage: it is starting")
        case .closed: throw StorageError(.notReady, "cannot use the storage: it is closed")
        }
    }
}
