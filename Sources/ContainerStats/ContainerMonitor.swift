public import Exposition
import Platform
import Synchronization

/// Watches the cgroups of a machine: finds them, reads them when somebody asks, and knows their names.
///
/// Nothing runs by the clock, unless somebody looks at history or follows events. A snapshot is
/// collected when it is asked for and is shared by all who ask within its maximum age. Collecting
/// happens on one thread of the monitor's own.
public final class ContainerMonitor: Sendable {
    /// The age up to which a snapshot is good for a scrape.
    public static let maxAge = Duration.seconds(1)

    public let options: ContainerMonitorOptions
    private let collector: Collector
    private let runtimes: RuntimeTable
    private let thread: WorkerThreads
    private let last = Mutex<(snapshot: MachineSnapshot, time: UInt64)?>(nil)
    private let logged = Mutex<Set<String>>([])
    private let history: History
    private let eventLog: EventLog
    private let kernelLog: KernelLogReader?
    /// Asks for a collection when a runtime told of a start or an end.
    private let nudges: AsyncStream<Void>.Continuation
    private let nudged: Task<Void, Never>

    /// Begins to follow the container runtimes; cgroups are first looked at by ``snapshot(maxAge:)``.
    public init(options: ContainerMonitorOptions = ContainerMonitorOptions()) {
        self.options = options
        let (stream, nudges) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.nudges = nudges
        let eventLog = EventLog(limits: options.eventLimits)
        self.eventLog = eventLog
        let box = WeakMonitor()
        runtimes = RuntimeTable(sources: RuntimeTable.sources(for: options), log: options.log) { event in
            switch event.action {
            case .started, .ended, .removed, .outOfMemory: nudges.yield()
            case .changed: break
            }
        }
        collector = Collector(options: options, records: runtimes)
        thread = WorkerThreads(name: "containers", count: 1, queueLimit: 1000)
        history = History(
            countMax: Int(min(max(options.historyDuration / max(options.historyInterval, 0.01), 2), 100_000)),
            keepsAll: options.keepsAllHistory)
        let clock = options.clock
        kernelLog = options.kernelLog.flatMap { path in
            KernelLogReader(path: path) { victim in
                let time = clock.now()
                eventLog.add(
                    ContainerEvent(
                        .oom, path: victim.taskPath, time: time, pid: victim.pid, processName: victim.name,
                        constraint: victim.constraint))
                eventLog.add(
                    ContainerEvent(
                        .oomKill, path: victim.limitPath.isEmpty ? "/" : victim.limitPath, time: time,
                        pid: victim.pid, processName: victim.name, constraint: victim.constraint))
            }
        }
        nudged = Task {
            for await _ in stream {
                guard let monitor = box.monitor, !Task.isCancelled else { return }
                _ = try? await monitor.snapshot(maxAge: .milliseconds(50))
            }
        }
        box.monitor = self
        if options.keepsAllHistory { keepTime([]) }
    }

    /// Ends the monitor's threads. Nothing may be asked afterwards.
    public func shutDown() {
        nudged.cancel()
        nudges.finish()
        history.stop()
        eventLog.finish()
        runtimes.stop()
        kernelLog?.stop()
        collector.usage.stop()
        thread.shutDown()
    }

    /// What the machine does now, or did at most `maxAge` ago.
    ///
    /// - Throws: `WorkerThreads.Refusal` when too many are waiting or the monitor has been shut down.
    public func snapshot(maxAge: Duration = ContainerMonitor.maxAge) async throws -> MachineSnapshot {
        if let snapshot = fresh(maxAge) { return snapshot }
        return try await thread.run { [self] _ in fresh(maxAge) ?? collect() }
    }

    /// The metrics under cAdvisor's names, rendered on the monitor's thread. A cgroup that came or went
    /// makes any snapshot too old.
    ///
    /// - Throws: as ``snapshot(maxAge:)``.
    public func exposition(
        as format: ExpositionFormat, maxAge: Duration = ContainerMonitor.maxAge, hasTimestamps: Bool = false,
        where isShown: @escaping @Sendable (ContainerSnapshot) -> Bool = { _ in true }
    ) async throws -> [UInt8] {
        try await thread.run { [self] _ in
            let kept = fresh(maxAge)
            let snapshot = if let kept, !collector.seesChange() { kept } else { collect() }
            return snapshot.exposition(
                as: format, groups: options.groups, hasTimestamps: hasTimestamps, where: isShown)
        }
    }

    /// The processes of a cgroup and of those below it; of the whole machine for "/".
    ///
    /// - Throws: as ``snapshot(maxAge:)``.
    public func processes(of path: String) async throws -> [ContainerProcess] {
        _ = try await snapshot()
        return try await thread.run { [self] _ in collector.processes(of: path) }
    }

    /// What Docker or podman tells of itself and of its images, asked anew.
    ///
    /// - Throws: `ContainerStatsError` when it cannot be asked, `WorkerThreads.Refusal`.
    public func report(of runtime: ContainerIdentity.Runtime) async throws -> RuntimeReport {
        try await runtimes.report(of: runtime)
    }

    // MARK: - History

    /// The samples of the last minutes, oldest first, for each of the paths. The first question about a
    /// container begins the keeping, so that its answer has the newest sample only.
    public func history(of paths: [String]) async throws -> [String: [ContainerSample]] {
        keepTime(paths)
        let snapshot = try await snapshot()
        // What was collected before the question counts too.
        history.record(snapshot)
        return Dictionary(paths.map { ($0, history.samples($0)) }) { first, _ in first }
    }

    /// Collects by the clock while somebody is interested.
    private func keepTime(_ paths: [String]) {
        guard history.want(paths) else { return }
        let interval = Duration.seconds(max(options.historyInterval, 0.1))
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: interval)
                guard let self, self.history.goesOn() else { return }
                guard (try? await self.snapshot(maxAge: interval * 0.9)) != nil else { return }
            }
        }
    }

    // MARK: - Events

    /// Events of the past, oldest first.
    public func events(_ request: ContainerEventRequest) async throws -> [ContainerEvent] {
        _ = try await snapshot()
        return eventLog.events(request)
    }

    /// Events from now on; nil when too many follow already. While somebody follows, the cgroups are
    /// looked at every second.
    public func eventStream(_ request: ContainerEventRequest) async throws -> AsyncStream<ContainerEvent>? {
        _ = try await snapshot()
        guard let stream = eventLog.stream(request) else { return nil }
        Task { [weak self] in
            while true {
                try? await Task.sleep(for: .seconds(1))
                guard let self, self.eventLog.hasStreams else { return }
                guard (try? await self.snapshot(maxAge: .milliseconds(900))) != nil else { return }
            }
        }
        return stream
    }

    /// Adds what differs between two snapshots: cgroups that came and went, processes killed. Both are
    /// sorted by path, so that one walk over both finds it.
    private func addEvents(from old: MachineSnapshot?, to new: MachineSnapshot) {
        let before = old?.containers ?? []
        var place = 0
        for container in new.containers {
            while place < before.count, before[place].path.utf8.lexicographicallyPrecedes(container.path.utf8)
            {
                addEnd(of: before[place], at: new.time)
                place += 1
            }
            guard place < before.count, before[place].path == container.path else {
                let time =
                    container.identity.created > 0 ? Int64(container.identity.created * 1000) : new.time
                eventLog.add(
                    ContainerEvent(.containerCreation, path: container.path, time: min(time, new.time)))
                continue
            }
            let known = before[place]
            place += 1
            // Who can read the kernel's log knows more.
            let killed = (container.sample?.oomEvents ?? 0) > (known.sample?.oomEvents ?? 0)
            if killed, kernelLog == nil, container.path != "/" {
                eventLog.add(ContainerEvent(.oom, path: container.path, time: new.time))
                eventLog.add(ContainerEvent(.oomKill, path: container.path, time: new.time))
            }
        }
        for container in before[place...] { addEnd(of: container, at: new.time) }
    }

    private func addEnd(of container: ContainerSnapshot, at time: Int64) {
        let code = container.identity.id.isEmpty ? -1 : runtimes.exitCode(container.identity.id)
        eventLog.add(ContainerEvent(.containerDeletion, path: container.path, time: time, exitCode: code))
    }

    // MARK: - Collecting

    private func fresh(_ maxAge: Duration) -> MachineSnapshot? {
        last.withLock { last in
            guard let last else { return nil }
            let age = Duration.nanoseconds(Int64(clamping: MonotonicTime.nanoseconds() - last.time))
            return age < maxAge ? last.snapshot : nil
        }
    }

    /// Runs on the monitor's thread.
    private func collect() -> MachineSnapshot {
        let snapshot = collector.collect(now: options.clock.now())
        let old = last.withLock { last in
            defer { last = (snapshot, MonotonicTime.nanoseconds()) }
            return last?.snapshot
        }
        history.record(snapshot)
        addEvents(from: old, to: snapshot)
        for problem in snapshot.problems {
            let isNew = logged.withLock { $0.count < 1000 && $0.insert(problem).inserted }
            if isNew { options.log(problem) }
        }
        return snapshot
    }
}

/// Lets the monitor's own task reach it without keeping it alive.
///
/// `@unchecked Sendable`: set once before the first use, and weak references are safe to share.
private final class WeakMonitor: @unchecked Sendable {
    weak var monitor: ContainerMonitor?
}
