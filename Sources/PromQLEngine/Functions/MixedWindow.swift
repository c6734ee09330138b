import MetricModel
import StorageAPI

/// One window of a range vector whose series has native histograms, start timestamps, or a selector
/// that reaches beyond the range: the general, slower way to evaluate range functions.
struct MixedWindow {
    /// Either a float or a histogram.
    enum Value {
        case float(Double)
        case histogram(FloatHistogram)
    }

    let columns: SampleColumns
    /// Indexes of the samples in the window.
    var floats: Range<Int>
    var histograms: Range<Int>
    /// The moment of the step, milliseconds since 1970.
    let time: Timestamp
    /// The exclusive start and inclusive end of the range itself.
    let rangeStart: Timestamp
    let rangeEnd: Timestamp
    let rangeSeconds: Double
    let extended: ExtendedWindow
    let usesStartTimestamps: Bool
    let metric: String
    let place: Int

    var isEmpty: Bool { floats.isEmpty && histograms.isEmpty }

    var isMixed: Bool { !floats.isEmpty && !histograms.isEmpty }

    func floatTime(_ index: Int) -> Timestamp { columns.timestamps[index] }

    func histogramTime(_ index: Int) -> Timestamp { columns.histogramTimestamps[index] }

    /// 0 when nothing is known.
    func floatStart(_ index: Int) -> Timestamp {
        usesStartTimestamps && index < columns.startTimestamps.count ? columns.startTimestamps[index] : 0
    }

    func histogramStart(_ index: Int) -> Timestamp {
        usesStartTimestamps && index < columns.histogramStartTimestamps.count
            ? columns.histogramStartTimestamps[index] : 0
    }

    /// The function's value, or nil when it has none.
    ///
    /// - Parameter parameters: the scalar arguments at this step.
    func value(_ function: RangeFunction, _ parameters: [Double], _ annotations: inout Annotations) -> Value?
    {
        switch function {
        case .rate: return change(isCounter: true, isRate: true, &annotations)
        case .increase: return change(isCounter: true, isRate: false, &annotations)
        case .delta: return change(isCounter: false, isRate: false, &annotations)
        case .irate: return lastChange(isCounter: true, &annotations)
        case .idelta: return lastChange(isCounter: false, &annotations)
        case .resets: return resetCount()
        case .changes: return changeCount()
        case .sum: return sum(&annotations)
        case .average: return mean(&annotations)
        case .count: return .float(Double(floats.count + histograms.count))
        case .present, .absent: return .float(1)
        case .first: return first
        case .last: return last
        case .timeOfFirst:
            return .float(Double(min(firstFloatTime ?? .max, firstHistogramTime ?? .max)) / 1000)
        case .timeOfLast:
            return .float(
                Double(
                    max(
                        floats.isEmpty ? 0 : floatTime(floats.upperBound - 1),
                        histograms.isEmpty ? 0 : histogramTime(histograms.upperBound - 1)))
                    / 1000)
        default: return ofFloats(function, parameters, &annotations)
        }
    }

    private var firstFloatTime: Timestamp? { floats.first.map { floatTime($0) } }

    private var firstHistogramTime: Timestamp? { histograms.first.map { histogramTime($0) } }

    private var first: Value {
        guard let histogramTime = firstHistogramTime else { return .float(columns.values[floats.lowerBound]) }
        if let floatTime = firstFloatTime, floatTime < histogramTime {
            return .float(columns.values[floats.lowerBound])
        }
        return .histogram(columns.histograms[histograms.lowerBound])
    }

    private var last: Value {
        if histograms.isEmpty
            || (!floats.isEmpty
                && histogramTime(histograms.upperBound - 1) < floatTime(floats.upperBound - 1))
        {
            return .float(columns.values[floats.upperBound - 1])
        }
        return .histogram(columns.histograms[histograms.upperBound - 1])
    }

    /// Functions that look at floats only, and tell when they leave histograms out.
    private func ofFloats(_ function: RangeFunction, _ parameters: [Double], _ annotations: inout Annotations)
        -> Value?
    {
        guard !floats.isEmpty else { return nil }
        if !histograms.isEmpty { annotations.histogramIgnored(inRangeOf: metric, at: place) }
        var result = Double.absent
        var looked = 0
        columns.timestamps.withUnsafeBufferPointer { times in
            columns.values.withUnsafeBufferPointer { values in
                withUnsafeMutablePointer(to: &result) { output in
                    withUnsafeMutablePointer(to: &looked) { looked in
                        let one = FloatWindows(
                            times: UnsafeBufferPointer(rebasing: times[floats]),
                            values: UnsafeBufferPointer(rebasing: values[floats]),
                            windows: WindowTimes(
                                steps: .instant(time), range: .max / 4, offset: time - rangeEnd, at: nil),
                            output: UnsafeMutableBufferPointer(start: output, count: 1), cancellation: nil,
                            looked: looked, perStep: nil)
                        var scratch: [Double] = []
                        function.evaluate(one, parameters.map { [$0] }, &scratch)
                    }
                }
            }
        }
        return result.isAbsent ? nil : .float(result)
    }
}

/// How far beyond its range a selector looks.
struct ExtendedWindow: Sendable {
    enum Kind: Sendable {
        case none
        case anchored
        case smoothed
    }

    var kind = Kind.none
    /// Milliseconds.
    var lookback: Int64 = 0

    var before: Int64 { kind == .none ? 0 : lookback }
    var after: Int64 { kind == .smoothed ? lookback : 0 }
}
