public import MetricModel
public import StorageAPI

/// What is asked of the database beyond reading samples. The closures run on worker threads and may
/// block.
public struct DatabaseView: Sendable {
    /// What the head holds, with at most so many entries a list.
    public var status: @Sendable (_ limit: Int) throws(StorageError) -> DatabaseStatus
    /// Progress of reading the write-ahead log, in segment numbers. Asked for before readiness.
    public var replayProgress: @Sendable () -> (min: Int, max: Int, current: Int) = { (0, 0, 0) }
    /// The meta.json of each block.
    public var blocks: @Sendable () throws(StorageError) -> [[UInt8]] = { [] }
    /// Deletes the samples between the inclusive bounds of the series that pass all matchers. Nil: not
    /// possible.
    public var delete: (@Sendable (Timestamp, Timestamp, [LabelMatcher]) throws(StorageError) -> Void)?
    public var cleanTombstones: (@Sendable () throws(StorageError) -> Void)?
    /// Makes a snapshot below `snapshots/` and returns its name.
    public var snapshot: (@Sendable (_ skipsHead: Bool) throws(StorageError) -> String)?

    public init(status: @escaping @Sendable (_ limit: Int) throws(StorageError) -> DatabaseStatus) {
        self.status = status
    }
}

/// The answer of `/api/v1/status/tsdb`.
public struct DatabaseStatus: Sendable {
    /// A name with how often or how large.
    public struct Entry: Sendable {
        public var name: String
        public var value: UInt64

        public init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }
    }

    public var seriesCount = 0
    public var labelPairCount = 0
    public var chunkCount = 0
    /// Inclusive, milliseconds.
    public var minTime: Timestamp = .max
    public var maxTime: Timestamp = .min
    public var seriesCountByMetricName: [Entry] = []
    public var labelValueCountByLabelName: [Entry] = []
    public var memoryInBytesByLabelName: [Entry] = []
    public var seriesCountByLabelValuePair: [Entry] = []

    public init() {}
}
