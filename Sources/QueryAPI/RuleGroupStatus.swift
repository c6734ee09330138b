public import MetricModel

/// A rule group as `/api/v1/rules` shows it.
public struct RuleGroupStatus: Sendable {
    public var name: String
    public var file: String
    /// Seconds.
    public var interval: Double
    /// The most series or alerts a rule may give; 0 is no bound.
    public var limit: Int
    /// Seconds.
    public var evaluationSeconds: Double
    /// Milliseconds since 1970; nil before the first.
    public var lastEvaluation: Timestamp?
    public var rules: [RuleStatus]

    public init(
        name: String, file: String, interval: Double, limit: Int = 0, evaluationSeconds: Double = 0,
        lastEvaluation: Timestamp? = nil, rules: [RuleStatus] = []
    ) {
        self.name = name
        self.file = file
        self.interval = interval
        self.limit = limit
        self.evaluationSeconds = evaluationSeconds
        self.lastEvaluation = lastEvaluation
        self.rules = rules
    }
}

/// One rule with what became of its last evaluation.
public struct RuleStatus: Sendable {
    public enum Health: String, Sendable {
        /// Not evaluated yet.
        case unknown
        case ok
        case err
    }

    public var name: String
    /// The expression as it is printed.
    public var query: String
    public var labels: Labels
    public var health: Health
    /// Empty when the last evaluation succeeded.
    public var lastError: String
    /// Seconds.
    public var evaluationSeconds: Double
    /// Milliseconds since 1970; nil before the first.
    public var lastEvaluation: Timestamp?
    /// Nil for a recording rule.
    public var alerting: AlertingStatus?

    public init(
        name: String, query: String, labels: Labels = .empty, health: Health = .unknown,
        lastError: String = "",
        evaluationSeconds: Double = 0, lastEvaluation: Timestamp? = nil, alerting: AlertingStatus? = nil
    ) {
        self.name = name
        self.query = query
        self.labels = labels
        self.health = health
        self.lastError = lastError
        self.evaluationSeconds = evaluationSeconds
        self.lastEvaluation = lastEvaluation
        self.alerting = alerting
    }
}

/// What an alerting rule has beyond a recording rule.
public struct AlertingStatus: Sendable {
    public enum State: String, Sendable {
        /// Not evaluated yet.
        case unknown
        case inactive
        case pending
        case firing
    }

    public var state: State
    /// Seconds an alert must hold before it fires.
    public var holdSeconds: Double
    /// Seconds an alert goes on firing after its condition ended.
    public var keepFiringSeconds: Double
    public var annotations: Labels
    public var alerts: [AlertStatus]

    public init(
        state: State, holdSeconds: Double = 0, keepFiringSeconds: Double = 0, annotations: Labels = .empty,
        alerts: [AlertStatus] = []
    ) {
        self.state = state
        self.holdSeconds = holdSeconds
        self.keepFiringSeconds = keepFiringSeconds
        self.annotations = annotations
        self.alerts = alerts
    }
}

/// One alert.
public struct AlertStatus: Sendable {
    public var labels: Labels
    public var annotations: Labels
    public var state: AlertingStatus.State
    /// Milliseconds since 1970.
    public var activeAt: Timestamp
    public var keepFiringSince: Timestamp?
    public var value: Double

    public init(
        labels: Labels, annotations: Labels, state: AlertingStatus.State, activeAt: Timestamp,
        keepFiringSince: Timestamp? = nil, value: Double
    ) {
        self.labels = labels
        self.annotations = annotations
        self.state = state
        self.activeAt = activeAt
        self.keepFiringSince = keepFiringSince
        self.value = value
    }
}
