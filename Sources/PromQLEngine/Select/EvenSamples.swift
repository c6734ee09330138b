import MetricModel

/// Samples that stand in even distances, as those of a target that answers do, under windows whose steps are a multiple of
/// that distance: each window is the one before it, moved on by the same number of samples.
struct EvenSamples {
    /// The steps whose windows begin behind the first sample's time and end before one more would have come.
    let steps: Range<Int>
    /// The samples of the window of the first of these steps. Empty where the distance is longer than the window.
    let window: Range<Int>
    /// By how many samples the window moves at each step.
    let stride: Int

    /// Fewer steps are not worth the look at all times.
    private static let stepsMin = 16

    /// - Parameter times: ascending, milliseconds since 1970.
    /// - Returns: nil when the samples are uneven, there are few steps or samples, the steps are no multiple of the
    ///   distance, or no window lies in the midst.
    init?(_ times: UnsafeBufferPointer<Timestamp>, _ windows: WindowTimes) {
        guard windows.at == nil, windows.steps.count >= EvenSamples.stepsMin,
            times.count >= EvenSamples.stepsMin
        else { return nil }
        let first = times[0]
        // Storages answer samples near the steps; what lies far beyond them would overflow below.
        guard first >= -2 * Steps.timeMax, times[times.count - 1] <= 2 * Steps.timeMax else { return nil }
        let distance = times[1] - first
        guard distance > 0, distance <= 1 << 40, windows.steps.interval % distance == 0 else { return nil }
        guard EvenSamples.areEven(times, distance) else { return nil }
        let interval = windows.steps.interval
        // Windows are open at their start: one that starts at the first sample no more than the next holds it.
        let firstEnd = windows.end(0)
        let from = EvenSamples.divideUp(first - (firstEnd - windows.range), interval)
        let to = EvenSamples.divideUp(times[times.count - 1] + distance - firstEnd, interval)
        let low = min(max(from, 0), Int64(windows.steps.count))
        let high = min(max(to, low), Int64(windows.steps.count))
        guard low < high else { return nil }
        steps = Int(low)..<Int(high)
        let end = firstEnd + low * interval
        window = Int((end - windows.range - first) / distance) + 1..<Int((end - first) / distance) + 1
        stride = Int(interval / distance)
    }

    /// Whether all of the samples stand at `distance` from the one before.
    private static func areEven(_ times: UnsafeBufferPointer<Timestamp>, _ distance: Int64) -> Bool {
        typealias Some = SIMD8<Int64>
        let bytes = UnsafeRawBufferPointer(times)
        let width = MemoryLayout<Timestamp>.stride
        var next = 1
        // Bits in which any distance differs.
        var different = Some.zero
        while next + Some.scalarCount <= times.count {
            let these = bytes.loadUnaligned(fromByteOffset: next * width, as: Some.self)
            let before = bytes.loadUnaligned(fromByteOffset: (next - 1) * width, as: Some.self)
            different |= (these &- before) ^ Some(repeating: distance)
            next += Some.scalarCount
        }
        let half = different.lowHalf | different.highHalf
        let quarter = half.lowHalf | half.highHalf
        if quarter[0] | quarter[1] != 0 { return false }
        while next < times.count {
            if times[next] &- times[next - 1] != distance { return false }
            next += 1
        }
        return true
    }

    /// The quotient, rounded up, for a divisor above 0.
    private static func divideUp(_ value: Int64, _ divisor: Int64) -> Int64 {
        value > 0 ? (value - 1) / divisor + 1 : value / divisor
    }
}
