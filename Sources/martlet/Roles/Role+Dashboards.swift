import DashboardServer
import Dashboards
import Hummingbird
import Instruments
import Logging
import WebServer

extension Role {
    /// The Grafana-compatible server.
    ///
    /// - Parameters:
    ///   - server: the router of the server role beside it, which is asked without a network hop; nil
    ///     when there is none.
    static func dashboards(
        _ settings: DashboardSettings, server: (router: Router<WebContext>, url: String)? = nil,
        at address: ListenAddress, logger: Logger
    ) async throws -> Role {
        let registry = Registry()
        try registry.register(ProcessCollector())
        try registry.register(SwiftInfoCollector())
        try ProgramFile.makeFolder(settings.dataPath)
        let builtIn: BuiltInDataSource? = server.map { server in
            let client = RouterClient(server.router, logger: logger)
            return { request in
                let answer = try await client.send(
                    request.method, request.path, headers: request.headers, body: request.body)
                return DataSourceResponse(status: answer.status, headers: answer.headers, body: answer.body)
            }
        }
        let place = GrafanaDatabase.place(inDataFolder: settings.dataPath)
        if let original = place.original, place.isNew {
            let summary = try await GrafanaDatabase.take(
                from: original, into: DashboardStore(path: place.path))
            for note in summary.notes { logger.warning("\(note)") }
            logger.notice("Took over \(original), which stays as it is: \(summary.line)")
        }
        let dashboards = try await DashboardServer.open(
            DashboardServerOptions(
                settings: settings, databasePath: place.path, builtInDataSource: builtIn,
                builtInURL: server?.url ?? "", registry: registry, logger: logger, version: Program.version,
                isLoopback: address.isLoopback))
        var role = Role(router: dashboards.router(), services: [dashboards])
        if settings.usesTLS {
            role.listener.tls = try ListenerTLS(
                ListenerTLS.Settings(
                    certificate: try ProgramFile.read(settings.certificateFile),
                    key: try ProgramFile.read(settings.keyFile)))
        }
        return role
    }
}
