import ArgumentParser
import MetricModel
import Platform

/// `martlet tool query instant SERVER EXPR`
struct QueryInstant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "instant", abstract: "Run instant query.")

    @ParentCommand var parent: ToolCommand.Query
    @OptionGroup var connection: ConnectionFlags
    @OptionGroup var output: OutputFlags

    @Option(help: "Query evaluation time (RFC3339 or Unix timestamp).")
    var time: TimeFlag?

    @Argument(help: "Prometheus server to query.")
    var server: String

    @Argument(help: "PromQL query expression.")
    var expr: String

    func run() async throws {
        let time = time ?? TimeFlag(SystemClock().now())
        let answer = try await ServerConnection(server, parent.connection, connection)
            .call("/api/v1/query", [("query", expr), ("time", time.seconds)])
        let writer = AnswerText(output.format ?? parent.output.format ?? .promql)
        StandardError.write(AnswerText.warnings(answer))
        StandardOutput.write(try writer.value(answer.data))
    }
}
