import ContainerStats
import HTTPTypes
import HummingbirdTesting
import JSON
import NIOCore
import Testing

@testable import ContainerServer

@Suite struct APITests {
    private static func json(
        _ client: any TestClientProtocol, _ uri: String, method: HTTPRequest.Method = .get,
        body: String? = nil
    ) async throws -> JSONValue {
        let answer = try await client.execute(
            uri: uri, method: method, body: body.map { ByteBuffer(string: $0) })
        #expect(answer.status == .ok, "\(uri): \(String(buffer: answer.body))")
        return try JSONValue.parse(Array(answer.body.readableBytesView))
    }

    @Test func containersOfTheFirstAPI() async throws {
        let path = "/docker/" + MonitorUnderTest.id
        try await MonitorUnderTest.run { client in
            for version in ["v1.0", "v1.1", "v1.2", "v1.3"] {
                let shop = try await Self.json(
                    client, "/api/\(version)/containers" + path, method: .post, body: #"{"num_stats":60}"#)
                #expect(shop["name"]?.string == path && shop["namespace"]?.string == "docker")
                #expect(shop["aliases"] == ["shop", .string(MonitorUnderTest.id)])
                #expect(
                    shop["spec"]?["cpu"]?["quota"]?.int == 50_000
                        && shop["spec"]?["image"]?.string == "shop:1")
                #expect(shop["spec"]?["creation_time"]?.string == "2026-11-23T23:00:36Z")
                let sample = try #require(shop["stats"]?[0])
                #expect(sample["timestamp"]?.string == "2026-11-24T00:26:40Z")
                #expect(sample["cpu"]?["usage"]?["total"]?.int == 3_000_000_000)
                #expect(sample["memory"]?["working_set"]?.int == 4000)
                #expect(sample["diskio"]?["io_service_bytes"]?[0]?["stats"]?["Write"]?.int == 8192)
            }
            let root = try await Self.json(client, "/api/v1.3/containers/")
            #expect(root["subcontainers"] == [["name": "/docker"], ["name": "/system.slice"]])
            #expect(root["stats"]?[0]?["network"]?["rx_bytes"]?.int == 10)
            #expect(root["stats"]?[0]?["filesystem"]?[0]?["device"]?.string == "/dev/vda")
        }
    }

    @Test func treesAndRuntimes() async throws {
        let path = "/docker/" + MonitorUnderTest.id
        try await MonitorUnderTest.run { client in
            let tree = try await Self.json(client, "/api/v1.1/subcontainers/system.slice")
            #expect(
                tree.array?.compactMap { $0["name"]?.string } == [
                    "/system.slice", "/system.slice/ssh.service",
                ])
            for name in ["shop", MonitorUnderTest.id, String(MonitorUnderTest.id.prefix(12)), ""] {
                let found = try await Self.json(client, "/api/v1.2/docker/\(name)")
                #expect(found.object?.members.map(\.name) == [path])
            }
            let missing = try await client.execute(uri: "/api/v1.2/docker/nobody", method: .get)
            #expect(missing.status == .internalServerError && String(buffer: missing.body).contains("nobody"))
            #expect(
                try await client.execute(uri: "/api/v1.0/docker/shop", method: .get).status == .badRequest)
        }
    }

    @Test func theSecondAPI() async throws {
        let path = "/docker/" + MonitorUnderTest.id
        try await MonitorUnderTest.run { client in
            #expect(try await Self.json(client, "/api/v2.0/version").string != nil)
            #expect(try await Self.json(client, "/api/v2.0/attributes")["num_cores"]?.int == 2)
            #expect(try await Self.json(client, "/api/v2.0/machine")["memory_capacity"]?.int == 1_024_000)
            let spec = try await Self.json(client, "/api/v2.0/spec/shop?type=docker")
            #expect(spec[path]?["image"]?.string == "shop:1")
            let all = try await Self.json(client, "/api/v2.0/spec/?recursive=true")
            #expect(all.object?.members.count == 5)
            let stats = try await Self.json(client, "/api/v2.0/stats\(path)?count=1")
            #expect(
                stats[path]?[0]?["has_memory"]?.bool == true
                    && stats[path]?[0]?["memory"]?["usage"]?.int == 4096)
            let newer = try await Self.json(client, "/api/v2.1/stats\(path)")
            #expect(
                newer[path]?["spec"]?["namespace"]?.string == "docker"
                    && newer[path]?["stats"]?[0]?["cpu"] != nil)
            #expect(try await Self.json(client, "/api/v2.1/stats/?recursive=true")["/"] == nil)
            #expect(
                try await Self.json(client, "/api/v2.1/machinestats")[0]?["filesystem"]?[0]?["inline"]?[
                    "reads_completed"]?.int == 1)
            #expect(try await Self.json(client, "/api/v2.0/storage")[0]?["mountpoint"]?.string == "/")
            #expect(
                try await Self.json(client, "/api/v2.0/summary\(path)")[path]?["minute_usage"]?["cpu"]?[
                    "present"]?.bool == false)
            #expect(try await Self.json(client, "/api/v2.0/ps/").array != nil)
            #expect(
                try await client.execute(uri: "/api/v2.0/stats/?type=lxc", method: .get).status
                    == .internalServerError)
            #expect(
                try await client.execute(uri: "/api/v2.0/stats/?count=x", method: .get).status
                    == .internalServerError)
            #expect(
                try await client.execute(uri: "/api/v2.0/machinestats", method: .get).status == .badRequest)
        }
    }

    @Test func events() async throws {
        try await MonitorUnderTest.run { client in
            let all = try await Self.json(client, "/api/v1.3/events/?all_events=true&subcontainers=true")
            #expect(all.array?.count == 5 && all[0]?["event_type"]?.string == "containerCreation")
            #expect(
                try await Self.json(
                    client, "/api/v1.3/events/?all_events=true&subcontainers=true&max_events=2"
                ).array?.count == 2)
            #expect(
                try await Self.json(client, "/api/v2.0/events/?oom_events=true&subcontainers=true").array?
                    .isEmpty == true)
            #expect(
                try await client.execute(uri: "/api/v1.3/events/?all_events=maybe", method: .get).status
                    == .internalServerError)
            #expect(
                try await client.execute(uri: "/api/v1.3/events/?start_time=now", method: .get).status
                    == .internalServerError)
        }
    }

    @Test func whatIsNotThere() async throws {
        try await MonitorUnderTest.run { client in
            let versions = try await client.execute(uri: "/api/", method: .get)
            #expect(versions.status == .badRequest)
            #expect(
                String(buffer: versions.body) == "Supported API versions: v1.0,v1.1,v1.2,v1.3,v2.0,v2.1\n")
            let kinds = try await client.execute(uri: "/api/v1.0/", method: .get)
            #expect(String(buffer: kinds.body) == "Supported request types: \"containers\",\"machine\"\n")
            let unknown = try await client.execute(uri: "/api/v1.3/containers/nowhere", method: .get)
            #expect(
                unknown.status == .internalServerError
                    && String(buffer: unknown.body).contains("unknown container \"/nowhere\""))
            for body in ["{", "[", "{\"start\":\"x\"}", String(repeating: " ", count: 100_000)] {
                let answer = try await client.execute(
                    uri: "/api/v1.3/containers/", method: .post, body: ByteBuffer(string: body))
                #expect(answer.status == .internalServerError)
            }
        }
    }

    /// What a sample does not have is left out, as by cAdvisor's `omitempty`.
    @Test func nothingIsNull() {
        let text = V2Forms.stats([ContainerSample(), ContainerSample()]).text()
        #expect(text.contains("\"has_diskio\":false") && !text.contains("null"), "\(text)")
    }

    @Test func pagesAndRedirects() async throws {
        try await MonitorUnderTest.run { client in
            let root = try await client.execute(uri: "/", method: .get)
            #expect(root.status == .temporaryRedirect && root.headers[.location] == "/containers/")
            for path in ["/containers", "/docker", "/podman"] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .movedPermanently && answer.headers[.location] == path + "/")
            }
            for path in ["/containers/", "/containers/docker/x", "/docker/", "/docker/shop"] {
                let page = try await client.execute(uri: path, method: .get)
                #expect(
                    page.status == .ok
                        && String(buffer: page.body).contains("/web/pages/containers.js"), "\(path)")
            }
            let report = try await client.execute(uri: "/validate/", method: .get)
            #expect(
                report.status == .ok && String(buffer: report.body).contains("Control groups: ok (version 2"))
        }
    }
}
