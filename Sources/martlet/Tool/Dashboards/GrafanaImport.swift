import ArgumentParser
import Dashboards

/// `martlet tool grafana …`
struct GrafanaTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grafana", abstract: "Move over from Grafana, and what its command line does.",
        subcommands: [GrafanaImport.self, GrafanaPassword.self])
}

/// `martlet tool grafana import FILE.db`
struct GrafanaImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take users, data sources, folders, dashboards and alerting over from a grafana.db.",
        discussion: """
            Stop the dashboards first. What is there already stays: users by login, data sources by name, dashboards, \
            alert rules and contact points by uid. Passwords go on working; secrets of data sources and contact points \
            must be entered anew.
            """)

    @Option(
        name: .customLong("data-path"),
        help: "The dashboards' data folder; paths.data of the settings if absent.")
    var dataPath: String?

    @Option(name: .customLong("config"), help: "Path of a grafana.ini; GF_PATHS_CONFIG if absent.")
    var config: String?

    @Argument(help: "Grafana's SQLite database; it is only read.")
    var file: String

    func run() async throws {
        let folder = try dataPath ?? DashboardsSetup.load(config: config).settings.dataPath
        try ProgramFile.makeFolder(folder)
        let store = try DashboardStore(path: GrafanaDatabase.place(inDataFolder: folder).path)
        let summary = try await GrafanaDatabase.take(from: file, into: store)
        for note in summary.notes { StandardError.write("\(note)\n") }
        StandardOutput.write(summary.line + "\n")
    }
}
