import Logging
import MetricModel
import Platform
import QueryAPI
import ServiceLifecycle
import StorageAPI
import Synchronization
import TSDB

/// The database of the server role from before it is open until after it is closed: opening reads the
/// write-ahead log, which may take long, while the address already answers that it is starting.
final class ServerStorage: Queryable, ExemplarQueryable, SampleStore, Service {
    enum Phase: Sendable {
        case starting
        case open(Database)
        case closed
    }

    private static let starting = "Prometheus is starting and replaying the write-ahead log (WAL)."

    private let options: DatabaseOptions
    private let board: NotificationBoard
    private let logger: Logger
    private let workers: WorkerThreads
    private let opening: Task<Database, any Error>
    private let phase = Mutex(Phase.starting)
    /// Streams that end when the database is open: one for each task that waits.
    private let waiting = Mutex<[AsyncStream<Void>.Continuation]>([])

    /// Begins to open the database while the other parts are still being made.
    ///
    /// - Parameter board: shows that the storage is starting or stopping.
    init(_ options: DatabaseOptions, board: NotificationBoard, logger: Logger) {
        self.options = options
        self.board = board
        self.logger = logger
        board.add(ServerStorage.starting, at: SystemClock().now())
        let workers = WorkerThreads(name: "storage", count: 1)
        self.workers = workers
        opening = Task { try await workers.run { _ in try Database(options) } }
    }

    var current: Phase { phase.withLock { $0 } }

    /// Nil while it is not open.
    var database: Database? {
        if case .open(let database) = current { database } else { nil }
    }

    /// Waits until it is open, then for the shutdown, and closes.
    ///
    /// - Throws: `StorageError` when the database cannot be opened.
    func run() async throws {
        let database = try await opening.value
        for damage in database.damages {
            logger.warning("Set aside what was damaged", metadata: ["what": "\(damage)"])
        }
        for notice in database.notices { logger.warning("\(notice)") }
        phase.withLock { $0 = .open(database) }
        board.remove(ServerStorage.starting)
        for task in waiting.withLock({ $0 }) { task.finish() }
        logger.info(
            "The storage is open", metadata: ["path": "\(options.path)", "series": "\(database.seriesCount)"])
        try? await gracefulShutdown()
        board.add(
            "Prometheus is shutting down and gracefully stopping all operations.", at: SystemClock().now())
        phase.withLock { $0 = .closed }
        try await workers.run { _ in database.close() }
        workers.shutDown()
    }

    /// Waits until the database is open or the task is cancelled.
    func ready() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        waiting.withLock { $0.append(continuation) }
        // It may have been opened meanwhile.
        if case .starting = current {} else { continuation.finish() }
        for await _ in stream {}
    }

    func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        try open().querier(from: start, through: end)
    }

    var takesExemplars: Bool { options.exemplarLimit > 0 }

    var takesMetadata: Bool { options.keepsMetadata }

    var takesStartTimestamps: Bool { options.keepsStartTimestamps }

    func exemplars(
        _ selectors: [[LabelMatcher]], from start: Timestamp, through end: Timestamp
    ) throws(StorageError) -> [SeriesExemplars] {
        try open().exemplars(selectors, from: start, through: end)
    }

    func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        try open().register(labels)
    }

    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        try open().append(batch)
    }

    /// - Throws: `notReady`.
    func open() throws(StorageError) -> Database {
        switch current {
        case .open(let database): return database
        case .starting: throw StorageError(.notReady, "cannot use the storage: it is starting")
        case .closed: throw StorageError(.notReady, "cannot use the storage: it is closed")
        }
    }
}
