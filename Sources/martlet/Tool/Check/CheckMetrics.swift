import ArgumentParser

/// `martlet tool check metrics < FILE`; exit code 1 for text that cannot be read, 3 for complaints.
struct CheckMetrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract:
            "Pass Prometheus metrics over stdin to lint them for consistency and correctness, and optionally perform cardinality analysis."
    )

    enum Lint: String, ExpressibleByArgument, CaseIterable {
        case all, none
    }

    @Flag(help: "Print extended information related to the cardinality of the metrics.")
    var extended = false

    @Option(help: "Linting checks to apply for metrics: all, none.")
    var lint = Lint.all

    func run() async throws {
        guard extended || lint == .all else {
            StandardError.write(
                "error: at least one of --extended or linting must be enabled\nUse --extended for cardinality analysis, or remove --lint=none to enable linting\n"
            )
            throw ExitCode(1)
        }
        let bytes = try ProgramFile.read("/dev/stdin")
        var complaints: [String] = []
        var series: [(name: String, count: Int)] = []
        do {
            if lint == .all { complaints = try MetricsLint.complaints(about: bytes) }
            if extended { series = try MetricsLint.seriesByFamily(bytes) }
        } catch {
            StandardError.write("error while linting: \(error)\n")
            throw ExitCode(1)
        }
        for complaint in complaints { StandardError.write(complaint + "\n") }
        if extended { StandardOutput.write(CheckMetrics.table(series)) }
        if !complaints.isEmpty { throw ExitCode(3) }
    }

    private static func table(_ series: [(name: String, count: Int)]) -> String {
        let total = series.reduce(0) { $0 + $1.count }
        var rows = series.sorted { $0.count > $1.count }.map { name, count in
            let hundredths = Int((Double(count) * 10_000 / Double(max(total, 1))).rounded())
            return [name, "\(count)", "\(hundredths / 100).\(String(hundredths % 100 + 100).dropFirst())%"]
        }
        rows.append(["Total", "\(total)", "100%"])
        return TextTable(["Metric", "Cardinality", "Percentage"], rows).text
    }
}
