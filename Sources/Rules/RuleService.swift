public import Instruments
public import Logging
public import MetricModel
public import Platform
public import PromQLEngine
public import ServiceLifecycle
public import StorageAPI
import Synchronization

/// Evaluates rule groups for as long as it runs, each in a task of its own on worker threads.
public final class RuleService: Service {
    private struct Running {
        let group: RuleGroup
        var task: Task<Void, Never>?
    }

    private struct State {
        var isRunning = false
        var isStopped = false
        var options = RuleOptions()
        /// In the order of the configuration.
        var groups: [Running] = []
    }

    private let state = Mutex(State())
    private let storage: any Queryable
    private let store: any SampleStore
    private let engine: QueryEngine
    private let workers: WorkerThreads
    private let clock: any WallClock
    private let alarm: any Alarm
    private let logger: Logger
    private let instruments: RuleInstruments
    private let notify: @Sendable ([Notification]) -> Void

    /// - Parameters:
    ///   - storage: what the rules query.
    ///   - store: where results go.
    ///   - registry: gets the families `prometheus_rule_…`.
    ///   - notify: gets the alerts that it is time to tell about; must not block.
    /// - Throws: `InstrumentError` when the registry has the families already.
    public init(
        storage: any Queryable, store: any SampleStore, engine: QueryEngine, workers: WorkerThreads,
        logger: Logger,
        registry: Registry? = nil, clock: any WallClock = SystemClock(), alarm: any Alarm = SystemAlarm(),
        notify: @escaping @Sendable ([Notification]) -> Void = { _ in }
    ) throws {
        self.storage = storage
        self.store = store
        self.engine = engine
        self.workers = workers
        self.logger = logger
        self.clock = clock
        self.alarm = alarm
        self.notify = notify
        instruments = try RuleInstruments(registry: registry ?? Registry())
    }

    /// Replaces the groups. Those that are the same go on undisturbed; alerts of changed ones are taken
    /// over.
    ///
    /// - Throws: `invalidRule`, `template`; then nothing is changed.
    public func apply(_ settings: [RuleGroupSettings], options: RuleOptions = RuleOptions())
        throws(RulesError)
    {
        var made: [RuleGroup] = []
        for group in settings { made.append(try RuleGroup(group, options: options)) }
        state.withLock { state in
            guard !state.isStopped else { return }
            var old = state.groups
            state.options = options
            state.groups = made.map { group in
                guard let index = old.firstIndex(where: { $0.group.key == group.key }) else {
                    return Running(group: group)
                }
                let known = old.remove(at: index)
                if known.group.settings == group.settings, known.group.interval == group.interval,
                    known.group.offset == group.offset
                {
                    return known
                }
                known.task?.cancel()
                group.inherit(from: known.group)
                return Running(group: group)
            }
            for running in old { end(running, state.isRunning) }
            if state.isRunning { startTasks(&state) }
        }
    }

    /// Evaluates until the service group shuts down gracefully or the task is cancelled.
    public func run() async throws {
        start()
        // Cancelled or gracefully told: the end is the same.
        try? await gracefulShutdown()
        await stop()
    }

    /// Starts the groups; for callers without a service group.
    public func start() {
        state.withLock { state in
            guard !state.isRunning, !state.isStopped else { return }
            state.isRunning = true
            startTasks(&state)
        }
    }

    /// Stops the groups and waits for them.
    public func stop() async {
        let tasks = state.withLock { state in
            state.isStopped = true
            return state.groups.compactMap(\.task)
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// How the groups stand, in the order of the configuration.
    public func groups() -> [RuleGroupSnapshot] {
        state.withLock { $0.groups.map(\.group) }.map(\.snapshot)
    }

    /// Evaluates every group once, at `time`, milliseconds since 1970, in order. Blocks: for tests and
    /// tools.
    public func evaluateOnce(at time: Timestamp) {
        let (groups, options) = state.withLock { ($0.groups.map(\.group), $0.options) }
        for group in groups { evaluate(group, at: time, options, Cancellation()) }
    }

    // MARK: - Tasks

    private func startTasks(_ state: inout State) {
        for index in state.groups.indices where state.groups[index].task == nil {
            let group = state.groups[index].group
            state.groups[index].task = Task { await self.loop(group) }
        }
    }

    private func loop(_ group: RuleGroup) async {
        var slot = group.slot(at: clock.now())
        if !state.withLock({ $0.options.evaluatesAtStart }) { slot += group.interval }
        while !Task.isCancelled {
            do { try await alarm.wait(until: slot) } catch { return }
            let newest = group.slot(at: clock.now())
            if newest > slot {
                instruments.missed(group.key).increment(by: UInt64((newest - slot) / group.interval))
                slot = newest
            }
            instruments.iterations(group.key).increment()
            let options = state.withLock { $0.options }
            do {
                try await workers.run { [slot] cancellation in
                    self.evaluate(group, at: slot, options, cancellation)
                }
            } catch {
                logger.warning(
                    "cannot evaluate a rule group", metadata: ["group": "\(group.key)", "error": "\(error)"])
            }
            slot += group.interval
        }
    }

    private func evaluate(
        _ group: RuleGroup, at time: Timestamp, _ options: RuleOptions, _ cancellation: Cancellation
    ) {
        let context = RuleContext(
            storage: storage, store: store, engine: engine, options: options, cancellation: cancellation,
            origin: .rule(file: group.settings.file, group: group.settings.name))
        let notifications = group.evaluate(context, at: time, instruments: instruments, logger: logger)
        if !notifications.isEmpty { notify(notifications) }
    }

    /// Ends a group that the new configuration does not have: its series go stale.
    private func end(_ running: Running, _ isRunning: Bool) {
        running.task?.cancel()
        guard isRunning else { return }
        let group = running.group
        let time = clock.now()
        workers.submit { [store] in
            var batch = SampleBatch()
            for reference in group.state.withLock({ $0.rules.flatMap(\.series.values) + $0.orphans }) {
                batch.append(reference, time, .staleMarker)
            }
            _ = try? store.append(batch)
        }
    }
}
