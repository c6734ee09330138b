public import Logging
public import Platform
public import ServiceLifecycle
import Synchronization

/// Follows sources of targets for others than scrape jobs: where Alertmanagers are.
public final class DiscoveryWatch: Service {
    private struct State {
        var isRunning = false
        var isStopped = false
        var settings: [DiscoverySettings] = []
        /// What each source says; fixed ones from the start.
        var groups: [[TargetGroup]] = []
        var tasks: [Task<Void, Never>] = []
        /// Of the settings, so that what an old task reports late is left out.
        var version = 0
    }

    private let state = Mutex(State())
    private let services: DiscoveryServices
    private let onChange: @Sendable ([[TargetGroup]]) -> Void

    /// - Parameter onChange: gets the groups of all sources, in the order of the settings, at each change;
    ///   must not block, nor call this object.
    public init(
        workers: WorkerThreads, logger: Logger, options: ScrapeOptions = ScrapeOptions(),
        clock: any WallClock = SystemClock(),
        alarm: any Alarm = SystemAlarm(), onChange: @escaping @Sendable ([[TargetGroup]]) -> Void
    ) {
        services = DiscoveryServices(
            workers: workers, alarm: alarm, clock: clock, logger: logger, options: options)
        self.onChange = onChange
    }

    /// Replaces the sources, and reports what is known at once. Sources that stay keep what they said.
    public func apply(_ settings: [DiscoverySettings]) {
        state.withLock { state in
            guard !state.isStopped else { return }
            if settings != state.settings {
                for task in state.tasks { task.cancel() }
                state.tasks = []
                state.version += 1
                state.groups = settings.map { source in
                    if case .fixed(let groups) = source { return groups }
                    return state.settings.firstIndex(of: source).map { state.groups[$0] } ?? []
                }
                state.settings = settings
                if state.isRunning { start(&state) }
            }
            onChange(state.groups)
        }
    }

    /// Follows the sources until the service group shuts down gracefully or the task is cancelled.
    public func run() async throws {
        state.withLock { state in
            state.isRunning = true
            start(&state)
        }
        // Cancelled or gracefully told: the end is the same.
        try? await gracefulShutdown()
        let tasks = state.withLock { state in
            state.isStopped = true
            return state.tasks
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    private func start(_ state: inout State) {
        let version = state.version
        for (index, settings) in state.settings.enumerated() {
            do {
                guard let discoverer = try settings.discoverer(services) else { continue }
                state.tasks.append(
                    Task { [services] in
                        await discoverer.run(services) { [weak self] groups in
                            self?.replace(groups, at: index, version)
                        }
                    })
            } catch {
                services.logger.error("cannot find targets", metadata: ["error": "\(error)"])
            }
        }
    }

    private func replace(_ groups: [TargetGroup], at index: Int, _ version: Int) {
        state.withLock { state in
            guard state.version == version, !state.isStopped else { return }
            state.groups[index] = groups
            // Under the lock, so that a later change is not reported before an earlier one.
            onChange(state.groups)
        }
    }
}
