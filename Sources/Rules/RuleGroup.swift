import Instruments
import Logging
import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import StorageAPI
import Synchronization

/// A group of rules and when it is evaluated.
final class RuleGroup: Sendable {
    struct State: Sendable {
        var rules: [Rule]
        var evaluations = 0
        var lastEvaluation: Timestamp?
        /// Seconds.
        var lastDuration = 0.0
        var sampleCount = 0
        /// Series of rules that a reload removed: to be marked stale.
        var orphans: [SeriesReference] = []
    }

    let settings: RuleGroupSettings
    /// Milliseconds.
    let interval: Int64
    let offset: Int64
    let state: Mutex<State>

    /// - Throws: `invalidRule`, `template`.
    init(_ settings: RuleGroupSettings, options: RuleOptions) throws(RulesError) {
        self.settings = settings
        interval = max(settings.interval > 0 ? settings.interval : options.evaluationInterval, 1)
        offset = settings.queryOffset ?? options.queryOffset
        var rules: [Rule] = []
        for rule in settings.rules { rules.append(try Rule(rule, group: settings, options.parserOptions)) }
        if options.startsRestored {
            for index in rules.indices { rules[index].isRestored = true }
        }
        state = Mutex(State(rules: rules))
    }

    /// The name under which instruments show the group.
    var key: String { "\(settings.file);\(settings.name)" }

    /// The newest time at or before `now` at which the group is due: groups are spread over the interval
    /// by their names, the same in every run.
    func slot(at now: Timestamp) -> Timestamp {
        let hash = Labels([("name", settings.name), ("file", settings.file)]).stableHash
        let offset = Int64(hash % (UInt64(interval) * 1_000_000) / 1_000_000)
        let passed = (now - offset) % interval
        return now - (passed < 0 ? passed + interval : passed)
    }

    /// Takes over alerts, series and times from the group that this one replaces.
    func inherit(from old: RuleGroup) {
        let oldState = old.state.withLock { $0 }
        state.withLock { state in
            state.lastEvaluation = oldState.lastEvaluation
            state.lastDuration = oldState.lastDuration
            state.evaluations = oldState.evaluations
            var left = oldState.rules
            for index in state.rules.indices {
                guard let match = left.firstIndex(where: { $0.identity == state.rules[index].identity })
                else {
                    state.rules[index].isRestored = oldState.evaluations > 1
                    continue
                }
                state.rules[index].series = left[match].series
                state.rules[index].alerts = left[match].alerts
                state.rules[index].isRestored = left[match].isRestored
                left.remove(at: match)
            }
            state.orphans = oldState.orphans + left.flatMap(\.series.values)
        }
    }

    // MARK: - Evaluation

    /// Evaluates all rules in order; the results of each are stored before the next looks. Blocks: for
    /// worker threads. Returns the alerts that it is time to tell about.
    func evaluate(_ context: RuleContext, at time: Timestamp, instruments: RuleInstruments, logger: Logger)
        -> [Notification]
    {
        let start = MonotonicTime.nanoseconds()
        // Only this group's task evaluates; readers see the state as it was until the end.
        var current = state.withLock { $0 }
        var notifications: [Notification] = []
        current.sampleCount = 0
        for index in current.rules.indices {
            if context.cancellation.isCancelled { return [] }
            let ruleStart = MonotonicTime.nanoseconds()
            instruments.evaluations(key).increment()
            do {
                let samples = try evaluate(&current.rules[index], context, time)
                try store(samples, of: &current.rules[index], context, time - offset)
                current.sampleCount += samples.count
                current.rules[index].health = .good
                current.rules[index].lastError = ""
                notifications += notify(&current.rules[index], context, time)
            } catch {
                instruments.failures(key).increment()
                current.rules[index].health = .bad
                current.rules[index].lastError = "\(error)"
                logger.warning(
                    "cannot evaluate a rule",
                    metadata: [
                        "file": "\(settings.file)", "group": "\(settings.name)",
                        "rule": "\(current.rules[index].settings.name)", "error": "\(error)",
                    ])
            }
            current.rules[index].lastEvaluation = time
            current.rules[index].lastDuration = Double(MonotonicTime.nanoseconds() - ruleStart) / 1e9
            instruments.evaluationDuration.observe(current.rules[index].lastDuration)
        }
        markOrphans(&current, context, time - offset)
        current.evaluations += 1
        if current.evaluations == 2 {
            // By now targets have been scraped and recording rules have run.
            for index in current.rules.indices where !current.rules[index].isRestored {
                current.rules[index].restore(context, at: time)
            }
        }
        current.lastEvaluation = time
        current.lastDuration = Double(MonotonicTime.nanoseconds() - start) / 1e9
        instruments.groupDuration.observe(current.lastDuration)
        state.withLock { $0 = current }
        return notifications
    }

    private func evaluate(_ rule: inout Rule, _ context: RuleContext, _ time: Timestamp) throws(RulesError)
        -> [RuleSample]
    {
        switch rule.settings.kind {
        case .recording: try rule.record(context, at: time - offset, limit: settings.limit)
        case .alerting: try rule.raise(context, at: time, offset: offset, limit: settings.limit)
        }
    }

    /// Stores the samples, and staleness markers for series that the last evaluation had and this one has
    /// not.
    private func store(
        _ samples: [RuleSample], of rule: inout Rule, _ context: RuleContext, _ time: Timestamp
    ) throws(RulesError) {
        var batch = SampleBatch()
        var series: [Labels: SeriesReference] = [:]
        do {
            for sample in samples {
                let reference = try rule.series[sample.labels] ?? context.store.register(sample.labels)
                series[sample.labels] = reference
                batch.append(reference, time, sample.value)
            }
            for (labels, reference) in rule.series where series[labels] == nil {
                batch.append(reference, time, .staleMarker)
            }
            guard batch.count > 0 else { return }
            var result = try context.store.append(batch)
            let forgotten = result.refused.filter { $0.reason == .unknownSeries && $0.index < samples.count }
            if !forgotten.isEmpty {
                var again = SampleBatch()
                for (index, _) in forgotten {
                    let reference = try context.store.register(samples[index].labels)
                    series[samples[index].labels] = reference
                    again.append(reference, time, samples[index].value)
                }
                _ = try context.store.append(again)
            }
            result.refused.removeAll { $0.reason == .unknownSeries || $0.index >= samples.count }
            rule.series = series
            if let first = result.refused.first {
                throw RulesError(
                    .storage,
                    "\(result.refused.count) of \(samples.count) samples were refused: \(first.reason)")
            }
        } catch let error as RulesError {
            throw error
        } catch {
            throw RulesError(.storage, "\(error)")
        }
    }

    private func markOrphans(_ state: inout State, _ context: RuleContext, _ time: Timestamp) {
        guard !state.orphans.isEmpty else { return }
        var batch = SampleBatch()
        for reference in state.orphans { batch.append(reference, time, .staleMarker) }
        _ = try? context.store.append(batch)
        state.orphans = []
    }

    private func notify(_ rule: inout Rule, _ context: RuleContext, _ time: Timestamp) -> [Notification] {
        var result: [Notification] = []
        let delay = context.options.resendDelay
        for (labels, alert) in rule.alerts where alert.needsSending(at: time, resendDelay: delay) {
            var alert = alert
            alert.lastSentAt = time
            // Long enough that one lost message does not resolve the alert.
            alert.validUntil = time + 4 * max(interval, delay)
            rule.alerts[labels] = alert
            result.append(
                Notification(
                    labels: alert.labels, annotations: alert.annotations,
                    startsAt: alert.firedAt ?? alert.activeAt,
                    endsAt: alert.resolvedAt ?? alert.validUntil ?? time,
                    generatorURL: context.options.externalURL
                        + TemplateFunction.link(rule.expression.description, tab: 1)))
        }
        return result
    }

    var snapshot: RuleGroupSnapshot {
        let state = state.withLock { $0 }
        return RuleGroupSnapshot(
            settings: settings, interval: interval, lastEvaluation: state.lastEvaluation,
            lastDuration: state.lastDuration,
            lastSampleCount: state.sampleCount,
            rules: state.rules.map { rule in
                RuleSnapshot(
                    settings: rule.settings, labels: rule.staticLabels,
                    expression: rule.expression.description,
                    health: rule.health, lastError: rule.lastError, lastEvaluation: rule.lastEvaluation,
                    lastDuration: rule.lastDuration,
                    alerts: rule.alerts.values.filter { $0.state != .inactive }.sorted {
                        $0.labels < $1.labels
                    })
            })
    }
}
