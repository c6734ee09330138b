import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Instruments
import InstrumentsHummingbird
import NIOCore
import Testing

@Suite struct RequestInstrumentsTests {
    private struct Broken: Error {}

    private func application(_ registry: Registry) throws -> some ApplicationProtocol {
        let router = Router()
        router.add(
            middleware: try RequestInstruments(
                registry: registry, count: "requests",
                countLabels: [
                    .constant(name: "app", value: "a\"b"), .method(name: "method"), .endpoint(name: "route"),
                    .status(name: "code"),
                ],
                latency: "latency_seconds", latencyLabels: [.endpoint(name: "route")], buckets: [1000],
                inFlight: "in_flight", inFlightLabels: [.constant(name: "app", value: "x")]))
        router.get("/users/{id}") { _, _ in "hello" }
        router.get("/refuses") { _, _ -> String in throw HTTPError(.conflict) }
        router.get("/breaks") { _, _ -> String in throw Broken() }
        router.addMetrics(registry)
        return Application(router: router)
    }

    @Test func endpointsAreTemplates() async throws {
        let registry = Registry()
        try await application(registry).test(.router) { client in
            for id in 0..<3 { _ = try await client.execute(uri: "/users/\(id)", method: .get) }
            let text = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(
                text.contains(
                    #"requests_total{app="a\"b",method="GET",route="/users/{id}",code="200"} 3"# + "\n"))
            #expect(text.contains(#"latency_seconds_bucket{route="/users/{id}",le="1000.0"} 3"# + "\n"))
            #expect(text.contains(#"in_flight{app="x"} 1"# + "\n"))
        }
    }

    @Test func errorsAreCountedByTheirStatus() async throws {
        let registry = Registry()
        try await application(registry).test(.router) { client in
            _ = try await client.execute(uri: "/refuses", method: .get)
            _ = try? await client.execute(uri: "/breaks", method: .get)
            _ = try await client.execute(uri: "/nowhere", method: .get)
            let text = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(text.contains(#"route="/refuses",code="409"} 1"# + "\n"))
            #expect(text.contains(#"route="/breaks",code="500"} 1"# + "\n"))
            #expect(text.contains(#"route="<unmatched>",code="404"} 1"# + "\n"))
        }
    }

    @Test func strangeMethodsShareOneSeries() async throws {
        let registry = Registry()
        try await application(registry).test(.router) { client in
            for method in ["BREW", "PROPFIND", "WHEN"] {
                _ = try await client.execute(
                    uri: "/users/1", method: try #require(HTTPRequest.Method(method)))
            }
            let text = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(text.contains(#"method="_OTHER",route="<unmatched>",code="404"} 3"# + "\n"))
        }
    }

    @Test func theFormatFollowsAccept() async throws {
        let registry = Registry()
        try await application(registry).test(.router) { client in
            let text = try await client.execute(uri: "/metrics", method: .get)
            #expect(text.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let open = try await client.execute(
                uri: "/metrics", method: .get,
                headers: [
                    .accept: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
                ])
            #expect(
                open.headers[.contentType] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(String(buffer: open.body).hasSuffix("# EOF\n"))
        }
    }
}
