import TestKit
import Testing

/// `docker-compose up -d --build` with a real daemon: the image from the program that was built beside
/// these tests, over a base of this machine's own files.
@Suite(
    .enabled(
        if: DockerUnderTest.isWanted && TestFile.exists("/usr/bin/docker-compose"),
        "needs MARTLET_TEST_DOCKER=1, root and docker-compose"), .serialized)
struct ComposeTests {
    @Test func theFourServicesComeUpAndShowThemselves() async throws {
        let project = try ComposeProject("compose.yaml", suffix: "up")
        defer { project.stop() }
        try await project.start(healthyCount: 4)
        // Real containers by name, through our server scraping our monitor.
        for service in ["webapp", "prometheus", "grafana", "cadvisor"] {
            let used = try await project.value(
                of: "container_memory_usage_bytes{name=\"\(project.name)_\(service)_1\",image=\"martlet\"}")
            #expect(used > 1_000_000)
        }
        // The demo's container dashboard asks this.
        let query = "count(container_last_seen{image!=\"\"})"
        #expect(try await project.value(of: "\(query) >= 4") >= 4)
        #expect(try LocalHTTP.get(project.ports[0], "/").text == "home")
        let search = try LocalHTTP.get(
            project.ports[2], "/api/search", headers: UpUnderTest.login("admin", "foobar"))
        #expect(search.status == 200 && search.text.contains("\"uid\":\"containers\""), "\(search.text)")
        // Nobody but the monitor runs as root.
        let users = project.docker.docker(
            "inspect -f '{{.Config.User}}' "
                + ["webapp", "prometheus", "grafana", "cadvisor"].map { "\(project.name)_\($0)_1" }
                .joined(separator: " "))
        #expect(users.split(separator: "\n") == ["65534:65534", "65534:65534", "65534:65534", "root"])
    }

    /// Debian's Prometheus in an image that is laid out as the original's. Grafana's image is not to be had
    /// here: our own dashboards stand in its place, with Grafana's paths, so that the test is of the files and
    /// variables that it is given.
    @Test(.enabled(if: TestFile.exists("/usr/bin/prometheus"), "needs prometheus"))
    func theOriginalsComeUpBesideOurs() async throws {
        let project = try ComposeProject("compose.originals.yaml", suffix: "originals")
        defer { project.stop() }
        try project.image(
            "prometheus", adding: ["/usr/bin/prometheus"],
            """
            COPY prometheus /bin/prometheus
            RUN mkdir -p /prometheus /etc/prometheus && chown 65534:65534 /prometheus
            USER 65534
            WORKDIR /prometheus
            ENTRYPOINT ["/bin/prometheus"]
            CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
            """)
        try project.image(
            "grafana", adding: ["\(project.folder)/dist/martlet"],
            """
            COPY martlet /bin/martlet
            RUN mkdir -p /var/lib/grafana /etc/grafana && chown 65534:65534 /var/lib/grafana
            USER 65534
            WORKDIR /var/lib/grafana
            ENV GF_PATHS_DATA=/var/lib/grafana GF_PATHS_PROVISIONING=/etc/grafana/provisioning
            ENV GF_SERVER_HTTP_ADDR=0.0.0.0
            ENTRYPOINT ["/bin/martlet", "dashboards"]
            """)
        try await project.start(healthyCount: 2)
        for service in ["webapp", "prometheus", "grafana", "cadvisor"] {
            let used = try await project.value(
                of: "container_memory_usage_bytes{name=\"\(project.name)_\(service)_1\"}")
            #expect(used > 1_000_000)
        }
        // Has no value before all three were scraped.
        #expect(try await project.value(of: "sum(up) == 3") == 3)
        let build = try LocalHTTP.get(project.ports[1], "/api/v1/status/buildinfo").text
        #expect(!build.lowercased().contains("martlet"))
        let login = UpUnderTest.login("admin", "foobar")
        for dashboard in ["containers", "service"] {
            let answer = try LocalHTTP.get(
                project.ports[2], "/api/dashboards/uid/\(dashboard)", headers: login
            ).text
            #expect(answer.contains("\"provisioned\":true"), "\(answer.suffix(1000))")
        }
        let sources = try LocalHTTP.get(project.ports[2], "/api/datasources", headers: login).text
        #expect(sources.contains("http://prometheus:9090"), "\(sources)")
    }
}

/// A checkout with the program that was built beside these tests, and its compose file.
private struct ComposeProject {
    let docker: DockerUnderTest
    let name: String
    let folder: String
    /// Of the web application, Prometheus, Grafana and the monitor.
    let ports: [Int]
    private let base: String
    private let compose: String

    init(_ file: String, suffix: String) throws {
        docker = try DockerUnderTest()
        name = docker.prefix.dropLast() + suffix
        folder = docker.folder.path + "/project"
        base = "martlet-base:\(name)"
        ports = try LocalPort.free(4)
        let checkout = SharedFolders.checkout
        docker.shell(
            """
            mkdir -p \(folder)/dist \(folder)/scripts \(folder)/Sources/WebAssets
            cp -r \(checkout)/Dockerfile \(checkout)/\(file) \(checkout)/compose \(folder)/
            cp -r \(checkout)/Sources/WebAssets/dashboards \(folder)/Sources/WebAssets/
            cp \(checkout)/scripts/container-health \(folder)/scripts/
            cp \(BuiltProgram.path) \(folder)/dist/martlet
            strip \(folder)/dist/martlet || true
            """)
        let variables = [
            "DOCKER_HOST=unix://\(docker.socket)", "DOCKER_SOCKET=\(docker.socket)", "BUILD_IMAGE=\(base)",
            "RUNTIME_IMAGE=\(base)", "PROMETHEUS_IMAGE=\(name)-prometheus", "GRAFANA_IMAGE=\(name)-grafana",
            "WEBAPP_PORT=\(ports[0])", "PROMETHEUS_PORT=\(ports[1])", "GRAFANA_PORT=\(ports[2])",
            "CADVISOR_PORT=\(ports[3])",
        ].joined(separator: " ")
        compose = "cd \(folder) && \(variables) docker-compose -f \(file) -p \(name)"
        let made = docker.shell(
            "DOCKER_HOST=unix://\(docker.socket) \(checkout)/scripts/local-base-image \(base) \(folder)/dist/martlet"
        )
        guard made == base else {
            docker.stop()
            throw TestFailure("no base image: \(made)")
        }
    }

    /// Makes the image `name`-`suffix` over the base.
    func image(_ suffix: String, adding files: [String], _ instructions: String) throws {
        let context = "\(folder)/images/\(suffix)"
        let output = docker.shell(
            """
            mkdir -p \(context) && cp \(files.joined(separator: " ")) \(context)/ &&
            printf '%s\\n' 'FROM \(base)' '\(instructions)' > \(context)/Dockerfile &&
            docker -H unix://\(docker.socket) build -q -t \(name)-\(suffix) \(context)
            """)
        guard output.contains("sha256:") else { throw TestFailure("no image \(suffix): \(output)") }
    }

    /// Brings all four up, and waits for those that have a health check.
    func start(healthyCount: Int) async throws {
        let output = docker.shell("\(compose) up -d --build")
        try await eventually(within: 120, "\(healthyCount) healthy services of 4:\n\(output.suffix(3000))") {
            let states = docker.docker(
                "ps --filter label=com.docker.compose.project=\(name) --format '{{.Status}}'"
            ).split(separator: "\n")
            let healthy = states.count { $0.contains("(healthy)") }
            return states.count == 4 && healthy == healthyCount ? true : nil
        }
    }

    /// The value of a query's first series, asked of Prometheus until it has one.
    func value(of query: String) async throws -> Double {
        try await eventually(within: 60, query) {
            let answer = try LocalHTTP.get(
                ports[1], "/api/v1/query?query=" + UpUnderTest.encoded(query)
            ).text
            return try UpUnderTest.firstValue(answer)
        }
    }

    func stop() {
        docker.shell(
            "\(compose) down -v -t 1 --rmi local; docker -H unix://\(docker.socket) rmi \(name)-prometheus \(name)-grafana \(base)"
        )
        docker.stop()
    }
}
