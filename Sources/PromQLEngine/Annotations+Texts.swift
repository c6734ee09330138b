import MetricModel

/// The texts that clients know; the words are Prometheus'.
extension Annotations {
    private static let warning = "PromQL warning: "
    private static let info = "PromQL info: "

    enum HistogramOperation: String {
        case addition
        case subtraction
        case aggregation
    }

    mutating func invalidQuantile(_ value: Double, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)quantile value should be between 0 and 1, got \(FloatText.string(value, style: .exposition))",
            at: place)
    }

    mutating func invalidRatio(_ value: Double, cappedTo limit: Double, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)ratio value should be between -1 and 1, got \(FloatText.string(value, style: .exposition)), capping to \(FloatText.string(limit, style: .exposition))",
            at: place)
    }

    mutating func badBucketLabel(_ value: String, metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)bucket label \"le\" is missing or has a malformed value of \(LabelText.quoted(value))\(forMetric(metric))",
            at: place)
    }

    mutating func mixedFloatsAndHistograms(metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)encountered a mix of histograms and floats for metric name \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func mixedFloatsAndHistogramsInAggregation(at place: Int) {
        add(
            .warning, "\(Annotations.warning)encountered a mix of histograms and floats for aggregation",
            at: place)
    }

    mutating func mixedClassicAndNative(metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)vector contains a mix of classic and native histograms\(forMetric(metric))",
            at: place)
    }

    mutating func histogramNotCounter(metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)this native histogram metric is not a counter: \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func histogramNotGauge(metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)this native histogram metric is not a gauge: \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func mixedExponentialAndCustom(metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)vector contains a mix of histograms with exponential and custom buckets schemas for metric name \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func incompatibleBucketLayout(_ operation: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)incompatible bucket layout encountered for binary operator \(operation)",
            at: place)
    }

    mutating func sortInRangeQuery(at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)sort is ineffective for range queries since results are always ordered by labels",
            at: place)
    }

    mutating func counterResetCollision(_ operation: HistogramOperation, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)conflicting counter resets during histogram \(operation.rawValue)",
            at: place)
    }

    mutating func startTimeOverlap(metric: String, at place: Int) {
        add(
            .warning,
            "\(Annotations.warning)sample has start time that overlaps with previous sample timestamp for metric \(LabelText.quoted(metric))",
            at: place, detail: .occurrences(1))
    }

    mutating func possibleNonCounter(metric: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func possibleNonCounter(metric: String, type: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got \(LabelText.quoted(type)): \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func forcedMonotonicity(metric: String, _ repair: MonotonicityRepair, at place: Int) {
        add(
            .info,
            "\(Annotations.info)input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)\(forMetric(metric))",
            at: place, detail: .monotonicity(repair))
    }

    mutating func incompatibleTypes(_ left: String, _ operation: String, _ right: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)incompatible sample types encountered for binary operator \(LabelText.quoted(operation)): \(left) \(operation) \(right)",
            at: place)
    }

    mutating func histogramIgnored(inAggregation name: String, at place: Int) {
        add(.info, "\(Annotations.info)ignored histogram in \(name) aggregation", at: place)
    }

    mutating func histogramIgnored(inRangeOf metric: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)ignored histograms in a range containing both floats and histograms for metric name \(LabelText.quoted(metric))",
            at: place)
    }

    mutating func quantileIsNaN(metric: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)input to histogram_quantile has NaN observations, result is NaN\(forMetric(metric))",
            at: place)
    }

    mutating func quantileIsSkewed(metric: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)input to histogram_quantile has NaN observations, result is skewed higher\(forMetric(metric))",
            at: place)
    }

    mutating func fractionHasNaNs(metric: String, at place: Int) {
        add(
            .info,
            "\(Annotations.info)input to histogram_fraction has NaN observations, which are excluded from all fractions\(forMetric(metric))",
            at: place)
    }

    mutating func customBucketsReconciled(_ operation: HistogramOperation, at place: Int) {
        add(
            .info,
            "\(Annotations.info)mismatched custom buckets were reconciled during \(operation.rawValue)",
            at: place)
    }

    private func forMetric(_ name: String) -> String {
        name.isEmpty ? "" : " for metric name \(LabelText.quoted(name))"
    }
}
