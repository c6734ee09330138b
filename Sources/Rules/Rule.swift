import MetricModel
import PromQLEngine
import PromQLSyntax
import StorageAPI

/// A rule with what it remembers between evaluations.
struct Rule: Sendable {
    let settings: RuleSettings
    let expression: Expression
    /// The rule's labels with those of its group, still templates.
    let labels: [(name: String, value: String, template: Template)]
    let annotations: [(name: String, template: Template)]
    /// The series of the last evaluation.
    var series: [Labels: SeriesReference] = [:]
    /// By their labels; resolved ones for a while, too.
    var alerts: [Labels: Alert] = [:]
    /// Whether pending alerts of the time before the start have been looked up.
    var isRestored = false
    var health = RuleSnapshot.Health.unknown
    var lastError = ""
    var lastEvaluation: Timestamp?
    var lastDuration = 0.0

    /// - Throws: `invalidRule`.
    init(_ settings: RuleSettings, group: RuleGroupSettings, _ options: ParserOptions) throws(RulesError) {
        self.settings = settings
        do { expression = try Expression.parse(settings.expression, options: options) } catch {
            throw RulesError(.invalidRule, "cannot parse the expression of \(settings.name): \(error)")
        }
        var labels: [(name: String, value: String, template: Template)] = []
        for (name, text) in group.labels.merging(settings.labels, uniquingKeysWith: { $1 }).sorted(by: {
            $0.key < $1.key
        }) {
            labels.append((name, text, try Template(text)))
        }
        self.labels = labels
        var annotations: [(name: String, template: Template)] = []
        if case .alerting(_, _, let texts) = settings.kind {
            for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
                annotations.append((name, try Template(text)))
            }
        }
        self.annotations = annotations
    }

    /// What tells rules apart over a reload.
    var identity: String {
        settings.name + labels.map { "\u{0}\($0.name)\u{0}\($0.value)" }.joined()
    }

    var staticLabels: Labels { Labels(labels.map { ($0.name, $0.value) }) }
}
