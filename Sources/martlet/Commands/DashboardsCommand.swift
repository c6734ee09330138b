import ArgumentParser
import Dashboards
import Logging
import WebServer

/// `martlet dashboards`
struct DashboardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards", abstract: "Serve dashboards, under Grafana's settings.",
        discussion: """
            Settings are read from a grafana.ini, from the environment (GF_<SECTION>_<KEY>) and from arguments \
            (cfg:section.key=value).
            """)

    @Option(name: .customLong("config"), help: "Path of a grafana.ini; GF_PATHS_CONFIG if absent.")
    var config: String?

    @Argument(help: "Settings that win over file and environment: cfg:section.key=value.")
    var overrides: [String] = []

    @OptionGroup var log: LogFlags

    func run() async throws {
        let logger = log.start()
        let (settings, warnings) = try DashboardsSetup.load(config: config, overrides: overrides)
        for warning in warnings { logger.warning("\(warning)") }
        let host = settings.httpAddress.isEmpty ? "0.0.0.0" : settings.httpAddress
        let address = ListenAddress(host: host, port: settings.httpPort)
        try await RoleGroup(logger: logger).run([
            RolePlan(name: "dashboards", addresses: [address]) {
                try await Role.dashboards(settings, at: address, logger: logger)
            }
        ])
    }
}

/// Where the dashboards' settings come from.
enum DashboardsSetup {
    /// - Parameters:
    ///   - config: a grafana.ini; that of `GF_PATHS_CONFIG` if nil.
    ///   - overrides: arguments `cfg:section.key=value`.
    static func load(
        config: String?, overrides: [String] = []
    ) throws -> (settings: DashboardSettings, warnings: [String]) {
        let environment = ProgramEnvironment.all
        let ini = try (config ?? environment["GF_PATHS_CONFIG"]).map { path in
            String(decoding: try ProgramFile.read(path), as: UTF8.self)
        }
        return try DashboardSettings.load(ini: ini, environment: environment, arguments: overrides)
    }
}
