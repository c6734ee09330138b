import MetricModel
import Platform
import StorageAPI

/// Where the samples of range vectors come from.
enum RangeInput: Sendable {
    /// See `SelectorPlan` for the flag.
    case stored(any SeriesSet, needsStatisticsOnly: Bool)
    /// The values of a subquery at its steps.
    case computed(Table, Steps)

    var count: Int {
        switch self {
        case .stored(let series, _): series.count
        case .computed(let table, _): table.rowCount
        }
    }

    func labels(_ index: Int) -> Labels {
        switch self {
        case .stored(let series, _): series.labels(at: index)
        case .computed(let table, _): table.labels[index]
        }
    }

    func dropsName(_ index: Int) -> Bool {
        if case .computed(let table, _) = self { table.dropsName[index] } else { false }
    }

    /// Reads the samples between the inclusive bounds, without staleness markers.
    func read(_ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns)
        throws(QueryError)
    {
        columns.removeAll()
        switch self {
        case .stored(let series, let needsStatisticsOnly):
            do { try series.read(index, from: start, through: end, into: &columns) } catch {
                throw QueryError(error)
            }
            if needsStatisticsOnly { columns.keepStatistics() }
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
    /// Without a way out of the loop, so that it looks at several values at once.
    private var hasStaleMarkers: Bool {
        values.withUnsafeBufferPointer { values in
            var found: UInt64 = 0
            for value in values { found |= value.bitPattern == Double.staleMarkerBits ? 1 : 0 }
            return found != 0
        }
    }

    mutating func removeStaleMarkers() {
        if hasStaleMarkers {
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
                if i < histogramStartTimestamps.count {
                    histogramStartTimestamps[kept] = histogramStartTimestamps[i]
                }
                kept += 1
            }
            if !histogramStartTimestamps.isEmpty {
                histogramStartTimestamps.removeLast(histograms.count - kept)
            }
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
    let extended: ExtendedWindow
    /// The reader of the rows does not look at metric names, so that taking them out would be for nothing.
    var keepsNames = false
    /// Where the range vector stands in the query.
    let place: Int
    /// Where the first argument stands.
    let quantilePlace: Int

    var stepCount: Int { windows.steps.count }
    var inputCount: Int { input.count }
    var readsStorage: Bool { if case .stored = input { true } else { false } }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError) {
        for index in inputs {
            if batch.cancellation.isCancelled { return }
            try input.read(
                index, from: windows.firstStart + 1 - extended.before,
                through: windows.lastEnd + extended.after, into: &batch.columns)
            let sampleCount = batch.columns.count
            guard sampleCount > 0 else { continue }
            batch.counts.largestSeries = max(batch.counts.largestSeries, sampleCount)
            if case .stored = input { batch.counts.read += sampleCount }
            let source = input.labels(index)
            let drops = !function.keepsName || input.dropsName(index)
            let labels =
                drops && !keepsNames && !rules.delaysNameRemoval
                ? source.dropping(Labels.metadataNames) : source
            let row = batch.rows.appendRow(labels, dropsName: drops)
            if isMixed(batch.columns) {
                fillMixed(&batch, row, metric: source.metricName ?? "")
            } else {
                fillFloats(&batch, row)
            }
            let hasValues = batch.rows.hasValues(row)
            if hasValues {
                warnIfNotCounter(source, hasFloats: batch.rows.hasFloats(row), &batch.annotations)
            }
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
                    let output = UnsafeMutableBufferPointer(
                        rebasing: all[row * stepCount..<(row + 1) * stepCount])
                    let cancellation = batch.cancellation
                    var looked = 0
                    batch.counts.perStep.withUnsafeMutableBufferPointer { perStep in
                        withUnsafeMutablePointer(to: &looked) { looked in
                            let floats = FloatWindows(
                                times: times, values: values, windows: windows, output: output,
                                cancellation: cancellation,
                                looked: looked, perStep: perStep.isEmpty ? nil : perStep.baseAddress)
                            function.evaluate(floats, parameters, &scratch)
                        }
                    }
                    batch.counts.looked += looked
                }
            }
        }
        batch.scratch = scratch
        warnAboutQuantiles(&batch)
    }

    /// Whether the series needs more than the way for plain floats.
    private func isMixed(_ columns: SampleColumns) -> Bool {
        if !columns.histograms.isEmpty || extended.kind != .none { return true }
        return rules.usesStartTimestamps && function.usesStartTimestamps
            && columns.startTimestamps.contains { $0 != 0 }
    }

    private func fillMixed(_ batch: inout RowBatch, _ row: Int, metric: String) {
        let columns = batch.columns
        var floatBegin = 0
        var floatEnd = 0
        var histogramBegin = 0
        var histogramEnd = 0
        for step in 0..<stepCount {
            if step & 63 == 63, batch.cancellation.isCancelled || batch.cancellation.isPastDeadline { return }
            let rangeEnd = windows.end(step)
            let rangeStart = rangeEnd - windows.range
            let last = rangeEnd + extended.after
            let first = rangeStart - extended.before
            while floatEnd < columns.timestamps.count, columns.timestamps[floatEnd] <= last { floatEnd += 1 }
            while floatBegin < floatEnd, columns.timestamps[floatBegin] <= first { floatBegin += 1 }
            while histogramEnd < columns.histograms.count, columns.histogramTimestamps[histogramEnd] <= last {
                histogramEnd += 1
            }
            while histogramBegin < histogramEnd, columns.histogramTimestamps[histogramBegin] <= first {
                histogramBegin += 1
            }
            let window = MixedWindow(
                columns: columns, floats: floatBegin..<floatEnd, histograms: histogramBegin..<histogramEnd,
                time: windows.steps.time(step), rangeStart: rangeStart, rangeEnd: rangeEnd,
                rangeSeconds: windows.rangeSeconds,
                extended: extended,
                usesStartTimestamps: rules.usesStartTimestamps && function.usesStartTimestamps,
                metric: metric,
                place: place)
            if window.isEmpty { continue }
            batch.counts.look(
                window.histograms.reduce(window.floats.count) { $0 + columns.histograms[$1].sampleWeight },
                at: step)
            switch window.value(function, parameters.map { $0[step] }, &batch.annotations) {
            case .float(let value): batch.rows.values[row * stepCount + step] = value
            case .histogram(let histogram): batch.rows.setHistogram(histogram, row: row, step: step)
            case nil: break
            }
        }
        warnAboutQuantiles(&batch)
    }

    private func warnAboutQuantiles(_ batch: inout RowBatch) {
        guard function == .quantile, !batch.columns.values.isEmpty else { return }
        if let invalid = parameters[0].first(where: { !($0 >= 0 && $0 <= 1) }) {
            batch.annotations.invalidQuantile(invalid, at: quantilePlace)
        }
    }

    /// Tells when `rate` or `increase` got a metric that does not look like a counter.
    private func warnIfNotCounter(_ labels: Labels, hasFloats: Bool, _ annotations: inout Annotations) {
        guard function == .rate || function == .increase, hasFloats, let name = labels.metricName,
            !name.isEmpty
        else { return }
        if rules.usesTypeLabels {
            let type = labels.value(of: "__type__") ?? ""
            if type != "counter" && type != "histogram" {
                annotations.possibleNonCounter(metric: name, type: type, at: place)
            }
        } else if !["_total", "_sum", "_count", "_bucket"].contains(where: { name.hasSuffix($0) }) {
            annotations.possibleNonCounter(metric: name, at: place)
        }
    }
}
