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

    /// Nil unless the columns have floats alone, many of them in even distances, and know no start timestamps.
    init?(_ columns: SampleColumns) {
        let times = columns.timestamps
        guard times.count >= Self.countMin, columns.histogramTimestamps.isEmpty,
            columns.startTimestamps.isEmpty
        else { return nil }
        let (distance, overflows) = times[1].subtractingReportingOverflow(times[0])
        guard !overflows, distance > 0 else { return nil }
        for i in 1..<times.count where times[i] &- times[i &- 1] != distance { return nil }
        let (span, isTooLong) = distance.multipliedReportingOverflow(by: Int64(times.count - 1))
        guard !isTooLong, !times[0].addingReportingOverflow(span).overflow else { return nil }
        firstTime = times[0]
        self.distance = distance
        values = Self.differences(columns.values) ?? .any(columns.values)
    }

    private static func differences(_ values: [Double]) -> Values? {
        let first = values[0]
        guard abs(first) < wholeMax, isWhole(first) else { return nil }
        var differences: [Int32] = []
        differences.reserveCapacity(values.count)
        for value in values {
            guard abs(value) < wholeMax, isWhole(value), let difference = Int32(exactly: value - first) else {
                return nil
            }
            differences.append(difference)
        }
        return .whole(first: first, differences)
    }

    /// Whether the bits come back from an integer: not those of -0 and of NaNs.
    private static func isWhole(_ value: Double) -> Bool {
        value.bitPattern == (value.rounded(.towardZero) + 0).bitPattern
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
