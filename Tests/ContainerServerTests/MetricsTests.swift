import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import WebServer

@testable import ContainerServer

@Suite struct MetricsTests {
    @Test func metricsAndHealth() async throws {
        try await MonitorUnderTest.run { client in
            let health = try await client.execute(uri: "/healthz", method: .get)
            #expect(health.status == .ok && String(buffer: health.body) == "ok")
            let answer = try await client.execute(uri: "/metrics", method: .get)
            #expect(answer.status == .ok)
            #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let text = String(buffer: answer.body)
            #expect(
                text.contains(
                    "container_memory_usage_bytes{id=\"/docker/\(MonitorUnderTest.id)\",image=\"shop:1\",name=\"shop\"} 4096\n"
                ))
            #expect(
                text.contains(
                    "\nmartlet_containers_http_requests_total{method=\"GET\",handler=\"/healthz\",code=\"200\"} 1\n"
                ))
            #expect(text.contains("# TYPE container_memory_failcnt counter\n"))
        }
    }

    @Test func onlyContainersOfAKind() async throws {
        try await MonitorUnderTest.run { client in
            let text = String(
                buffer: try await client.execute(uri: "/metrics?type=docker", method: .get).body)
            #expect(text.contains("id=\"/docker/\(MonitorUnderTest.id)\""))
            #expect(!text.contains("id=\"/\""))
            let bad = try await client.execute(uri: "/metrics?type=lxc", method: .get)
            #expect(bad.status == .internalServerError)
            #expect(String(buffer: bad.body) == "unknown 'type' \"lxc\" for container name\n")
            #expect(
                try await client.execute(uri: "/metrics?max_age=soon", method: .get).status
                    == .internalServerError)
            #expect(try await client.execute(uri: "/metrics?max_age=500ms", method: .get).status == .ok)
        }
    }
}

@Suite struct PrefixTests {
    /// A proxy may pass its prefix on or strip it: both find everything, and pages lead back through the proxy.
    @Test func everythingIsBelowThePrefixToo() async throws {
        let options = try #require(
            try? ContainerServerOptions.parse(["--url_base_prefix=/cad/visor/"]).options)
        try await MonitorUnderTest.run(options: options) { client in
            for prefix in ["", "/cad/visor"] {
                #expect(
                    String(buffer: try await client.execute(uri: prefix + "/healthz", method: .get).body)
                        == "ok")
                let metrics = try await client.execute(uri: prefix + "/metrics", method: .get)
                #expect(String(buffer: metrics.body).contains("container_last_seen{"))
                let machine = try await client.execute(uri: prefix + "/api/v1.3/machine", method: .get)
                #expect(machine.status == .ok && String(buffer: machine.body).contains("\"num_cores\""))
                #expect(try await client.execute(uri: prefix + "/validate/", method: .get).status == .ok)
                let root = try await client.execute(uri: prefix + "/", method: .get)
                #expect(root.headers[.location] == "/cad/visor/containers/")
                let page = try await client.execute(uri: prefix + "/containers/docker", method: .get)
                let text = String(buffer: page.body)
                #expect(
                    page.status == .ok
                        && text.contains(
                            "src=\"/cad/visor/assets/\(Assets.edition)/web/pages/containers.js\"")
                )
                #expect(text.contains("data-prefix=\"/cad/visor\"") && !text.contains("\"/assets"))
                #expect(
                    try await client.execute(uri: prefix + "/assets/web/pages/containers.js", method: .get)
                        .status == .ok)
            }
            #expect(try await client.execute(uri: "/cad/healthz", method: .get).status == .notFound)
        }
    }

    @Test func withoutPrefixThePageHasNone() async throws {
        try await MonitorUnderTest.run { client in
            let page = try await client.execute(uri: "/containers/", method: .get)
            #expect(
                page.status == .ok
                    && String(buffer: page.body).contains(
                        "src=\"/assets/\(Assets.edition)/web/pages/containers.js\"")
            )
            // Nobody to ask: said in words.
            let runtime = try await client.execute(uri: "/runtime/docker", method: .get)
            #expect(
                runtime.status == .internalServerError
                    && String(buffer: runtime.body) == "no socket of docker is here\n")
        }
    }
}
