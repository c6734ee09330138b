import MetricModel

/// The native histograms of `sum` and `avg`, by group and step.
struct HistogramGroups {
    private struct State {
        var sum: HistogramSum?
        var mean: HistogramMean?
        var hasReset = false
        var hasNoReset = false
        /// Exponential and custom buckets met.
        var isIncompatible = false
    }

    let isMean: Bool
    /// By index of group and step.
    private var states: [Int: State] = [:]

    init(isMean: Bool) {
        self.isMean = isMean
    }

    /// In floats, roughly.
    var heldCount: Int { states.count * 64 }

    /// - Parameter floats: whether the group had floats before the histogram of a step: then nothing comes
    ///   of it but the warning.
    mutating func add(
        _ rows: borrowing Table, _ row: Int, group: Int, place: Int, _ annotations: inout Annotations
    ) {
        guard let column = rows.histogramColumn(row) else { return }
        for (step, histogram) in column.enumerated() {
            guard let histogram else { continue }
            let index = group * rows.stepCount + step
            var state = states[index] ?? State()
            defer { states[index] = state }
            if state.isIncompatible { continue }
            state.hasReset = state.hasReset || histogram.counterResetHint == .reset
            state.hasNoReset = state.hasNoReset || histogram.counterResetHint == .notReset
            guard state.sum != nil || state.mean != nil else {
                if isMean {
                    state.mean = HistogramMean(first: histogram)
                } else {
                    state.sum = HistogramSum(histogram)
                }
                continue
            }
            guard let encounter = isMean ? state.mean?.add(histogram) : state.sum?.add(histogram) else {
                state.isIncompatible = true
                annotations.mixedExponentialAndCustom(metric: rows.labels[row].metricName ?? "", at: place)
                continue
            }
            if encounter.hasReconciledBounds { annotations.customBucketsReconciled(.aggregation, at: place) }
        }
    }

    /// Puts the results into a table of floats with one row for each group; where both are, neither stays.
    mutating func finish(_ table: inout Table, place: Int, _ annotations: inout Annotations) {
        for index in states.keys.sorted() {
            guard let state = states[index] else { continue }
            if !table.values[index].isAbsent {
                table.values[index] = .absent
                annotations.mixedFloatsAndHistogramsInAggregation(at: place)
                continue
            }
            if state.isIncompatible { continue }
            if state.hasReset, state.hasNoReset { annotations.counterResetCollision(.aggregation, at: place) }
            guard var histogram = state.sum?.histogram ?? state.mean?.histogram else { continue }
            histogram.compact()
            table.setHistogram(histogram, row: index / table.stepCount, step: index % table.stepCount)
        }
    }
}
