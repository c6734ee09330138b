public import MetricModel

/// What the caller is going to do with the selected series; a storage may use it or not.
public struct SelectHints: Sendable {
    /// Inclusive bounds of the samples that will be read, milliseconds since 1970.
    public var start: Timestamp
    public var end: Timestamp
    /// Milliseconds between evaluation steps; 0 for an instant query.
    public var step: Int64
    /// The most series wanted; 0 is no bound.
    public var limit: Int
    /// Whether samples will be read, or labels alone.
    public var readsSamples = true

    public init(start: Timestamp, end: Timestamp, step: Int64 = 0, limit: Int = 0) {
        self.start = start
        self.end = end
        self.step = step
        self.limit = limit
    }
}

/// A storage that can be read.
public protocol Queryable: Sendable {
    /// A view of the samples between the inclusive bounds, milliseconds since 1970, as they stand now:
    /// later appends do not show in it.
    ///
    /// - Throws: `notReady`, `io`.
    func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier
}

/// A consistent view of a storage. May be used from several threads at once. Calls may block on the
/// disk: make them on worker threads.
public protocol Querier: Sendable {
    /// The series that pass all matchers, ascending by labels.
    func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet

    /// What ``select(_:hints:)`` would give and how much there is to read of it, when that is told at once and all of it
    /// is in memory: no call for such a selection touches the disk.
    ///
    /// - Parameter seriesMax: no more series are of interest.
    /// - Returns: nil where more is to be done; always, for a storage that does not know.
    func sizeInMemory(of matchers: [LabelMatcher], hints: SelectHints, seriesMax: Int) -> SelectionSize?

    /// How many values ``labelValues(_:_:limit:)`` would give without matchers, or, for a nil name, how many names; nil as
    /// for ``sizeInMemory(of:hints:seriesMax:)``.
    func countInMemory(ofValuesOf name: String?) -> Int?

    /// The names of labels of series that pass the matchers (all series when there are none), sorted
    /// by bytes, at most `limit` (0 = no bound).
    func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing

    /// The values of one label over series that pass the matchers, sorted by bytes, at most `limit`.
    func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError)
        -> Listing
}

extension Querier {
    public func sizeInMemory(of matchers: [LabelMatcher], hints: SelectHints, seriesMax: Int)
        -> SelectionSize?
    { nil }

    public func countInMemory(ofValuesOf name: String?) -> Int? { nil }
}

/// How much there is to read of selected series, at most.
public struct SelectionSize: Sendable, Equatable {
    public var seriesCount: Int
    /// Of all the series together.
    public var sampleCount: Int

    public init(seriesCount: Int, sampleCount: Int) {
        self.seriesCount = seriesCount
        self.sampleCount = sampleCount
    }
}

/// Strings with the warnings that came with them (for instance: a damaged block was left out).
public struct Listing: Sendable {
    public var items: [String]
    public var warnings: [String]

    public init(items: [String], warnings: [String] = []) {
        self.items = items
        self.warnings = warnings
    }
}

/// Selected series, ascending by labels, whose samples are decoded on demand and in whole runs.
/// Reading different series from different threads at once is allowed.
public protocol SeriesSet: Sendable {
    var count: Int { get }

    /// - Parameter index: 0 ..< `count`.
    func labels(at index: Int) -> Labels

    /// Appends to `columns` all samples of a series between the inclusive bounds (milliseconds), in
    /// ascending order of time, staleness markers included. What is damaged may be left out, with a
    /// warning.
    ///
    /// - Throws: `corruption`, `io`.
    func read(
        _ index: Int, from start: Timestamp, through end: Timestamp,
        into columns: inout SampleColumns
    ) throws(StorageError)

    /// Appends at least the newest sample between the inclusive bounds (a staleness marker counts as
    /// one), and may leave out older ones: what an instant selector looks for. A storage that knows
    /// the newest sample without decoding answers from that; the default reads them all.
    ///
    /// - Throws: `corruption`, `io`.
    func readNewest(
        _ index: Int, from start: Timestamp, through end: Timestamp,
        into columns: inout SampleColumns
    ) throws(StorageError)

    /// What the reader of the answer should know, in the storage's words. Reading may add to it: ask
    /// again when all is read.
    var warnings: [String] { get }
}

extension SeriesSet {
    public func readNewest(
        _ index: Int, from start: Timestamp, through end: Timestamp,
        into columns: inout SampleColumns
    ) throws(StorageError) {
        try read(index, from: start, through: end, into: &columns)
    }
}
