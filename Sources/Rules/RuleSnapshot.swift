public import MetricModel

/// How a rule group stands.
public struct RuleGroupSnapshot: Sendable {
    public var settings: RuleGroupSettings
    /// Milliseconds, the global one filled in.
    public var interval: Int64
    /// Milliseconds since 1970; nil before the first.
    public var lastEvaluation: Timestamp?
    /// Seconds.
    public var lastDuration: Double
    /// How many samples the last evaluation gave.
    public var lastSampleCount: Int
    public var rules: [RuleSnapshot]
}

/// How a rule stands.
public struct RuleSnapshot: Sendable {
    public enum Health: String, Sendable {
        case unknown
        case good = "ok"
        case bad = "err"
    }

    public var settings: RuleSettings
    /// The rule's labels with those of its group.
    public var labels: Labels
    /// The expression as it is printed.
    public var expression: String
    public var health: Health
    /// Empty when the last evaluation succeeded.
    public var lastError: String
    /// Milliseconds since 1970; nil before the first.
    public var lastEvaluation: Timestamp?
    /// Seconds.
    public var lastDuration: Double
    /// Pending and firing ones, ascending by labels.
    public var alerts: [Alert]

    /// The strongest state of its alerts; nil before the first evaluation.
    public var state: Alert.State? {
        guard lastEvaluation != nil else { return nil }
        if alerts.contains(where: { $0.state == .firing }) { return .firing }
        return alerts.contains { $0.state == .pending } ? .pending : .inactive
    }
}
