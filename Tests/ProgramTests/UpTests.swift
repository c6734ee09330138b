import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The whole program as `make up` starts it.
@Suite(.serialized) struct UpTests {
    @Test func theDemoRuns() async throws {
        let up = try await UpUnderTest()
        let ports = up.ports

        #expect(try LocalHTTP.get(ports.webapp, "/").text == "home")
        #expect(try LocalHTTP.post(ports.webapp, "/predict", "[1]").status == 400)
        let row = "[" + Array(repeating: "1", count: 30).joined(separator: ",") + "]"
        #expect(try LocalHTTP.post(ports.webapp, "/predict", row).status == 200)

        // What was called is scraped, stored and found.
        try await up.value(
            of:
                #"http_request_count_total{job="webapp",app_name="webapp",endpoint="/",http_status="200"} == 1"#
        )
        #expect(
            try await up.value(of: #"sum(http_request_count_total{job="webapp",endpoint="/predict"})"#) == 2)
        #expect(try await up.value(of: #"ml_predictions_total{outcome="ok"}"#) == 1)
        try await up.value(of: #"rate(http_request_count_total{job="webapp",endpoint="/metrics"}[1m]) > 0"#)
        for job in ["webapp", "cadvisor", "prometheus", "grafana"] {
            try await up.value(of: "up{job=\"\(job)\"} == 1")
        }
        try await up.value(of: #"container_cpu_usage_seconds_total{id="/"} > 0"#)
        try await up.value(of: "machine_memory_bytes > 0")

        // The dashboards know their user and show what is provisioned.
        #expect(try LocalHTTP.get(ports.dashboards, "/api/search").status == 401)
        #expect(
            try LocalHTTP.get(ports.dashboards, "/api/search", headers: UpUnderTest.login("admin", "wrong"))
                .status == 401)
        let search = try LocalHTTP.get(
            ports.dashboards, "/api/search", headers: UpUnderTest.login("admin", "foobar"))
        #expect(search.status == 200)
        #expect(search.text.contains("\"dash-db\""), "\(search.text)")

        up.program.send(SIGINT)
        #expect(try await up.program.end() == .exit(0), "\(up.program.output)")
    }

    /// A real Prometheus takes what we serve, in each role, and its linter finds nothing unreadable.
    @Test(.enabled(if: Peer.prometheus != nil && Peer.promtool != nil, "needs Debian's prometheus"))
    func aRealPrometheusScrapesUs() async throws {
        let up = try await UpUnderTest()
        _ = try LocalHTTP.get(up.ports.webapp, "/")
        let prometheus = try #require(Peer.prometheus)
        let promtool = try #require(Peer.promtool)
        let folder = TemporaryFolder()
        for (port, strict) in zip(up.ports.all, [true, false, true, false]) {
            let body = try LocalHTTP.get(port, "/metrics").body
            let lint = try RunningProgram(promtool, ["check", "metrics"], input: body, folder: folder)
            // 3: readable, but against a convention, as some of Prometheus' and cAdvisor's own names are.
            let ending = try await lint.end()
            #expect(ending == .exit(0) || (!strict && ending == .exit(3)), "port \(port): \(lint.output)")
        }
        let targets = up.ports.all.map { "localhost:\($0)" }
        try TestFile.write(
            """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: martlet
                static_configs: [{targets: \(targets)}]

            """, to: folder.path + "/prometheus.yml")
        let port = try LocalPort.free(1)[0]
        let peer = try RunningProgram(
            prometheus,
            [
                "--config.file=\(folder.path)/prometheus.yml", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:\(port)",
            ], folder: folder)
        for target in targets {
            try await eventually("a scrape of \(target) by Prometheus; \(peer.output.suffix(2000))") {
                let path = "/api/v1/query?query=" + UpUnderTest.encoded("up{instance=\"\(target)\"} == 1")
                return try UpUnderTest.firstValue(try LocalHTTP.get(port, path).text)
            }
        }
        let answer = try LocalHTTP.get(port, "/api/v1/targets").text
        #expect(!answer.contains("\"health\":\"down\""), "\(answer)")
    }

    /// What a query has seen is still there after `kill -9`.
    @Test func nothingIsLostWhenItIsKilled() async throws {
        let folder = TemporaryFolder()
        let up = try await UpUnderTest(in: folder)
        _ = try LocalHTTP.get(up.ports.webapp, "/")
        try await up.value(of: #"http_request_count_total{job="webapp",endpoint="/"} == 1"#)
        try await up.value(of: #"count_over_time(up{job="webapp"}[1h]) >= 3"#)
        let expression = #"{job=~"webapp|cadvisor"}[1h]"#
        let time = Double(nowSeconds())
        let before = try up.query(expression, at: time - 1)
        #expect(before.contains("ml_model_info"))
        up.program.send(SIGKILL)
        #expect(try await up.program.end() == .signal(SIGKILL))

        let again = try await UpUnderTest(in: folder)
        let after = try again.query(expression, at: time - 1)
        #expect(after == before)
        #expect(
            try again.query(#"max_over_time(http_request_count_total{endpoint="/"}[1h])"#).contains("\"1\"]"))
        again.program.send(SIGTERM)
        #expect(try await again.program.end() == .exit(0))
    }

    @Test func partsCanBeLeftOut() async throws {
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        let program = try BuiltProgram.start(
            [
                "up", "--no-webapp", "--no-dashboards", "--no-containers", "--data", folder.path + "/data",
                "--server-address", "127.0.0.1:\(port)",
            ], in: folder)
        try await eventually("the server") { try LocalHTTP.get(port, "/-/ready").status == 200 ? true : nil }
        #expect(try LocalHTTP.get(port, "/").status == 302)
        let text = String(
            decoding: try #require(SharedFolders.read(folder.path + "/data/prometheus.yml")), as: UTF8.self)
        #expect(text.contains("job_name: prometheus"))
        #expect(!text.contains("webapp"))
        program.send(SIGTERM)
        #expect(try await program.end() == .exit(0))
    }

    private func nowSeconds() -> Int { time(nil) }
}
