import Dashboards
import Logging
import WebServer

/// What `martlet up` starts, and how its parts know each other.
struct UpSetup {
    /// Where everything is stored.
    let folder: String
    /// Nil: not started.
    let webapp: ListenAddress?
    let server: ListenAddress
    let dashboards: ListenAddress?
    let containers: ListenAddress?

    /// The password of the original demo, which everybody knows.
    static let demoPassword = "foobar"

    var configurationPath: String { folder + "/prometheus.yml" }

    /// A prometheus.yml that scrapes every part. Job names are those that the demo's dashboards ask for.
    var configuration: String {
        let jobs: [(name: String, address: ListenAddress?)] = [
            ("prometheus", server), ("webapp", webapp), ("cadvisor", containers), ("grafana", dashboards),
        ]
        var text = """
            # Written by `martlet up` at every start. To change it, copy it and give --config.file.
            global:
              scrape_interval: 5s
              evaluation_interval: 5s
            scrape_configs:

            """
        for (name, address) in jobs {
            guard let address else { continue }
            text += """
                  - job_name: \(name)
                    static_configs:
                      - targets: ["\(address.authority)"]

                """
        }
        return text
    }

    /// The settings of the environment, with the demo's password where none is set and nobody else can
    /// reach the dashboards.
    ///
    /// - Returns: the login to show; nil when it is the user's own.
    /// - Throws: `DashboardsError`; `ProgramError` when a password must be set.
    func dashboardSettings(
        environment: [String: String], logger: Logger
    ) throws -> (settings: DashboardSettings, login: String?) {
        var (settings, warnings) = try DashboardSettings.load(environment: environment)
        for warning in warnings { logger.warning("\(warning)") }
        settings.dataPath = folder + "/dashboards"
        guard let dashboards, settings.adminPassword == nil else { return (settings, nil) }
        guard dashboards.isLoopback else {
            throw ProgramError(
                .settings,
                "cannot start dashboards: \(dashboards) can be reached from other machines; set GF_SECURITY_ADMIN_PASSWORD"
            )
        }
        settings.adminPassword = UpSetup.demoPassword
        return (settings, "\(settings.adminUser) / \(UpSetup.demoPassword)")
    }

    /// What is printed when all parts are ready.
    func welcome(login: String?) -> String {
        var lines = ["", "Martlet is up.", ""]
        let parts: [(ListenAddress?, String, String)] = [
            (webapp, "webapp", "a prediction API: try /, /cpu, /memory, POST /predict"),
            (server, "server", "queries, targets, alerts"),
            (dashboards, "dashboards", "login \(login ?? "as you have set it")"),
            (containers, "containers", "what containers use of the machine"),
        ]
        for (address, name, text) in parts {
            guard let address else { continue }
            lines.append("  " + name.padded(to: 12) + address.url.padded(to: 28) + text)
        }
        lines.append("")
        if let dashboards {
            lines.append("Open \(dashboards.url) first: the service's dashboard is there already.")
            if login != nil {
                lines.append(
                    "The password is the demo's and good for this machine only; GF_SECURITY_ADMIN_PASSWORD sets yours."
                )
            }
        }
        lines.append("Data is kept in \(folder). Ctrl-C stops everything.")
        return lines.joined(separator: "\n") + "\n\n"
    }
}

extension ListenAddress {
    /// `host:port` for clients on this machine.
    var authority: String {
        let any = ["0.0.0.0", "::", "127.0.0.1", "::1"]
        return ListenAddress(host: any.contains(host) ? "localhost" : host, port: port).description
    }

    /// The address for a browser on this machine.
    var url: String { "http://" + authority }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 1))
    }
}
