import MetricModel
import StorageAPI

/// Where the samples of range vectors come from.
enum RangeInput: Sendable {
    case stored(any SeriesSet)
    /// The values of a subquery at its steps.
    case computed(Table, Steps)

    var count: Int {
        switch self {
        case .stored(let series): series.count
        case .computed(let table, _): table.rowCount
        }
    }

    func labels(_ index: Int) -> Labels {
        switch self {
        case .stored(let series): series.labels(at: index)
        case .computed(let table, _): table.labels[index]
        }
    }

    func dropsName(_ index: Int) -> Bool {
        if case .computed(let table, _) = self { table.dropsName[index] } else { false }
    }

    /// Reads the samples between the inclusive bounds, without staleness markers.
    func read(_ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns) throws(QueryError) {
        columns.removeAll()
        switch self {
        case .stored(let series):
            do { try series.read(index, from: start, through: end, into: &columns) } catch { throw QueryError(error) }
            columns.removeStaleMarkers()
        case .computed(let table, let steps):
            for step in 0..<steps.count {
                let time = steps.time(step)
                if time < start || time > end { continue }
                let value = table.value(index, step)
                if !value.isAbsent {
                    columns.append(time, value)
                } else if let histogram = table.histogram(index, step) {
                    columns.append(time, histogram)
                }
            }
        }
    }
}

extension SampleColumns {
    mutating func removeStaleMarkers() {
        if values.contains(where: \.isStaleMarker) {
            var kept = 0
            for i in values.indices where !values[i].isStaleMarker {
                values[kept] = values[i]
                timestamps[kept] = timestamps[i]
                if i < startTimestamps.count { startTimestamps[kept] = startTimestamps[i] }
                kept += 1
            }
            if !startTimestamps.isEmpty { startTimestamps.removeLast(values.count - kept) }
            timestamps.removeLast(values.count - kept)
            values.removeLast(values.count - kept)
        }
        if histograms.contains(where: \.isStaleMarker) {
            var kept = 0
            for i in histograms.indices where !histograms[i].isStaleMarker {
                histograms[kept] = histograms[i]
                histogramTimestamps[kept] = histogramTimestamps[i]
                if i < histogramStartTimestamps.count { histogramStartTimestamps[kept] = histogramStartTimestamps[i] }
                kept += 1
            }
            if !histogramStartTimestamps.isEmpty { histogramStartTimestamps.removeLast(histograms.count - kept) }
            histogramTimestamps.removeLast(histograms.count - kept)
            histograms.removeLast(histograms.count - kept)
        }
    }
}

/// A function over range vectors: each row is the function's value over the sliding window of one
/// series, which is read once.
struct RangeFunctionSource: RowSource {
    let input: RangeInput
    let function: RangeFunction
    let windows: WindowTimes
    /// The scalar arguments, one value for each step.
    let parameters: [[Double]]
    let isOfOneMetric: Bool
    let rules: EvaluationRules
    /// Where the range vector stands in the query.
    let place: Int

    var stepCount: Int { windows.steps.count }
    var inputCount: Int { input.count }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError) {
        for index in inputs {
            try input.read(index, from: windows.firstStart + 1, through: windows.lastEnd, into: &batch.columns)
            let sampleCount = batch.columns.count
            guard sampleCount > 0 else { continue }
            batch.counts.largestSeries = max(batch.counts.largestSeries, sampleCount)
            if case .stored = input { batch.counts.read += sampleCount }
            let source = input.labels(index)
            let drops = !function.keepsName || input.dropsName(index)
            let labels = drops && !rules.delaysNameRemoval ? source.dropping(Labels.metadataNames) : source
            let row = batch.rows.appendRow(labels, dropsName: drops)
            fillFloats(&batch, row)
            let hasValues = batch.rows.hasValues(row)
            if hasValues { warnIfNotCounter(source, &batch.annotations) }
            if !hasValues { batch.rows.removeLastRow() }
        }
    }

    private func fillFloats(_ batch: inout RowBatch, _ row: Int) {
        let columns = batch.columns
        var scratch = batch.scratch
        batch.scratch = []
        columns.timestamps.withUnsafeBufferPointer { times in
            columns.values.withUnsafeBufferPointer { values in
                batch.rows.values.withUnsafeMutableBufferPointer { all in
                    let output = UnsafeMutableBufferPointer(rebasing: all[row * stepCount..<(row + 1) * stepCount])
                    let floats = FloatWindows(times: times, values: values, windows: windows, output: output)
                    evaluate(floats, &scratch)
                    batch.counts.looked += floats.countLooked()
                }
            }
        }
        batch.scratch = scratch
        if function == .quantile, let invalid = parameters[0].first(where: { !($0 >= 0 && $0 <= 1) }) {
            batch.annotations.invalidQuantile(invalid, at: place)
        }
    }

    private func evaluate(_ floats: FloatWindows, _ scratch: inout [Double]) {
        switch function {
        case .rate: floats.extrapolatedChange(isCounter: true, isRate: true)
        case .increase: floats.extrapolatedChange(isCounter: true, isRate: false)
        case .delta: floats.extrapolatedChange(isCounter: false, isRate: false)
        case .irate: floats.lastChange(isCounter: true)
        case .idelta: floats.lastChange(isCounter: false)
        case .resets: floats.resetCount(&scratch)
        case .changes: floats.changeCount(&scratch)
        case .deriv: floats.slopes()
        case .predictLinear: floats.predictions(parameters[0])
        case .doubleExponentialSmoothing: floats.smoothed(parameters[0], trend: parameters[1])
        case .sum: floats.sums()
        case .average: floats.means()
        case .minimum: floats.extremes(isMaximum: false, givesTime: false)
        case .maximum: floats.extremes(isMaximum: true, givesTime: false)
        case .count: floats.counts()
        case .last: floats.lasts()
        case .first: floats.firsts()
        case .present, .absent: floats.ones()
        case .standardDeviation: floats.variances(isDeviation: true)
        case .variance: floats.variances(isDeviation: false)
        case .quantile: floats.quantiles(parameters[0], &scratch)
        case .medianDeviation: floats.medianDeviations(&scratch)
        case .timeOfFirst: floats.firstTimes()
        case .timeOfLast: floats.lastTimes()
        case .timeOfMinimum: floats.extremes(isMaximum: false, givesTime: true)
        case .timeOfMaximum: floats.extremes(isMaximum: true, givesTime: true)
        }
    }

    /// Tells when `rate` or `increase` got a metric that does not look like a counter.
    private func warnIfNotCounter(_ labels: Labels, _ annotations: inout Annotations) {
        guard function == .rate || function == .increase, let name = labels.metricName, !name.isEmpty else { return }
        if rules.usesTypeLabels {
            let type = labels.value(of: "__type__") ?? ""
            if type != "counter" && type != "histogram" { annotations.possibleNonCounter(metric: name, type: type, at: place) }
        } else if !["_total", "_sum", "_count", "_bucket"].contains(where: { name.hasSuffix($0) }) {
            annotations.possibleNonCounter(metric: name, at: place)
        }
    }
}
