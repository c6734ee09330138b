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
        let dashboards = try await DashboardServer.open(
            DashboardServerOptions(
                settings: settings, databasePath: settings.dataPath + "/grafana.db", builtInDataSource: builtIn,
                builtInURL: server?.url ?? "", registry: registry, logger: logger, version: Program.version,
                isLoopback: address.isLoopback))
        return Role(router: dashboards.router(), services: [dashboards])
    }
}
