/// What the head holds, in the shape of `/api/v1/status/tsdb`.
public struct HeadStatistics: Sendable {
    public struct Entry: Sendable, Equatable {
        public var name: String
        public var value: UInt64

        public init(name: String, value: UInt64) {
            self.name = name
            self.value = value
        }
    }

    public var numSeries = 0
    public var numLabelPairs = 0
    public var chunkCount = 0
    /// Inclusive, milliseconds; `Int64.max` and `Int64.min` while the head is empty, as Prometheus shows.
    public var minTime: Int64 = .max
    public var maxTime: Int64 = .min
    /// The lists descend by value, then ascend by name.
    public var seriesCountByMetricName: [Entry] = []
    public var labelValueCountByLabelName: [Entry] = []
    public var memoryInBytesByLabelName: [Entry] = []
    public var seriesCountByLabelValuePair: [Entry] = []

    public init() {}
}

/// Progress of reading the write-ahead log at start, in segment numbers, as `/api/v1/status/walreplay`
/// shows it.
public struct WALReplayStatus: Sendable, Equatable {
    public var min = 0
    public var max = 0
    public var current = 0

    public init(min: Int = 0, max: Int = 0, current: Int = 0) {
        self.min = min
        self.max = max
        self.current = current
    }
}

/// One number that the database tells about itself.
public struct DatabaseMetric: Sendable {
    public enum Kind: Sendable { case counter, gauge }

    /// The name in full, for instance `prometheus_tsdb_head_series`.
    public var name: String
    public var help: String
    public var kind: Kind
    public var labels: [(name: String, value: String)]
    public var value: Double

    public init(
        _ name: String, _ help: String, _ kind: Kind, _ value: Double,
        labels: [(name: String, value: String)] = []
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.value = value
    }
}
