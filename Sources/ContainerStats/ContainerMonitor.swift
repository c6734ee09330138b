public import Exposition
import Platform
import Synchronization

/// Watches the cgroups of a machine: finds them, reads them when somebody asks, and knows their names.
///
/// Nothing runs by the clock. A snapshot is collected when it is asked for and is shared by all who ask
/// within its maximum age. Collecting happens on one thread of the monitor's own.
public final class ContainerMonitor: Sendable {
    /// The age up to which a snapshot is good for a scrape.
    public static let maxAge = Duration.seconds(1)

    public let options: ContainerMonitorOptions
    private let collector: Collector
    private let runtimes: RuntimeTable
    private let thread: WorkerThreads
    private let last = Mutex<(snapshot: MachineSnapshot, time: UInt64)?>(nil)
    private let logged = Mutex<Set<String>>([])

    /// Begins to follow the container runtimes; cgroups are first looked at by ``snapshot(maxAge:)``.
    public init(options: ContainerMonitorOptions = ContainerMonitorOptions()) {
        self.options = options
        runtimes = RuntimeTable(sources: RuntimeTable.sources(for: options), log: options.log)
        collector = Collector(options: options, records: runtimes)
        thread = WorkerThreads(name: "containers", count: 1, queueLimit: 1000)
    }

    /// Ends the monitor's threads. Nothing may be asked afterwards.
    public func shutDown() {
        runtimes.stop()
        thread.shutDown()
    }

    /// What the machine does now, or did at most `maxAge` ago.
    ///
    /// - Throws: `WorkerThreads.Refusal` when too many are waiting or the monitor has been shut down.
    public func snapshot(maxAge: Duration = ContainerMonitor.maxAge) async throws -> MachineSnapshot {
        if let snapshot = fresh(maxAge) { return snapshot }
        return try await thread.run { [self] _ in fresh(maxAge) ?? collect() }
    }

    /// The metrics under cAdvisor's names, rendered on the monitor's thread.
    ///
    /// - Throws: as ``snapshot(maxAge:)``.
    public func exposition(
        as format: ExpositionFormat, maxAge: Duration = ContainerMonitor.maxAge, hasTimestamps: Bool = false,
        where isShown: @escaping @Sendable (ContainerSnapshot) -> Bool = { _ in true }
    ) async throws -> [UInt8] {
        try await thread.run { [self] _ in
            let snapshot = fresh(maxAge) ?? collect()
            return snapshot.exposition(
                as: format, groups: options.groups, hasTimestamps: hasTimestamps, where: isShown)
        }
    }

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
        last.withLock { $0 = (snapshot, MonotonicTime.nanoseconds()) }
        for problem in snapshot.problems {
            let isNew = logged.withLock { $0.count < 1000 && $0.insert(problem).inserted }
            if isNew { options.log(problem) }
        }
        return snapshot
    }
}
