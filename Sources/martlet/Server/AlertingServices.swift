import Instruments
import Logging
import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import Rules
import Scraping
import ServerConfig
import StorageAPI
import Synchronization

/// Rules and the way of their alerts to Alertmanagers.
final class AlertingServices: Sendable {
    let rules: RuleService
    let notifier: AlertNotifier
    let parserOptions: ParserOptions
    private let base: RuleOptions
    /// Finds the Alertmanagers.
    let discovery: DiscoveryWatch
    private let destinations: AlertDestinations

    init(
        _ flags: ServerFlags, externalURL: String, storage: ServerStorage, engine: QueryEngine,
        scrapeOptions: ScrapeOptions,
        registry: Registry, logger: Logger
    ) throws {
        let flagged = flags.rules
        let notifier = try AlertNotifier(
            logger: logger, registry: registry, userAgent: Program.userAgent,
            queueCapacity: flagged.queueCapacity,
            batchSize: flagged.batchSize, drainsQueue: flagged.drainsQueue)
        self.notifier = notifier
        rules = try RuleService(
            storage: storage, store: storage, engine: engine,
            workers: WorkerThreads(name: "rules", count: flagged.concurrency), logger: logger,
            registry: registry,
            notify: { notifier.send($0) })
        parserOptions = flags.features.parserOptions
        var base = RuleOptions()
        base.externalURL = externalURL
        base.lookback = flags.query.lookbackDelta.milliseconds
        base.resendDelay = flagged.resendDelay.milliseconds
        base.outageTolerance = flagged.outageTolerance.milliseconds
        base.gracePeriod = flagged.gracePeriod.milliseconds
        base.parserOptions = parserOptions
        self.base = base
        let destinations = AlertDestinations(notifier)
        self.destinations = destinations
        discovery = DiscoveryWatch(
            workers: WorkerThreads(name: "discovery", count: 1), logger: logger, options: scrapeOptions,
            onChange: { destinations.update($0) })
    }

    /// The URLs of Alertmanagers.
    var alertmanagers: (active: [String], dropped: [String]) { (notifier.endpoints, destinations.dropped) }

    /// The rule groups of a configuration. Blocks on the disk.
    ///
    /// - Throws: `ConfigurationError`.
    func groups(of configuration: ServerConfiguration) throws -> [RuleGroupSettings] {
        try configuration.ruleGroups(options: parserOptions)
    }

    /// - Parameter groups: those of the configuration.
    func apply(_ configuration: ServerConfiguration, _ groups: [RuleGroupSettings]) throws {
        let global = configuration.global
        var options = base
        options.externalLabels = global.externalLabels
        options.evaluationInterval = global.evaluationInterval
        options.queryOffset = global.ruleQueryOffset
        try rules.apply(groups, options: options)
        destinations.replace(configuration)
        discovery.apply(configuration.alerting.alertmanagers.flatMap(\.discovery))
    }
}

/// Which Alertmanagers alerts go to: what was configured and what was found.
private final class AlertDestinations: Sendable {
    private struct State {
        var alerting = AlertingSettings()
        var externalLabels = Labels.empty
        var dropped: [String] = []
    }

    private let notifier: AlertNotifier
    private let state = Mutex(State())

    init(_ notifier: AlertNotifier) {
        self.notifier = notifier
    }

    var dropped: [String] { state.withLock { $0.dropped } }

    func replace(_ configuration: ServerConfiguration) {
        state.withLock { state in
            state.alerting = configuration.alerting
            state.externalLabels = configuration.global.externalLabels
        }
    }

    /// - Parameter groups: one list for each discovery of each Alertmanager section, in their order.
    func update(_ groups: [[TargetGroup]]) {
        state.withLock { state in
            var active: [AlertmanagerEndpoint] = []
            state.dropped = []
            var next = 0
            for manager in state.alerting.alertmanagers {
                let own = groups[min(next, groups.count)..<min(next + manager.discovery.count, groups.count)]
                next += manager.discovery.count
                let found = manager.endpoints(in: own.flatMap { $0 })
                active += found.active
                state.dropped += found.dropped
            }
            notifier.apply(
                active, externalLabels: state.externalLabels, relabelRules: state.alerting.alertRelabelRules)
        }
    }
}
