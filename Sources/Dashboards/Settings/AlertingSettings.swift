/// The section `unified_alerting`.
public struct AlertingSettings: Sendable, Equatable {
    /// Whether there is alerting at all.
    public var isEnabled = true
    /// Whether stored rules are evaluated.
    public var executes = true
    /// The shortest interval of a group, milliseconds; shorter ones are evaluated this often.
    public var intervalMin: Int64 = 10_000
    /// How long an evaluation may take, milliseconds.
    public var evaluationTimeout: Int64 = 30_000

    public init() {}
}
