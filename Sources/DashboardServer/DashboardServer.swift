package import Dashboards
public import Hummingbird
import Instruments
import Logging
import Platform
public import ServiceLifecycle
public import WebServer

/// The dashboards role: pages, HTTP API and what runs beside them.
public final class DashboardServer: Service {
    let options: DashboardServerOptions
    let store: DashboardStore
    let accounts: Accounts
    let dataSources: DataSourceClient
    let library: DashboardLibrary
    let provisioner: Provisioner
    let workers: WorkerThreads
    let document: PageDocument
    let notifier: AlertNotifier
    let scheduler: AlertScheduler

    var settings: DashboardSettings { options.settings }
    var logger: Logger { options.logger }

    /// Opens the database and seeds what a first start needs.
    ///
    /// - Throws: `DashboardsError`.
    public static func open(_ options: DashboardServerOptions) async throws -> DashboardServer {
        try await open(options, hash: PasswordHash())
    }

    /// - Parameter hash: tests use fewer rounds.
    package static func open(
        _ options: DashboardServerOptions, hash: PasswordHash
    ) async throws -> DashboardServer {
        let store = try DashboardStore(path: options.databasePath)
        let server = DashboardServer(options: options, store: store, hash: hash)
        try server.checkSubPath()
        try await server.seed()
        return server
    }

    private init(options: DashboardServerOptions, store: DashboardStore, hash: PasswordHash) {
        self.options = options
        self.store = store
        // Two at a time: a crowd of logins must not take the cores from queries.
        workers = WorkerThreads(name: "dashboards", count: 2, queueLimit: 64)
        library = DashboardLibrary(store: store)
        document = PageDocument("web/dashboards.html", prefix: options.settings.basePath)
        provisioner = Provisioner(
            store: store, folder: options.settings.provisioningPath,
            environment: DashboardSettings.processEnvironment, workers: workers, logger: options.logger,
            checksTemplate: DashboardServer.checkTemplate)
        accounts = Accounts(
            store: store, hash: hash, policy: options.settings.login, workers: workers)
        dataSources = DataSourceClient(
            store: store, builtIn: options.builtInDataSource,
            timeout: .seconds(Int64(options.settings.proxyTimeout)), workers: workers)
        let notifier = AlertNotifier(
            store: store,
            delivery: AlertDelivery(
                client: dataSources,
                wording: AlertWording(
                    workers: workers, rootURL: options.settings.publicURL, logger: options.logger),
                mail: AlertMail(options.settings.mail, options.logger)),
            logger: options.logger)
        self.notifier = notifier
        scheduler = AlertScheduler(
            store: store,
            evaluator: AlertEvaluator(
                store: store, dataSources: dataSources, timeout: options.settings.alerting.evaluationTimeout),
            settings: options.settings, logger: options.logger, notify: notifier.take)
    }

    /// The role's routes, for a `WebListener`.
    public func router() -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        addRoutes(to: router)
        return router
    }

    /// Looks at provisioned files again and again and evaluates alert rules until shutdown, then closes what
    /// is open.
    public func run() async throws {
        defer { close() }
        await cancelWhenGracefulShutdown { [self] in
            await withTaskGroup { group in
                group.addTask { await self.watchFiles() }
                if self.settings.alerting.isEnabled, self.settings.alerting.executes {
                    group.addTask { await self.scheduler.run() }
                    group.addTask { await self.notifier.run() }
                }
                try? await gracefulShutdown()
                group.cancelAll()
            }
        }
    }

    private func watchFiles() async {
        var interval = await provisioner.runDashboards()
        while let seconds = interval {
            guard (try? await Task.sleep(for: .seconds(min(seconds, 3600)))) != nil else { return }
            interval = await provisioner.runDashboards()
        }
    }

    /// Ends the worker threads.
    package func close() { workers.shutDown() }
}
