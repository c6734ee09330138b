import MetricModel
import QueryAPI
import Rules

extension RuleGroupStatus {
    init(_ snapshot: RuleGroupSnapshot) {
        self.init(
            name: snapshot.settings.name, file: snapshot.settings.file,
            interval: Double(snapshot.interval) / 1000,
            limit: snapshot.settings.limit, evaluationSeconds: snapshot.lastDuration,
            lastEvaluation: snapshot.lastEvaluation,
            rules: snapshot.rules.map { RuleStatus($0) })
    }
}

extension RuleStatus {
    fileprivate init(_ snapshot: RuleSnapshot) {
        let health: Health =
            switch snapshot.health {
            case .unknown: .unknown
            case .good: .ok
            case .bad: .err
            }
        self.init(
            name: snapshot.settings.name, query: snapshot.expression, labels: snapshot.labels, health: health,
            lastError: snapshot.lastError, evaluationSeconds: snapshot.lastDuration,
            lastEvaluation: snapshot.lastEvaluation,
            alerting: AlertingStatus(snapshot))
    }
}

extension AlertingStatus {
    fileprivate init?(_ snapshot: RuleSnapshot) {
        guard case .alerting(let hold, let keepFiring, let annotations) = snapshot.settings.kind else {
            return nil
        }
        let state: State = snapshot.state.map(State.init) ?? .unknown
        self.init(
            state: state, holdSeconds: Double(hold) / 1000, keepFiringSeconds: Double(keepFiring) / 1000,
            annotations: Labels(annotations.map { ($0.key, $0.value) }),
            alerts: snapshot.alerts.map { alert in
                AlertStatus(
                    labels: alert.labels, annotations: alert.annotations, state: State(alert.state),
                    activeAt: alert.activeAt,
                    keepFiringSince: alert.keepFiringSince, value: alert.value)
            })
    }
}

extension AlertingStatus.State {
    fileprivate init(_ state: Alert.State) {
        self =
            switch state {
            case .inactive: .inactive
            case .pending: .pending
            case .firing: .firing
            }
    }
}
