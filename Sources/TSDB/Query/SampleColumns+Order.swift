internal import MetricModel
internal import StorageAPI

/// Where columns ended at some moment.
struct ColumnMark {
    var floats: Int
    var histograms: Int
}

extension SampleColumns {
    var mark: ColumnMark { ColumnMark(floats: timestamps.count, histograms: histogramTimestamps.count) }

    /// Appends runs of equal length.
    mutating func append(_ times: UnsafeBufferPointer<Int64>, _ values: UnsafeBufferPointer<Double>) {
        timestamps.append(contentsOf: times)
        self.values.append(contentsOf: values)
        if !startTimestamps.isEmpty {
            startTimestamps.append(contentsOf: repeatElement(0, count: times.count))
        }
    }

    /// Takes out what came since a moment.
    mutating func cut(to mark: ColumnMark) {
        timestamps.removeLast(timestamps.count - mark.floats)
        values.removeLast(values.count - mark.floats)
        if startTimestamps.count > mark.floats {
            startTimestamps.removeLast(startTimestamps.count - mark.floats)
        }
        histogramTimestamps.removeLast(histogramTimestamps.count - mark.histograms)
        histograms.removeLast(histograms.count - mark.histograms)
        if histogramStartTimestamps.count > mark.histograms {
            histogramStartTimestamps.removeLast(histogramStartTimestamps.count - mark.histograms)
        }
    }

    /// Brings two ascending runs at the end of the columns, from `base` and from `second`, into one
    /// order; of two samples with the same time that of the later run stays. Costs nothing when they
    /// are in order.
    mutating func restoreOrder(from base: ColumnMark, second: ColumnMark) {
        if base.floats < second.floats, second.floats < timestamps.count,
            timestamps[second.floats] <= timestamps[second.floats - 1]
        {
            let order = SampleColumns.merged(timestamps, base.floats, second.floats)
            timestamps.reorder(order, from: base.floats)
            values.reorder(order, from: base.floats)
            if !startTimestamps.isEmpty { startTimestamps.reorder(order, from: base.floats) }
        }
        if base.histograms < second.histograms, second.histograms < histogramTimestamps.count,
            histogramTimestamps[second.histograms] <= histogramTimestamps[second.histograms - 1]
        {
            let order = SampleColumns.merged(histogramTimestamps, base.histograms, second.histograms)
            histogramTimestamps.reorder(order, from: base.histograms)
            histograms.reorder(order, from: base.histograms)
            if !histogramStartTimestamps.isEmpty {
                histogramStartTimestamps.reorder(order, from: base.histograms)
            }
            // What a histogram's hint says is about the one that stood before it.
            for place in order.indices.dropFirst() where order[place] != order[place - 1] + 1 {
                let index = base.histograms + place
                if histograms[index].counterResetHint != .gauge {
                    histograms[index].counterResetHint = .unknown
                }
            }
        }
    }

    /// The places of two ascending runs, [base, second) and [second, end), in the order of their times.
    private static func merged(_ times: [Int64], _ base: Int, _ second: Int) -> [Int] {
        var order: [Int] = []
        order.reserveCapacity(times.count - base)
        var a = base
        var b = second
        while a < second || b < times.count {
            if b == times.count || (a < second && times[a] < times[b]) {
                order.append(a)
                a += 1
            } else {
                if a < second, times[a] == times[b] { a += 1 }
                order.append(b)
                b += 1
            }
        }
        return order
    }

    /// Takes the samples behind `base` out that lie in one of the intervals.
    mutating func remove(_ intervals: [Tombstones.Interval], from base: ColumnMark) {
        func kept(_ times: [Int64], _ start: Int) -> [Int] {
            (start..<times.count).filter { place in
                !intervals.contains { $0.minTime <= times[place] && times[place] <= $0.maxTime }
            }
        }
        let floats = kept(timestamps, base.floats)
        if floats.count < timestamps.count - base.floats {
            timestamps.reorder(floats, from: base.floats)
            values.reorder(floats, from: base.floats)
            if !startTimestamps.isEmpty { startTimestamps.reorder(floats, from: base.floats) }
        }
        let others = kept(histogramTimestamps, base.histograms)
        if others.count < histogramTimestamps.count - base.histograms {
            histogramTimestamps.reorder(others, from: base.histograms)
            histograms.reorder(others, from: base.histograms)
            if !histogramStartTimestamps.isEmpty {
                histogramStartTimestamps.reorder(others, from: base.histograms)
            }
        }
    }
}

extension Array {
    /// Replaces all from `base` on by the elements at the places.
    fileprivate mutating func reorder(_ places: [Int], from base: Int) {
        let chosen = places.map { self[$0] }
        replaceSubrange(base..., with: chosen)
    }
}
