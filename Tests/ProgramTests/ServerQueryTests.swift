import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// What the server writes down of its queries.
@Suite(.serialized) struct ServerQueryTests {
    @Test func logsQueriesAndKeepsTheFileOfActiveOnes() async throws {
        let server = try await ServerUnderTest("global: {query_log_file: query.log}\n")
        let path = server.folder.path
        try await eventually("the file of active queries") {
            SharedFolders.read(path + "/data/queries.active")?.count == 20_001 ? true : nil
        }
        _ = try server.query("vector(42)")
        let log = String(decoding: SharedFolders.read(path + "/query.log") ?? [], as: UTF8.self)
        #expect(log.contains("\"query\":\"vector(42)\""), "\(log)")
        #expect(
            log.contains(
                "\"httpRequest\":{\"clientIP\":\"127.0.0.1\",\"method\":\"GET\",\"path\":\"/api/v1/query\"}"),
            "\(log)")
        let metrics = try server.get("/metrics")
        #expect(metrics.contains("\nprometheus_engine_query_log_enabled 1\n"))
        #expect(metrics.contains("\nprometheus_engine_query_log_failures_total 0\n"))
        #expect(metrics.contains("\nprometheus_engine_queries_concurrent_max 20\n"))
        #expect(
            metrics.contains(
                "prometheus_engine_query_duration_seconds{slice=\"inner_eval\",quantile=\"0.9\"}"))
        #expect(metrics.contains("prometheus_engine_query_duration_seconds_count{slice=\"queue_time\"} 1\n"))
        try await server.stop()
    }

    /// When counters of a target began reaches queries, also after a restart.
    @Test func storesStartTimestamps() async throws {
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        let flags = [
            "--enable-feature=st-storage,use-start-timestamps,promql-experimental-functions"
        ]
        let configuration = """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: self
                scrape_protocols: [OpenMetricsText1.0.0]
                static_configs: [{targets: ['127.0.0.1:\(port)']}]
            """
        let expression = "max(start_timestamp(prometheus_http_requests_total{job='self'})) > 0"
        var server = try await ServerUnderTest(configuration, flags: flags, in: folder, port: port)
        let start = try await server.value(of: expression)
        #expect(start > 1_600_000_000)
        try await server.stop()
        server = try await ServerUnderTest("global: {}\n", flags: flags, in: folder)
        #expect(try await server.value(of: expression) == start)
        let answer = try server.query("count({job='self', __name__=~'.+_created'})")
        #expect(answer.contains("\"result\":[]"), "\(answer)")
        try await server.stop()
    }

    /// A crash leaves the names of the queries that ran; the next start tells them.
    @Test func tellsWhatACrashInterrupted() async throws {
        let folder = TemporaryFolder()
        #expect(mkdir(folder.path + "/data", 0o755) == 0)
        try TestFile.write(
            "[{\"query\":\"rate(up[5m])\",\"timestamp_sec\":1},\u{0}\u{0}",
            to: folder.path + "/data/queries.active")
        let server = try await ServerUnderTest("global: {}\n", in: folder)
        try await eventually("the warning") {
            server.program.output.contains("These queries didn't finish in the last run")
                && server.program.output.contains("rate(up[5m])") ? true : nil
        }
        try await server.stop()
    }
}
