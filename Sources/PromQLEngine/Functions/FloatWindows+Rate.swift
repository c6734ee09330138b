import MetricModel

/// The rate family over floats.
extension FloatWindows {
    /// `rate`, `increase` and `delta`: the difference over the window, extrapolated to its edges.
    ///
    /// Source: Prometheus' extrapolation rules (a gap of up to 1.1 average gaps is bridged, a larger one
    /// by half an average gap, a counter never below zero).
    func extrapolatedChange(isCounter: Bool, isRate: Bool) {
        let resets = isCounter ? resetIndexes() : []
        let rangeSeconds = windows.rangeSeconds
        var firstReset = 0
        slide { step, begin, end in
            guard end - begin >= 2 else { return }
            let first = values[begin]
            var change = values[end - 1] - first
            if !resets.isEmpty {
                while firstReset < resets.count, resets[firstReset] <= begin { firstReset += 1 }
                var next = firstReset
                while next < resets.count, resets[next] < end {
                    change += values[resets[next] - 1]
                    next += 1
                }
            }
            let windowEnd = windows.end(step)
            var toStart = Double(times[begin] - (windowEnd - windows.range)) / 1000
            var toEnd = Double(windowEnd - times[end - 1]) / 1000
            let covered = Double(times[end - 1] - times[begin]) / 1000
            let gap = covered / Double(end - begin - 1)
            let threshold = gap * 1.1
            if toStart >= threshold { toStart = gap / 2 }
            if isCounter {
                var toZero = toStart
                if change > 0, first >= 0 { toZero = covered * (first / change) }
                if toZero < toStart { toStart = toZero }
            }
            if toEnd >= threshold { toEnd = gap / 2 }
            var factor = 1.0
            if covered != 0 { factor = (covered + toStart + toEnd) / covered }
            if isRate { factor /= rangeSeconds }
            output[step] = change * factor
        }
    }

    /// Where a value is smaller than the one before it: nearly always nowhere.
    private func resetIndexes() -> [Int] {
        var count = 0
        for i in 1..<max(values.count, 1) { count &+= values[i] < values[i - 1] ? 1 : 0 }
        guard count > 0 else { return [] }
        var result: [Int] = []
        result.reserveCapacity(count)
        for i in 1..<values.count where values[i] < values[i - 1] { result.append(i) }
        return result
    }

    /// `irate` and `idelta`: from the last two samples.
    func lastChange(isCounter: Bool) {
        slide { step, begin, end in
            guard end - begin >= 2 else { return }
            let interval = times[end - 1] - times[end - 2]
            guard interval != 0 else { return }
            var change = values[end - 1]
            if !isCounter || !(values[end - 1] < values[end - 2]) {
                change = values[end - 1] - values[end - 2]
            }
            output[step] = isCounter ? change / (Double(interval) / 1000) : change
        }
    }

    /// How often a value is smaller than the one before it.
    func resetCount(_ scratch: inout [Double]) {
        count(&scratch) { values[$0] < values[$0 - 1] }
    }

    /// How often a value differs from the one before it; NaN does not differ from NaN.
    func changeCount(_ scratch: inout [Double]) {
        count(&scratch) { i in
            let a = values[i - 1]
            let b = values[i]
            return b != a && !(a.isNaN && b.isNaN)
        }
    }

    /// Counts the samples (but the first of each window) that pass, by a running total.
    @inline(__always)
    private func count(_ totals: inout [Double], where passes: (Int) -> Bool) {
        totals.removeAll(keepingCapacity: true)
        var total = 0.0
        for i in 0..<values.count {
            if i > 0, passes(i) { total += 1 }
            totals.append(total)
        }
        totals.withUnsafeBufferPointer { totals in
            slide { step, begin, end in output[step] = totals[end - 1] - totals[begin] }
        }
    }
}
