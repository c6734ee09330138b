/// The rules that differ with feature flags.
struct EvaluationRules: Sendable {
    /// Names are dropped at the end of the query instead of at once.
    var delaysNameRemoval = false
    /// `__type__` says what a counter is.
    var usesTypeLabels = false
    /// `rate`, `irate`, `increase` and `resets` look at start timestamps.
    var usesStartTimestamps = false
}
