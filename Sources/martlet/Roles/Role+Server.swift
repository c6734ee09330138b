import Instruments
import Logging
import MetricModel
import Platform
import PromQLEngine
import QueryAPI
import RemoteStorage
import Rules
import Scraping
import ServerConfig
import TSDB
import WebServer

#if canImport(Glibc)
    import Glibc
#endif

extension Role {
    /// The Prometheus-compatible server: storage, scraping, rules, queries.
    ///
    /// - Throws: `ConfigurationError` for the configuration file and the rule files.
    static func server(_ flags: ServerFlags, port: Int, logger: Logger) throws -> Role {
        let configuration = try ServerConfiguration.load(
            flags.configFile, prefersProtobuf: flags.features.storesStartTimestamps)
        let board = NotificationBoard(subscribersMax: flags.web.subscribersMax)
        let storage = ServerStorage(
            flags.databaseOptions(configuration.storage), board: board, logger: logger)
        let registry = Registry()
        try registry.register(ProcessCollector())
        try registry.register(SwiftInfoCollector())

        let access = try WebAccess(flags.web.configFile, logger: logger)
        let place = WebPlace(flags, port: port)
        let features = flags.features
        let journal = QueryJournal()
        let engine = QueryEngine(
            options: features.engineOptions(
                flags.query, subqueryStep: configuration.global.evaluationInterval), journal: journal)
        var scrapeOptions = ScrapeOptions()
        scrapeOptions.userAgent = Program.userAgent
        scrapeOptions.hostName = HostName.current
        scrapeOptions.readYAML = { try TargetGroupFile.read($0, file: $1) }
        let scrape = try ScrapeService(
            store: storage, workers: WorkerThreads(name: "scrape", count: 2), logger: logger,
            registry: registry,
            options: scrapeOptions)
        let alerting = try AlertingServices(
            flags, externalURL: place.externalURL, storage: storage, engine: engine,
            scrapeOptions: scrapeOptions,
            registry: registry, logger: logger)
        let state = try ServerState(
            configuration, path: flags.configFile,
            prefersProtobuf: features.storesStartTimestamps, scrape: scrape, alerting: alerting, board: board,
            journal: journal,
            workers: WorkerThreads(name: "server", count: 1), logger: logger)

        var services = QueryServices(
            storage: storage, engine: engine,
            workers: WorkerThreads(name: "query", count: flags.query.concurrency, queueLimit: 100),
            registry: registry, logger: logger)
        services.parserOptions = features.parserOptions
        services.limits.lookback = flags.query.lookbackDelta.milliseconds
        services.limits.timeout = flags.query.timeout.milliseconds
        services.limits.concurrency = flags.query.concurrency
        services.collect = { writer in
            if let database = storage.database { DatabaseMetric.write(database.metrics(), to: &writer) }
            RuleGroupSnapshot.write(alerting.rules.groups(), to: &writer)
        }
        services.build.version = Program.version
        services.readiness = {
            switch storage.current {
            case .starting: .starting
            case .open: .ready
            case .closed: .stopping
            }
        }
        services.notificationBoard = board
        services.poolConfigurationText = { state.configuration.yaml(ofJob: $0) }
        services.configurationText = { state.configuration.yaml }
        services.flags = flags.values
        services.externalLabels = { state.configuration.global.externalLabels }
        services.externalURL = flags.web.externalURL
        services.routePrefix = place.routePrefix
        services.pageTitle = flags.web.pageTitle
        services.listenPort = port
        services.runtime = {
            var runtime = RuntimeInformation()
            runtime.startTime = state.startedAt
            runtime.isReloadSuccessful = state.isReloadSuccessful
            runtime.lastConfigurationTime = state.loadedAt
            runtime.corruptionCount = storage.database?.damages.count ?? 0
            runtime.storageRetention = flags.retentionText(configuration.storage)
            return runtime
        }
        services.scrape = ScrapeView(scrape)
        services.ruleGroups = { alerting.rules.groups().map { RuleGroupStatus($0) } }
        services.alertmanagers = { alerting.alertmanagers }
        services.database = DatabaseView(storage)
        services.exemplars = storage
        services.limits.remoteReadSamplesMax = flags.query.remoteReadSamplesMax
        services.limits.remoteReadConcurrency = flags.query.remoteReadConcurrency
        if flags.web.enableRemoteWriteReceiver {
            services.writeReceiver = try RemoteWriteReceiver(store: storage, registry: registry)
            services.acceptedWriteMessages = flags.web.messages
        }
        if flags.web.enableLifecycle {
            services.reload = { try await state.reload() }
            services.quit = { kill(getpid(), SIGTERM) }
        }
        services.isAdminEnabled = flags.web.enableAdminAPI
        services.crossOrigin = flags.web.crossOrigin.pattern
        services.users = { access.users }
        services.answerHeaders = { access.headers }
        let (router, fastPath) = try QueryAPI.ways(services)
        var role = Role(router: router)
        // Stopped in reverse: what produces before what it produces for.
        role.services = [
            storage, access,
            AfterOpening(
                storage: storage,
                service: QueryJournalService(
                    journal: journal, folder: flags.storagePath, slots: flags.query.concurrency,
                    logger: logger)),
            alerting.notifier, alerting.discovery, AfterOpening(storage: storage, service: alerting.rules),
            AfterOpening(storage: storage, service: scrape), ReloadSignal(state: state),
        ]
        if flags.autoReload {
            role.services.append(ConfigurationWatch(state, interval: flags.autoReloadInterval.milliseconds))
        }
        role.listener.idleSeconds = max(flags.web.readTimeout.milliseconds / 1000, 1)
        role.listener.connectionsMax = flags.web.connectionsMax
        role.listener.tls = access.tls
        role.listener.handlesOnEventLoop = true
        role.listener.fastPath = fastPath
        return role
    }
}
