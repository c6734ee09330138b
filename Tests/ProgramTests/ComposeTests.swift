import TestKit
import Testing

/// `docker-compose up -d --build` with a real daemon: the image from the program that was built beside
/// these tests, over a base of this machine's own files.
@Suite(
    .enabled(
        if: DockerUnderTest.isWanted && TestFile.exists("/usr/bin/docker-compose"),
        "needs MARTLET_TEST_DOCKER=1, root and docker-compose"))
struct ComposeTests {
    @Test func theFourServicesComeUpAndShowThemselves() async throws {
        let docker = try DockerUnderTest()
        defer { docker.stop() }
        let folder = docker.folder.path + "/project"
        let checkout = SharedFolders.checkout
        docker.shell(
            """
            mkdir -p \(folder)/dist \(folder)/scripts
            cp -r \(checkout)/Dockerfile \(checkout)/compose.yaml \(checkout)/compose \(folder)/
            cp \(checkout)/scripts/container-health \(folder)/scripts/
            cp \(BuiltProgram.path) \(folder)/dist/martlet
            strip \(folder)/dist/martlet || true
            """)
        let base = "martlet-base:\(docker.prefix.dropLast())"
        let made = docker.shell(
            "DOCKER_HOST=unix://\(docker.socket) \(checkout)/scripts/local-base-image \(base) \(folder)/dist/martlet"
        )
        #expect(made == base)
        let ports = try LocalPort.free(4)
        let project = docker.prefix.dropLast() + "up"
        let variables = [
            "DOCKER_HOST=unix://\(docker.socket)", "DOCKER_SOCKET=\(docker.socket)", "BUILD_IMAGE=\(base)",
            "RUNTIME_IMAGE=\(base)",
            "WEBAPP_PORT=\(ports[0])", "PROMETHEUS_PORT=\(ports[1])", "GRAFANA_PORT=\(ports[2])",
            "CADVISOR_PORT=\(ports[3])",
        ].joined(separator: " ")
        let compose = "cd \(folder) && \(variables) docker-compose -p \(project)"
        let output = docker.shell("\(compose) up -d --build")
        defer {
            docker.shell("\(compose) down -v -t 1 --rmi local; docker -H unix://\(docker.socket) rmi \(base)")
        }
        try await eventually(within: 120, "four healthy services:\n\(output.suffix(3000))") {
            let states = docker.docker(
                "ps --filter label=com.docker.compose.project=\(project) --format '{{.Status}}'"
            ).split(separator: "\n")
            return states.count == 4 && states.allSatisfy { $0.contains("(healthy)") } ? true : nil
        }
        // Real containers by name, through our server scraping our monitor.
        for service in ["webapp", "prometheus", "grafana", "cadvisor"] {
            let query = UpUnderTest.encoded(
                "container_memory_usage_bytes{name=\"\(project)_\(service)_1\",image=\"martlet\"}")
            let used = try await eventually(within: 60, "the memory of \(service)") {
                try UpUnderTest.firstValue(try LocalHTTP.get(ports[1], "/api/v1/query?query=" + query).text)
            }
            #expect(used > 1_000_000)
        }
        // The demo's container dashboard asks this.
        let count = "count(container_last_seen{image!=\"\"})"
        let answer = try LocalHTTP.get(ports[1], "/api/v1/query?query=" + UpUnderTest.encoded(count)).text
        #expect(try #require(try UpUnderTest.firstValue(answer)) >= 4)
        #expect(try LocalHTTP.get(ports[0], "/").text == "home")
        let search = try LocalHTTP.get(ports[2], "/api/search", headers: UpUnderTest.login("admin", "foobar"))
        #expect(search.status == 200 && search.text.contains("\"uid\":\"containers\""), "\(search.text)")
        // Nobody but the monitor runs as root.
        let users = docker.docker(
            "inspect -f '{{.Config.User}}' \(project)_webapp_1 \(project)_prometheus_1 \(project)_grafana_1 \(project)_cadvisor_1"
        )
        #expect(users.split(separator: "\n") == ["65534:65534", "65534:65534", "65534:65534", "root"])
    }
}
