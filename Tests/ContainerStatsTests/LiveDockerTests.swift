import TestKit
import Testing

@testable import ContainerStats

#if canImport(Glibc)
    import Glibc
#endif

/// A real daemon and real containers, their numbers checked against the kernel's own files.
@Suite(.serialized, .enabled(if: DockerUnderTest.isWanted)) struct LiveDockerTests {
    private func options(_ docker: DockerUnderTest) -> ContainerMonitorOptions {
        var options = ContainerMonitorOptions()
        options.dockerSocket = docker.socket
        options.podmanSocket = nil
        options.crioSocket = nil
        options.dockerFolder = docker.dataFolder
        return options
    }

    @Test func lifeOfContainers() async throws {
        let docker = try DockerUnderTest()
        defer { docker.stop() }
        let shop = docker.prefix + "shop", store = docker.prefix + "store", burn = docker.prefix + "burn"
        let monitor = ContainerMonitor(options: options(docker))
        defer { monitor.shutDown() }
        _ = try await monitor.metrics()

        // Start, with limits and labels: there at the next reading, by name.
        let id = docker.run(
            "shop",
            "--memory 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --label team=red martlet/test:1 httpd -f -p 8000 -h /bin"
        )
        #expect(id.utf8.count == 64)
        let first = try await monitor.metrics()
        let seen = try #require(first.all("container_last_seen", ["name": shop]).first)
        #expect(seen.labels["image"] == "martlet/test:1" && seen.labels["container_label_team"] == "red")
        #expect(seen.labels["id"]?.contains(id) == true)
        #expect(first.value("container_spec_memory_limit_bytes", ["name": shop]) == 67_108_864)
        #expect(first.value("container_spec_memory_reservation_limit_bytes", ["name": shop]) == 33_554_432)
        #expect(first.value("container_spec_cpu_quota", ["name": shop]) == 50_000)
        #expect(first.value("container_spec_cpu_period", ["name": shop]) == 100_000)
        #expect(abs((first.value("container_spec_cpu_shares", ["name": shop]) ?? 0) - 512) < 20)
        #expect(
            first.all("container_network_receive_bytes_total", ["name": shop]).map { $0.labels["interface"] }
                == ["eth0"])
        let started = try #require(first.value("container_start_time_seconds", ["name": shop]))
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        #expect(abs(Double(now.tv_sec) - started) < 60)

        // Load: the processor time is the kernel's.
        let burnID = docker.run("burn", "--cpus 0.2 martlet/test:1 sh -c 'while :; do :; done'")
        usleep(1_500_000)
        func kernelSeconds() -> Double {
            let text = docker.controlFile(burnID, "cpuacct/cpuacct.usage", "cpu.stat")
            if let nanoseconds = Double(text) { return nanoseconds / 1e9 }
            return
                (text.split(separator: "\n").first?.split(separator: " ").last.flatMap { Double($0) } ?? .nan)
                / 1e6
        }
        let before = kernelSeconds()
        let loaded = try await monitor.metrics()
        let told = loaded.all("container_cpu_usage_seconds_total", ["name": burn]).map(\.value).reduce(0, +)
        let after = kernelSeconds()
        #expect(told > 0.1 && before <= told + 1e-6 && told <= after + 1e-6, "\(before) \(told) \(after)")
        #expect(loaded.value("container_cpu_cfs_throttled_periods_total", ["name": burn]) ?? 0 > 0)

        // Traffic.
        let address = docker.docker("inspect -f '{{.NetworkSettings.IPAddress}}' \(shop)")
        docker.docker("run --rm martlet/test:1 wget -q -O /dev/null http://\(address):8000/busybox")
        let sent = try #require(
            try await monitor.metrics().value("container_network_transmit_bytes_total", ["name": shop]))
        #expect(sent > 500_000)
        // A container in the other's network does not repeat it.
        docker.run("side", "--network container:\(shop) martlet/test:1 sleep 1000")
        #expect(
            try await monitor.metrics().all(
                "container_network_transmit_bytes_total", ["name": docker.prefix + "side"]
            ).isEmpty)

        // Pause: still there, and its time stands still. Rename, new limits: seen by way of the event stream.
        docker.docker("pause \(burn)")
        func burned() async throws -> Double {
            try await monitor.metrics().all("container_cpu_usage_seconds_total", ["name": burn]).map(\.value)
                .reduce(0, +)
        }
        // What ran before it froze may be counted a moment later.
        let standsStill = try await eventually {
            let paused = try await burned()
            usleep(300_000)
            return try await burned() == paused && paused > 0
        }
        #expect(standsStill)
        docker.docker("unpause \(burn)")
        docker.docker("rename \(shop) \(store)")
        docker.docker("update --memory 32m --memory-swap 32m \(store)")
        #expect(
            try await eventually {
                let metrics = try await monitor.metrics()
                return metrics.all("container_last_seen", ["name": shop]).isEmpty
                    && metrics.value("container_spec_memory_limit_bytes", ["name": store]) == 33_554_432
            })

        // Out of memory: the container lives on, its child was killed.
        docker.run(
            "greedy",
            "--memory 16m --memory-swap 16m martlet/test:1 sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1000'"
        )
        #expect(
            try await eventually {
                try await monitor.metrics().value(
                    "container_oom_events_total", ["name": docker.prefix + "greedy"]) == 1
            })

        // Kill: gone at the next reading with its exit code as an event, neighbours stay.
        docker.docker("kill \(burn)")
        #expect(
            try await eventually {
                try await monitor.metrics().all("container_last_seen", ["name": burn]).isEmpty
            })
        var request = ContainerEventRequest()
        request.kinds = [.containerDeletion]
        request.includesSubcontainers = true
        let ended = try await monitor.events(request).filter { $0.path.contains(burnID) }
        #expect(ended.map(\.exitCode) == [137])
        let last = try await monitor.metrics()
        let own = last.all("container_last_seen").compactMap { $0.labels["name"] }.filter {
            $0.hasPrefix(docker.prefix)
        }
        #expect(Set(own) == [store, docker.prefix + "side", docker.prefix + "greedy"])
        let version = try #require(last.all("cadvisor_version_info").first?.labels["dockerVersion"])
        #expect(docker.docker("version -f '{{.Server.Version}}'") == version)
    }

    /// Memory, processes and disk against the kernel's own files and what `docker stats` says.
    @Test func numbersAreTheKernelsAndDockers() async throws {
        let docker = try DockerUnderTest()
        defer { docker.stop() }
        var options = options(docker)
        options.groups.insert(.process)
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let id = docker.run(
            "held",
            "--memory 200m martlet/test:1 sh -c 'dd if=/dev/zero of=/big bs=1M count=40 conv=fsync; sleep 1000 & sleep 1000'"
        )
        let name = docker.prefix + "held"
        #expect(
            try await eventually {
                docker.docker("top \(name)").split(separator: "\n").filter {
                    $0.hasSuffix(" sleep 1000") && !$0.contains("dd")
                }.count == 2
            })
        let metrics = try await monitor.metrics()
        func value(_ metric: String) -> Double { metrics.value(metric, ["name": name]) ?? .nan }

        func kernel(_ files: String..., key: String? = nil) -> Double {
            for file in files {
                let text = docker.controlFile(id, file)
                guard let key else {
                    if let number = Double(text) { return number }
                    continue
                }
                for line in text.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    if words.count == 2, words[0] == key { return Double(words[1]) ?? .nan }
                }
            }
            return .nan
        }
        // Nothing runs in it any more, so the numbers stand still but for the kernel's batching.
        let page = 1_000_000.0
        #expect(
            abs(
                value("container_memory_usage_bytes")
                    - kernel("memory/memory.usage_in_bytes", "memory.current")) < page)
        let isV1 = !docker.controlFile(id, "memory/memory.stat").isEmpty
        let cache =
            isV1 ? kernel("memory/memory.stat", key: "total_cache") : kernel("memory.stat", key: "file")
        let inactive =
            isV1
            ? kernel("memory/memory.stat", key: "total_inactive_file")
            : kernel("memory.stat", key: "inactive_file")
        #expect(value("container_memory_cache") == cache && cache > 30e6)
        #expect(
            abs(
                value("container_memory_working_set_bytes")
                    - (kernel("memory/memory.usage_in_bytes", "memory.current") - inactive)) < page)
        #expect(value("container_processes") == 2)

        // 40 MB were written, whoever counts them.
        let written = metrics.all("container_fs_writes_bytes_total", ["name": name]).map(\.value).reduce(0, +)
        #expect(written >= 40e6 && written < 80e6, "\(written)")

        // "12.3MiB|3|512B / 0B"; the client rounds to four digits.
        let stats = docker.docker("stats --no-stream --format '{{.MemUsage}}|{{.PIDs}}' \(name)").split(
            separator: "|")
        try #require(stats.count == 2, "\(stats)")
        let shown = try #require(Self.bytes(stats[0].split(separator: " ")[0]))
        #expect(abs(shown - value("container_memory_working_set_bytes")) < 2_000_000, "\(shown)")
        #expect(Double(stats[1]) == value("container_processes"))
        // The writable layer is measured by and by.
        #expect(
            try await eventually {
                try await monitor.metrics().all("container_fs_usage_bytes", ["name": name]).first?.value ?? 0
                    >= 40e6
            })
    }

    /// A project of docker-compose: each service by its labels.
    @Test(.enabled(if: TestFile.exists("/usr/bin/docker-compose"), "needs docker-compose"))
    func composeProjects() async throws {
        let docker = try DockerUnderTest()
        defer { docker.stop() }
        let project = docker.prefix.dropLast() + "proj"
        try TestFile.write(
            """
            version: "3.7"
            services:
              web: {image: "martlet/test:1", command: httpd -f -p 80 -h /bin, network_mode: none, labels: {martlet-test: "\(docker.prefix)"}}
              worker: {image: "martlet/test:1", command: sleep 1000, network_mode: none, labels: {martlet-test: "\(docker.prefix)"}}

            """, to: docker.folder.path + "/docker-compose.yaml")
        let compose =
            "DOCKER_HOST=unix://\(docker.socket) docker-compose -p \(project) -f \(docker.folder.path)/docker-compose.yaml"
        let output = docker.shell("\(compose) up -d --scale worker=2")
        let monitor = ContainerMonitor(options: options(docker))
        defer { monitor.shutDown() }
        let seen = try await monitor.metrics().all(
            "container_last_seen", ["container_label_com_docker_compose_project": String(project)])
        #expect(
            seen.compactMap { $0.labels["container_label_com_docker_compose_service"] }.sorted() == [
                "web", "worker", "worker",
            ], "\(output)")
        #expect(Set(seen.compactMap { $0.labels["name"] }).count == 3)
        docker.shell("\(compose) down -t 0")
        #expect(
            try await eventually {
                try await monitor.metrics().all(
                    "container_last_seen", ["container_label_com_docker_compose_project": String(project)]
                ).isEmpty
            })
    }

    /// "12.34MiB" in bytes.
    private static func bytes(_ text: Substring) -> Double? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let units = ["B": 1.0, "KiB": 1024, "MiB": 1_048_576, "GiB": 1_073_741_824]
        guard let value = Double(number), let unit = units[String(text[number.endIndex...])] else {
            return nil
        }
        return value * unit
    }
}
