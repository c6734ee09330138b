import ArgumentParser
import MetricModel
import Platform

/// `martlet tool query series SERVER --match …`
struct QuerySeries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "series", abstract: "Run series query.")

    @ParentCommand var parent: ToolCommand.Query
    @OptionGroup var connection: ConnectionFlags
    @OptionGroup var output: OutputFlags

    @Option(parsing: .singleValue, help: "Series selector. Can be specified multiple times.")
    var match: [String] = []

    @Option(help: "Start time (RFC3339 or Unix timestamp).")
    var start: TimeFlag?

    @Option(help: "End time (RFC3339 or Unix timestamp).")
    var end: TimeFlag?

    @Argument(help: "Prometheus server to query.")
    var server: String

    func run() async throws {
        let answer = try await ServerConnection(server, parent.connection, connection)
            .call("/api/v1/series", match.map { ("match[]", $0) } + QuerySeries.bounds(start, end))
        StandardOutput.write(AnswerText(output.format ?? parent.output.format ?? .promql).series(answer.data))
    }

    /// promtool's bounds: 9999 hours around now.
    static func bounds(_ start: TimeFlag?, _ end: TimeFlag?) -> [(name: String, value: String)] {
        let now = SystemClock().now()
        let reach: Int64 = 9999 * 3_600_000
        return [
            ("start", (start ?? TimeFlag(now - reach)).seconds),
            ("end", (end ?? TimeFlag(now + reach)).seconds),
        ]
    }
}
