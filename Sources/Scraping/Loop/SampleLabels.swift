import Exposition
import MetricModel

/// From the labels that a line shows to those that are stored.
struct SampleLabels: Sendable {
    private let targetLabels: [(name: String, value: String)]
    private let honorsLabels: Bool
    private let rules: [RelabelRule]
    private let limits: ScrapeLimits
    private let nameValidation: NameValidation

    init(target: Target, configuration: ScrapeConfiguration) {
        targetLabels = target.publicLabels.pairs
        honorsLabels = configuration.honorLabels
        rules = configuration.metricRelabelRules
        limits = configuration.limits
        nameValidation = configuration.nameValidation
    }

    /// The labels to store, or nil when relabeling drops the series.
    ///
    /// - Throws: `invalidSeries`, `labelLimit`.
    func stored(_ shown: consuming LabelsBuilder) throws(ScrapingError) -> Labels? {
        var labels = shown
        addTargetLabels(to: &labels)
        guard RelabelRule.apply(rules, to: &labels) else { return nil }
        let pairs = labels.current
        guard !pairs.isEmpty else { return nil }
        guard let metricName = labels.value(of: Labels.metricNameLabel) else {
            throw ScrapingError(.invalidSeries, "missing metric name (__name__ label)")
        }
        let isValid =
            nameValidation.acceptsMetricName(metricName)
            && pairs.allSatisfy { nameValidation.acceptsLabelName($0.name) }
        let result = labels.labels()
        guard isValid else {
            throw ScrapingError(.invalidSeries, "invalid metric name or label names: \(result)")
        }
        try checkLimits(pairs, metricName)
        return result
    }

    /// The labels of a series about the scrape itself.
    func report(_ name: String) -> Labels {
        var labels = LabelsBuilder()
        labels.set(Labels.metricNameLabel, name)
        for (name, value) in targetLabels { labels.set(name, value) }
        return labels.labels()
    }

    private func addTargetLabels(to labels: inout LabelsBuilder) {
        if honorsLabels {
            for (name, value) in targetLabels where labels.value(of: name) == nil { labels.set(name, value) }
            return
        }
        var displaced: [(name: String, value: String)] = []
        for (name, value) in targetLabels {
            if let shown = labels.value(of: name) { displaced.append((name, shown)) }
            labels.set(name, value)
        }
        // Shorter names first, so that "a" cannot take the place that "exported_a" needs.
        displaced.sort { $0.name.utf8.count < $1.name.utf8.count }
        for (name, value) in displaced {
            var newName = "exported_" + name
            while labels.value(of: newName) != nil { newName = "exported_" + newName }
            labels.set(newName, value)
        }
    }

    private func checkLimits(_ pairs: [(name: String, value: String)], _ metric: String) throws(ScrapingError)
    {
        if limits.labels > 0, pairs.count > limits.labels {
            throw ScrapingError(
                .labelLimit,
                "label_limit exceeded (metric: \(LabelText.quoted(metric)), number of labels: \(pairs.count), limit: \(limits.labels))"
            )
        }
        guard limits.labelNameLength > 0 || limits.labelValueLength > 0 else { return }
        for (name, value) in pairs {
            if limits.labelNameLength > 0, name.utf8.count > limits.labelNameLength {
                throw ScrapingError(
                    .labelLimit,
                    "label_name_length_limit exceeded (metric: \(LabelText.quoted(metric)), label name: \(LabelText.quoted(name)), length: \(name.utf8.count), limit: \(limits.labelNameLength))"
                )
            }
            if limits.labelValueLength > 0, value.utf8.count > limits.labelValueLength {
                throw ScrapingError(
                    .labelLimit,
                    "label_value_length_limit exceeded (metric: \(LabelText.quoted(metric)), label name: \(LabelText.quoted(name)), value: \(LabelText.quoted(value)), length: \(value.utf8.count), limit: \(limits.labelValueLength))"
                )
            }
        }
    }
}
