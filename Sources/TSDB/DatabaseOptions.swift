/// How a database is opened.
public struct DatabaseOptions: Sendable {
    /// The data directory; made when it is missing. Its layout is Prometheus' own.
    public var path: String
    /// Blocks whose newest sample is older than the newest block's by more than this are deleted;
    /// milliseconds, 0 keeps them for ever. Default 15 days.
    public var retention: Int64 = 15 * 24 * 3_600_000
    /// Bound on the bytes of blocks, log and head chunks together; the oldest blocks are deleted first.
    /// 0 is no bound.
    public var retentionBytes: Int64 = 0
    /// Bound on the same bytes as a share of the file system, percent; 0 is none. It takes the place of
    /// ``retentionBytes``.
    public var retentionPercentage = 0.0
    /// Milliseconds between fsyncs of the write-ahead log; 0 syncs before each append is answered,
    /// `.max` never syncs by itself.
    public var walFsyncInterval: Int64 = 1000
    public var walCompression: WALCompression = .snappy
    /// Bytes after which a new log segment begins.
    public var walSegmentSize: Int = 128 << 20
    /// The target; a chunk is cut at twice as many at the latest.
    public var samplesPerChunk: Int = 120
    /// Milliseconds that the smallest block covers. Default 2 hours.
    public var chunkRange: Int64 = 2 * 3_600_000
    /// Milliseconds that the largest block may cover; 0 is the smaller of 31 days and a tenth of the
    /// retention.
    public var blockRangeMax: Int64 = 0
    /// How many series may exist in the head; a new one beyond is refused. 0 is no bound.
    public var seriesLimit: Int = 0
    /// Milliseconds that a sample may be older than the newest one of the head and still be taken out
    /// of order; 0 refuses all.
    public var outOfOrderWindow: Int64 = 0
    /// The most memory for samples of blocks that are kept decoded because they were asked for again within a minute,
    /// bytes; 0 keeps none. What is not asked for during a whole minute goes.
    public var decodedBytesMax: Int = 0
    /// How many exemplars are kept, the newest of all series; 0 keeps none.
    public var exemplarLimit: Int = 100_000
    /// Whether metadata of series is taken: kept in memory and in the log. What the log has is read in
    /// either case.
    public var keepsMetadata: Bool = false
    /// Whether start timestamps of batches are stored. What the log, a block or a snapshot has of them is read
    /// and kept in either case.
    public var keepsStartTimestamps: Bool = false
    /// Whether closing writes a snapshot of the head, from which the next start goes on instead of reading
    /// all of the log; and whether a start looks for one.
    public var takesSnapshotOnClose: Bool = true
    /// Opens the directory for reading only: no lock is taken, nothing is written or repaired, appends
    /// are refused. For tools beside a running server.
    public var isReadOnly: Bool = false
    /// Whether blocks are made and deleted in the background. Tests switch it off and call
    /// ``Database/maintain()``.
    public var maintainsInBackground: Bool = true

    public init(path: String) {
        self.path = path
    }

    /// The bound on series for a process that may use so many bytes: half of them, 1 KiB a series (its
    /// record, labels, chunk, and what a scrape remembers of it). The rest is for queries, compaction and
    /// series that come and go.
    public static func seriesLimit(memory: Int64) -> Int { max(Int(clamping: memory / 2048), 10_000) }
}

/// How the records of the write-ahead log are compressed.
public enum WALCompression: String, Sendable, CaseIterable {
    case none, snappy, zstd
}
