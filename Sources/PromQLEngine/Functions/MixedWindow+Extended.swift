import MetricModel
import StorageAPI

/// `anchored` and `smoothed` ranges: the change between the exact edges of the range.
extension MixedWindow {
    /// The samples that stand for the edges: the newest at or before the start (or the first), and for
    /// `smoothed` the oldest at or after the end (or the last).
    private func edges(_ indexes: Range<Int>, _ time: (Int) -> Timestamp) -> (first: Int, last: Int)? {
        var last = indexes.upperBound - 1
        let first = max(indexes.lowerBound, (indexes.dropLast().first { time($0) > rangeStart } ?? last) - 1)
        if extended.kind == .smoothed { last = indexes.dropLast().first { time($0) >= rangeEnd } ?? last }
        if time(last) <= rangeStart { return nil }
        if extended.kind == .smoothed, time(first) > rangeEnd { return nil }
        return (first, last)
    }

    func extendedFloatChange(isCounter: Bool, isRate: Bool) -> Value? {
        guard var (first, last) = edges(floats, floatTime) else { return nil }
        let values = columns.values
        let left = leftEdge(first, isCounter: isCounter)
        let right = rightEdge(last, isCounter: isCounter)
        var change = right - left
        if isCounter {
            if floatTime(first) <= rangeStart { first += 1 }
            if floatTime(last) >= rangeEnd { last -= 1 }
            var previous = left
            for i in first..<max(last + 1, first) {
                if values[i] < previous { change += previous }
                previous = values[i]
            }
            if right < previous { change += previous }
        }
        return .float(isRate ? change / rangeSeconds : change)
    }

    private func leftEdge(_ first: Int, isCounter: Bool) -> Double {
        guard extended.kind == .smoothed, floatTime(first) < rangeStart, first + 1 < floats.upperBound else {
            return columns.values[first]
        }
        return interpolated(first, first + 1, rangeStart, isCounter: isCounter)
    }

    private func rightEdge(_ last: Int, isCounter: Bool) -> Double {
        guard extended.kind == .smoothed, last > floats.lowerBound, floatTime(last) > rangeEnd else {
            return columns.values[last]
        }
        return interpolated(last - 1, last, rangeEnd, isCounter: isCounter)
    }

    private func interpolated(_ a: Int, _ b: Int, _ time: Timestamp, isCounter: Bool) -> Double {
        Interpolation.value(
            columns.values[a], at: floatTime(a), columns.values[b], at: floatTime(b), time,
            isCounter: isCounter)
    }

    /// The floats of the range with values at its exact edges, as `foo[5m] anchored` shows them.
    func extendedFloats() -> [(time: Timestamp, value: Double)] {
        guard !floats.isEmpty else { return [] }
        var last = floats.upperBound - 1
        var first = max(
            floats.lowerBound, (floats.dropLast().first { floatTime($0) > rangeStart } ?? last) - 1)
        if extended.kind == .smoothed { last = floats.dropLast().first { floatTime($0) >= rangeEnd } ?? last }
        if floatTime(last) <= rangeStart { return [] }
        let left = leftEdge(first, isCounter: false)
        let right = rightEdge(last, isCounter: false)
        if floatTime(first) <= rangeStart { first += 1 }
        if floatTime(last) >= rangeEnd { last -= 1 }
        var result: [(time: Timestamp, value: Double)] = [(rangeStart, left)]
        for i in first..<max(last + 1, first) { result.append((floatTime(i), columns.values[i])) }
        result.append((rangeEnd, right))
        return result
    }

    // MARK: - Histograms

    func extendedHistogramChange(isCounter: Bool, isRate: Bool, _ annotations: inout Annotations) -> Value? {
        guard let (first, last) = edges(histograms, histogramTime) else { return nil }
        let all = columns.histograms
        let usesCustomBuckets = all[first].usesCustomBuckets
        for i in first...last {
            if all[i].usesCustomBuckets != usesCustomBuckets {
                annotations.mixedExponentialAndCustom(metric: metric, at: place)
                return nil
            }
            if isCounter, all[i].counterResetHint == .gauge {
                annotations.histogramNotCounter(metric: metric, at: place)
            }
        }
        let isSmoothed = extended.kind == .smoothed
        var left: FloatHistogram? = all[first]
        if isSmoothed, histogramTime(first) < rangeStart, first + 1 < histograms.upperBound {
            left = interpolatedHistogram(first, first + 1, rangeStart, isCounter: isCounter, &annotations)
        }
        var right: FloatHistogram? = all[last]
        if isSmoothed, last > histograms.lowerBound, histogramTime(last) > rangeEnd {
            right = interpolatedHistogram(last - 1, last, rangeEnd, isCounter: isCounter, &annotations)
        }
        guard let left, let right else { return nil }
        if !isCounter, left.counterResetHint != .gauge || right.counterResetHint != .gauge {
            annotations.histogramNotGauge(metric: metric, at: place)
        }
        var result = right
        guard subtract(left, from: &result, &annotations) else { return nil }
        if isCounter {
            guard addCorrections(to: &result, first, last, left, right, &annotations) else { return nil }
        }
        if isRate { result.divide(by: rangeSeconds) }
        result.counterResetHint = .gauge
        result.compact()
        return .histogram(result)
    }

    private func interpolatedHistogram(
        _ a: Int, _ b: Int, _ time: Timestamp, isCounter: Bool, _ annotations: inout Annotations
    ) -> FloatHistogram? {
        let result = Interpolation.histogram(
            columns.histograms[a], at: histogramTime(a), columns.histograms[b], at: histogramTime(b), time,
            isCounter: isCounter,
            place: place, &annotations)
        if result == nil { annotations.mixedExponentialAndCustom(metric: metric, at: place) }
        return result
    }

    /// Adds what resets between the edges took away.
    private func addCorrections(
        to result: inout FloatHistogram, _ first: Int, _ last: Int, _ left: FloatHistogram,
        _ right: FloatHistogram,
        _ annotations: inout Annotations
    ) -> Bool {
        let all = columns.histograms
        var next = first + 1
        var previous = left
        if extended.kind == .smoothed, histogramTime(first) < rangeStart, next < histograms.upperBound,
            all[next].isReset(since: all[first])
        {
            // The left edge was interpolated across this reset and accounts for it.
            previous = all[next]
            next += 1
        }
        if next > last { return true }
        var correction: FloatHistogram?
        func note(_ histogram: FloatHistogram) -> Bool {
            guard var sum = correction else {
                correction = histogram
                return true
            }
            let isFine = add(histogram, to: &sum, &annotations)
            correction = sum
            return isFine
        }
        for i in next..<last {
            if all[i].isReset(since: previous), !note(previous) { return false }
            previous = all[i]
        }
        if right.isReset(since: previous), !note(previous) { return false }
        guard let correction else { return true }
        return add(correction, to: &result, &annotations)
    }
}

/// Values between two samples.
enum Interpolation {
    /// On the line between two floats; a counter that fell began at zero.
    static func value(
        _ a: Double, at timeA: Timestamp, _ b: Double, at timeB: Timestamp, _ time: Timestamp, isCounter: Bool
    ) -> Double {
        let start = isCounter && b < a ? 0 : a
        return start + (b - start) * Double(time - timeA) / Double(timeB - timeA)
    }

    /// The same for native histograms; nil when they do not go together.
    static func histogram(
        _ a: FloatHistogram, at timeA: Timestamp, _ b: FloatHistogram, at timeB: Timestamp, _ time: Timestamp,
        isCounter: Bool, place: Int,
        _ annotations: inout Annotations
    ) -> FloatHistogram? {
        if time == timeA { return a }
        if time == timeB { return b }
        let fraction = Double(time - timeA) / Double(timeB - timeA)
        var result = b
        if isCounter, b.isReset(since: a) {
            result.scale(by: fraction)
            return result
        }
        guard let first = result.subtract(a) else { return nil }
        if first.hasReconciledBounds { annotations.customBucketsReconciled(.subtraction, at: place) }
        result.scale(by: fraction)
        guard let second = result.add(a) else { return nil }
        if second.hasReconciledBounds { annotations.customBucketsReconciled(.addition, at: place) }
        return result
    }
}
