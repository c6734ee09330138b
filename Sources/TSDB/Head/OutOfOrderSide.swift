internal import MetricModel
internal import StorageAPI

/// The samples of a series that came out of order and are not in a block yet: one of a time, floats and native
/// histograms each ascending.
struct OutOfOrderSide {
    private(set) var columns = SampleColumns()

    var count: Int { columns.count }
    var isEmpty: Bool { columns.count == 0 }

    var firstTime: Int64? {
        [columns.timestamps.first, columns.histogramTimestamps.first].compactMap(\.self).min()
    }

    var lastTime: Int64? {
        [columns.timestamps.last, columns.histogramTimestamps.last].compactMap(\.self).max()
    }

    /// Adds a sample. False when there is one of this time.
    mutating func insert(_ time: Int64, _ value: Double) -> Bool {
        if self[time] != nil { return false }
        let place = columns.timestamps.partition(before: time)
        columns.timestamps.insert(time, at: place)
        columns.values.insert(value, at: place)
        return true
    }

    /// Adds a sample. False when there is one of this time.
    mutating func insert(_ time: Int64, _ histogram: FloatHistogram) -> Bool {
        if self[time] != nil { return false }
        let place = columns.histogramTimestamps.partition(before: time)
        columns.histogramTimestamps.insert(time, at: place)
        columns.histograms.insert(histogram, at: place)
        // What stands before it is not known to its sender.
        if histogram.counterResetHint != .gauge {
            columns.histograms[place].counterResetHint = .unknown
        }
        return true
    }

    enum Content {
        case float(Double)
        case histogram(FloatHistogram)
    }

    /// The sample of a time, or nil.
    subscript(time: Int64) -> Content? {
        let float = columns.timestamps.partition(before: time)
        if float < columns.timestamps.count, columns.timestamps[float] == time {
            return .float(columns.values[float])
        }
        let histogram = columns.histogramTimestamps.partition(before: time)
        if histogram < columns.histogramTimestamps.count, columns.histogramTimestamps[histogram] == time {
            return .histogram(columns.histograms[histogram])
        }
        return nil
    }

    /// The samples between the inclusive bounds.
    func samples(from start: Int64, through end: Int64) -> SampleColumns {
        var chosen = SampleColumns()
        append(from: start, through: end, to: &chosen)
        return chosen
    }

    /// Appends the samples between the inclusive bounds.
    func append(from start: Int64, through end: Int64, to other: inout SampleColumns) {
        for (i, time) in columns.timestamps.enumerated() where time >= start && time <= end {
            other.append(time, columns.values[i])
        }
        for (i, time) in columns.histogramTimestamps.enumerated() where time >= start && time <= end {
            other.append(time, columns.histograms[i])
        }
    }

    /// Takes out the samples that another one holds too.
    mutating func remove(_ written: OutOfOrderSide) {
        let gone = Set(written.columns.timestamps + written.columns.histogramTimestamps)
        var kept = SampleColumns()
        for (i, time) in columns.timestamps.enumerated() where !gone.contains(time) {
            kept.append(time, columns.values[i])
        }
        for (i, time) in columns.histogramTimestamps.enumerated() where !gone.contains(time) {
            kept.append(time, columns.histograms[i])
        }
        columns = kept
    }
}

/// A checked sample of a batch that came out of order.
struct AcceptedLate {
    var slot: UInt32
    var reference: UInt64
    var time: Int64
    var value: Double
}
