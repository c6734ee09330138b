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
    ///
    /// - Parameter start: the start timestamp, 0 = not known.
    mutating func insert(_ time: Int64, _ value: Double, start: Int64 = 0) -> Bool {
        if self[time] != nil { return false }
        let place = columns.timestamps.partition(before: time)
        OutOfOrderSide.insert(start, at: place, of: columns.timestamps.count, into: &columns.startTimestamps)
        columns.timestamps.insert(time, at: place)
        columns.values.insert(value, at: place)
        return true
    }

    /// Adds a sample. False when there is one of this time.
    ///
    /// - Parameter start: the start timestamp, 0 = not known.
    mutating func insert(_ time: Int64, _ histogram: FloatHistogram, start: Int64 = 0) -> Bool {
        if self[time] != nil { return false }
        let place = columns.histogramTimestamps.partition(before: time)
        OutOfOrderSide.insert(
            start, at: place, of: columns.histogramTimestamps.count, into: &columns.histogramStartTimestamps)
        columns.histogramTimestamps.insert(time, at: place)
        columns.histograms.insert(histogram, at: place)
        // What stands before it is not known to its sender.
        if histogram.counterResetHint != .gauge {
            columns.histograms[place].counterResetHint = .unknown
        }
        return true
    }

    /// - Parameter count: of the samples so far; there are as many start timestamps, or none at all.
    private static func insert(_ start: Int64, at place: Int, of count: Int, into starts: inout [Int64]) {
        if start == 0, starts.isEmpty { return }
        if starts.isEmpty { starts = [Int64](repeating: 0, count: count) }
        starts.insert(start, at: place)
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
        append(to: &other) { $0 >= start && $0 <= end }
    }

    /// Appends the samples of the wanted times.
    private func append(to other: inout SampleColumns, where isWanted: (Int64) -> Bool) {
        let starts = columns.startTimestamps
        for (i, time) in columns.timestamps.enumerated() where isWanted(time) {
            other.append(time, columns.values[i], start: starts.isEmpty ? 0 : starts[i])
        }
        let histogramStarts = columns.histogramStartTimestamps
        for (i, time) in columns.histogramTimestamps.enumerated() where isWanted(time) {
            other.append(
                time, columns.histograms[i], start: histogramStarts.isEmpty ? 0 : histogramStarts[i])
        }
    }

    /// Takes out the samples that another one holds too.
    mutating func remove(_ written: OutOfOrderSide) {
        let gone = Set(written.columns.timestamps + written.columns.histogramTimestamps)
        var kept = SampleColumns()
        append(to: &kept) { !gone.contains($0) }
        columns = kept
    }
}

/// A checked sample of a batch that came out of order.
struct AcceptedLate {
    var slot: UInt32
    var reference: UInt64
    var time: Int64
    var value: Double
    /// Milliseconds since 1970, 0 = not known.
    var start: Int64 = 0
}
