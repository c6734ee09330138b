import ArgumentParser
import Dashboards

/// `martlet tool dashboards …`
struct DashboardsTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboards", abstract: "Look at dashboard files.", subcommands: [DashboardsCheck.self])
}

/// `martlet tool dashboards check PATH…`
struct DashboardsCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read and migrate dashboard files, print a line for each.",
        discussion: "Ends with 1 when a file is no dashboard or none was found, else with 0.")

    @Flag(name: .customLong("report"), help: "Print each change and loss below the line.")
    var showsReport = false

    @Argument(help: "Folders (all .json files below them) and files.")
    var paths: [String]

    func run() async throws {
        var (count, failures, panels) = (0, 0, 0)
        for path in paths {
            let found = DashboardCheck.run(path) { check in
                count += 1
                panels += check.panels
                if check.failure != nil { failures += 1 }
                StandardOutput.write(check.line + "\n")
                if showsReport { write(check.report) }
            }
            if found == 0 {
                StandardError.write("no dashboard files at \(path)\n")
                failures += 1
            }
        }
        StandardOutput.write("\(count) files, \(panels) panels, \(failures) failed\n")
        if failures > 0 { throw ExitCode(1) }
    }

    private func write(_ report: MigrationReport) {
        for entry in report.entries {
            let place = entry.panel.isEmpty ? "" : "\(entry.panel): "
            StandardOutput.write("  \(entry.kind.rawValue): \(place)\(entry.text)\n")
        }
    }
}
