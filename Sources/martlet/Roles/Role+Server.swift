import Instruments
import Logging
import MetricModel
import Platform
import PromQLEngine
import QueryAPI
import Scraping
import ServerConfig
import TSDB
#if canImport(Glibc)
    import Glibc
#endif

extension Role {
    /// The Prometheus-compatible server: storage, scraping, queries.
    ///
    /// - Throws: `ConfigurationError` for the configuration file.
    static func server(_ flags: ServerFlags, port: Int, logger: Logger) throws -> Role {
        let configuration = try ServerConfiguration.load(flags.configFile)
        let registry = Registry()
        try registry.register(ProcessCollector())
        try registry.register(SwiftInfoCollector())

        let storage = ServerStorage(flags.databaseOptions(configuration.storage), logger: logger)
        let scrape = try ScrapeService(
            store: storage, workers: WorkerThreads(name: "scrape", count: 2), logger: logger, registry: registry)
        let background = WorkerThreads(name: "server", count: 1)
        let state = ServerState(configuration, path: flags.configFile, scrape: scrape, workers: background, logger: logger)

        var engine = QueryEngine.Options()
        engine.samplesMax = flags.querySamples
        engine.subqueryStep = configuration.global.evaluationInterval
        var services = QueryServices(
            storage: storage, engine: QueryEngine(options: engine),
            workers: WorkerThreads(name: "query", count: flags.queryConcurrency, queueLimit: 100),
            registry: registry, logger: logger)
        services.limits.lookback = flags.lookbackDelta.milliseconds
        services.limits.timeout = flags.queryTimeout.milliseconds
        services.limits.concurrency = flags.queryConcurrency
        services.collect = { writer in
            guard let database = storage.database else { return }
            DatabaseMetric.write(database.metrics(), to: &writer)
        }
        services.build.version = Program.version
        services.readiness = {
            switch storage.current {
            case .starting: .starting
            case .open: .ready
            case .closed: .stopping
            }
        }
        services.configurationText = { state.configuration.yaml }
        services.flags = flags.values
        services.externalLabels = { state.configuration.global.externalLabels }
        services.externalURL = flags.externalURL
        services.listenPort = port
        services.runtime = {
            var runtime = RuntimeInformation()
            runtime.startTime = state.startedAt
            runtime.isReloadSuccessful = state.isReloadSuccessful
            runtime.lastConfigurationTime = state.loadedAt
            runtime.corruptionCount = storage.database?.damages.count ?? 0
            runtime.storageRetention = flags.retentionText
            return runtime
        }
        services.scrape = ScrapeView(scrape)
        services.database = DatabaseView(storage)
        if flags.enableLifecycle {
            services.reload = { try await state.reload() }
            services.quit = { kill(getpid(), SIGTERM) }
        }
        services.isAdminEnabled = flags.enableAdminAPI
        return Role(
            router: try QueryAPI.router(services),
            services: [storage, AfterOpening(storage: storage, service: scrape), ReloadSignal(state: state)])
    }
}
