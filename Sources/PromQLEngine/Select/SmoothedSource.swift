import MetricModel
import StorageAPI

/// A `smoothed` instant selector: at each step the value on the line between the samples around it.
struct SmoothedSource: RowSource {
    let series: any SeriesSet
    /// The range is the lookback.
    let windows: WindowTimes
    let isOfOneMetric: Bool
    let place: Int

    var stepCount: Int { windows.steps.count }
    var inputCount: Int { series.count }
    var readsStorage: Bool { true }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError) {
        let lookback = windows.range
        for input in inputs {
            // Between two samples buckets are needed.
            try RangeInput.stored(series, needsStatisticsOnly: false).read(
                input, from: windows.firstStart + 1, through: windows.lastEnd + lookback, into: &batch.columns
            )
            guard batch.columns.count > 0 else { continue }
            let labels = series.labels(at: input)
            let row = batch.rows.appendRow(labels)
            let metric = labels.metricName ?? ""
            for step in 0..<stepCount { fill(&batch, row, step, metric) }
            if !batch.rows.hasValues(row) { batch.rows.removeLastRow() }
        }
    }

    private func fill(_ batch: inout RowBatch, _ row: Int, _ step: Int, _ metric: String) {
        let time = windows.end(step)
        let columns = batch.columns
        let floats = range(columns.timestamps, time)
        let histograms = range(columns.histogramTimestamps, time)
        if floats.isEmpty && histograms.isEmpty { return }
        if !floats.isEmpty && !histograms.isEmpty {
            batch.annotations.mixedFloatsAndHistograms(metric: metric, at: place)
            return
        }
        batch.counts.look(1, at: step)
        let index = row * stepCount + step
        if histograms.isEmpty {
            let next = floats.first { columns.timestamps[$0] >= time } ?? floats.upperBound
            if next < floats.upperBound, columns.timestamps[next] == time {
                batch.rows.values[index] = columns.values[next]
            } else if next > floats.lowerBound, next < floats.upperBound {
                batch.rows.values[index] = Interpolation.value(
                    columns.values[next - 1], at: columns.timestamps[next - 1], columns.values[next],
                    at: columns.timestamps[next], time,
                    isCounter: false)
            } else if next > floats.lowerBound {
                batch.rows.values[index] = columns.values[next - 1]
            }
            return
        }
        let next = histograms.first { columns.histogramTimestamps[$0] >= time } ?? histograms.upperBound
        if next < histograms.upperBound, columns.histogramTimestamps[next] == time {
            batch.rows.setHistogram(columns.histograms[next], row: row, step: step)
        } else if next > histograms.lowerBound, next < histograms.upperBound {
            let previous = columns.histograms[next - 1]
            let following = columns.histograms[next]
            let isCounter = previous.counterResetHint != .gauge || following.counterResetHint != .gauge
            let fit = previous.usesCustomBuckets == following.usesCustomBuckets
            let between =
                !fit
                ? nil
                : Interpolation.histogram(
                    previous, at: columns.histogramTimestamps[next - 1], following,
                    at: columns.histogramTimestamps[next], time,
                    isCounter: isCounter, place: place, &batch.annotations)
            if let between {
                batch.rows.setHistogram(between, row: row, step: step)
            } else {
                batch.annotations.mixedExponentialAndCustom(metric: metric, at: place)
            }
        } else if next > histograms.lowerBound {
            var previous = columns.histograms[next - 1]
            previous.counterResetHint = .unknown
            batch.rows.setHistogram(previous, row: row, step: step)
        }
    }

    /// The samples within the lookback before or after a moment.
    private func range(_ times: [Timestamp], _ time: Timestamp) -> Range<Int> {
        let begin = times.firstIndex { $0 > time - windows.range } ?? times.count
        let end = times.lastIndex { $0 <= time + windows.range }.map { $0 + 1 } ?? 0
        return begin..<max(begin, end)
    }
}
