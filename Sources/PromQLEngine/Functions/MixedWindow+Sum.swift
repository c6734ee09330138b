import MetricModel
import StorageAPI

/// Sums and means of floats or of native histograms.
extension MixedWindow {
    func sum(_ annotations: inout Annotations) -> Value? {
        if isMixed {
            annotations.mixedFloatsAndHistograms(metric: metric, at: place)
            return nil
        }
        guard let begin = histograms.first else {
            var sum = KahanSum()
            for i in floats { sum.add(columns.values[i]) }
            return .float(sum.sum.isInfinite ? sum.sum : sum.value)
        }
        var sum = HistogramSum(columns.histograms[begin])
        return accumulate(&annotations, { sum.add($0) }) ? .histogram(sum.histogram) : nil
    }

    func mean(_ annotations: inout Annotations) -> Value? {
        if isMixed {
            annotations.mixedFloatsAndHistograms(metric: metric, at: place)
            return nil
        }
        guard let begin = histograms.first else {
            guard let first = floats.first else { return nil }
            var mean = KahanMean(first: columns.values[first])
            for i in floats.dropFirst() { mean.add(columns.values[i]) }
            return .float(mean.mean)
        }
        var mean = HistogramMean(first: columns.histograms[begin])
        return accumulate(&annotations, { mean.add($0) }) ? .histogram(mean.histogram) : nil
    }

    /// Passes all histograms but the first. False when two do not go together.
    private func accumulate(
        _ annotations: inout Annotations, _ add: (FloatHistogram) -> FloatHistogram.Encounter?
    ) -> Bool {
        var hasReconciledBounds = false
        for i in histograms.dropFirst() {
            guard let encounter = add(columns.histograms[i]) else {
                annotations.mixedExponentialAndCustom(metric: metric, at: place)
                return false
            }
            hasReconciledBounds = hasReconciledBounds || encounter.hasReconciledBounds
        }
        let hints = histograms.map { columns.histograms[$0].counterResetHint }
        if hints.contains(.reset), hints.contains(.notReset) {
            annotations.counterResetCollision(.aggregation, at: place)
        }
        if hasReconciledBounds { annotations.customBucketsReconciled(.aggregation, at: place) }
        return true
    }
}
