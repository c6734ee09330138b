import Dashboards

/// An alert on its way to a contact point.
struct AlertNotice: Sendable {
    let rule: AlertRule
    let instance: AlertInstance
    /// When it was last reported; milliseconds since 1970.
    let reportedAt: Int64
    /// Of its labels.
    let fingerprint: UInt64

    init(rule: AlertRule, instance: AlertInstance, reportedAt: Int64) {
        self.rule = rule
        self.instance = instance
        self.reportedAt = reportedAt
        fingerprint = AlertPayload.fingerprint(instance.labels)
    }

    var labels: [String: String] { instance.labels }
    /// Those for people: names between underscores are for machines.
    var annotations: [String: String] {
        instance.annotations.filter { !($0.key.hasPrefix("__") && $0.key.hasSuffix("__")) }
    }

    /// How long it counts as firing without hearing of it again, milliseconds.
    private var patience: Int64 { max(Int64(rule.interval) * 4, 240) * 1000 }

    func isFiring(at time: Int64) -> Bool {
        instance.state.isFiring && time - reportedAt < patience
    }

    var startsAt: Int64 { instance.firedAt ?? instance.activeAt }
    /// nil while it fires.
    func endsAt(_ time: Int64) -> Int64? { isFiring(at: time) ? nil : instance.resolvedAt ?? time }
    var validUntil: Int64 { reportedAt + patience }
}

/// Alerts that are told together.
struct AlertNoticeGroup: Sendable {
    let receiver: String
    let labels: [String: String]
    let firing: [AlertNotice]
    let resolved: [AlertNotice]
    /// Milliseconds since 1970.
    let time: Int64

    var all: [AlertNotice] { firing + resolved }

    /// Texts that all alerts have.
    func common(_ texts: (AlertNotice) -> [String: String]) -> [String: String] {
        guard let first = all.first else { return [:] }
        return all.dropFirst().reduce(texts(first)) { common, notice in
            let other = texts(notice)
            return common.filter { other[$0.key] == $0.value }
        }
    }
}
