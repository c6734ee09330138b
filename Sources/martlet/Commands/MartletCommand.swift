import ArgumentParser

/// The command line's root.
struct MartletCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "Metrics of a service from the service to the dashboard, in one program.",
        discussion: """
            `martlet up` starts all of it. The other commands start one part each, with the flags and \
            settings of the program that it stands in for: server for Prometheus, dashboards for \
            Grafana, containers for cAdvisor.
            """,
        version: "martlet, version \(Program.version)",
        subcommands: [
            UpCommand.self, WebappCommand.self, ServerCommand.self, DashboardsCommand.self,
            ContainersCommand.self, ToolCommand.self,
        ])
}
