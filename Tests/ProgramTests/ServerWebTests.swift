import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Who may do what over HTTP, and under which paths.
@Suite(.serialized) struct ServerWebTests {
    private static func configuration(_ port: Int) -> String {
        """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: self
            static_configs: [{targets: ["127.0.0.1:\(port)"]}]

        """
    }

    @Test func theAdminInterfaceDeletesAndCopies() async throws {
        let port = try LocalPort.free(1)[0]
        let server = try await ServerUnderTest(
            Self.configuration(port), flags: ["--web.enable-admin-api"], port: port)
        try await server.value(of: "process_open_fds")
        #expect(
            try LocalHTTP.post(
                port, "/api/v1/admin/tsdb/delete_series?match[]=process_open_fds&end=\(time(nil) + 5)", ""
            ).status == 204)
        let range = "process_open_fds[1h] @ \(time(nil))"
        // The next scrape may have come: what was deleted is gone all the same.
        let left = try server.query("count_over_time(\(range))")
        let leftCount = try UpUnderTest.firstValue(left) ?? 0
        #expect(leftCount <= 2, "\(left)")
        #expect(try LocalHTTP.post(port, "/api/v1/admin/tsdb/clean_tombstones", "").status == 204)
        let snapshot = try LocalHTTP.post(port, "/api/v1/admin/tsdb/snapshot", "").text
        let name = try #require(
            snapshot.split(separator: "\"").last { $0.contains("Z-") || $0.contains("Z0000-") }, "\(snapshot)"
        )
        #expect(TestFile.exists(server.folder.path + "/data/snapshots/\(name)"), "\(snapshot)")
        #expect(try server.get("/api/v1/status/tsdb/blocks").contains(#""blocks":[]"#))
        try await server.stop()
    }

    @Test func theAdminInterfaceIsOffByDefault() async throws {
        let server = try await ServerUnderTest("global: {}\n")
        let answer = try LocalHTTP.post(server.port, "/api/v1/admin/tsdb/delete_series?match[]=up", "")
        #expect(answer.status == 500 && answer.text.contains("admin APIs disabled"), "\(answer)")
        #expect(try LocalHTTP.post(server.port, "/-/reload", "").status == 403)
        try await server.stop()
    }

    @Test func aPrefixStandsBeforeAllPaths() async throws {
        let server = try await ServerUnderTest(
            "global: {}\n",
            flags: ["--web.external-url=https://example.org/prom/", "--web.page-title=Lab & Co"],
            isReady: { try LocalHTTP.get($0, "/prom/-/ready").status == 200 })
        #expect(try LocalHTTP.get(server.port, "/api/v1/status/buildinfo").status == 404)
        #expect(try server.get("/prom/api/v1/status/flags").contains(#""web.route-prefix":"/prom""#))
        #expect(try LocalHTTP.get(server.port, "/").headers["location"] == "/prom/query")
        #expect(try LocalHTTP.get(server.port, "/prom/graph?a=b").headers["location"] == "/prom/query?a=b")
        let page = try server.get("/prom/query")
        #expect(
            page.contains("<title>Lab &amp; Co</title>") && page.contains("src=\"/prom/assets/e")
                && page.contains("/web/server.js\""),
            "\(page)")
        #expect(try LocalHTTP.get(server.port, "/prom/assets/web/server.js").status == 200)
        #expect(try server.get("/prom/metrics").contains("prometheus_build_info"))
        try await server.stop()
    }

    @Test func originsAreAllowedByPattern() async throws {
        let server = try await ServerUnderTest(
            "global: {}\n", flags: [#"--web.cors.origin=https://(a|b)\.example"#])
        let path = "/api/v1/status/buildinfo"
        let good = try LocalHTTP.get(server.port, path, headers: ["Origin": "https://b.example"])
        #expect(good.headers["access-control-allow-origin"] == "https://b.example")
        let bad = try LocalHTTP.get(server.port, path, headers: ["Origin": "https://b.example.evil"])
        #expect(bad.headers["access-control-allow-origin"] == nil)
        try await server.stop()
    }

    @Test func usersNeedTheirPasswordAndAnswersCarryHeaders() async throws {
        let folder = TemporaryFolder()
        let file = folder.path + "/web.yml"
        // bcrypt of "secret", made by crypt(3).
        let hash = "$2b$10$ThzQxJMeWRWpMvrKnGkpfuVK.ZcsdDYn1fu8dtC.Paqr39Kr8L9yi"
        try TestFile.write(
            "basic_auth_users: {ann: \"\(hash)\"}\nhttp_server_config: {headers: {X-Frame-Options: sameorigin}}\n",
            to: file)
        let login = UpUnderTest.login("ann", "secret")
        let server = try await ServerUnderTest(
            "global: {}\n", flags: ["--web.config.file", file], in: folder,
            isReady: { try LocalHTTP.get($0, "/-/ready", headers: login).status == 200 })
        for path in ["/-/healthy", "/api/v1/query?query=1", "/metrics", "/query", "/nothing"] {
            #expect(try LocalHTTP.get(server.port, path).status == 401, "\(path)")
            #expect(
                try LocalHTTP.get(server.port, path, headers: UpUnderTest.login("ann", "wrong")).status
                    == 401, "\(path)")
            #expect(
                try LocalHTTP.get(server.port, path, headers: UpUnderTest.login("bob", "secret")).status
                    == 401, "\(path)")
        }
        let answer = try LocalHTTP.get(server.port, "/api/v1/query?query=1", headers: login)
        #expect(
            answer.status == 200 && answer.headers["x-frame-options"] == "sameorigin", "\(answer.headers)")
        // A change is seen without a reload, and what was known is forgotten.
        try TestFile.write("basic_auth_users: {bob: \"\(hash)\"}\n", to: file)
        try await eventually("the new users") {
            try LocalHTTP.get(server.port, "/metrics", headers: UpUnderTest.login("bob", "secret")).status
                == 200 ? true : nil
        }
        #expect(try LocalHTTP.get(server.port, "/metrics", headers: login).status == 401)
        try await server.stop()
    }

    @Test(
        .enabled(
            if: TestFile.exists("/usr/bin/openssl") && TestFile.exists("/usr/bin/curl"),
            "needs openssl and curl"))
    func connectionsAreSecured() async throws {
        let folder = TemporaryFolder()
        let (key, certificate) = (folder.path + "/key.pem", folder.path + "/cert.pem")
        let make = try RunningProgram(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", key, "-out",
                certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
            ], folder: folder)
        #expect(try await make.end() == .exit(0), "\(make.output)")
        try TestFile.write(
            "tls_server_config: {cert_file: cert.pem, key_file: key.pem, min_version: TLS13}\n",
            to: folder.path + "/web.yml")
        let server = try await ServerUnderTest(
            "global: {}\n", flags: ["--web.config.file", folder.path + "/web.yml"], in: folder,
            isReady: { _ in true })
        func curl(_ arguments: [String]) async throws -> (ending: RunningProgram.Ending, output: String) {
            let program = try RunningProgram(
                "/usr/bin/curl",
                ["-sS", "--cacert", certificate, "https://localhost:\(server.port)/-/healthy"] + arguments,
                folder: folder)
            return (try await program.end(), program.output)
        }
        let good = try await curl([])
        #expect(good.ending == .exit(0) && good.output.contains("Healthy"), "\(good)")
        #expect(try await curl(["--tls-max", "1.2"]).ending != .exit(0))
        // Plain HTTP is not understood.
        #expect((try? LocalHTTP.get(server.port, "/-/healthy").status) != 200)
        try await server.stop()
    }

    @Test(.enabled(if: TestFile.exists("/usr/bin/curl"), "needs curl"))
    func listenersHearThatAReloadFailed() async throws {
        let server = try await ServerUnderTest(
            "scrape_configs: [{job_name: j, scrape_interval: 7s, scrape_timeout: 5s}]\n")
        #expect(try server.get("/api/v1/scrape_pools/config?scrapePool=j").contains("scrape_interval: 7s"))
        let listener = try RunningProgram(
            "/usr/bin/curl", ["-sN", "http://127.0.0.1:\(server.port)/api/v1/notifications/live"],
            folder: server.folder)
        try await eventually("the connection") { listener.output.hasPrefix(":") ? true : nil }
        try TestFile.write("nonsense: 1\n", to: server.configurationPath)
        server.program.send(SIGHUP)
        try await eventually("the notification; \(listener.output)") {
            listener.output.contains(#"data: {"text":"Configuration reload has failed.""#) ? true : nil
        }
        #expect(try server.get("/api/v1/notifications").contains("reload has failed"))
        try TestFile.write("global: {}\n", to: server.configurationPath)
        server.program.send(SIGHUP)
        try await eventually("its end") { listener.output.contains(#""active":false"#) ? true : nil }
        // A listener does not hold up the end of the server.
        let start = time(nil)
        try await server.stop()
        #expect(time(nil) - start < 8)
        #expect(try await listener.end() != .signal(SIGKILL))
    }

    @Test func aChangedFileIsLoaded() async throws {
        let server = try await ServerUnderTest(
            "global: {}\n", flags: ["--config.auto-reload", "--config.auto-reload-interval=1s"])
        try TestFile.write("global: {external_labels: {site: new}}\n", to: server.configurationPath)
        try await eventually("the new configuration") {
            try server.get("/api/v1/status/config").contains("site: new") ? true : nil
        }
        try await server.stop()
    }

    @Test func whatHasNoEffectIsTold() async throws {
        let server = try await ServerUnderTest(
            "global: {}\n",
            flags: [
                "--web.console.templates=x", "--auto-gomemlimit.ratio=0.5",
                "--enable-feature=promql-experimental-functions,nonsense",
                "--storage.tsdb.wal-fsync-interval=0s", "--no-storage.tsdb.wal-compression",
                "--query.max-samples=50",
            ])
        #expect(
            server.program.output.contains("Flag has no effect\" flag=--web.console.templates"),
            "\(server.program.output)")
        #expect(server.program.output.contains("--auto-gomemlimit.ratio"))
        #expect(server.program.output.contains("feature=nonsense"))
        #expect(!server.program.output.contains("feature=promql"))
        #expect(try server.query("min_of(1, 2)").contains("success"))
        let large = try server.get("/api/v1/query_range?query=vector(1)&start=0&end=1000&step=1")
        #expect(large.contains("too many samples"), "\(large)")
        try await server.stop()
    }
}
