import MetricModel
import StorageAPI

/// What a selector's rows hold.
enum SelectorContent: Sendable {
    case values
    /// Seconds since 1970 of the sample: `timestamp()`.
    case timestamps
    /// The same, and a native histogram is an error: `info()`.
    case timestampsOfFloats
    /// Seconds since 1970 when the counter began: `start_timestamp()`.
    case startTimestamps
}

/// An instant selector over all steps: each row is one stored series.
struct SelectorSource: RowSource {
    let series: any SeriesSet
    let steps: Steps
    /// Milliseconds.
    let lookback: Int64
    /// The moment of `@` less the offset, or nil; milliseconds since 1970.
    let fixedTime: Timestamp?
    let offset: Int64
    let content: SelectorContent
    let isOfOneMetric: Bool
    /// See `SelectorPlan`.
    let needsStatisticsOnly: Bool

    var stepCount: Int { steps.count }
    var inputCount: Int { series.count }
    var readsStorage: Bool { true }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError) {
        let first = fixedTime ?? steps.start - offset
        let last = fixedTime ?? steps.end - offset
        for input in inputs {
            batch.columns.removeAll()
            do {
                if first == last, !needsStatisticsOnly {
                    try series.readNewest(
                        input, from: first - lookback + 1, through: last, into: &batch.columns)
                } else {
                    try series.read(input, from: first - lookback + 1, through: last, into: &batch.columns)
                }
            } catch { throw QueryError(error) }
            guard batch.columns.count > 0 else { continue }
            if needsStatisticsOnly { batch.columns.keepStatistics() }
            let row = batch.rows.appendRow(series.labels(at: input))
            let found =
                batch.columns.histograms.isEmpty && content != .startTimestamps
                ? fillFloats(&batch, row) : try fillMixed(&batch, row)
            batch.counts.looked += found
            batch.counts.read += found
            if !batch.counts.perStep.isEmpty { countSteps(&batch, row, found) }
            if found == 0 { batch.rows.removeLastRow() }
            batch.counts.largestSeries = max(batch.counts.largestSeries, batch.columns.count)
        }
    }

    private func countSteps(_ batch: inout RowBatch, _ row: Int, _ found: Int) {
        guard found > 0 else { return }
        for step in 0..<steps.count where batch.rows.isPresent(row, step) {
            batch.counts.perStep[step] += batch.rows.histogram(row, step)?.sampleWeight ?? 1
        }
    }

    /// Returns how many steps have a value.
    private func fillFloats(_ batch: inout RowBatch, _ row: Int) -> Int {
        var found = 0
        let isTimestamps = content != .values
        let times = batch.columns.timestamps
        let samples = batch.columns.values
        times.withUnsafeBufferPointer { times in
            samples.withUnsafeBufferPointer { samples in
                batch.rows.values.withUnsafeMutableBufferPointer { output in
                    let base = row * steps.count
                    var next = 0
                    var step = 0
                    let even =
                        fixedTime == nil && !isTimestamps
                        ? EvenSamples(
                            times, WindowTimes(steps: steps, range: lookback, offset: offset, at: nil)) : nil
                    while step < steps.count {
                        if let even, step == even.steps.lowerBound {
                            // The newest sample of each window, where it holds one.
                            next = even.window.upperBound
                            if !even.window.isEmpty {
                                for step in even.steps {
                                    let value = samples[next &- 1]
                                    next &+= even.stride
                                    if value.isStaleMarker { continue }
                                    output[base + step] = value
                                    found += 1
                                }
                                next -= even.stride
                            }
                            step = even.steps.upperBound
                            continue
                        }
                        defer { step += 1 }
                        let reference = fixedTime ?? steps.time(step) - offset
                        while next < times.count, times[next] <= reference { next += 1 }
                        guard next > 0, times[next - 1] > reference - lookback else { continue }
                        let value = samples[next - 1]
                        if value.isStaleMarker { continue }
                        output[base + step] = isTimestamps ? Double(times[next - 1]) / 1000 : value
                        found += 1
                    }
                }
            }
        }
        return found
    }

    private func fillMixed(_ batch: inout RowBatch, _ row: Int) throws(QueryError) -> Int {
        var found = 0
        let columns = batch.columns
        var nextFloat = 0
        var nextHistogram = 0
        for step in 0..<steps.count {
            let reference = fixedTime ?? steps.time(step) - offset
            while nextFloat < columns.timestamps.count, columns.timestamps[nextFloat] <= reference {
                nextFloat += 1
            }
            while nextHistogram < columns.histograms.count,
                columns.histogramTimestamps[nextHistogram] <= reference
            {
                nextHistogram += 1
            }
            let floatTime = nextFloat > 0 ? columns.timestamps[nextFloat - 1] : Timestamp.min
            let histogramTime =
                nextHistogram > 0 ? columns.histogramTimestamps[nextHistogram - 1] : Timestamp.min
            let time = max(floatTime, histogramTime)
            guard time > reference - lookback else { continue }
            let isHistogram = histogramTime >= floatTime
            if isHistogram
                ? columns.histograms[nextHistogram - 1].isStaleMarker
                : columns.values[nextFloat - 1].isStaleMarker
            {
                continue
            }
            let index = row * steps.count + step
            switch content {
            case .timestamps, .timestampsOfFloats:
                if isHistogram, content == .timestampsOfFloats {
                    throw QueryError(
                        .execution,
                        "this should be an info metric, with float samples: \(batch.rows.labels[row].braced)")
                }
                batch.rows.values[index] = Double(time) / 1000
                found += 1
            case .startTimestamps:
                let starts = isHistogram ? columns.histogramStartTimestamps : columns.startTimestamps
                let position = (isHistogram ? nextHistogram : nextFloat) - 1
                batch.rows.values[index] = position < starts.count ? Double(starts[position]) / 1000 : 0
                found += 1
            case .values where isHistogram:
                let histogram = columns.histograms[nextHistogram - 1]
                batch.rows.setHistogram(histogram, row: row, step: step)
                found += histogram.sampleWeight
            case .values:
                batch.rows.values[index] = columns.values[nextFloat - 1]
                found += 1
            }
        }
        return found
    }
}

extension QueryError {
    init(_ error: StorageError) {
        self.init(error.kind == .cancelled ? .cancelled : .storage, "expanding series: \(error.message)")
    }
}

extension SampleColumns {
    /// Takes the buckets out of native histograms and keeps what they tell: whether there was a counter
    /// reset since the sample before.
    mutating func keepStatistics() {
        var previous: FloatHistogram?
        for i in histograms.indices where !histograms[i].isStaleMarker {
            let whole = histograms[i]
            var kept = FloatHistogram(schema: whole.schema)
            kept.count = whole.count
            kept.sum = whole.sum
            kept.counterResetHint = whole.counterResetHint
            if whole.counterResetHint == .unknown, let previous {
                kept.counterResetHint = whole.isReset(since: previous) ? .reset : .notReset
            }
            histograms[i] = kept
            previous = whole
        }
    }
}

extension Labels {
    /// `{__name__="a", b="c"}`, as Prometheus' error messages write a label set.
    var braced: String {
        let parts = pairs.map { name, value in
            "\(MetricName.isLegacyLabelName(name) ? name : LabelText.quoted(name))=\(LabelText.quoted(value))"
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }
}
