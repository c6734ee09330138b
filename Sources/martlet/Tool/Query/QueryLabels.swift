import ArgumentParser
import MetricModel
import Platform

/// `martlet tool query labels SERVER NAME`
struct QueryLabels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "labels", abstract: "Run labels query.")

    @ParentCommand var parent: ToolCommand.Query
    @OptionGroup var connection: ConnectionFlags
    @OptionGroup var output: OutputFlags

    @Option(help: "Start time (RFC3339 or Unix timestamp).")
    var start: TimeFlag?

    @Option(help: "End time (RFC3339 or Unix timestamp).")
    var end: TimeFlag?

    @Option(parsing: .singleValue, help: "Series selector. Can be specified multiple times.")
    var match: [String] = []

    @Argument(help: "Prometheus server to query.")
    var server: String

    @Argument(help: "Label name to provide label values for.")
    var name: String

    func run() async throws {
        let answer = try await ServerConnection(server, parent.connection, connection).call(
            "/api/v1/label/\(FormText.encoded(name))/values",
            match.map { ("match[]", $0) } + QuerySeries.bounds(start, end),
            usesGet: true)
        StandardError.write(AnswerText.warnings(answer))
        StandardOutput.write(AnswerText(output.format ?? parent.output.format ?? .promql).texts(answer.data))
    }
}
