import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `tool query …`, `promql explain` and `tsdb …` on a server that scrapes itself.
@Suite(.serialized) struct ToolServerTests {
    private static func tool(_ arguments: [String]) async throws -> (
        ending: RunningProgram.Ending, output: String
    ) {
        try await BuiltProgram.run(["tool"] + arguments)
    }

    @Test func asksAServerAndReadsItsData() async throws {
        let port = try LocalPort.free(1)[0]
        let server = try await ServerUnderTest(
            "global: {scrape_interval: 1s}\nscrape_configs: [{job_name: self, static_configs: [{targets: [\"127.0.0.1:\(port)\"]}]}]\n",
            port: port)
        try await server.value(of: "rate(prometheus_http_requests_total[1m])")
        let url = "http://127.0.0.1:\(port)"

        let instant = try await Self.tool(["query", "instant", url, "up"])
        #expect(instant.ending == .exit(0))
        #expect(
            instant.output.hasPrefix("up{instance=\"127.0.0.1:\(port)\", job=\"self\"} => 1 @["),
            "\(instant.output)")
        let json = try await Self.tool(["query", "-o", "json", "instant", url, "up"])
        #expect(
            json.output.hasPrefix(
                "[{\"metric\":{\"__name__\":\"up\",\"instance\":\"127.0.0.1:\(port)\",\"job\":\"self\"},\"value\":["
            ), "\(json.output)")
        let table = try await Self.tool(["query", "instant", "-o", "table", url, "up"])
        #expect(table.output.hasPrefix("__name__  instance"), "\(table.output)")
        let scalar = try await Self.tool(["query", "instant", "--time", "10.5", url, "time()"])
        #expect(scalar.output == "scalar: 10.5 @[10.5]\n")
        let wrong = try await Self.tool(["query", "instant", url, "sum("])
        #expect(wrong.ending == .exit(1))
        #expect(
            wrong.output.hasPrefix("query error: bad_data: invalid parameter \"query\": 1:5: parse error: "),
            "\(wrong.output)")

        let range = try await Self.tool([
            "query", "range", "--start", "0", "--end", "120", "--step", "1m", url, "time()",
        ])
        #expect(range.output == "{} =>\n0 @[0]\n60 @[60]\n120 @[120]\n")
        let chart = try await Self.tool([
            "query", "range", "--plot", "--start", "0", "--end", "600", "--step", "5s", url, "time()",
        ])
        #expect(chart.output.contains("600 ┤"), "\(chart.output)")
        #expect(chart.output.contains("1970-01-01T00:10:00Z"), "\(chart.output)")

        let series = try await Self.tool(["query", "series", "--match=up", url])
        #expect(series.output == "{__name__=\"up\", instance=\"127.0.0.1:\(port)\", job=\"self\"}\n")
        let labels = try await Self.tool(["query", "labels", url, "job"])
        #expect(labels.output == "self\n")
        let buckets = try await Self.tool([
            "query", "analyze", "--server", url, "--type", "histogram", "--match",
            "prometheus_http_request_duration_seconds_bucket",
        ])
        #expect(buckets.ending == .exit(0))
        #expect(buckets.output.contains("Classic histogram series"), "\(buckets.output)")

        let healthy = try await Self.tool(["check", "healthy", "--url", url])
        #expect(healthy.ending == .exit(0))
        #expect(healthy.output.contains("SUCCESS"))

        let plan = try await Self.tool(["promql", "explain", url, "sum by (job) (up)"])
        #expect(plan.ending == .exit(0), "\(plan.output)")
        #expect(plan.output.hasPrefix("node "), "\(plan.output)")
        #expect(plan.output.contains("sum by (job)"))
        #expect(plan.output.contains("result: 1 series"))

        try await server.stop()
        let refused = try await Self.tool(["check", "ready", "--url", url])
        #expect(refused.ending == .exit(1))
        try await Self.readsTheData(server.folder.path + "/data")
    }

    private static func readsTheData(_ data: String) async throws {
        let plan = try await tool([
            "promql", "explain", data, "sum by (job) (rate(prometheus_http_requests_total[1h]))",
        ])
        #expect(plan.ending == .exit(0), "\(plan.output)")
        #expect(
            plan.output.contains("rate {__name__=\"prometheus_http_requests_total\"}[1h]"), "\(plan.output)")
        let dump = try await tool(["tsdb", "dump", "--match", "up", data])
        #expect(dump.ending == .exit(0))
        #expect(dump.output.hasPrefix("{__name__=\"up\", instance="), "\(dump.output)")
        let series = try await tool([
            "tsdb", "dump", "--format=seriesjson", "--match", "up", "--match",
            "{job=\"self\",__name__=\"up\"}", data,
        ])
        #expect(series.output.split(separator: "\n").count == 1, "\(series.output)")
        #expect(series.output.hasPrefix("{\"__name__\":\"up\","), "\(series.output)")
        let openMetrics = try await tool(["tsdb", "dump-openmetrics", "--match", "up", data])
        #expect(openMetrics.output.hasSuffix("# EOF\n"))
        let list = try await tool(["tsdb", "list", data])
        #expect(list.output.hasPrefix("BLOCK ULID"))
        let check = try await tool(["tsdb", "verify", data])
        #expect(check.ending == .exit(0), "\(check.output)")
        #expect(check.output.contains(" 0 damages"))
        try await movesTheData(data, up: dump.output)
    }

    private static func movesTheData(_ data: String, up: String) async throws {
        let folder = TemporaryFolder()
        let taken = folder.path + "/taken"
        let move = try await tool(["tsdb", "import", "--storage.tsdb.path", taken, data])
        #expect(move.ending == .exit(0), "\(move.output)")
        #expect(move.output.contains("log and head chunks as they are: "), "\(move.output)")
        #expect(try await tool(["tsdb", "dump", "--match", "up", taken]).output == up)
        let again = try await tool(["tsdb", "import", "--storage.tsdb.path", taken, data])
        #expect(again.ending == .exit(0), "\(again.output)")
        #expect(try await tool(["tsdb", "dump", "--match", "up", taken]).output == up)

        let blocks = try await tool(["tsdb", "export", "--match", "up", "-o", folder.path + "/blocks", taken])
        #expect(blocks.ending == .exit(0), "\(blocks.output)")
        #expect(blocks.output.hasPrefix("BLOCK ULID"))
        #expect(try await tool(["tsdb", "dump", folder.path + "/blocks"]).output == up)
        let text = try await tool([
            "tsdb", "export", "--format", "openmetrics", "--match", "up", "--output", folder.path + "/up.om",
            taken,
        ])
        #expect(text.ending == .exit(0), "\(text.output)")
        let made = try await tool([
            "tsdb", "create-blocks-from", "openmetrics", folder.path + "/up.om", folder.path + "/made",
        ])
        #expect(made.ending == .exit(0), "\(made.output)")
        #expect(try await tool(["tsdb", "dump", folder.path + "/made"]).output == up)

        let bench = ["tsdb", "bench", "write", "--metrics", "500", "--scrapes", "20", "--out"]
        for _ in 0..<2 {
            let run = try await tool(bench + [folder.path + "/bench"])
            #expect(run.ending == .exit(0), "\(run.output)")
            #expect(run.output.contains(" > total samples: 10000\n"), "\(run.output)")
            #expect(run.output.contains(" > ns/sample: "))
        }
        let refused = try await tool(bench + [taken])
        #expect(refused.ending == .exit(1))
        #expect(refused.output.contains("not of a benchmark"), "\(refused.output)")
    }

    @Test(.enabled(if: SharedFolders.conformance != nil))
    func looksIntoABlock() async throws {
        let folder = try #require(SharedFolders.conformance) + "/tsdb"
        guard SharedFolders.list(folder).contains("index_format_v1") else { return }
        let data = TemporaryFolder()
        // A folder of blocks must have their names.
        let name = "01BKGV7JBM69T2G1BGBGM6KB12"
        #expect(symlink(folder + "/index_format_v1", data.path + "/" + name) == 0)
        let analysis = try await Self.tool(["tsdb", "analyze", "--limit=3", "--extended", data.path])
        #expect(analysis.ending == .exit(0), "\(analysis.output)")
        #expect(analysis.output.contains("Highest cardinality labels:"), "\(analysis.output)")
        #expect(analysis.output.contains("samples per float chunk (min/avg/max):"), "\(analysis.output)")
        let missing = try await Self.tool(["tsdb", "analyze", data.path, "01BKGV7JBM69T2G1BGBGM6KB13"])
        #expect(missing.ending == .exit(1))
        #expect(missing.output.contains("cannot find the block"))
    }
}
