public import MetricModel

/// A run of samples of one series as columns, in strictly ascending order of time. Floats and native
/// histograms stand apart; a series that mixes them has both. Callers keep one and reuse it, so that
/// reading a series of floats allocates nothing.
public struct SampleColumns: Sendable {
    /// Milliseconds since 1970, of the floats.
    public var timestamps: [Timestamp]
    /// As many as `timestamps`. Staleness markers included: see `Double.isStaleMarker`.
    public var values: [Double]
    /// Milliseconds since 1970, of the native histograms.
    public var histogramTimestamps: [Timestamp] = []
    /// As many as `histogramTimestamps`. Staleness markers included: see
    /// `FloatHistogram.isStaleMarker`.
    public var histograms: [FloatHistogram] = []
    /// When the counters began, milliseconds since 1970, 0 = not known: one per float, or none at all
    /// when the storage knows of no start.
    public var startTimestamps: [Timestamp] = []
    /// The same for the histograms.
    public var histogramStartTimestamps: [Timestamp] = []

    public init() {
        timestamps = []
        values = []
    }

    /// Floats and histograms.
    public var count: Int { timestamps.count + histogramTimestamps.count }

    @inlinable public mutating func append(_ timestamp: Timestamp, _ value: Double) {
        timestamps.append(timestamp)
        values.append(value)
        if !startTimestamps.isEmpty { startTimestamps.append(0) }
    }

    public mutating func append(_ timestamp: Timestamp, _ histogram: FloatHistogram) {
        histogramTimestamps.append(timestamp)
        histograms.append(histogram)
        if !histogramStartTimestamps.isEmpty { histogramStartTimestamps.append(0) }
    }

    /// - Parameter start: the start timestamp, 0 when it is not known.
    public mutating func append(_ timestamp: Timestamp, _ value: Double, start: Timestamp) {
        append(timestamp, value)
        SampleColumns.setLast(start, count: timestamps.count, of: &startTimestamps)
    }

    /// - Parameter start: the start timestamp, 0 when it is not known.
    public mutating func append(_ timestamp: Timestamp, _ histogram: FloatHistogram, start: Timestamp) {
        append(timestamp, histogram)
        SampleColumns.setLast(start, count: histogramTimestamps.count, of: &histogramStartTimestamps)
    }

    private static func setLast(_ start: Timestamp, count: Int, of starts: inout [Timestamp]) {
        guard start != 0 else { return }
        if starts.isEmpty { starts = [Timestamp](repeating: 0, count: count) }
        starts[count - 1] = start
    }

    public mutating func removeAll() {
        timestamps.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        if !startTimestamps.isEmpty { startTimestamps.removeAll(keepingCapacity: true) }
        if !histogramTimestamps.isEmpty {
            histogramTimestamps.removeAll(keepingCapacity: true)
            histograms.removeAll(keepingCapacity: true)
            histogramStartTimestamps.removeAll(keepingCapacity: true)
        }
    }
}

extension [Timestamp] {
    /// The first index whose element is not before a time; the elements ascend.
    package func partition(before time: Timestamp) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
