import Exposition
import HTTPTypes
import Instruments
import Logging
import MetricModel
import Platform
import StorageAPI
import Synchronization
import TestKit
import Testing
import WebClient
import Wire

@testable import Scraping

@Suite struct ServiceTests {
    private struct Setup {
        let store = MemoryStore()
        let registry = Registry()
        let service: ScrapeService

        init() throws {
            var options = ScrapeOptions()
            options.scrapesAtStart = true
            options.userAgent = "Martlet/test"
            service = try ScrapeService(
                store: store, workers: WorkerThreads(name: "test", count: 2),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, registry: registry,
                options: options)
        }
    }

    private func job(_ address: String, _ change: (inout ScrapeConfiguration) -> Void = { _ in })
        -> ScrapeConfiguration
    {
        var job = ScrapeConfiguration(jobName: "j")
        job.discovery = [.fixed([TargetGroup(addresses: [address], source: "0")])]
        job.scrapeInterval = 60_000
        job.scrapeTimeout = 5_000
        change(&job)
        return job
    }

    /// Asks again and again until the answer is there.
    private func eventually(_ what: Comment, _ condition: () -> Bool) async throws {
        for _ in 0..<6000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record(what)
    }

    private func scrapeOnce(
        _ server: MetricsServer, _ change: @Sendable @escaping (inout ScrapeConfiguration) -> Void = { _ in }
    ) async throws -> (TargetStatus, MemoryStore, Registry) {
        let setup = try Setup()
        return try await server.run { address in
            setup.service.apply([self.job(address, change)])
            setup.service.start()
            try await self.eventually("no scrape") { setup.service.targets().first?.lastScrape != nil }
            await setup.service.stop()
            let status = try #require(setup.service.targets().first)
            return (status, setup.store, setup.registry)
        }
    }

    @Test func aTargetIsAskedAsPrometheusAsks() async throws {
        let server = MetricsServer()
        server.answer("a 1\n")
        let (status, store, _) = try await scrapeOnce(server) { configuration in
            configuration.parameters = ["b": ["x y"], "a": ["1", "2"]]
            configuration.client.basicAuth = HTTPClientSettings.BasicAuth()
            configuration.client.basicAuth?.username = "u"
            configuration.client.basicAuth?.password = Secret("pässword")
        }
        #expect(status.health == .up)
        #expect(status.lastError == "")
        #expect(store.series.count == 1)
        let asked = try #require(server.asked.first)
        #expect(asked.path == "/metrics?a=1&a=2&b=x+y")
        #expect(
            asked.headers["accept"]
                == "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        )
        #expect(asked.headers["accept-encoding"] == "gzip")
        #expect(asked.headers["user-agent"] == "Martlet/test")
        #expect(asked.headers["x-prometheus-scrape-timeout-seconds"] == "5")
        #expect(asked.headers["authorization"] == "Basic dTpww6Rzc3dvcmQ=")
    }

    @Test func compressedBodiesAreRead() async throws {
        let server = MetricsServer()
        let body = (0..<1000).map { "m\($0) 1\n" }.joined()
        var compressed = ByteBuffer()
        Array(body.utf8).withUnsafeBytes { Gzip.compress($0, into: &compressed) }
        server.set(
            "/metrics",
            MetricsServer.Answer(
                headers: ["Content-Type": "text/plain", "Content-Encoding": "gzip"],
                body: Array(compressed.bytes)))
        let (status, store, _) = try await scrapeOnce(server)
        #expect(status.lastError == "")
        #expect(store.series.count == 1000)
    }

    @Test(arguments: [true, false]) func aBodyOverTheLimitIsRefused(isCompressed: Bool) async throws {
        let server = MetricsServer()
        let body = (0..<1000).map { "m\($0) 1\n" }.joined()
        var compressed = ByteBuffer()
        Array(body.utf8).withUnsafeBytes { Gzip.compress($0, into: &compressed) }
        server.set(
            "/metrics",
            MetricsServer.Answer(
                headers: ["Content-Type": "text/plain"].merging(
                    isCompressed ? ["Content-Encoding": "gzip"] : [:]
                ) { $1 },
                body: isCompressed ? Array(compressed.bytes) : Array(body.utf8)))
        let (status, store, registry) = try await scrapeOnce(server) { configuration in
            configuration.limits.bodySize = 5000
            configuration.extraScrapeMetrics = true
        }
        #expect(status.lastError == "body size limit exceeded")
        #expect(store.series.isEmpty)
        let size = store.state.withLock {
            $0.samples.first { $0.key.metricName == "scrape_body_size_bytes" }?.value.last?.value
        }
        #expect(size == -1)
        let text = String(decoding: registry.render(as: .text), as: UTF8.self)
        #expect(text.contains("prometheus_target_scrapes_exceeded_body_size_limit_total 1\n"))
    }

    @Test func aStatusOtherThan200Fails() async throws {
        let server = MetricsServer()
        server.answer("a 1\n", status: .noContent)
        let (status, _, _) = try await scrapeOnce(server)
        #expect(status.health == .down)
        #expect(status.lastError == "server returned HTTP status 204 No Content")
    }

    @Test func aSlowTargetTimesOut() async throws {
        let server = MetricsServer()
        server.answer("a 1\n", delay: 3000)
        let (status, _, _) = try await scrapeOnce(server) { $0.scrapeTimeout = 200 }
        #expect(status.lastError.contains("within 0.2s"))
    }

    @Test func redirectsAreFollowedUnlessForbidden() async throws {
        for follows in [true, false] {
            let server = MetricsServer()
            server.answer("", status: .found, headers: ["Location": "/other"])
            server.answer("/other", "a 1\n")
            let (status, _, _) = try await scrapeOnce(server) { $0.client.followRedirects = follows }
            #expect(status.lastError == (follows ? "" : "server returned HTTP status 302 Found"))
        }
    }

    @Test func aTargetThatIsNotThereIsDown() async throws {
        let setup = try Setup()
        setup.service.apply([job("127.0.0.1:1")])
        setup.service.start()
        try await eventually("no scrape") { setup.service.targets().first?.lastScrape != nil }
        await setup.service.stop()
        let error = try #require(setup.service.targets().first?.lastError)
        #expect(error.contains("Connection refused"), "\(error)")
    }

    @Test func targetsAreShownWithTheirLabels() throws {
        let setup = try Setup()
        var configuration = job("a:1") { configuration in
            configuration.discovery = [
                .fixed([
                    TargetGroup(addresses: ["b:1", "a:1", "drop:1"], labels: ["zone": "z"], source: "0"),
                    TargetGroup(
                        targets: [["__address__": "a:1", "zone": "z"], ["nothing": "x"]], source: "1"),
                ])
            ]
        }
        configuration.relabelRules = [
            RelabelRule(.drop, sourceLabels: ["__address__"], regex: try Pattern("drop:.*"))
        ]
        setup.service.apply([configuration])
        let targets = setup.service.targets()
        // The same target from two groups is one.
        #expect(targets.map(\.scrapeURL) == ["http://a:1/metrics", "http://b:1/metrics"])
        #expect(targets[0].labels.description == #"{instance="a:1", job="j", zone="z"}"#)
        #expect(targets[0].discoveredLabels.value(of: "__scrape_interval__") == "1m")
        #expect(targets[0].health == .unknown)
        #expect(
            setup.service.droppedTargets().map { $0.discoveredLabels.value(of: "__address__") } == ["drop:1"])
        #expect(setup.service.droppedTargetCounts() == ["j": 1])
        #expect(setup.service.scrapePools() == ["j"])
        let text = String(decoding: setup.registry.render(as: .text), as: UTF8.self)
        #expect(text.contains("prometheus_target_scrape_pool_targets{scrape_job=\"j\"} 2\n"))
        #expect(text.contains("prometheus_target_sync_failed_total{scrape_job=\"j\"} 1\n"))
    }

    @Test func tooManyTargetsFailThemAll() async throws {
        let setup = try Setup()
        setup.service.apply([
            job("x") { configuration in
                configuration.discovery = [
                    .fixed([TargetGroup(addresses: ["127.0.0.1:1", "127.0.0.1:2"], source: "0")])
                ]
                configuration.limits.targets = 1
            }
        ])
        setup.service.start()
        try await eventually("no scrape") { setup.service.targets().allSatisfy { $0.lastScrape != nil } }
        await setup.service.stop()
        #expect(setup.service.targets().allSatisfy { $0.lastError.hasPrefix("target_limit exceeded") })
    }

    @Test func aReloadLeavesWhatIsTheSameAlone() async throws {
        let server = MetricsServer()
        server.answer("a 1\n")
        let setup = try Setup()
        try await server.run { address in
            // An hour: a scrape whose slot comes just then would be counted with that of the reload.
            let same = self.job(address) { $0.scrapeInterval = 3_600_000 }
            var other = same
            other.jobName = "k"
            setup.service.apply([same, other])
            setup.service.start()
            try await self.eventually("no scrape") {
                setup.service.targets().allSatisfy { $0.lastScrape != nil }
            }
            let before = setup.service.targets()[0]
            let askedBefore = server.asked.count
            other.scrapeTimeout = 4000
            setup.service.apply([same, other])
            try await self.eventually("no scrape after the reload") { server.asked.count == askedBefore + 1 }
            #expect(setup.service.targets()[0].lastScrape == before.lastScrape)
            #expect(setup.service.targets()[1].scrapeTimeout == 4000)
            // What is known about the series outlives the reload: nothing is registered twice.
            try await self.eventually("not stored") { setup.store.state.withLock { $0.appends } == 3 }
            #expect(setup.store.state.withLock { $0.registrations } == 12)
            setup.service.apply([])
            #expect(setup.service.targets().isEmpty)
            await setup.service.stop()
        }
    }

    @Test func aTargetThatIsTakenAwayGoesStale() async throws {
        let server = MetricsServer()
        server.answer("a 1\n")
        let setup = try Setup()
        try await server.run { address in
            setup.service.apply([
                self.job(address) { configuration in
                    configuration.scrapeInterval = 100
                    configuration.scrapeTimeout = 100
                }
            ])
            setup.service.start()
            let series = "a{instance=\"\(address)\", job=\"j\"}"
            try await self.eventually("no samples") { setup.store.samples(series).count >= 3 }
            setup.service.apply([])
            try await self.eventually("no marker") {
                setup.store.samples(series).last?.hasPrefix("stale") == true
            }
            try await self.eventually("no marker of up") {
                setup.store.samples("up{instance=\"\(address)\", job=\"j\"}").last?.hasPrefix("stale") == true
            }
            await setup.service.stop()
        }
    }

    @Test func scrapesKeepToTheirGrid() async throws {
        let server = MetricsServer()
        server.answer("a 1\n")
        let setup = try Setup()
        try await server.run { address in
            setup.service.apply([
                self.job(address) { configuration in
                    configuration.scrapeInterval = 200
                    configuration.scrapeTimeout = 200
                }
            ])
            setup.service.start()
            let series = "a{instance=\"\(address)\", job=\"j\"}"
            try await self.eventually("no samples") { setup.store.samples(series).count >= 6 }
            await setup.service.stop()
            // Scrapes that were on time have times that are whole intervals apart.
            let times = setup.store.state.withLock { state in
                state.samples.first { $0.key.metricName == "a" }?.value.map(\.timestamp) ?? []
            }
            #expect(Set(times.dropFirst().map { $0 % 200 }).count <= times.count)
            #expect(zip(times.dropFirst(), times.dropFirst(2)).allSatisfy { $1 > $0 })
        }
    }
}
