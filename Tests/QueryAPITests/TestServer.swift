import HTTPTypes
import Instruments
import JSON
import Logging
import MetricModel
import Platform
import PromQLEngine
import QueryScripts
import StorageAPI
import TestKit
import WebServer

@testable import QueryAPI

/// The HTTP API over a storage in memory and a clock that stands still at 1000 s.
struct TestServer {
    static let now: Timestamp = 1_000_000

    let client: RouterClient
    let workers = WorkerThreads(name: "test-query", count: 2)

    /// - Parameter change: changes the services before the routes are made.
    init(_ storage: any Queryable = TestServer.storage(), change: (inout QueryServices) -> Void = { _ in })
        throws
    {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var services = QueryServices(
            storage: storage, engine: QueryEngine(), workers: workers, registry: Registry(), logger: logger)
        services.clock = ManualClock(TestServer.now)
        change(&services)
        client = RouterClient(try QueryAPI.router(services), logger: logger)
    }

    /// Two counters, a gauge with values that are hard to write, and a series that went stale.
    static func storage() -> MemoryStorage {
        let storage = MemoryStorage()
        for (code, slope) in [("200", 10.0), ("500", 1.0)] {
            for step in 0...100 {
                storage.append(
                    Labels([("__name__", "requests_total"), ("code", code), ("job", "web")]),
                    Timestamp(step) * 10_000,
                    slope * Double(step))
            }
        }
        for (index, value) in [0.1, -1e-7, 1e21, .infinity, -.infinity, .ordinaryNaN].enumerated() {
            storage.append(Labels([("__name__", "odd"), ("i", "\(index)")]), now, value)
        }
        storage.append(Labels([("__name__", "gone"), ("job", "web")]), now - 10_000, 1)
        storage.append(Labels([("__name__", "gone"), ("job", "web")]), now - 5_000, .staleMarker)
        return storage
    }

    /// The decoded body of a GET and its status.
    func get(_ path: String, headers: HTTPFields = [:]) async throws -> (
        status: Int, json: JSONValue, text: String
    ) {
        let answer = try await client.send(.get, path, headers: headers)
        return (answer.status.code, (try? JSONValue.parse(Array(answer.text.utf8))) ?? .null, answer.text)
    }
}
