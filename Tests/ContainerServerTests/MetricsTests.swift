import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@Suite struct MetricsTests {
    @Test func metricsAndHealth() async throws {
        try await MonitorUnderTest.run { client in
            let health = try await client.execute(uri: "/healthz", method: .get)
            #expect(health.status == .ok && String(buffer: health.body) == "ok")
            let answer = try await client.execute(uri: "/metrics", method: .get)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(buffer: answer.body)
            #expect(text.contains("container_memory_usage_bytes{id=\"/docker/\(MonitorUnderTest.id)\",image=\"shop:1\",name=\"shop\"} 4096\n"))
            #expect(text.contains("\nmartlet_containers_http_requests_total{method=\"GET\",handler=\"/healthz\",code=\"200\"} 1\n"))
            #expect(text.contains("# TYPE container_memory_failcnt counter\n"))
        }
    }

    @Test func onlyContainersOfAKind() async throws {
        try await MonitorUnderTest.run { client in
            let text = String(buffer: try await client.execute(uri: "/metrics?type=docker", method: .get).body)
            #expect(text.contains("id=\"/docker/\(MonitorUnderTest.id)\""))
            #expect(!text.contains("id=\"/\""))
            let bad = try await client.execute(uri: "/metrics?type=lxc", method: .get)
            #expect(bad.status == .internalServerError)
            #expect(String(buffer: bad.body) == "unknown 'type' \"lxc\" for container name\n")
            #expect(try await client.execute(uri: "/metrics?max_age=soon", method: .get).status == .internalServerError)
            #expect(try await client.execute(uri: "/metrics?max_age=500ms", method: .get).status == .ok)
        }
    }
}
