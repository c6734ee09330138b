import HTTPTypes
import JSON
import NIOCore
import Platform
import StorageAPI
import TestKit
import Testing
import WebServer

@testable import QueryAPI

@Suite struct ManagementTests {
    @Test func tellsHealthAndReadiness() async throws {
        let server = try TestServer()
        #expect(try await server.get("/-/healthy").text == "Prometheus Server is Healthy.\n")
        #expect(try await server.get("/-/ready").status == 200)
        let starting = try TestServer { $0.readiness = { .starting } }
        #expect(try await starting.get("/-/healthy").status == 200)
        #expect(try await starting.get("/-/ready").status == 503)
        let refused = try await starting.client.send(.get, "/api/v1/query?query=1")
        #expect(refused.status == .serviceUnavailable)
        #expect(refused.headers[.prometheusStopping] == "false")
        #expect(try await starting.get("/api/v1/status/walreplay").status == 200)
    }

    @Test func lifecycleNeedsItsFlag() async throws {
        let server = try TestServer()
        #expect(try await server.client.send(.post, "/-/reload").status == .forbidden)
        #expect(try await server.client.send(.put, "/-/quit").status == .forbidden)
        #expect(try await server.get("/-/reload").status == 405)
        struct Broken: Error, CustomStringConvertible { var description: String { "line 3: unknown field" } }
        let enabled = try TestServer { $0.reload = { throw Broken() } }
        let failed = try await enabled.client.send(.post, "/-/reload")
        #expect(failed.status == .internalServerError)
        #expect(failed.text.contains("line 3: unknown field"))
    }

    @Test func adminNeedsItsFlag() async throws {
        let answer = try await TestServer().client.send(
            .post, "/api/v1/admin/tsdb/delete_series?match%5B%5D=odd")
        #expect(answer.status == .internalServerError)
        #expect(answer.text.contains("unavailable"))
    }

    @Test func pagesOfOtherSitesChangeNothing() async throws {
        let server = try TestServer { $0.reload = {} }
        let foreign = try await server.client.send(
            .post, "/-/reload", headers: [.origin: "http://evil.example"])
        #expect(foreign.status == .forbidden)
        let own = try await server.client.send(.post, "/-/reload", headers: [.origin: "http://localhost"])
        #expect(own.status == .ok)
    }

    @Test func redirectsToTheQueryPage() async throws {
        let server = try TestServer()
        let root = try await server.client.send(.get, "/")
        #expect(root.status == .found)
        #expect(root.headers[.location] == "/query")
        let graph = try await server.client.send(.get, "/graph?g0.expr=up")
        #expect(graph.headers[.location] == "/query?g0.expr=up")
        let page = try await server.client.send(.get, "/targets")
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
    }

    @Test(arguments: [
        "buildinfo", "runtimeinfo", "flags", "config", "tsdb", "tsdb/blocks", "walreplay",
    ])
    func statusAnswers(name: String) async throws {
        let server = try TestServer { services in
            services.database = DatabaseView(status: { _ throws(StorageError) in DatabaseStatus() })
        }
        let answer = try await server.get("/api/v1/status/" + name)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["status"] == "success")
        #expect(answer.json["data"]?.object != nil)
    }

    @Test(arguments: [
        "targets", "targets/metadata", "scrape_pools", "metadata", "rules", "alerts", "alertmanagers",
        "features", "notifications",
    ])
    func emptyAnswersAreWellFormed(name: String) async throws {
        let answer = try await TestServer().get("/api/v1/" + name)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json["status"] == "success")
    }

    @Test func aFullQueueSaysWhenToComeAgain() async throws {
        let workers = WorkerThreads(name: "none", count: 1, queueLimit: 0)
        let client = try TestServer { $0.workers = workers }.client
        let answer = try await client.send(.get, "/api/v1/query?query=max_over_time(odd%5B1m:1s%5D)")
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] != nil)
        // What takes no time does not wait behind what does.
        for path in [
            "query?query=requests_total", "query_range?query=1&start=0&end=10&step=1",
            "series?match%5B%5D=odd", "labels",
            "label/code/values",
        ] {
            #expect(try await client.send(.get, "/api/v1/" + path).status == .ok)
        }
        for path in [
            "query?query=odd%7Bi%3D~%22not.known%22%7D", "series?match%5B%5D=odd%7Bi%3D~%22not.known%22%7D",
            "labels?match%5B%5D=odd&match%5B%5D=even", "label/code/values?match%5B%5D=odd&match%5B%5D=even",
        ] {
            #expect(try await client.send(.get, "/api/v1/" + path).status == .serviceUnavailable)
        }
    }

    @Test func ownMetricsAreThere() async throws {
        let server = try TestServer()
        _ = try await server.get("/api/v1/query?query=1")
        let text = try await server.get("/metrics").text
        #expect(
            text.contains(#"prometheus_http_requests_total{handler="/api/v1/query",code="200"} 1"#)
                || text.contains(#"handler="/api/v1/query""#))
        #expect(text.contains("prometheus_engine_queries"))
        #expect(text.contains("prometheus_build_info"))
    }
}
