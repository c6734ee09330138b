public import MetricModel

/// One instance of an alerting rule.
public struct Alert: Sendable, Equatable {
    public enum State: String, Sendable {
        case inactive, pending, firing
    }

    public var state: State
    public var labels: Labels
    public var annotations: Labels
    public var value: Double
    /// Milliseconds since 1970, as all times here.
    public var activeAt: Timestamp
    public var firedAt: Timestamp?
    public var resolvedAt: Timestamp?
    public var keepFiringSince: Timestamp?
    public var lastSentAt: Timestamp?
    /// Until when the receiver may take it for firing without hearing of it again.
    public var validUntil: Timestamp?

    /// How long a resolved alert is kept and sent again.
    static let resolvedRetention: Int64 = 900_000

    /// Whether it is time to tell about the alert.
    func needsSending(at time: Timestamp, resendDelay: Int64) -> Bool {
        if state == .pending { return false }
        guard let lastSentAt else { return true }
        if let resolvedAt, resolvedAt > lastSentAt { return true }
        return lastSentAt + resendDelay < time
    }
}

/// An alert on its way to an Alertmanager.
public struct Notification: Sendable, Equatable {
    public var labels: Labels
    public var annotations: Labels
    /// Milliseconds since 1970.
    public var startsAt: Timestamp
    public var endsAt: Timestamp
    /// A page that shows the expression.
    public var generatorURL: String

    public init(
        labels: Labels, annotations: Labels, startsAt: Timestamp, endsAt: Timestamp, generatorURL: String
    ) {
        self.labels = labels
        self.annotations = annotations
        self.startsAt = startsAt
        self.endsAt = endsAt
        self.generatorURL = generatorURL
    }
}
