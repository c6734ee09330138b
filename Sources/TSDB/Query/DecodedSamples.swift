internal import StorageAPI

/// The floats of one series of one block as plain numbers: samples in even distances, whose values are differences of
/// 32 bits where all are whole numbers near one another, as those of most counters are.
struct DecodedSamples: Sendable {
    private enum Values: Sendable {
        /// The first value and the differences to it.
        case whole(first: Double, [Int32])
        case any([Double])
    }

    private let firstTime: Int64
    /// Milliseconds from sample to sample, above 0.
    private let distance: Int64
    private let values: Values

    /// Fewer are decoded as fast.
    private static let countMin = 64
    /// Sums of whole numbers below it and of differences are exact.
    private static let wholeMax = Double(1 << 51)

    /// Of the samples that came since a moment. Nil unless these are floats alone, many of them in even distances, and the
    /// columns know no start timestamps.
    init?(_ columns: SampleColumns, since mark: ColumnMark = ColumnMark(floats: 0, histograms: 0)) {
        let times = columns.timestamps[mark.floats...]
        guard times.count >= Self.countMin, columns.histogramTimestamps.count == mark.histograms,
            columns.startTimestamps.isEmpty
        else { return nil }
        let first = times[mark.floats]
        let (distance, overflows) = times[mark.floats + 1].subtractingReportingOverflow(first)
        guard !overflows, distance > 0 else { return nil }
        for i in times.indices.dropFirst() where times[i] &- times[i &- 1] != distance { return nil }
        let (span, isTooLong) = distance.multipliedReportingOverflow(by: Int64(times.count - 1))
        guard !isTooLong, !first.addingReportingOverflow(span).overflow else { return nil }
        firstTime = first
        self.distance = distance
        values = columns.values.withUnsafeBufferPointer { values in
            let values = UnsafeBufferPointer(rebasing: values[mark.floats...])
            // A copy that takes no more than it needs.
            return Self.differences(values) ?? .any(Array(values))
        }
    }

    private static func differences(_ values: UnsafeBufferPointer<Double>) -> Values? {
        guard let first = whole(values[0]) else { return nil }
        var areAll = true
        let differences = [Int32](unsafeUninitializedCapacity: values.count) { target, count in
            for i in 0..<values.count {
                guard let value = whole(values[i]), let difference = Int32(exactly: value - first) else {
                    areAll = false
                    return
                }
                target[i] = difference
                count = i + 1
            }
        }
        return areAll ? .whole(first: values[0], differences) : nil
    }

    /// The integer that the bits come back from: none for -0 and NaNs.
    private static func whole(_ value: Double) -> Int64? {
        guard abs(value) < wholeMax else { return nil }
        let whole = Int64(value)
        return Double(whole).bitPattern == value.bitPattern ? whole : nil
    }

    var count: Int {
        switch values {
        case .whole(_, let differences): differences.count
        case .any(let values): values.count
        }
    }

    /// Memory held, bytes, with what keeping it takes.
    var byteCount: Int {
        switch values {
        case .whole(_, let differences): 160 + 4 * differences.count
        case .any(let values): 160 + 8 * values.count
        }
    }

    /// Appends the samples between the inclusive bounds.
    func append(from start: Int64, through end: Int64, to columns: inout SampleColumns) {
        let last = firstTime + Int64(count - 1) * distance
        guard start <= last, end >= firstTime, start <= end else { return }
        let low = start <= firstTime ? 0 : Int((start - firstTime - 1) / distance + 1)
        let high = end >= last ? count : Int((end - firstTime) / distance) + 1
        guard low < high else { return }
        let base = columns.timestamps.count
        let time = firstTime + Int64(low) * distance
        columns.timestamps.append(contentsOf: repeatElement(0, count: high - low))
        columns.timestamps.withUnsafeMutableBufferPointer { times in
            for i in 0..<high - low { times[base &+ i] = time &+ Int64(i) &* distance }
        }
        switch values {
        case .any(let values): columns.values.append(contentsOf: values[low..<high])
        case .whole(let first, let differences):
            columns.values.append(contentsOf: repeatElement(0, count: high - low))
            columns.values.withUnsafeMutableBufferPointer { values in
                differences.withUnsafeBufferPointer { differences in
                    for i in 0..<high - low { values[base &+ i] = first + Double(differences[low &+ i]) }
                }
            }
        }
        if !columns.startTimestamps.isEmpty {
            columns.startTimestamps.append(contentsOf: repeatElement(0, count: high - low))
        }
    }
}
