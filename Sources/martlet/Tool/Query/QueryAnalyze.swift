import ArgumentParser
import JSON
import MetricModel
import Platform

/// `martlet tool query analyze --server … --type histogram --match …`
struct QueryAnalyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Run queries against your Prometheus to analyze the usage pattern of certain metrics.")

    @ParentCommand var parent: ToolCommand.Query
    @OptionGroup var connection: ConnectionFlags

    @Option(help: "Prometheus server to query.")
    var server: String

    @Option(help: "Type of metric: histogram.")
    var type: String

    @Option(help: "Time frame to analyze.")
    var duration = DurationFlag(3_600_000)

    @Option(help: "Query time (RFC3339 or Unix timestamp), defaults to now.")
    var time: TimeFlag?

    @Option(parsing: .singleValue, help: "Series selector. Can be specified multiple times.")
    var match: [String]

    func run() async throws {
        guard type == "histogram" else {
            StandardError.write("analyze type is \(type), must be 'histogram'\n")
            throw ExitCode(1)
        }
        let time = time ?? TimeFlag(SystemClock().now())
        let server = try ServerConnection(server, parent.connection, connection)
        StandardOutput.write(
            """
            Bucket stats for each histogram series over time
            ------------------------------------------------
            First the min, avg, and max number of populated buckets, followed by the total
            number of buckets (only if different from the max number of populated buckets
            which is typical for classic but not native histograms).


            """)
        var native = BucketUsage.Summary()
        var classic = BucketUsage.Summary()
        for selector in match {
            let answer = try await server.call(
                "/api/v1/query", [("query", "\(selector)[\(duration)]"), ("time", time.seconds)])
            let series = try RangeAnswer.read(answer.data)
            for one in series where one.points.isEmpty {
                guard let usage = BucketUsage(native: one) else { continue }
                StandardOutput.write("- \(one.title) (native): \(usage)\n")
                native.add(usage)
            }
            for (title, buckets) in QueryAnalyze.classicHistograms(series) {
                guard let usage = try BucketUsage(classic: buckets) else { continue }
                StandardOutput.write("- \(title) (classic): \(usage)\n")
                classic.add(usage)
            }
        }
        StandardOutput.write(
            "\nAggregated bucket stats\n-----------------------\nEach line shows min/avg/max over the series above.\n"
        )
        if native.count > 0 { StandardOutput.write("\nNative \(native)\n") }
        if classic.count > 0 { StandardOutput.write("\nClassic \(classic)\n") }
    }

    /// The buckets of each classic histogram, in the order of their titles.
    private static func classicHistograms(_ series: [RangeAnswer]) -> [(
        title: String, buckets: [RangeAnswer]
    )] {
        var found: [String: [RangeAnswer]] = [:]
        for one in series where !one.points.isEmpty {
            guard one.labels.value(of: "le") != nil, let name = one.labels.metricName,
                name.hasSuffix("_bucket")
            else { continue }
            let rest = one.labels.dropping(LabelNames(["le", Labels.metricNameLabel]))
            found[name + "\(rest)", default: []].append(one)
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
