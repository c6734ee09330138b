import Instruments
import Logging
import MetricModel
import Platform
import Synchronization
import WebClient

/// The targets of one job and their loops. Used under the lock of the service.
struct ScrapePool {
    /// A loop and the task that runs it; no task before the service runs.
    struct Running {
        let loop: ScrapeLoop
        var task: Task<Void, Never>?
    }

    var configuration: ScrapeConfiguration
    /// Groups by discoverer.
    var groups: [[TargetGroup]]
    var loops: [UInt64: Running] = [:]
    var dropped: [DroppedTarget] = []
    var droppedCount = 0
    var discoveryTasks: [Task<Void, Never>] = []
    /// Counts the configurations, so that a late report of an old discoverer is ignored.
    var version = 0
    private(set) var client: OutgoingClient?
    private(set) var clientError: ScrapingError?
    /// What is remembered about targets whose loops were stopped by a reload, for those that follow.
    private var inherited: [Target.Identity: TargetMemory] = [:]

    init(_ configuration: ScrapeConfiguration, services: ScrapeServices) {
        self.configuration = configuration
        groups = Array(repeating: [], count: configuration.discovery.count)
        for (index, discovery) in configuration.discovery.enumerated() {
            if case .fixed(let fixed) = discovery { groups[index] = fixed }
        }
        do {
            client = try OutgoingClient(configuration.client, userAgent: services.options.userAgent)
        } catch {
            clientError = ScrapingError(.invalidTarget, error.message)
            services.instruments.poolsFailed.increment()
            services.logger.error(
                "cannot make the HTTP client of a job",
                metadata: ["job": "\(configuration.jobName)", "error": "\(error)"])
        }
    }

    /// Takes over from the pool of the same job what the new configuration leaves valid.
    mutating func inherit(from old: ScrapePool) {
        version = old.version + 1
        if configuration.treatsSeriesLike(old.configuration) {
            for running in old.loops.values { inherited[running.loop.target.identity] = running.loop.memory }
        }
        for (index, discovery) in configuration.discovery.enumerated() {
            // Dynamic targets stay until their source reports anew.
            if case .fixed = discovery { continue }
            if let same = old.configuration.discovery.firstIndex(of: discovery) {
                groups[index] = old.groups[same]
            }
        }
    }

    /// Brings the loops in line with the groups. Returns the loops that are to end and those that are to
    /// start.
    mutating func sync(services: ScrapeServices, seed: UInt64) -> (ended: [Running], started: [UInt64]) {
        let begin = MonotonicTime.nanoseconds()
        var wanted: [UInt64: Target] = [:]
        dropped.removeAll()
        droppedCount = 0
        let job = configuration.jobName
        for group in groups.joined() {
            for own in group.targets {
                do {
                    switch try Target.make(own, group: group.labels, for: configuration) {
                    case .target(let target): wanted[target.hash] = target
                    case .dropped(let labels):
                        droppedCount += 1
                        let limit = configuration.limits.keptDroppedTargets
                        if limit == 0 || dropped.count < limit {
                            dropped.append(DroppedTarget(discoveredLabels: labels, scrapePool: job))
                        }
                    }
                } catch {
                    try? services.instruments.syncFailures.labels(job).increment()
                    services.logger.error(
                        "cannot make a target",
                        metadata: ["job": "\(job)", "source": "\(group.source)", "error": "\(error)"])
                }
            }
        }
        var ended: [Running] = []
        for (hash, running) in loops where wanted[hash] == nil {
            ended.append(running)
            loops[hash] = nil
        }
        var started: [UInt64] = []
        for (hash, target) in wanted {
            if let running = loops[hash] {
                running.loop.status.withLock { $0.discoveredLabels = target.discoveredLabels }
                continue
            }
            let loop = ScrapeLoop(
                target: target, configuration: configuration,
                memory: inherited[target.identity] ?? TargetMemory(),
                client: client, services: services, seed: seed, forcedError: clientError)
            loops[hash] = Running(loop: loop, task: nil)
            started.append(hash)
        }
        inherited.removeAll()
        applyTargetLimit(services)
        let found = groups.joined().reduce(0) { $0 + $1.targets.count }
        try? services.instruments.discovered.labels("scrape", job).set(Double(found))
        services.instruments.syncLength.observe(Double(MonotonicTime.nanoseconds() - begin) / 1e9, label: job)
        try? services.instruments.targets.labels(job).set(Double(loops.count))
        try? services.instruments.targetLimit.labels(job).set(Double(configuration.limits.targets))
        try? services.instruments.syncs.labels(job).increment()
        return (ended, started)
    }

    private func applyTargetLimit(_ services: ScrapeServices) {
        var error = clientError
        let limit = configuration.limits.targets
        if limit > 0, loops.count > limit {
            error = ScrapingError(
                .targetLimit, "target_limit exceeded (number of targets: \(loops.count), limit: \(limit))")
            services.instruments.exceededTargetLimit.increment()
        }
        for running in loops.values { running.loop.status.withLock { $0.forcedError = error } }
    }
}
