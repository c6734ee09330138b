import ArgumentParser
import ContainerServer
import Dashboards
import Hummingbird
import Logging
import WebServer

/// `martlet up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start everything on this machine, wired together.",
        discussion: """
            The server scrapes the other parts every 5 seconds; the dashboards show what it has stored. \
            Settings of the dashboards are read from GF_* as `martlet dashboards` does.
            """)

    @Option(
        name: .customLong("data"), help: "Folder for all that is stored. (default: $MARTLET_DATA or ./data)")
    var data: String?

    @Option(
        name: .customLong("config.file"),
        help: "A prometheus.yml to use in place of the one that is written to the data folder.")
    var configFile: String?

    @Option(
        name: .customLong("storage.tsdb.retention.time"), help: "How long to retain samples. (default: 15d)")
    var retentionTime: DurationFlag?

    @Option(name: .customLong("webapp-address"), help: "Address of the prediction API.")
    var webappAddress = AddressFlag("127.0.0.1", 5000)

    @Option(name: .customLong("server-address"), help: "Address of the metrics server.")
    var serverAddress = AddressFlag("127.0.0.1", 9090)

    @Option(name: .customLong("dashboards-address"), help: "Address of the dashboards.")
    var dashboardsAddress = AddressFlag("127.0.0.1", 3000)

    @Option(name: .customLong("containers-address"), help: "Address of the container monitor.")
    var containersAddress = AddressFlag("127.0.0.1", 8080)

    @Flag(name: .customLong("webapp"), inversion: .prefixedNo, help: "Serve the prediction API.")
    var webapp = true

    @Flag(name: .customLong("dashboards"), inversion: .prefixedNo, help: "Serve dashboards.")
    var dashboards = true

    @Flag(name: .customLong("containers"), inversion: .prefixedNo, help: "Watch containers.")
    var containers = true

    @OptionGroup var webappFlags: WebappFlags
    @OptionGroup var log: LogFlags

    func run() async throws {
        let logger = log.start()
        let setup = UpSetup(
            folder: data ?? ProgramEnvironment.all["MARTLET_DATA"] ?? "data",
            webapp: webapp ? webappAddress.address : nil, server: serverAddress.address,
            dashboards: dashboards ? dashboardsAddress.address : nil,
            containers: containers ? containersAddress.address : nil)
        let (settings, login) = try setup.dashboardSettings(
            environment: ProgramEnvironment.all, logger: logger)

        var flags = try ServerFlags.parse([])
        flags.configFile = configFile ?? setup.configurationPath
        flags.storagePath = setup.folder + "/tsdb"
        flags.retentionTime = retentionTime
        flags.listenAddresses = [serverAddress]

        var plans: [RolePlan] = []
        var serverRouter: Router<WebContext>?
        plans.append(
            RolePlan(name: "server", addresses: [setup.server]) {
                try ProgramFile.makeFolder(setup.folder)
                if configFile == nil {
                    try ProgramFile.write(setup.configuration, to: setup.configurationPath)
                }
                let role = try Role.server(flags, port: setup.server.port, logger: logger)
                serverRouter = role.router
                return role
            })
        if let address = setup.webapp {
            plans.append(
                RolePlan(name: "webapp", addresses: [address]) { try webappFlags.role(logger: logger) })
        }
        if let address = setup.containers {
            plans.append(
                RolePlan(name: "containers", addresses: [address]) {
                    try Role.containers(ContainerServerOptions(), logger: logger)
                })
        }
        if let address = setup.dashboards {
            plans.append(
                RolePlan(name: "dashboards", addresses: [address]) {
                    try await Role.dashboards(
                        settings, server: serverRouter.map { ($0, setup.server.url) }, at: address,
                        logger: logger)
                })
        }
        try await RoleGroup(logger: logger).run(plans) { StandardOutput.write(setup.welcome(login: login)) }
    }
}
