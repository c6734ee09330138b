import JSON
import MetricModel
import Scraping
import Synchronization
import TestKit
import Testing

@testable import QueryAPI

@Suite struct LiveTests {
    @Test func listenersHearOfChanges() async throws {
        let board = NotificationBoard(subscribersMax: 1)
        board.add("a", at: 1)
        let (changes, end) = try #require(board.subscribe())
        #expect(board.subscribe() == nil)
        board.add("b", at: 2)
        board.add("b", at: 3)
        board.remove("a")
        board.remove("never there")
        end()
        var heard: [String] = []
        for await change in changes { heard.append("\(change.text)\(change.date)\(change.isActive)") }
        #expect(heard == ["a1true", "b2true", "a1false"])
        #expect(board.active.map(\.text) == ["b"])
        // Its place is free again.
        #expect(board.subscribe() != nil)
    }

    @Test func aGateLetsSoManyThrough() async throws {
        let gate = RequestGate(2)
        let running = Running()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await gate.run {
                        running.counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        try await Task.sleep(for: .milliseconds(2))
                        running.counts.withLock { $0.now -= 1 }
                    }
                }
            }
            // Some give up: their turn goes to others.
            let impatient = Task { try await gate.run {} }
            impatient.cancel()
            _ = try? await impatient.value
            try await group.waitForAll()
        }
        #expect(running.counts.withLock { $0.most <= 2 && $0.now == 0 })
        #expect(try await gate.run { 1 } == 1)
    }

    @Test func theDocumentListsEveryRoute() async throws {
        let server = try TestServer { $0.routePrefix = "/x" }
        let text = try await server.get("/x/api/v1/openapi.yaml").text
        for path in ["/query:", "/label/{name}/values:", "/status/tsdb/blocks:", "/admin/tsdb/snapshot:"] {
            #expect(text.contains("\n  \(path)\n"), "\(path)")
        }
        #expect(text.contains("- url: /x/api/v1"))
        #expect(text.contains(#"{name: "query", in: query, required: true, schema: {type: string}}"#))
    }

    @Test func relabelingIsShownStepByStep() async throws {
        var configuration = ScrapeConfiguration(jobName: "j")
        configuration.relabelRules = [
            RelabelRule(.replace, sourceLabels: ["a"], targetLabel: "b"),
            RelabelRule(.drop, sourceLabels: ["b"], regex: try Pattern("x")),
            RelabelRule(.replace, targetLabel: "never", replacement: "here"),
        ]
        let made = configuration
        let server = try TestServer { services in
            services.scrape.configuration = { $0 == "j" ? made : nil }
            services.poolConfigurationText = { $0 == "j" ? "job_name: j\n" : nil }
        }
        func steps(_ labels: String) async throws -> (status: Int, json: JSONValue, text: String) {
            try await server.get("/api/v1/targets/relabel_steps?scrapePool=j&labels=" + labels)
        }
        let dropped = try await steps("%7B%22a%22:%22x%22%7D").json["data"]?["steps"]
        #expect(dropped?[0]?["output"]?["b"]?.string == "x" && dropped?[0]?["keep"]?.bool == true)
        #expect(dropped?[1]?["keep"]?.bool == false && dropped?[2] == nil)
        #expect(
            dropped?[1]?["rule"]?["action"]?.string == "drop"
                && dropped?[1]?["rule"]?["sourceLabels"]?[0]?.string == "b")
        #expect(
            try await steps("%7B%22a%22:%22y%22%7D").json["data"]?["steps"]?[2]?["output"]?["never"]?.string
                == "here")
        for labels in ["", "%5B%5D", "%7B%22a%22:1%7D"] { #expect(try await steps(labels).status == 400) }
        #expect(
            try await server.get("/api/v1/targets/relabel_steps?scrapePool=k&labels=%7B%7D").status == 400)
        #expect(
            try await server.get("/api/v1/scrape_pools/config?scrapePool=j").json["data"]?["yaml"]?.string
                == "job_name: j\n")
        #expect(try await server.get("/api/v1/scrape_pools/config?scrapePool=k").status == 400)
        #expect(try await server.get("/api/v1/scrape_pools/config").status == 400)
    }
}

private final class Running: Sendable {
    let counts = Mutex((now: 0, most: 0))
}
