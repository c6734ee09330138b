public import EventLoops
public import Instruments
public import Logging
public import MetricModel
public import Platform
public import ServiceLifecycle
public import StorageAPI
import Synchronization

/// Finds targets and scrapes them into a storage for as long as it runs.
///
/// Every target has a task that sleeps until its place in the interval, fetches on a thread for sockets, and
/// has a worker thread parse and append. ``apply(_:externalLabels:)`` may be called before and while it runs.
public final class ScrapeService: Service {
    private enum Phase {
        case idle, running, stopped
    }

    private struct State {
        var phase = Phase.idle
        var pools: [String: ScrapePool] = [:]
        var seed: UInt64 = 0
        /// Tasks that write the last staleness markers of removed targets.
        var endings: [Int: Task<Void, Never>] = [:]
        var endingCount = 0
    }

    private let state = Mutex(State())
    private let services: ScrapeServices
    private let discoveryServices: DiscoveryServices

    /// - Parameters:
    ///   - store: where samples go.
    ///   - workers: threads for parsing and appending, which take milliseconds and may block.
    ///   - registry: gets the families `prometheus_target_…`.
    /// - Throws: `InstrumentError` when the registry has them already.
    public init(
        store: any SampleStore, workers: WorkerThreads, logger: Logger, registry: Registry? = nil,
        options: ScrapeOptions = ScrapeOptions(), clock: any WallClock = SystemClock(),
        alarm: any Alarm = SocketLoopAlarm()
    ) throws {
        services = ScrapeServices(
            store: store, workers: workers, clock: clock, alarm: alarm, logger: logger,
            instruments: try ScrapeInstruments(registry: registry ?? Registry()), options: options)
        discoveryServices = DiscoveryServices(
            workers: workers, alarm: alarm, clock: clock, logger: logger, options: options,
            failures: services.instruments.discoveryFailures)
    }

    // MARK: - Configuration

    /// Replaces the jobs. Targets that are the same under the new configuration go on undisturbed. Reads
    /// the certificates of new jobs: blocks on the disk.
    public func apply(_ configurations: [ScrapeConfiguration], externalLabels: Labels = .empty) {
        var seed = FNV1a()
        seed.add(services.options.hostName)
        seed.add(externalLabels.description)
        var made: [String: ScrapePool] = [:]
        for configuration in configurations {
            let isSame = state.withLock {
                $0.seed == seed.hash && $0.pools[configuration.jobName]?.configuration == configuration
            }
            if !isSame { made[configuration.jobName] = ScrapePool(configuration, services: services) }
        }
        state.withLock { state in
            guard state.phase != .stopped else { return }
            state.seed = seed.hash
            let names = Set(configurations.map(\.jobName))
            for (name, pool) in state.pools where !names.contains(name) {
                end(pool, &state, followed: [])
                state.pools[name] = nil
            }
            for configuration in configurations {
                let name = configuration.jobName
                guard var pool = made[name] else { continue }
                let old = state.pools[name]
                if let old { pool.inherit(from: old) }
                (old == nil ? services.instruments.pools : services.instruments.reloads).increment()
                state.pools[name] = pool
                sync(name, &state)
                if let old {
                    end(
                        old, &state,
                        followed: Set(state.pools[name]?.loops.values.map(\.loop.target.identity) ?? []))
                }
                if state.phase == .running { startDiscovery(name, &state) }
            }
        }
    }

    // MARK: - Running

    /// Scrapes until the service group shuts down gracefully or the task is cancelled. Ends when all
    /// loops have; no staleness markers are written then, since the targets go on.
    public func run() async throws {
        start()
        // Cancelled or gracefully told: the end is the same.
        try? await gracefulShutdown()
        await stop()
    }

    /// Starts the loops; for callers without a service group.
    public func start() {
        state.withLock { state in
            guard state.phase == .idle else { return }
            state.phase = .running
            for name in state.pools.keys {
                for hash in state.pools[name]?.loops.keys.map({ $0 }) ?? [] { startLoop(name, hash, &state) }
                startDiscovery(name, &state)
            }
        }
    }

    /// Stops all loops and waits for them.
    public func stop() async {
        let tasks = state.withLock { state in
            state.phase = .stopped
            let pools = state.pools.values
            return pools.flatMap { $0.loops.values.compactMap(\.task) + $0.discoveryTasks }
                + state.endings.values
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func sync(_ name: String, _ state: inout State) {
        guard var pool = state.pools[name] else { return }
        let (ended, started) = pool.sync(services: services, seed: state.seed)
        state.pools[name] = pool
        for running in ended { end(running, &state, isReplaced: false) }
        if state.phase == .running {
            for hash in started { startLoop(name, hash, &state) }
        }
    }

    private func startLoop(_ name: String, _ hash: UInt64, _ state: inout State) {
        guard let loop = state.pools[name]?.loops[hash]?.loop else { return }
        state.pools[name]?.loops[hash]?.task = Task { await loop.run() }
    }

    private func startDiscovery(_ name: String, _ state: inout State) {
        guard let pool = state.pools[name] else { return }
        let version = pool.version
        for (index, discovery) in pool.configuration.discovery.enumerated() {
            do {
                guard let discoverer = try discovery.discoverer(discoveryServices) else { continue }
                let task = Task { [discoveryServices] in
                    await discoverer.run(discoveryServices) { [weak self] groups in
                        self?.replace(groups, of: name, version: version, index: index)
                    }
                }
                state.pools[name]?.discoveryTasks.append(task)
            } catch {
                services.logger.error(
                    "cannot find targets", metadata: ["job": "\(name)", "error": "\(error)"])
            }
        }
    }

    private func replace(_ groups: [TargetGroup], of name: String, version: Int, index: Int) {
        state.withLock { state in
            guard state.phase == .running, state.pools[name]?.version == version else { return }
            state.pools[name]?.groups[index] = groups
            sync(name, &state)
        }
    }

    // MARK: - Ending

    /// - Parameter followed: the targets that other loops scrape on.
    private func end(_ pool: ScrapePool, _ state: inout State, followed: Set<Target.Identity>) {
        for task in pool.discoveryTasks { task.cancel() }
        for running in pool.loops.values {
            end(running, &state, isReplaced: followed.contains(running.loop.target.identity))
        }
    }

    /// Ends a loop. Unless another one follows it, its series go stale, but only after a while: the target
    /// may come back under a changed configuration.
    private func end(_ running: ScrapePool.Running, _ state: inout State, isReplaced: Bool) {
        running.task?.cancel()
        guard let task = running.task, !isReplaced, state.phase == .running else { return }
        let number = state.endingCount
        state.endingCount += 1
        let loop = running.loop
        state.endings[number] = Task { [weak self, services] in
            await task.value
            let interval = loop.target.interval
            let last = loop.status.withLock { $0.lastScrape }
            if let last {
                do {
                    try await services.alarm.wait(until: last + 2 * interval + interval / 10)
                    let scratch = services.scratch.take()
                    try await services.workers.run { _ in
                        loop.digestEnd(at: last + interval, scratch)
                        services.scratch.give(scratch)
                    }
                } catch {
                    // Shutting down: the targets go on without us.
                }
            }
            self?.state.withLock { $0.endings[number] = nil }
        }
    }

    // MARK: - What the API shows

    /// The targets that are scraped, ascending by job and URL.
    public func targets() -> [TargetStatus] {
        let pools = state.withLock { state in
            state.pools.sorted { $0.key < $1.key }.map {
                (name: $0.key, loops: $0.value.loops.values.map(\.loop))
            }
        }
        return pools.flatMap { name, loops in
            loops.sorted { ($0.target.url, $0.target.hash) < ($1.target.url, $1.target.hash) }.map { loop in
                let status = loop.status.withLock { $0 }
                return TargetStatus(
                    discoveredLabels: status.discoveredLabels, labels: loop.target.publicLabels,
                    scrapePool: name,
                    scrapeURL: loop.target.url, lastError: status.lastError, lastScrape: status.lastScrape,
                    lastScrapeDuration: status.lastDuration, health: status.health,
                    scrapeInterval: loop.target.interval, scrapeTimeout: loop.target.timeout)
            }
        }
    }

    /// The targets that relabeling dropped, as many as the configuration keeps.
    public func droppedTargets() -> [DroppedTarget] {
        state.withLock { state in
            state.pools.sorted { $0.key < $1.key }.flatMap { $0.value.dropped }
        }
    }

    /// How many targets relabeling dropped, by job.
    public func droppedTargetCounts() -> [String: Int] {
        state.withLock { $0.pools.mapValues(\.droppedCount) }
    }

    /// The names of the jobs, ascending.
    public func scrapePools() -> [String] {
        state.withLock { $0.pools.keys.sorted() }
    }

    /// The configuration of a job, or nil.
    public func configuration(of pool: String) -> ScrapeConfiguration? {
        state.withLock { $0.pools[pool]?.configuration }
    }

    /// What the targets say about their metric families.
    public func metadata() -> [TargetMetadata] {
        let loops = state.withLock { state in
            state.pools.sorted { $0.key < $1.key }.flatMap { name, pool in
                pool.loops.values.map { (name, $0.loop) }
            }
        }
        return loops.map { name, loop in
            TargetMetadata(
                labels: loop.target.publicLabels, scrapePool: name,
                metrics: loop.memory.metadata.withLock { $0.all })
        }
    }
}
