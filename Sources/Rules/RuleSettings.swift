public import MetricModel
public import PromQLSyntax

/// One rule as its file has it.
public struct RuleSettings: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// Stores the result under a new name.
        case recording
        /// Raises alerts. `hold` and `keepFiring` are milliseconds.
        case alerting(hold: Int64, keepFiring: Int64, annotations: [String: String])
    }

    public var kind: Kind
    /// The new metric name, or the alert's.
    public var name: String
    public var expression: String
    /// Of an alert they may be templates.
    public var labels: [String: String]
    /// In its file, from 1.
    public var line: Int

    public init(
        _ kind: Kind, name: String, expression: String, labels: [String: String] = [:], line: Int = 0
    ) {
        self.kind = kind
        self.name = name
        self.expression = expression
        self.labels = labels
        self.line = line
    }

    /// What is wrong with the rule, in one sentence; nil when nothing is.
    public func fault(_ validation: NameValidation = .utf8, options: ParserOptions = ParserOptions())
        -> String?
    {
        if name.isEmpty { return "a rule needs a name: record or alert" }
        if expression.isEmpty { return "the rule \(name) needs an expression: expr" }
        do { _ = try Expression.parse(expression, options: options) } catch {
            return "cannot parse the expression of \(name): \(error)"
        }
        // Braces in a name are a template or an expression that went astray.
        if case .recording = kind,
            !validation.acceptsMetricName(name) || name.contains("{") || name.contains("}")
        {
            return "cannot record under \(LabelText.quoted(name)): not a metric name"
        }
        for label in labels.keys.sorted()
        where !validation.acceptsLabelName(label) || label == Labels.metricNameLabel {
            return "\(LabelText.quoted(label)) is not a label name for \(name)"
        }
        guard case .alerting(_, _, let annotations) = kind else { return nil }
        for annotation in annotations.keys.sorted() where !validation.acceptsLabelName(annotation) {
            return "\(LabelText.quoted(annotation)) is not an annotation name for \(name)"
        }
        for (field, text) in labels.merging(annotations, uniquingKeysWith: { first, _ in first }).sorted(by: {
            $0.key < $1.key
        }) {
            do { _ = try Template(text) } catch { return "\(field) of \(name): \(error)" }
        }
        return nil
    }
}

/// A group of rules that are evaluated together, one after the other.
public struct RuleGroupSettings: Sendable, Equatable {
    /// Unique in its file.
    public var name: String
    public var file: String
    /// Milliseconds; 0 for the global evaluation interval.
    public var interval: Int64 = 0
    /// Milliseconds that the rules look into the past; nil for the global offset.
    public var queryOffset: Int64?
    /// The most series or alerts that one rule may give; 0 for no bound.
    public var limit = 0
    /// Added to the labels of all rules; a rule's own win.
    public var labels: [String: String] = [:]
    public var rules: [RuleSettings] = []

    public init(name: String, file: String) {
        self.name = name
        self.file = file
    }
}
