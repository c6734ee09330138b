import MetricModel
import PromQLEngine

/// A sample that a rule gives.
struct RuleSample {
    var labels: Labels
    var value: Double
}

extension Rule {
    /// The result of a recording rule under its new name and labels.
    ///
    /// - Throws: `query`, `duplicateLabels`, `limit`.
    func record(_ context: RuleContext, at time: Timestamp, limit: Int) throws(RulesError) -> [RuleSample] {
        var seen: Set<Labels> = []
        var result: [RuleSample] = []
        for element in try context.vector(expression, at: time, text: settings.expression) {
            // Native histograms wait for a storage that takes them.
            guard element.histogram == nil else { continue }
            var labels = LabelsBuilder(element.labels)
            labels.set(Labels.metricNameLabel, settings.name)
            for (name, value, _) in self.labels { labels.set(name, value) }
            let built = labels.labels()
            guard seen.insert(built).inserted else {
                throw RulesError(
                    .duplicateLabels,
                    "vector contains metrics with the same labelset after applying rule labels")
            }
            result.append(RuleSample(labels: built, value: element.sample.value))
        }
        if limit > 0, result.count > limit {
            throw RulesError(.limit, "exceeded limit of \(limit) with \(result.count) series")
        }
        return result
    }
}
