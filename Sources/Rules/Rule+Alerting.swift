import MetricModel
import PromQLEngine
import PromQLSyntax
import StorageAPI

extension Rule {
    /// Evaluates an alerting rule: brings its alerts up to date and gives the series about them.
    ///
    /// - Parameters:
    ///   - time: of the evaluation.
    ///   - offset: how far before it the data are looked at.
    /// - Throws: `query`, `duplicateLabels`, `limit`; the alerts are then as before.
    mutating func raise(
        _ context: RuleContext, at time: Timestamp, offset: Int64, limit: Int
    ) throws(RulesError) -> [RuleSample] {
        guard case .alerting(let hold, let keepFiring, _) = settings.kind else { return [] }
        var current: [Labels: Alert] = [:]
        for element in try context.vector(expression, at: time - offset, text: settings.expression) {
            let alert = expand(element, context, time)
            guard current.updateValue(alert, forKey: alert.labels) == nil else {
                throw RulesError(
                    .duplicateLabels,
                    "vector contains metrics with the same labelset after applying alert labels")
            }
        }
        var updated = alerts
        for (labels, alert) in current {
            if var known = updated[labels], known.state != .inactive {
                known.value = alert.value
                known.annotations = alert.annotations
                updated[labels] = known
            } else {
                updated[labels] = alert
            }
        }
        var result: [RuleSample] = []
        var activeCount = 0
        for (labels, alert) in updated {
            var alert = alert
            let isActive: Bool
            if current[labels] == nil {
                isActive = Self.end(&alert, at: time, keepFiring: keepFiring)
                let isOver =
                    alerts[labels]?.state == .pending
                    || alert.resolvedAt.map { time - $0 > Alert.resolvedRetention } ?? false
                updated[labels] = isOver && !isActive ? nil : alert
            } else {
                alert.keepFiringSince = nil
                isActive = true
            }
            guard isActive else { continue }
            activeCount += 1
            Self.advance(&alert, at: time, hold: hold)
            updated[labels] = alert
            if isRestored { result += samples(alert) }
        }
        if limit > 0, activeCount > limit {
            alerts = [:]
            throw RulesError(.limit, "exceeded limit of \(limit) with \(activeCount) alerts")
        }
        alerts = updated
        return result
    }

    /// An alert whose condition no longer holds. Returns whether it goes on firing all the same.
    private static func end(_ alert: inout Alert, at time: Timestamp, keepFiring: Int64) -> Bool {
        if alert.state == .firing, keepFiring > 0 {
            let since = alert.keepFiringSince ?? time
            alert.keepFiringSince = since
            if time - since < keepFiring { return true }
        }
        if alert.state != .inactive {
            alert.state = .inactive
            alert.resolvedAt = time
        }
        return false
    }

    private static func advance(_ alert: inout Alert, at time: Timestamp, hold: Int64) {
        let hasHeld = time - alert.activeAt >= hold
        if alert.state == .pending, hasHeld {
            alert.state = .firing
            alert.firedAt = time
        }
        // A reload can make the hold longer than the alert has been active.
        if alert.state == .firing, !hasHeld {
            alert.state = .pending
            alert.firedAt = nil
            alert.lastSentAt = nil
            alert.keepFiringSince = nil
        }
    }

    private func expand(_ element: InstantSeries, _ context: RuleContext, _ time: Timestamp) -> Alert {
        let data = Template.AlertData(
            labels: element.labels, value: element.sample.value,
            externalLabels: context.options.externalLabels)
        let surroundings = Template.Surroundings(now: time, externalURL: context.options.externalURL) {
            text in
            try context.vector(
                try Expression.parse(text, options: context.options.parserOptions), at: time, text: text
            ).map { ($0.labels, $0.sample.value) }
        }
        func text(_ template: Template) -> String {
            do { return try template.expand(data, surroundings) } catch {
                return "<error expanding template: \(error)>"
            }
        }
        var labels = LabelsBuilder(element.labels)
        labels.remove(Labels.metricNameLabel)
        for (name, _, template) in self.labels { labels.set(name, text(template)) }
        labels.set("alertname", settings.name)
        return Alert(
            state: .pending, labels: labels.labels(),
            annotations: Labels(annotations.map { ($0.name, text($0.template)) }),
            value: element.sample.value, activeAt: time)
    }

    /// `ALERTS` and `ALERTS_FOR_STATE`.
    private func samples(_ alert: Alert) -> [RuleSample] {
        var labels = LabelsBuilder(alert.labels)
        labels.set(Labels.metricNameLabel, "ALERTS_FOR_STATE")
        let forState = labels.labels()
        labels.set(Labels.metricNameLabel, "ALERTS")
        labels.set("alertstate", alert.state.rawValue)
        return [
            RuleSample(labels: labels.labels(), value: 1),
            RuleSample(labels: forState, value: Double(alert.activeAt / 1000)),
        ]
    }

    // MARK: - After a restart

    /// Takes over from `ALERTS_FOR_STATE` since when alerts were pending before the server stopped.
    mutating func restore(_ context: RuleContext, at time: Timestamp) {
        defer { isRestored = true }
        guard case .alerting(let hold, _, _) = settings.kind, hold >= context.options.gracePeriod,
            !alerts.isEmpty
        else { return }
        let matchers = [
            LabelMatcher(Labels.metricNameLabel, equals: "ALERTS_FOR_STATE"),
            LabelMatcher("alertname", equals: settings.name),
        ]
        guard
            let querier = try? context.storage.querier(
                from: time - context.options.outageTolerance, through: time),
            let set = try? querier.select(
                matchers, hints: SelectHints(start: time - context.options.outageTolerance, end: time))
        else { return }
        for index in 0..<set.count {
            var labels = LabelsBuilder(set.labels(at: index))
            labels.remove(Labels.metricNameLabel)
            let key = labels.labels()
            var columns = SampleColumns()
            guard var alert = alerts[key],
                (try? set.read(
                    index, from: time - context.options.outageTolerance, through: time, into: &columns))
                    != nil,
                let value = columns.values.last, let downAt = columns.timestamps.last, !value.isStaleMarker,
                var since = Int64(exactly: (value * 1000).rounded())
            else { continue }
            let left = hold - (downAt - since)
            if left > 0, left < context.options.gracePeriod {
                since = time + context.options.gracePeriod - hold
            } else if left > 0 {
                since += time - downAt
            }
            alert.activeAt = since
            alerts[key] = alert
        }
    }
}
