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
