import HTTPTypes
import Instruments
import Logging
import MetricModel
import NIOCore
import Platform
import PromQLEngine
import StorageAPI
import TSDB
import TestKit
import Testing

@testable import QueryAPI
@testable import WebServer

/// Small requests, answered by the fast path and by the router.
@Suite struct FastRoutesTests {
    private struct Scene {
        let client: RouterClient
        let fastPath: FastPath
        let database: Database
        let registry = Registry()

        init(_ folder: TemporaryFolder, change: (inout QueryServices) -> Void = { _ in }) throws {
            var options = DatabaseOptions(path: folder.path + "/data")
            options.maintainsInBackground = false
            database = try Database(options)
            for code in ["200", "500"] {
                let reference = try database.register(
                    Labels([("__name__", "requests_total"), ("code", code)]))
                var batch = SampleBatch()
                for step in 0...20 {
                    batch.append(
                        reference, TestServer.now - 200_000 + Timestamp(step) * 10_000, Double(step) * 1.5)
                }
                _ = try database.append(batch)
            }
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            var services = QueryServices(
                storage: database, engine: QueryEngine(),
                workers: WorkerThreads(name: "test-query", count: 1),
                registry: registry, logger: logger)
            services.clock = ManualClock(TestServer.now)
            change(&services)
            let (router, fastPath) = try QueryAPI.ways(services)
            client = RouterClient(router, logger: logger)
            self.fastPath = fastPath
        }

        /// Nil: left to the router.
        func fast(_ target: String, method: HTTPRequest.Method = .get) throws -> FastPath.Answer? {
            let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
            guard fastPath.takes(parts[0]) else { return nil }
            return fastPath.answer(
                FastPath.Request(
                    method: method, path: parts[0],
                    form: try FormValues(query: parts.count > 1 ? parts[1] : ""),
                    clientAddress: "127.0.0.1"))
        }
    }

    @Test(arguments: [
        "/api/v1/query?query=1", "/api/v1/query?query=requests_total",
        "/api/v1/query?query=requests_total&stats=",
        "/api/v1/query?query=sum(rate(requests_total[1m]))&time=1000", "/api/v1/query?query=absent(nothing)",
        "/api/v1/query_range?query=requests_total&start=900&end=1000&step=10",
        "/api/v1/query_range?query=requests_total&start=900&end=1000&step=10&limit=1",
        "/api/v1/series?match[]=requests_total", "/api/v1/labels", "/api/v1/label/code/values",
        "/api/v1/labels?match[]=requests_total", "/api/v1/label/code/values?match[]=requests_total",
        // Errors, in the same words and with the same status.
        "/api/v1/query?query=", "/api/v1/query?query=sum(", "/api/v1/query?query=1&time=x",
        "/api/v1/query_range?query=1&start=1000&end=900&step=10", "/api/v1/query_range?query=1",
        "/api/v1/query_range?query=1&start=0&end=1000000&step=1",
    ]) func bothWaysAnswerTheSame(_ target: String) async throws {
        let scene = try Scene(TemporaryFolder())
        let ordinary = try await scene.client.send(.get, target)
        let fast = try #require(try scene.fast(target))
        #expect(fast.status.code == ordinary.status.code)
        #expect(String(buffer: fast.body) == ordinary.text)
    }

    @Test(arguments: [
        "/api/v1/query?query=count({code=~\"5..\"})",
        "/api/v1/query?query=label_replace(up,\"a\",\"b\",\"c\",\"d\")",
        "/api/v1/query?query=sum_over_time(requests_total[1h:1s])",
        "/api/v1/labels?match[]={code=\"a\"}&match[]=up",
        "/api/v1/query_range?query=requests_total&start=0&end=1000&step=0.1", "/api/v1/series",
        "/api/v1/rules",
        "/api/v1/label//values", "/api/v1/label/a/b/values", "/api/v1/label/code",
        "/api/v1/admin/tsdb/snapshot",
        "/api/v1", "/query", "/",
    ]) func othersAreLeftToTheRouter(_ target: String) async throws {
        let answer = try Scene(TemporaryFolder()).fast(target)
        // Without a matcher a list of series is an error, which takes no time either.
        if target.hasSuffix("series") { return }
        #expect(answer == nil)
    }

    @Test func patternsAreCompiledElsewhere() async throws {
        let scene = try Scene(TemporaryFolder())
        let targets = [
            "/api/v1/query?query=requests_total{code=~%22[4-5].[0-9]%22}",
            "/api/v1/query_range?query=requests_total{code!~%222.[0-7]%22}&start=900&end=1000&step=10",
            "/api/v1/series?match[]=requests_total{code=~%22[5].[0-3]%22}",
            "/api/v1/label/code/values?match[]=requests_total{code!~%22[5].[0-4]%22}",
        ]
        for target in targets {
            #expect(try scene.fast(target) == nil)
            var isTheSame = false
            // Other tests may push it out again.
            for _ in 0..<50 where !isTheSame {
                let ordinary = try await scene.client.send(.get, target)
                #expect(ordinary.status == .ok)
                guard let fast = try scene.fast(target) else { continue }
                #expect(String(buffer: fast.body) == ordinary.text)
                isTheSame = true
            }
            #expect(isTheSame, "\(target)")
        }
        // One that cannot be compiled is never known.
        let wrong = "/api/v1/query?query=requests_total{code=~%22(%22}"
        #expect(try await scene.client.send(.get, wrong).status == .badRequest)
        #expect(try scene.fast(wrong) == nil)
    }

    @Test func methodsAreThoseOfTheRoutes() throws {
        let scene = try Scene(TemporaryFolder())
        #expect(try scene.fast("/api/v1/query?query=1", method: .post) != nil)
        #expect(try scene.fast("/api/v1/label/code/values", method: .post) == nil)
    }

    @Test func whatIsAskedOfRequestsIsLeftToTheRouter() throws {
        let query = "/api/v1/query?query=1"
        #expect(try Scene(TemporaryFolder()) { $0.users = { ["ann": "x"] } }.fast(query) == nil)
        #expect(try Scene(TemporaryFolder()) { $0.answerHeaders = { ["X-A": "b"] } }.fast(query) == nil)
        for readiness in [Readiness.starting, .stopping] {
            #expect(try Scene(TemporaryFolder()) { $0.readiness = { readiness } }.fast(query) == nil)
        }
        let prefixed = try Scene(TemporaryFolder()) { $0.routePrefix = "/prom" }
        #expect(try prefixed.fast(query) == nil)
        #expect(try prefixed.fast("/prom" + query) != nil)
    }

    @Test func bothWaysCountAlike() async throws {
        let scene = try Scene(TemporaryFolder())
        let targets = ["/api/v1/query?query=1", "/api/v1/query?query=(", "/api/v1/label/code/values"]
        func counts() async throws -> [String] {
            try await scene.client.send(.get, "/metrics").text.split(separator: "\n").map(String.init).filter
            {
                ($0.hasPrefix("prometheus_http_requests_total")
                    || $0.hasPrefix("prometheus_http_response_size_bytes_sum")
                    || $0.hasPrefix("prometheus_http_request_duration_seconds_count")
                    || $0.hasPrefix("prometheus_engine_query_duration_histogram_seconds_count"))
                    && !$0.contains("handler=\"/metrics\"")
            }
        }
        for target in targets { _ = try await scene.client.send(.get, target) }
        let once = try await counts()
        for target in targets { _ = try scene.fast(target) }
        let twice = try await counts()
        #expect(once.count > 6 && once.count == twice.count)
        for (before, after) in zip(once, twice) {
            let (before, after) = (before.split(separator: " "), after.split(separator: " "))
            #expect(before[0] == after[0])
            let (first, second) = (try #require(Double(before[1])), try #require(Double(after[1])))
            #expect(2 * first == second, "\(before[0])")
        }
    }
}
