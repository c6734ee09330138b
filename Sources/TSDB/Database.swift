public import MetricModel
public import Platform
public import StorageAPI

/// A time series database in one directory, in Prometheus' disk formats.
///
/// Every call may be made from any thread; those that touch the disk block: make them on worker
/// threads.
public final class Database: Queryable, SampleStore, Sendable {
    /// Opens the directory, takes its lock and reads the write-ahead log. Blocks until all of it is
    /// readable.
    ///
    /// - Throws: `io` (no right, locked by another process, not a directory), `diskFull`.
    public init(_ options: DatabaseOptions, clock: any WallClock = SystemClock()) throws(StorageError) {
        throw StorageError(.notReady, "cannot open \(options.path): the storage is being built")
    }

    /// Writes and syncs what is pending, lets go of the lock. Later calls answer `notReady`.
    public func close() {}

    public func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        throw StorageError(.notReady, "cannot query: the storage is closed")
    }

    public func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        throw StorageError(.notReady, "cannot register a series: the storage is closed")
    }

    public func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        throw StorageError(.notReady, "cannot append: the storage is closed")
    }

    /// What the head holds, with at most `limit` entries a list.
    public func headStatistics(limit: Int = 10) -> HeadStatistics { HeadStatistics() }

    /// How many series the head knows.
    public var seriesCount: Int { 0 }

    public var walReplayStatus: WALReplayStatus { WALReplayStatus() }

    /// The `prometheus_tsdb_*` numbers as they stand.
    public func metrics() -> [DatabaseMetric] { [] }

    /// Whether a sample of this time lies so far ahead of the clock (more than 10 minutes) that
    /// scrapers and receivers refuse it.
    public func isTooFarAhead(_ timestamp: Timestamp) -> Bool { false }

    /// One round of the background work: head to block, compaction, retention, log truncation.
    public func maintain() throws(StorageError) {}
}
