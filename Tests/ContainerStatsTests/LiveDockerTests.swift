#if canImport(Glibc)
    import Glibc
#endif
@testable import ContainerStats
import TestKit
import Testing

/// A real daemon and real containers, their numbers checked against the kernel's own files.
@Suite(.serialized, .enabled(if: DockerUnderTest.isWanted)) struct LiveDockerTests {
    private func options(_ docker: DockerUnderTest) -> ContainerMonitorOptions {
        var options = ContainerMonitorOptions()
        options.dockerSocket = docker.socket
        options.podmanSocket = nil
        options.crioSocket = nil
        options.dockerFolder = docker.folder.path + "/root"
        return options
    }

    @Test func lifeOfContainers() async throws {
        let docker = try DockerUnderTest()
        defer { docker.stop() }
        let monitor = ContainerMonitor(options: options(docker))
        defer { monitor.shutDown() }
        _ = try await monitor.metrics()

        // Start, with limits and labels: there at the next reading, by name.
        docker.docker("run -d --name shop --memory 64m --memory-reservation 32m --cpus 0.5 --cpu-shares 512 --label team=red martlet/test:1 httpd -f -p 8000 -h /bin")
        let id = docker.docker("inspect -f '{{.Id}}' shop")
        #expect(id.utf8.count == 64)
        let first = try await monitor.metrics()
        let seen = try #require(first.all("container_last_seen", ["name": "shop"]).first)
        #expect(seen.labels["image"] == "martlet/test:1" && seen.labels["container_label_team"] == "red")
        #expect(seen.labels["id"]?.contains(id) == true)
        #expect(first.value("container_spec_memory_limit_bytes", ["name": "shop"]) == 67_108_864)
        #expect(first.value("container_spec_memory_reservation_limit_bytes", ["name": "shop"]) == 33_554_432)
        #expect(first.value("container_spec_cpu_quota", ["name": "shop"]) == 50_000)
        #expect(first.all("container_network_receive_bytes_total", ["name": "shop"]).map { $0.labels["interface"] } == ["eth0"])
        let started = try #require(first.value("container_start_time_seconds", ["name": "shop"]))
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        #expect(abs(Double(now.tv_sec) - started) < 60)

        // Load: the processor time is the kernel's.
        docker.docker("run -d --name burn martlet/test:1 sh -c 'while :; do :; done'")
        usleep(1_500_000)
        let burnID = docker.docker("inspect -f '{{.Id}}' burn")
        let file = docker.shell("ls /sys/fs/cgroup/cpuacct/docker/\(burnID)/cpuacct.usage /sys/fs/cgroup/docker/\(burnID)/cpu.stat /sys/fs/cgroup/system.slice/docker-\(burnID).scope/cpu.stat 2>/dev/null").split(separator: "\n").first { $0.hasPrefix("/") }
        func kernelSeconds() -> Double {
            let text = docker.shell("cat \(file ?? "")")
            if let nanoseconds = Double(text) { return nanoseconds / 1e9 }
            return (text.split(separator: "\n").first?.split(separator: " ").last.flatMap { Double($0) } ?? .nan) / 1e6
        }
        let before = kernelSeconds()
        let told = try await monitor.metrics().all("container_cpu_usage_seconds_total", ["name": "burn"]).map(\.value).reduce(0, +)
        let after = kernelSeconds()
        #expect(told > 0.1)
        #expect(before <= told)
        #expect(told <= after)

        // Traffic.
        let address = docker.docker("inspect -f '{{.NetworkSettings.IPAddress}}' shop")
        docker.docker("run --rm martlet/test:1 wget -q -O /dev/null http://\(address):8000/busybox")
        let sent = try #require(try await monitor.metrics().value("container_network_transmit_bytes_total", ["name": "shop"]))
        #expect(sent > 500_000)
        // A container in the other's network does not repeat it.
        docker.docker("run -d --name side --network container:shop martlet/test:1 sleep 1000")
        #expect(try await monitor.metrics().all("container_network_transmit_bytes_total", ["name": "side"]).isEmpty)

        // Pause: still there. Rename, new limits: seen by way of the event stream.
        docker.docker("pause burn")
        #expect(try await monitor.metrics().all("container_last_seen", ["name": "burn"]).count == 1)
        docker.docker("unpause burn")
        docker.docker("rename shop store")
        docker.docker("update --memory 32m --memory-swap 32m store")
        #expect(try await eventually {
            let metrics = try await monitor.metrics()
            return metrics.all("container_last_seen", ["name": "shop"]).isEmpty
                && metrics.value("container_spec_memory_limit_bytes", ["name": "store"]) == 33_554_432
        })

        // Out of memory: the container lives on, its child was killed.
        docker.docker("run -d --name greedy --memory 16m --memory-swap 16m martlet/test:1 sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1000'")
        #expect(try await eventually { try await monitor.metrics().value("container_oom_events_total", ["name": "greedy"]) == 1 })

        // Kill and remove: gone at the next reading, neighbours stay.
        docker.docker("rm -f burn")
        let last = try await monitor.metrics()
        #expect(last.all("container_last_seen", ["name": "burn"]).isEmpty)
        #expect(Set(last.all("container_last_seen").compactMap { $0.labels["name"] }) == ["store", "side", "greedy"])
        #expect(last.value("container_scrape_error") == 0)
        let version = try #require(last.all("cadvisor_version_info").first?.labels["dockerVersion"])
        #expect(docker.docker("version -f '{{.Server.Version}}'") == version)
    }
}
