/// How a rule stands: its instances and its last evaluation.
public struct AlertRuleState: Sendable {
    public enum Health: String, Sendable {
        case unknown
        case ok
        case noData = "nodata"
        case error
    }

    /// What an evaluation found.
    public enum Finding: Sendable {
        case outcome(AlertPipeline.Outcome)
        case error(String)
    }

    /// Labels and annotations of an instance, filled in.
    public struct Texts: Sendable {
        public var labels: [String: String]
        public var annotations: [String: String]

        public init(labels: [String: String], annotations: [String: String]) {
            self.labels = labels
            self.annotations = annotations
        }
    }

    /// By their labels.
    public private(set) var instances: [[String: String]: AlertInstance] = [:]
    public private(set) var health = Health.unknown
    public private(set) var lastError = ""
    /// Milliseconds since 1970; nil before the first.
    public private(set) var lastEvaluation: Int64?
    public var evaluationSeconds = 0.0

    public init() {}

    mutating func restore(_ instance: AlertInstance) { instances[instance.labels] = instance }

    /// The worst state of an instance.
    public var worst: AlertInstance.State {
        let order: [AlertInstance.State] = [.alerting, .error, .noData, .recovering, .pending]
        let present = Set(instances.values.map(\.state))
        return order.first(where: present.contains) ?? .normal
    }

    /// Labels of the results that alert, for conditions that end differently than they begin.
    public var alertingResults: Set<[String: String]> {
        Set(
            instances.values.filter { [.alerting, .pending, .recovering].contains($0.state) }.map(
                \.resultLabels))
    }

    /// Moves the instances on.
    ///
    /// - Parameters:
    ///   - time: of the evaluation, milliseconds since 1970.
    ///   - texts: of a result, or of the rule's own alert about missing data or an error, which has the given name.
    /// - Returns: the instances that fire or have ended to, the ones to tell about.
    public mutating func apply(
        _ finding: Finding, of rule: AlertRule, at time: Int64,
        texts: (AlertPipeline.Outcome.Result, _ name: String?) -> Texts
    ) -> [AlertInstance] {
        lastEvaluation = time
        var seen = Set<[String: String]>()
        var told: [AlertInstance] = []
        func move(
            _ result: AlertPipeline.Outcome.Result, _ next: AlertInstance.State?, _ reason: String,
            name: String? = nil
        ) {
            let texts = texts(result, name)
            // Two results may become alike by a label of the rule; the first counts.
            guard seen.insert(texts.labels).inserted else { return }
            var instance =
                instances[texts.labels]
                ?? AlertInstance(
                    labels: texts.labels, resultLabels: result.labels, annotations: texts.annotations,
                    at: time)
            let wasFiring = instance.state.isFiring
            instance.annotations = texts.annotations
            instance.lastEvaluated = time
            instance.values = result.values.mapValues(\.number)
            instance.move(to: next ?? instance.state, of: rule, at: time, reason: reason)
            instances[texts.labels] = instance
            if wasFiring || instance.state.isFiring { told.append(instance) }
        }
        /// Of a result that is no number, or of none at all: what the rule wants.
        func special(_ next: AlertInstance.State, _ reason: String, action: String) {
            let own = AlertPipeline.Outcome.Result(
                labels: AlertRuleState.sourceLabels(of: rule), number: nil, values: [:])
            guard action != next.rawValue else {
                return move(own, next, "", name: "Datasource" + reason)
            }
            let wanted: AlertInstance.State? =
                action == "Alerting" ? .alerting : action == "OK" ? .normal : nil
            let why = action == "KeepLast" ? "\(reason), KeepLast" : reason
            // The rule's instances are all meant; one that has none yet gets its own.
            let all = instances.values.filter { $0.labels["alertname"] != "Datasource" + reason }
            guard !all.isEmpty else {
                return move(.init(labels: [:], number: nil, values: [:]), wanted, why)
            }
            for instance in all {
                var moved = instance
                seen.insert(instance.labels)
                moved.lastEvaluated = time
                moved.move(to: wanted ?? moved.state, of: rule, at: time, reason: why)
                instances[instance.labels] = moved
                if instance.state.isFiring || moved.state.isFiring { told.append(moved) }
            }
        }
        switch finding {
        case .error(let message):
            (health, lastError) = (.error, message)
            special(.error, "Error", action: rule.errorAction.rawValue)
        case .outcome(let outcome)
        where outcome.results.allSatisfy({ $0.number == nil }) && outcome.results.count <= 1:
            (health, lastError) = (.noData, "")
            special(.noData, "NoData", action: rule.noDataAction.rawValue)
        case .outcome(let outcome):
            (health, lastError) = (.ok, "")
            for result in outcome.results {
                guard let number = result.number else {
                    switch rule.noDataAction {
                    case .noData: move(result, .noData, "NoData")
                    case .alerting: move(result, .alerting, "NoData")
                    case .ok: move(result, .normal, "NoData")
                    case .keepLast: move(result, nil, "NoData, KeepLast")
                    }
                    continue
                }
                move(result, number == 0 ? .normal : .alerting, "")
            }
        }
        told += endMissing(of: rule, seen: seen, at: time)
        return told
    }

    /// Ends instances that have not been seen for some evaluations.
    private mutating func endMissing(
        of rule: AlertRule, seen: Set<[String: String]>, at time: Int64
    ) -> [AlertInstance] {
        var told: [AlertInstance] = []
        let patience = Int64(rule.missingMax) * Int64(rule.interval) * 1000
        for (labels, instance) in instances where !seen.contains(labels) {
            // The alert about missing data or an error ends with the evaluation that is neither.
            let isOwn = instance.state == .noData || instance.state == .error
            guard isOwn || time - instance.lastEvaluated >= patience else {
                if instance.state.isFiring { told.append(instance) }
                continue
            }
            var ended = instance
            ended.reason = isOwn ? "" : "MissingSeries"
            ended.enter(.normal, time)
            if instance.state.isFiring { told.append(ended) }
            instances[labels] = nil
        }
        return told
    }

    /// Ends everything, for instance of a rule that was changed or paused.
    ///
    /// - Returns: the instances that had fired.
    public mutating func end(at time: Int64) -> [AlertInstance] {
        let ended = instances.values.filter(\.state.isFiring).map { instance in
            var instance = instance
            instance.enter(.normal, time)
            return instance
        }
        self = AlertRuleState()
        return ended
    }

    private static func sourceLabels(of rule: AlertRule) -> [String: String] {
        let queries = rule.queries.filter { !$0.isExpression }
        return [
            "datasource_uid": Set(queries.map(\.dataSource)).sorted().joined(separator: ","),
            "ref_id": queries.map(\.refID).joined(separator: ","),
        ]
    }
}
