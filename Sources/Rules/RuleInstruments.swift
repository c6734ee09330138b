import Instruments

/// What rules count about themselves, under Prometheus' names.
struct RuleInstruments: Sendable {
    private let evaluationFamily: Family<Counter>
    private let failureFamily: Family<Counter>
    private let iterationFamily: Family<Counter>
    private let missedFamily: Family<Counter>
    let evaluationDuration: Histogram
    let groupDuration: DurationSummary
    private let spare = Counter()

    private static let groupLimit = 10_000

    /// - Throws: `InstrumentError` when a name is taken.
    init(registry: Registry) throws(InstrumentError) {
        func family(_ name: String, _ help: String) throws(InstrumentError) -> Family<Counter> {
            try registry.counters(name, help: help, labels: ["rule_group"], limit: Self.groupLimit)
        }
        evaluationFamily = try family("prometheus_rule_evaluations_total", "Evaluations of rules.")
        failureFamily = try family(
            "prometheus_rule_evaluation_failures_total", "Evaluations of rules that failed.")
        iterationFamily = try family(
            "prometheus_rule_group_iterations_total", "Evaluations of groups that were due.")
        missedFamily = try family(
            "prometheus_rule_group_iterations_missed_total",
            "Evaluations of groups that came too late and were left out.")
        evaluationDuration = try registry.histogram(
            "prometheus_rule_evaluation_duration_seconds", help: "How long rules took to evaluate.")
        groupDuration = DurationSummary(
            name: "prometheus_rule_group_duration_seconds", help: "How long rule groups took to evaluate.")
        try registry.register(groupDuration)
    }

    func evaluations(_ group: String) -> Counter { (try? evaluationFamily.labels(group)) ?? spare }
    func failures(_ group: String) -> Counter { (try? failureFamily.labels(group)) ?? spare }
    func iterations(_ group: String) -> Counter { (try? iterationFamily.labels(group)) ?? spare }
    func missed(_ group: String) -> Counter { (try? missedFamily.labels(group)) ?? spare }
}
