/// What a rule thinks of one set of labels.
public struct AlertInstance: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        case normal = "Normal"
        /// The condition holds, but not long enough yet.
        case pending = "Pending"
        case alerting = "Alerting"
        /// The condition has ended, but not long enough yet.
        case recovering = "Recovering"
        case noData = "NoData"
        case error = "Error"

        /// Whether somebody is to be told.
        public var isFiring: Bool { self != .normal && self != .pending }
    }

    /// With those of the rule, `alertname` and `grafana_folder`.
    public let labels: [String: String]
    /// The labels by name, for a stable order of lists.
    public let sortText: String
    /// Those of the query's result alone.
    public let resultLabels: [String: String]
    public internal(set) var annotations: [String: String]
    public internal(set) var state = State.normal
    /// Why the state is what it is when the result alone does not say: "NoData", "Error", "KeepLast".
    public internal(set) var reason = ""
    /// When the state began; milliseconds since 1970, as all times here.
    public internal(set) var since: Int64
    /// When it left normal.
    public internal(set) var activeAt: Int64
    /// When it began to fire; nil while it does not.
    public internal(set) var firedAt: Int64?
    /// When it ended to fire.
    public internal(set) var resolvedAt: Int64?
    public internal(set) var lastEvaluated: Int64
    /// Numbers of the rule's queries by refId; nil for one without a value.
    public internal(set) var values: [String: Double?] = [:]

    /// `a=1,b=2`
    public static func sortText(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    init(
        labels: [String: String], resultLabels: [String: String], annotations: [String: String],
        at time: Int64
    ) {
        self.labels = labels
        sortText = AlertInstance.sortText(labels)
        self.resultLabels = resultLabels
        self.annotations = annotations
        (since, activeAt, lastEvaluated) = (time, time, time)
    }

    /// Follows a result that wants another state, by way of the states between.
    mutating func move(to next: State, of rule: AlertRule, at time: Int64, reason: String) {
        self.reason = reason
        switch next {
        // Kept, a pending instance goes on to alert.
        case .alerting, .pending: alert(rule, time)
        case .recovering: break
        case .normal: calm(rule, time)
        case .noData, .error: enter(next, time)
        }
    }

    private mutating func alert(_ rule: AlertRule, _ time: Int64) {
        switch state {
        case .alerting: break
        case .recovering: enter(.alerting, time)
        case .pending: if time - since >= rule.pending { enter(.alerting, time) }
        case .normal, .noData, .error: enter(rule.pending > 0 ? .pending : .alerting, time)
        }
    }

    private mutating func calm(_ rule: AlertRule, _ time: Int64) {
        switch state {
        case .alerting where rule.keepFiring > 0: enter(.recovering, time)
        case .recovering: if time - since >= rule.keepFiring { enter(.normal, time) }
        default: enter(.normal, time)
        }
    }

    mutating func enter(_ next: State, _ time: Int64) {
        guard next != state else { return }
        if state == .normal { activeAt = time }
        if next.isFiring, !state.isFiring { (firedAt, resolvedAt) = (time, nil) }
        if !next.isFiring, state.isFiring { (firedAt, resolvedAt) = (nil, time) }
        state = next
        since = time
    }
}
