import ArgumentParser
import MetricModel
import Platform

/// `martlet tool query range SERVER EXPR`
struct QueryRange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "range", abstract: "Run range query.")

    @ParentCommand var parent: ToolCommand.Query
    @OptionGroup var connection: ConnectionFlags
    @OptionGroup var output: OutputFlags

    @Option(help: "Query range start time (RFC3339 or Unix timestamp).")
    var start: TimeFlag?

    @Option(help: "Query range end time (RFC3339 or Unix timestamp).")
    var end: TimeFlag?

    @Option(help: "Query step size (duration).")
    var step: DurationFlag?

    @Flag(help: "Draw a chart instead.")
    var plot = false

    @Argument(help: "Prometheus server to query.")
    var server: String

    @Argument(help: "PromQL query expression.")
    var expr: String

    func run() async throws {
        let times = try QuerySteps(start: start, end: end, step: step, now: SystemClock().now())
        let answer = try await ServerConnection(server, parent.connection, connection).call(
            "/api/v1/query_range",
            [
                ("query", expr), ("start", TimeFlag(times.start).seconds),
                ("end", TimeFlag(times.end).seconds),
                ("step", TimeFlag(times.step).seconds),
            ])
        StandardError.write(AnswerText.warnings(answer))
        if plot {
            StandardOutput.write(
                TerminalChart(try RangeAnswer.read(answer.data), start: times.start, end: times.end).text)
        } else {
            StandardOutput.write(
                try AnswerText(output.format ?? parent.output.format ?? .promql).value(answer.data))
        }
    }
}
