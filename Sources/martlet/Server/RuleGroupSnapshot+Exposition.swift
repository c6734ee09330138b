import Exposition
import MetricModel
import Rules

extension RuleGroupSnapshot {
    /// Writes what groups tell about themselves, under Prometheus' names.
    static func write(_ groups: [RuleGroupSnapshot], to writer: inout ExpositionWriter) {
        guard !groups.isEmpty else { return }
        let families: [(name: String, help: String, value: (RuleGroupSnapshot) -> Double)] = [
            (
                "prometheus_rule_group_interval_seconds", "The interval of a rule group.",
                { Double($0.interval) / 1000 }
            ),
            (
                "prometheus_rule_group_last_duration_seconds",
                "The duration of the last rule group evaluation.", { $0.lastDuration }
            ),
            (
                "prometheus_rule_group_last_evaluation_timestamp_seconds",
                "The timestamp of the last rule group evaluation.",
                { Double($0.lastEvaluation ?? 0) / 1000 }
            ),
            (
                "prometheus_rule_group_last_evaluation_samples",
                "The number of samples returned during the last rule group evaluation.",
                { Double($0.lastSampleCount) }
            ),
            ("prometheus_rule_group_rules", "The number of rules.", { Double($0.rules.count) }),
        ]
        for (name, help, value) in families {
            writer.begin(name, .gauge, help: help)
            for group in groups {
                let labels = ExpositionWriter.renderLabels(
                    ["rule_group"], ["\(group.settings.file);\(group.settings.name)"])
                writer.sample(suffix: "", labels: labels, value: value(group))
            }
        }
    }
}
