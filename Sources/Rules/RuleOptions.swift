public import MetricModel
public import PromQLSyntax

/// What rules need to know beside their files.
public struct RuleOptions: Sendable {
    /// Where users reach this server, without a slash at the end.
    public var externalURL = ""
    public var externalLabels = Labels.empty
    /// Milliseconds, as all durations here: the interval of groups without their own.
    public var evaluationInterval: Int64 = 60_000
    /// How far all rules look into the past.
    public var queryOffset: Int64 = 0
    /// How far back an instant selector looks.
    public var lookback: Int64 = 300_000
    /// How long after an alert was sent it is sent again.
    public var resendDelay: Int64 = 60_000
    /// Pending alerts are restored after an outage of at most this.
    public var outageTolerance: Int64 = 3_600_000
    /// Alerts that hold for less are not restored, and a restored one holds at least this long.
    public var gracePeriod: Int64 = 600_000
    /// Which experimental parts of the language rules may use.
    public var parserOptions = ParserOptions()
    /// There is no time before the start from which alerts could be restored. For unit tests of rules.
    public var startsRestored = false
    /// Evaluate at once, not at the group's place in its interval (which follows). For tests.
    public var evaluatesAtStart = false

    public init() {}
}
