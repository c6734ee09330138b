import ArgumentParser
import JSON
import MetricModel
import Platform
import PromQLEngine
import StorageAPI
import TSDB

/// `martlet tool promql explain SOURCE QUERY`: evaluates a query and shows its plan.
struct PromQLExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Evaluate a query and show its plan: series selected, samples read, time of each part.",
        discussion: """
            SOURCE is a data directory, which is opened for reading only, also beside a running server, or the URL of a \
            martlet server. An instant query unless --start is given.
            """)

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags
    @OptionGroup var connection: ConnectionFlags

    @Option(help: "Query evaluation time (RFC3339 or Unix timestamp); now unless given.")
    var time: TimeFlag?

    @Option(help: "Query range start time (RFC3339 or Unix timestamp).")
    var start: TimeFlag?

    @Option(help: "Query range end time (RFC3339 or Unix timestamp); now unless given.")
    var end: TimeFlag?

    @Option(help: "Query step size (duration); a 250th of the range unless given.")
    var step: DurationFlag?

    @Option(
        name: .customLong("query.lookback-delta"),
        help: "How far back an instant selector looks (data directories only).")
    var lookback = DurationFlag(300_000)

    @Option(name: [.customShort("o"), .customLong("format")], help: "Output format: tree or json.")
    var format = Format.tree

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case tree, json
    }

    @Argument(help: "A data directory or the URL of a server.")
    var source: String

    @Argument(help: "PromQL query.")
    var query: String

    func run() async throws {
        let isServer = source.hasPrefix("http://") || source.hasPrefix("https://")
        let report = isServer ? try await ask() : try evaluate()
        switch format {
        case .json: StandardOutput.write(report.json.text() + "\n")
        case .tree: StandardOutput.write(report.tree)
        }
    }

    private func times() throws -> Query.Times {
        let now = SystemClock().now()
        guard let start else { return .instant(time?.milliseconds ?? now) }
        let range = try QuerySteps(start: start, end: end, step: step, now: now)
        return .range(start: range.start, end: range.end, step: range.step)
    }

    private func evaluate() throws -> ExplainReport {
        let features = ToolFeatures(tool.flags, flags)
        let expression = try features.parse(query)
        let database = try Database(DatabaseOptions(reading: source))
        defer { database.close() }
        let query = Query(expression, at: try times(), lookback: lookback.milliseconds, text: query)
        do {
            let (answer, plan) = try QueryEngine(options: features.engine).explain(query, over: database)
            return ExplainReport(plan: plan, answer: answer)
        } catch {
            StandardError.write("query error: \(error)\n")
            throw ExitCode(1)
        }
    }

    private func ask() async throws -> ExplainReport {
        var form = [("query", query)]
        switch try times() {
        case .instant(let time): form.append(("time", TimeFlag(time).seconds))
        case .range(let start, let end, let step):
            form += [
                ("start", TimeFlag(start).seconds), ("end", TimeFlag(end).seconds),
                ("step", TimeFlag(step).seconds),
            ]
        }
        let answer = try await ServerConnection(source, connection).call("/api/v1/explain_query", form)
        guard let report = ExplainReport(answer.data) else {
            StandardError.write("query error: the server does not tell the plan of a query\n")
            throw ExitCode(1)
        }
        return report
    }
}

extension DatabaseOptions {
    /// For tools: nothing is changed, a server may run beside it.
    init(reading path: String) {
        self.init(path: path)
        isReadOnly = true
        maintainsInBackground = false
    }
}
