import MetricModel
import StorageAPI

/// The rate family in general.
extension MixedWindow {
    func change(isCounter: Bool, isRate: Bool, _ annotations: inout Annotations) -> Value? {
        if isMixed {
            annotations.mixedFloatsAndHistograms(metric: metric, at: place)
            return nil
        }
        if extended.kind != .none {
            if !histograms.isEmpty {
                return extendedHistogramChange(isCounter: isCounter, isRate: isRate, &annotations)
            }
            return floats.isEmpty ? nil : extendedFloatChange(isCounter: isCounter, isRate: isRate)
        }
        return histograms.isEmpty
            ? floatChange(isCounter: isCounter, isRate: isRate, &annotations)
            : histogramChange(isCounter: isCounter, isRate: isRate, &annotations)
    }

    private func floatChange(isCounter: Bool, isRate: Bool, _ annotations: inout Annotations) -> Value? {
        guard let begin = floats.first else { return nil }
        let last = floats.upperBound - 1
        let values = columns.values
        var change = values[last] - values[begin]
        if isCounter {
            var hasOverlap = false
            for i in floats.dropFirst() {
                if !hasOverlap, isOverlap(floatStart(i - 1), floatTime(i - 1), floatStart(i)) {
                    annotations.startTimeOverlap(metric: metric, at: place)
                    hasOverlap = true
                }
                if values[i] < values[i - 1]
                    || isReset(floatStart(i - 1), floatTime(i - 1), floatStart(i), floatTime(i))
                {
                    change += values[i - 1]
                }
            }
        }
        let extrapolation = Extrapolation(
            firstTime: floatTime(begin), lastTime: floatTime(last), count: floats.count,
            windowStart: rangeStart, windowEnd: rangeEnd)
        let start = floatStart(begin)
        if isCounter, start != 0, start > rangeStart, start < floatTime(begin) {
            return .float(
                (change + values[begin]) * extrapolation.factor(from: start, isRate ? rangeSeconds : nil))
        }
        guard floats.count > 1 else { return nil }
        let toZero =
            isCounter && change > 0 && values[begin] >= 0
            ? extrapolation.covered * (values[begin] / change) : nil
        return .float(change * extrapolation.factor(durationToZero: toZero, isRate ? rangeSeconds : nil))
    }

    private func histogramChange(isCounter: Bool, isRate: Bool, _ annotations: inout Annotations) -> Value? {
        guard let begin = histograms.first else { return nil }
        let last = histograms.upperBound - 1
        var change: FloatHistogram?
        if histograms.count > 1 {
            guard let found = histogramDifference(isCounter: isCounter, &annotations) else { return nil }
            change = found
        }
        let extrapolation = Extrapolation(
            firstTime: histogramTime(begin), lastTime: histogramTime(last), count: histograms.count,
            windowStart: rangeStart,
            windowEnd: rangeEnd)
        let start = histogramStart(begin)
        if isCounter, start != 0, start > rangeStart, start < histogramTime(begin) {
            var result = columns.histograms[begin]
            if var change {
                guard add(result, to: &change, &annotations) else { return nil }
                result = change
            }
            result.scale(by: extrapolation.factor(from: start, isRate ? rangeSeconds : nil))
            return .histogram(result)
        }
        guard var change else { return nil }
        let firstCount = columns.histograms[begin].count
        let toZero =
            isCounter && change.count > 0 && firstCount >= 0
            ? extrapolation.covered * (firstCount / change.count) : nil
        change.scale(by: extrapolation.factor(durationToZero: toZero, isRate ? rangeSeconds : nil))
        return .histogram(change)
    }

    /// The last histogram less the first one, plus what resets took away. Nil when the histograms do not
    /// go together.
    private func histogramDifference(isCounter: Bool, _ annotations: inout Annotations) -> FloatHistogram? {
        let all = columns.histograms
        let begin = histograms.lowerBound
        let end = histograms.upperBound - 1
        var first = all[begin]
        let last = all[end]
        if isCounter, first.counterResetHint == .gauge || last.counterResetHint == .gauge {
            annotations.histogramNotCounter(metric: metric, at: place)
        }
        var usesCustomBuckets = first.usesCustomBuckets
        // With a reset right after it the first histogram counts for nothing, nor do its buckets.
        if isCounter {
            let second = all[begin + 1]
            if isReset(
                histogramStart(begin), histogramTime(begin), histogramStart(begin + 1),
                histogramTime(begin + 1)) || second.isReset(since: first)
            {
                first = FloatHistogram(schema: second.schema)
                first.customValues = second.customValues
                usesCustomBuckets = second.usesCustomBuckets
            }
        }
        guard last.usesCustomBuckets == usesCustomBuckets else {
            annotations.mixedExponentialAndCustom(metric: metric, at: place)
            return nil
        }
        var schema = min(last.schema, first.schema)
        if isCounter {
            for i in begin + 1..<end {
                if all[i].counterResetHint == .gauge {
                    annotations.histogramNotCounter(metric: metric, at: place)
                }
                schema = min(schema, all[i].schema)
                guard all[i].usesCustomBuckets == usesCustomBuckets else {
                    annotations = Annotations()
                    annotations.mixedExponentialAndCustom(metric: metric, at: place)
                    return nil
                }
            }
        }
        var result = last.reduced(to: schema)
        guard subtract(first, from: &result, &annotations) else { return nil }
        if isCounter {
            var previous = first
            var hasOverlap = false
            for i in begin + 1...end {
                if !hasOverlap, isOverlap(histogramStart(i - 1), histogramTime(i - 1), histogramStart(i)) {
                    annotations.startTimeOverlap(metric: metric, at: place)
                    hasOverlap = true
                }
                if isReset(histogramStart(i - 1), histogramTime(i - 1), histogramStart(i), histogramTime(i))
                    || all[i].isReset(since: previous)
                {
                    guard add(previous, to: &result, &annotations) else { return nil }
                }
                previous = all[i]
            }
        } else if all[begin].counterResetHint != .gauge || last.counterResetHint != .gauge {
            annotations.histogramNotGauge(metric: metric, at: place)
        }
        result.counterResetHint = .gauge
        result.compact()
        return result
    }

    // MARK: - The last two samples

    func lastChange(isCounter: Bool, _ annotations: inout Annotations) -> Value? {
        guard floats.count + histograms.count >= 2 else { return nil }
        var newest: [(time: Timestamp, start: Timestamp, value: Value)] = []
        for i in floats.suffix(2) { newest.append((floatTime(i), floatStart(i), .float(columns.values[i]))) }
        for i in histograms.suffix(2) {
            newest.append((histogramTime(i), histogramStart(i), .histogram(columns.histograms[i])))
        }
        newest.sort { $0.time < $1.time }
        let a = newest[newest.count - 2]
        let b = newest[newest.count - 1]
        let interval = b.time - a.time
        guard interval != 0 else { return nil }
        let wasReset = isReset(a.start, a.time, b.start, b.time)
        switch (a.value, b.value) {
        case (.float(let first), .float(let second)):
            var change = second
            if !isCounter || !(second < first || wasReset) { change = second - first }
            return .float(isCounter ? change / (Double(interval) / 1000) : change)
        case (.histogram(let first), .histogram(let second)):
            let areGauges = first.counterResetHint == .gauge && second.counterResetHint == .gauge
            let isAnyGauge = first.counterResetHint == .gauge || second.counterResetHint == .gauge
            if isCounter, isAnyGauge { annotations.histogramNotCounter(metric: metric, at: place) }
            if !isCounter, !areGauges { annotations.histogramNotGauge(metric: metric, at: place) }
            var change = second
            if !isCounter || (!wasReset && !second.isReset(since: first)) {
                guard subtract(first, from: &change, &annotations) else { return nil }
            }
            change.counterResetHint = .gauge
            change.compact()
            if isCounter { change.divide(by: Double(interval) / 1000) }
            return .histogram(change)
        default:
            annotations.mixedFloatsAndHistograms(metric: metric, at: place)
            return nil
        }
    }

    // MARK: - Counting

    /// The samples of both kinds in order of time.
    private func merged() -> [(time: Timestamp, start: Timestamp, value: Value)] {
        var first = floats.lowerBound
        var second = histograms.lowerBound
        if extended.kind == .anchored {
            // The newest sample at or before the start of the range is the base of comparison.
            let lastFloat = floats.lastIndex { floatTime($0) <= rangeStart }
            let lastHistogram = histograms.lastIndex { histogramTime($0) <= rangeStart }
            let hasLater =
                (lastFloat.map { $0 + 1 } ?? first) < floats.upperBound
                || (lastHistogram.map { $0 + 1 } ?? second) < histograms.upperBound
            guard hasLater else { return [] }
            let floatIsAnchor =
                lastFloat.map { float in lastHistogram.map { floatTime(float) >= histogramTime($0) } ?? true }
                ?? false
            if let lastFloat { first = floatIsAnchor ? lastFloat : lastFloat + 1 }
            if let lastHistogram { second = floatIsAnchor ? lastHistogram + 1 : lastHistogram }
        }
        var result: [(time: Timestamp, start: Timestamp, value: Value)] = []
        while first < floats.upperBound || second < histograms.upperBound {
            if second >= histograms.upperBound
                || (first < floats.upperBound && floatTime(first) < histogramTime(second))
            {
                result.append((floatTime(first), floatStart(first), .float(columns.values[first])))
                first += 1
            } else {
                result.append(
                    (histogramTime(second), histogramStart(second), .histogram(columns.histograms[second])))
                second += 1
            }
        }
        return result
    }

    func resetCount() -> Value? {
        let samples = merged()
        guard !samples.isEmpty else { return nil }
        var count = 0
        for (a, b) in zip(samples, samples.dropFirst()) {
            let byStart = isReset(a.start, a.time, b.start, b.time)
            switch (a.value, b.value) {
            case (.float(let first), .float(let second)): count += second < first || byStart ? 1 : 0
            case (.histogram(let first), .histogram(let second)):
                count += byStart || second.isReset(since: first) ? 1 : 0
            default: count += 1
            }
        }
        return .float(Double(count))
    }

    func changeCount() -> Value? {
        let samples = merged()
        guard !samples.isEmpty else { return nil }
        var count = 0
        for (a, b) in zip(samples, samples.dropFirst()) {
            switch (a.value, b.value) {
            case (.float(let first), .float(let second)):
                count += second != first && !(second.isNaN && first.isNaN) ? 1 : 0
            case (.histogram(let first), .histogram(let second)):
                count += second.hasSameContent(as: first) ? 0 : 1
            default: count += 1
            }
        }
        return .float(Double(count))
    }

    // MARK: - Start timestamps

    /// Whether the start timestamps say that a counter began anew between two samples.
    private func isReset(
        _ previousStart: Timestamp, _ previousTime: Timestamp, _ start: Timestamp, _ time: Timestamp
    ) -> Bool {
        // No start, an impossible one, or OpenTelemetry's "not known" (start = time).
        if start == 0 || start >= time || start < previousTime { return false }
        if start > previousTime { return true }
        // It began at the sample before: a delta series, unless the start of that one is not known.
        if previousStart > previousTime { return false }
        return previousStart != 0 && previousStart != previousTime
    }

    private func isOverlap(_ previousStart: Timestamp, _ previousTime: Timestamp, _ start: Timestamp) -> Bool
    {
        start != 0 && start < previousTime && start != previousStart
    }

    // MARK: - Histogram arithmetic

    /// False when the two do not go together, which is noted.
    func add(_ other: FloatHistogram, to histogram: inout FloatHistogram, _ annotations: inout Annotations)
        -> Bool
    {
        guard let encounter = histogram.add(other) else {
            annotations.mixedExponentialAndCustom(metric: metric, at: place)
            return false
        }
        if encounter.hasReconciledBounds { annotations.customBucketsReconciled(.addition, at: place) }
        return true
    }

    func subtract(
        _ other: FloatHistogram, from histogram: inout FloatHistogram, _ annotations: inout Annotations
    ) -> Bool {
        guard let encounter = histogram.subtract(other) else {
            annotations.mixedExponentialAndCustom(metric: metric, at: place)
            return false
        }
        if encounter.hasReconciledBounds { annotations.customBucketsReconciled(.subtraction, at: place) }
        return true
    }
}

/// How much a change over the samples of a window is to be stretched to its edges.
struct Extrapolation {
    let firstTime: Timestamp
    let lastTime: Timestamp
    let count: Int
    let windowStart: Timestamp
    let windowEnd: Timestamp

    /// Seconds between the first and the last sample.
    var covered: Double { Double(lastTime - firstTime) / 1000 }

    private var gap: Double { count > 1 ? covered / Double(count - 1) : 0 }

    /// - Parameters:
    ///   - durationToZero: seconds before the first sample at which a counter was zero, if known.
    ///   - rangeSeconds: for a rate.
    func factor(durationToZero: Double?, _ rangeSeconds: Double?) -> Double {
        var toStart = Double(firstTime - windowStart) / 1000
        if toStart >= gap * 1.1 { toStart = gap / 2 }
        if let durationToZero, durationToZero < toStart { toStart = durationToZero }
        return factor(covered, toStart, rangeSeconds)
    }

    /// With the start of the counter within the window, which is taken for a sample of zero.
    func factor(from start: Timestamp, _ rangeSeconds: Double?) -> Double {
        factor(Double(lastTime - start) / 1000, 0, rangeSeconds)
    }

    private func factor(_ covered: Double, _ toStart: Double, _ rangeSeconds: Double?) -> Double {
        var toEnd = Double(windowEnd - lastTime) / 1000
        if toEnd >= gap * 1.1 { toEnd = gap / 2 }
        var factor = 1.0
        if covered != 0 { factor = (covered + toStart + toEnd) / covered }
        if let rangeSeconds { factor /= rangeSeconds }
        return factor
    }
}
