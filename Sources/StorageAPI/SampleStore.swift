public import MetricModel

/// The number of a series within one storage and one run of the process. 0 is no series.
public struct SeriesReference: Hashable, Sendable {
    public let number: UInt64

    public init(_ number: UInt64) {
        self.number = number
    }

    public static let none = SeriesReference(0)
}

/// Samples that are to become visible together: one scrape, one rule evaluation, one remote write
/// request. Three flat columns of equal length for floats, three for native histograms, one each of their start
/// timestamps, two for exemplars, two for metadata; keep and reuse it.
public struct SampleBatch: Sendable {
    public private(set) var series: [SeriesReference]
    /// Milliseconds since 1970.
    public private(set) var timestamps: [Timestamp]
    public private(set) var values: [Double]
    public private(set) var histogramSeries: [SeriesReference] = []
    public private(set) var histogramTimestamps: [Timestamp] = []
    /// Integer histograms as what they count.
    public private(set) var histograms: [FloatHistogram] = []
    public private(set) var exemplarSeries: [SeriesReference] = []
    public private(set) var exemplars: [Exemplar] = []
    /// When the counters began, milliseconds since 1970, 0 = not known, one per float from the first on. Floats
    /// behind the last of them have none, so that batches without any cost nothing.
    public private(set) var startTimestamps: [Timestamp] = []
    /// The same for the histograms.
    public private(set) var histogramStartTimestamps: [Timestamp] = []
    /// Only of series whose metadata is new or may have changed.
    public private(set) var metadataSeries: [SeriesReference] = []
    public private(set) var metadata: [SeriesMetadata] = []
    /// Whether nothing of the batch is stored when one of its samples is refused.
    public var isAtomic = false

    public init() {
        series = []
        timestamps = []
        values = []
    }

    /// Floats; histograms are counted by `histograms.count`.
    public var count: Int { series.count }

    public var isEmpty: Bool {
        series.isEmpty && histogramSeries.isEmpty && exemplarSeries.isEmpty && metadataSeries.isEmpty
    }

    /// - Parameter histogram: a staleness marker is one whose sum is.
    public mutating func append(
        _ reference: SeriesReference, _ timestamp: Timestamp, _ histogram: FloatHistogram
    ) {
        histogramSeries.append(reference)
        histogramTimestamps.append(timestamp)
        histograms.append(histogram)
    }

    /// - Parameter start: the start timestamp, 0 when it is not known.
    public mutating func append(
        _ reference: SeriesReference, _ timestamp: Timestamp, _ histogram: FloatHistogram, start: Timestamp
    ) {
        append(reference, timestamp, histogram)
        SampleBatch.setLast(start, count: histograms.count, of: &histogramStartTimestamps)
    }

    /// - Parameter start: the start timestamp, 0 when it is not known.
    public mutating func append(
        _ reference: SeriesReference, _ timestamp: Timestamp, _ value: Double, start: Timestamp
    ) {
        append(reference, timestamp, value)
        SampleBatch.setLast(start, count: count, of: &startTimestamps)
    }

    private static func setLast(_ start: Timestamp, count: Int, of starts: inout [Timestamp]) {
        if start == 0 { return }
        while starts.count < count - 1 { starts.append(0) }
        starts.append(start)
    }

    public mutating func append(_ reference: SeriesReference, _ exemplar: Exemplar) {
        exemplarSeries.append(reference)
        exemplars.append(exemplar)
    }

    public mutating func append(_ reference: SeriesReference, _ metadata: SeriesMetadata) {
        metadataSeries.append(reference)
        self.metadata.append(metadata)
    }

    public mutating func append(_ reference: SeriesReference, _ timestamp: Timestamp, _ value: Double) {
        series.append(reference)
        timestamps.append(timestamp)
        values.append(value)
    }

    public mutating func removeAll() {
        series.removeAll(keepingCapacity: true)
        timestamps.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        if !startTimestamps.isEmpty { startTimestamps.removeAll(keepingCapacity: true) }
        if !histogramSeries.isEmpty {
            histogramSeries.removeAll(keepingCapacity: true)
            histogramTimestamps.removeAll(keepingCapacity: true)
            histograms.removeAll(keepingCapacity: true)
            histogramStartTimestamps.removeAll(keepingCapacity: true)
        }
        if !exemplarSeries.isEmpty {
            exemplarSeries.removeAll(keepingCapacity: true)
            exemplars.removeAll(keepingCapacity: true)
        }
        if !metadataSeries.isEmpty {
            metadataSeries.removeAll()
            metadata.removeAll()
        }
    }

    public mutating func reserveCapacity(_ count: Int) {
        series.reserveCapacity(count)
        timestamps.reserveCapacity(count)
        values.reserveCapacity(count)
    }
}

/// Why one sample of a batch was not stored, in Prometheus' terms.
public enum SampleRefusal: Sendable, Equatable {
    /// Older than the newest sample of its series, and no out-of-order window is open.
    case outOfOrder
    /// The series has another value at this timestamp.
    case duplicateTimestamp
    /// Older than the storage still accepts.
    case outOfBounds
    /// More than ten minutes ahead of the storage's clock.
    case tooFarAhead
    /// The reference is not known (any more): register the labels and append again.
    case unknownSeries
}

/// What became of a batch.
public struct AppendResult: Sendable {
    /// How many samples are now stored. A sample that repeats time and value of the newest one counts.
    public var storedCount: Int
    /// The refused ones: index in the batch and reason, in ascending order of index. Histograms come
    /// behind the floats: index `count` of the batch is the first histogram.
    public var refused: [(index: Int, reason: SampleRefusal)]
    /// How many exemplars are new. Others are left out without a reason: nothing depends on them.
    public var exemplarCount = 0

    public init(storedCount: Int = 0, refused: [(index: Int, reason: SampleRefusal)] = []) {
        self.storedCount = storedCount
        self.refused = refused
    }
}

/// The writing side of a storage.
///
/// Both calls may block on the disk: call them from `Platform`'s worker threads, never from an event
/// loop or the cooperative pool.
public protocol SampleStore: Sendable {
    /// The reference of a series, made when it is new. References of series that get no samples for
    /// long are forgotten; appending to one then answers `SampleRefusal.unknownSeries`.
    ///
    /// - Throws: `tooManySeries`, `invalidLabels`, `diskFull`, `io`, `notReady`.
    func register(_ labels: Labels) throws(StorageError) -> SeriesReference

    /// Whether exemplars of a batch are stored, so that it is worth the work to read them.
    var takesExemplars: Bool { get }

    /// Whether metadata of a batch is stored. Metadata of a series that is not known is left out without
    /// a reason, and what repeats the newest costs nothing.
    var takesMetadata: Bool { get }

    /// Whether start timestamps of a batch are stored, so that it is worth the work to read them.
    var takesStartTimestamps: Bool { get }

    /// Stores the samples of the batch and makes them visible to queries at once: no reader sees a
    /// part of it. Returns when the samples would survive the death of the process (not necessarily a
    /// power cut).
    ///
    /// - Throws: `diskFull`, `io`, `notReady`; then nothing of the batch is stored.
    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult
}

extension SampleStore {
    public var takesExemplars: Bool { false }
    public var takesMetadata: Bool { false }
    public var takesStartTimestamps: Bool { false }
}
