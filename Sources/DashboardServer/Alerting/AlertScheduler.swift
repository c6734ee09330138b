import Dashboards
import Logging
import Platform
import Synchronization

/// Evaluates the stored rules, each group at its interval, and remembers how they stand.
final class AlertScheduler: Sendable {
    /// What an evaluation of a rule has to tell: the instances that fire or have just ended to.
    struct Report: Sendable {
        let rule: AlertRule
        let instances: [AlertInstance]
        /// Milliseconds since 1970.
        let time: Int64
    }

    private struct State {
        /// nil before the rules were read.
        var generation: Int?
        var rules: [AlertRule.GroupKey: [AlertRule]] = [:]
        var states: [String: AlertRuleState] = [:]
        /// The number of the last interval that was evaluated.
        var slots: [AlertRule.GroupKey: Int64] = [:]
        var queue: [AlertRule.GroupKey] = []
        /// Queued or in evaluation.
        var busy: Set<AlertRule.GroupKey> = []
        var workers = 0
    }

    /// Groups that are evaluated at once: alerting must not take the data sources from people.
    private static let workersMax = 4
    /// Instances of all rules together.
    private static let instancesMax = 100_000

    private let store: DashboardStore
    private let evaluator: AlertEvaluator
    private let settings: DashboardSettings
    private let clock: any WallClock
    private let logger: Logger
    private let notify: @Sendable (Report) -> Void
    private let state = Mutex(State())

    /// - Parameter notify: gets every report with something to tell; must not block.
    init(
        store: DashboardStore, evaluator: AlertEvaluator, settings: DashboardSettings, logger: Logger,
        clock: any WallClock = SystemClock(), notify: @escaping @Sendable (Report) -> Void
    ) {
        self.store = store
        self.evaluator = evaluator
        self.settings = settings
        self.logger = logger
        self.clock = clock
        self.notify = notify
    }

    /// How a rule stands.
    func state(of uid: String) -> AlertRuleState { state.withLock { $0.states[uid] ?? AlertRuleState() } }

    /// How all rules stand, by uid.
    func states() -> [String: AlertRuleState] { state.withLock { $0.states } }

    /// Evaluates until the task is cancelled.
    func run() async {
        guard settings.alerting.isEnabled, settings.alerting.executes else { return }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                await refresh()
                let wanted = enqueueDue(at: clock.now())
                for _ in 0..<wanted { group.addTask { await self.work() } }
                // A second is far below the shortest interval and costs next to nothing.
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
            }
            group.cancelAll()
        }
    }

    /// Reads the rules anew when they have changed; what is gone or different ends.
    func refresh() async {
        let generation = store.alertRuleGeneration
        guard state.withLock({ $0.generation != generation }) else { return }
        let rules: [AlertRule]
        var stored: [String: AlertRuleState] = [:]
        do {
            if state.withLock({ $0.generation == nil }) { stored = try await store.alertStates() }
            rules = try await store.alertRules()
        } catch {
            logger.error("cannot read the alert rules: \(error.message)")
            return
        }
        let time = clock.now()
        let reports = state.withLock { [stored] state -> [Report] in
            if state.generation == nil {
                for rule in rules where !rule.isPaused { state.states[rule.uid] = stored[rule.uid] }
            }
            let old = Dictionary(
                state.rules.values.joined().map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
            let new = Dictionary(rules.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
            var reports: [Report] = []
            for (uid, rule) in old where new[uid]?.version != rule.version || new[uid]?.isPaused == true {
                if let ended = state.states[uid]?.end(at: time), !ended.isEmpty {
                    reports.append(Report(rule: rule, instances: ended, time: time))
                }
                state.states[uid] = nil
            }
            state.rules = Dictionary(grouping: rules, by: \.groupKey)
            let intervals = Dictionary(
                old.values.map { ($0.groupKey, $0.interval) }, uniquingKeysWith: { first, _ in first })
            // Another interval numbers its turns anew.
            for (key, members) in state.rules
            where state.slots[key] == nil || intervals[key] != members.first?.interval {
                state.slots[key] = slot(key, members, at: time)
            }
            for key in state.slots.keys where state.rules[key] == nil { state.slots[key] = nil }
            state.generation = generation
            return reports
        }
        for report in reports { notify(report) }
    }

    /// Milliseconds between evaluations.
    private func interval(_ rules: [AlertRule]) -> Int64 {
        max(Int64(rules.first?.interval ?? 60) * 1000, settings.alerting.intervalMin, 1000)
    }

    /// Spreads groups of the same interval over it, the same way at every start.
    private func offset(_ key: AlertRule.GroupKey, _ interval: Int64) -> Int64 {
        let hash = (key.folder + "/" + key.name).utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return Int64(hash % UInt64(interval / 1000)) * 1000
    }

    private func slot(_ key: AlertRule.GroupKey, _ rules: [AlertRule], at time: Int64) -> Int64 {
        let interval = interval(rules)
        return (time - offset(key, interval)) / interval
    }

    /// Queues the groups whose time has come; returns how many workers are to be started.
    private func enqueueDue(at time: Int64) -> Int {
        state.withLock { state in
            for (key, rules) in state.rules {
                let slot = slot(key, rules, at: time)
                guard slot > state.slots[key] ?? slot else { continue }
                state.slots[key] = slot
                // One that takes longer than its interval misses a turn.
                if state.busy.insert(key).inserted { state.queue.append(key) }
            }
            let wanted = min(state.queue.count, AlertScheduler.workersMax - state.workers)
            state.workers += max(wanted, 0)
            return max(wanted, 0)
        }
    }

    private func work() async {
        while !Task.isCancelled {
            let next = state.withLock { state -> (AlertRule.GroupKey, Int64)? in
                guard !state.queue.isEmpty else { return nil }
                let key = state.queue.removeFirst()
                let interval = interval(state.rules[key] ?? [])
                return (key, (state.slots[key] ?? 0) * interval + offset(key, interval))
            }
            guard let (key, time) = next else { break }
            await evaluate(key, at: time)
            state.withLock { _ = $0.busy.remove(key) }
        }
        state.withLock { $0.workers -= 1 }
    }

    /// Evaluates every group once at a time of the caller's.
    func evaluateAll(at time: Int64) async {
        await refresh()
        for key in state.withLock({ Array($0.rules.keys) }) { await evaluate(key, at: time) }
    }

    /// Whether a rule may have this many instances beside those of the others.
    private func hasRoom(for count: Int, of rule: AlertRule) -> Bool {
        state.withLock { state in
            state.states.reduce(count) { $1.key == rule.uid ? $0 : $0 + $1.value.instances.count }
                <= AlertScheduler.instancesMax
        }
    }

    /// Evaluates the rules of a group one after the other.
    private func evaluate(_ key: AlertRule.GroupKey, at time: Int64) async {
        let rules = state.withLock { $0.rules[key] ?? [] }
        let folder = (try? await store.folder(uid: key.folder))?.title ?? key.folder
        for rule in rules where !rule.isPaused && !Task.isCancelled {
            let begin = MonotonicTime.nanoseconds()
            guard
                var finding = try? await evaluator.evaluate(
                    rule, at: time, alerting: state(of: rule.uid).alertingResults)
            else { return }
            if case .outcome(let outcome) = finding, !hasRoom(for: outcome.results.count, of: rule) {
                finding = .error("all rules together have more than \(AlertScheduler.instancesMax) instances")
            }
            if case .error(let message) = finding {
                logger.warning("alert rule \(rule.title) (\(rule.uid)): \(message)")
            }
            let texts = AlertTexts(rule, folderTitle: folder, rootURL: settings.publicURL, at: time)
            let before = state(of: rule.uid)
            var ruleState = before
            let told = ruleState.apply(finding, of: rule, at: time, texts: texts.texts)
            ruleState.evaluationSeconds = Double(MonotonicTime.nanoseconds() - begin) / 1e9
            let isStored = state.withLock { [ruleState] state in
                // Changed or deleted meanwhile: then this was about another rule.
                guard
                    state.rules[key]?.contains(where: { $0.uid == rule.uid && $0.version == rule.version })
                        == true
                else { return false }
                state.states[rule.uid] = ruleState
                return true
            }
            guard isStored else { continue }
            if ruleState.isStoredDifferently(than: before) {
                do { try await store.saveAlertState(ruleState, of: rule) } catch {
                    logger.warning("cannot keep how alert rule \(rule.uid) stands: \(error.message)")
                }
            }
            if !told.isEmpty { notify(Report(rule: rule, instances: told, time: time)) }
        }
    }
}
