import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Other servers that write to ours and read from it.
@Suite(.serialized) struct RemoteWriteTests {
    private static let flags = ["--web.enable-remote-write-receiver"]

    @Test func refusesWhatIsNotARequest() async throws {
        let off = try await ServerUnderTest("global: {}\n")
        #expect(try LocalHTTP.post(off.port, "/api/v1/write", "x").status == 404)
        try await off.stop()

        let server = try await ServerUnderTest("global: {}\n", flags: Self.flags)
        func status(_ body: String, _ headers: [String: String]) throws -> Int {
            try LocalHTTP.post(server.port, "/api/v1/write", body, headers: headers).status
        }
        let good = ["Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"]
        #expect(try status("nonsense", good) == 400)
        #expect(try status("x", ["Content-Type": "application/json"]) == 415)
        #expect(try status("x", good.merging(["Content-Encoding": "gzip"]) { $1 }) == 415)
        // Version 2 must be asked for.
        let second = ["Content-Type": "application/x-protobuf;proto=io.prometheus.write.v2.Request"]
        #expect(try status("x", second) == 415)
        #expect(try LocalHTTP.get(server.port, "/api/v1/write").status == 405)
        // The block of an empty message: nothing to store, and no fault.
        #expect(
            try LocalHTTP.request("POST", server.port, "/api/v1/write", headers: good, body: [0]).status
                == 204)
        try await server.stop()
    }

    /// Debian's Prometheus scrapes itself, writes to us, and reads back from us.
    @Test(.enabled(if: Peer.prometheus != nil, "needs Debian's prometheus"))
    func aRealPrometheusWritesAndReads() async throws {
        let server = try await ServerUnderTest("global: {external_labels: {site: lab}}\n", flags: Self.flags)
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        try TestFile.write(
            """
            global: {scrape_interval: 1s, external_labels: {replica: a}}
            scrape_configs:
              - job_name: itself
                static_configs: [{targets: ["127.0.0.1:\(port)"]}]
            remote_write:
              - url: http://127.0.0.1:\(server.port)/api/v1/write
                queue_config: {batch_send_deadline: 500ms}
            remote_read:
              - url: http://127.0.0.1:\(server.port)/api/v1/read
                read_recent: true

            """, to: folder.path + "/prometheus.yml")
        let peer = try RunningProgram(
            try #require(Peer.prometheus),
            [
                "--config.file=\(folder.path)/prometheus.yml", "--storage.tsdb.path=\(folder.path)/data",
                "--web.listen-address=127.0.0.1:\(port)",
            ], folder: folder)
        #expect(
            try await server.value(of: #"up{job="itself",replica="a"}"#) == 1, "\(peer.output.suffix(2000))")
        try await server.value(
            of: #"rate(prometheus_tsdb_head_samples_appended_total{job="itself"}[30s]) > 0"#)
        let failed = try LocalHTTP.get(port, "/metrics").text.split(separator: "\n").filter {
            $0.hasPrefix("prometheus_remote_storage_samples_failed_total{")
        }
        #expect(failed.count == 1 && failed.allSatisfy { $0.hasSuffix(" 0") }, "\(failed)")

        #expect(try await server.value(of: #"count({job="itself",__name__=~"go_.*"}) > 20"#) > 20)

        // What only we have can be read over there.
        let ours = UpUnderTest.encoded(#"scalar(count({job="itself",site="lab"}))"#)
        let read = try LocalHTTP.get(port, "/api/v1/query?query=" + ours).text
        let count = try #require(
            read.split(separator: "\"").last { Double($0) != nil }.flatMap { Double($0) }, "\(read)")
        #expect(count > 100, "\(read)")
        #expect(
            try server.get("/metrics").contains(
                "prometheus_api_remote_write_requests_total{outcome=\"stored\"}"))
        peer.send(SIGTERM)
        _ = try await peer.end()
        try await server.stop()
    }

    /// Debian's Prometheus, asked for protobuf, says the same as in text.
    @Test(.enabled(if: Peer.prometheus != nil, "needs Debian's prometheus"))
    func aRealPrometheusIsScrapedByProtobuf() async throws {
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        try TestFile.write("global: {}\n", to: folder.path + "/peer.yml")
        let peer = try RunningProgram(
            try #require(Peer.prometheus),
            [
                "--config.file=\(folder.path)/peer.yml", "--storage.tsdb.path=\(folder.path)/peer",
                "--web.listen-address=127.0.0.1:\(port)",
            ], folder: folder)
        try await eventually("Prometheus; \(peer.output.suffix(2000))") {
            try LocalHTTP.get(port, "/-/ready").status == 200 ? true : nil
        }
        func job(_ name: String, _ protocols: String) -> String {
            "  - {job_name: \(name), scrape_interval: 1s, scrape_timeout: 1s, scrape_protocols: [\(protocols)], "
                + "static_configs: [{targets: [\"127.0.0.1:\(port)\"]}]}\n"
        }
        let server = try await ServerUnderTest(
            "scrape_configs:\n" + job("binary", "PrometheusProto") + job("text", "PrometheusText0.0.4"),
            in: folder)
        #expect(try await server.value(of: #"up{job="binary"} == 1"#) == 1)
        for name in [
            "prometheus_build_info", "prometheus_http_request_duration_seconds_bucket",
            "go_gc_duration_seconds",
        ] {
            try await server.value(of: "count(\(name){job=\"binary\"}) > 0")
        }
        // The same series come out of both formats.
        let difference =
            #"count({job="binary"} unless on (__name__, le, quantile, handler, code) {job="text"})"#
        try await eventually("as many series; \((try? server.query(difference)) ?? "")") {
            let counts = ["binary", "text"].map {
                try? UpUnderTest.firstValue(server.query("count({job=\"\($0)\",__name__!~\"up|scrape_.*\"})"))
            }
            return counts[0] == counts[1] && counts[0] != nil ? true : nil
        }
        #expect(try server.query(difference).contains(#""result":[]"#))
        peer.send(SIGTERM)
        _ = try await peer.end()
        try await server.stop()
    }
}
