import TestKit
import Testing

@testable import ContainerStats

/// The recorded machines with cgroup v2: one under systemd with all controllers and pressure, one bare.
@Suite(.enabled(if: RecordedMachine.isAvailable)) struct RecordedV2Tests {
    static let burn =
        "/system.slice/docker-9d3c5f210d5ec4847a0091fdbf17909e809c4ec3cbc30c4167fd8ba7213ea869.scope"

    private func machine() throws -> RecordedMachine { try RecordedMachine.v2.get() }

    @Test func processorTimeAndLimits() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(
            metrics.value("container_cpu_usage_seconds_total", ["name": "burn", "cpu": "total"]) == 376.544001
        )
        #expect(metrics.value("container_cpu_user_seconds_total", ["name": "burn"]) == 275.62367)
        #expect(metrics.value("container_cpu_system_seconds_total", ["name": "burn"]) == 100.920331)
        #expect(metrics.value("container_cpu_cfs_periods_total", ["name": "burn"]) == 19540)
        #expect(metrics.value("container_cpu_cfs_throttled_seconds_total", ["name": "burn"]) == 1273.735041)
        #expect(metrics.value("container_spec_cpu_quota", ["name": "burn"]) == 20000)
        #expect(metrics.value("container_spec_cpu_shares", ["name": "burn"]) == 2597)
        // The root has neither weight nor period, but is told.
        #expect(metrics.value("container_spec_cpu_period", ["id": "/"]) == 0)
        #expect(metrics.value("container_spec_cpu_shares", ["id": "/"]) == 0)
        // --memory 256m --memory-reservation 128m --cpus .5 --cpu-shares 512
        let hog = try #require(metrics.all("container_last_seen", ["name": "hog"]).first?.labels["id"])
        let folder = "/sys/fs/cgroup" + hog
        #expect(
            metrics.value("container_spec_memory_limit_bytes", ["name": "hog"])
                == machine.number(folder + "/memory.max"))
        #expect(
            metrics.value("container_spec_memory_reservation_limit_bytes", ["name": "hog"])
                == machine.number(folder + "/memory.low"))
        #expect(metrics.value("container_spec_memory_limit_bytes", ["name": "burn"]) == 0)
    }

    @Test func memory() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        for container in metrics.all("container_last_seen") {
            guard let name = container.labels["name"], let id = container.labels["id"] else { continue }
            let folder = "/sys/fs/cgroup" + id
            func value(_ metric: String) -> Double? {
                metrics.value("container_memory_" + metric, ["name": name])
            }
            func stat(_ key: String) -> Double { machine.number(folder + "/memory.stat", key) }
            let current = machine.number(folder + "/memory.current")
            #expect(value("usage_bytes") == current)
            #expect(value("working_set_bytes") == max(0, current - stat("inactive_file")))
            #expect(value("rss") == stat("anon"))
            #expect(value("cache") == stat("file"))
            #expect(value("swap") == machine.number(folder + "/memory.swap.current"))
            #expect(value("max_usage_bytes") == machine.number(folder + "/memory.peak"))
            #expect(value("kernel_usage") == stat("kernel"))
            #expect(value("failcnt") == machine.number(folder + "/memory.events", "max"))
            #expect(value("pgscan_total") == stat("pgscan"))
            #expect(value("workingset_refault_file_total") == stat("workingset_refault_file"))
            #expect(
                metrics.value("container_oom_events_total", ["name": name])
                    == machine.number(folder + "/memory.events", "oom_kill"))
        }
        let root =
            machine.number("/sys/fs/cgroup/memory.stat", "anon")
            + machine.number("/sys/fs/cgroup/memory.stat", "file")
        #expect(metrics.value("container_memory_usage_bytes", ["id": "/"]) == root)
        #expect(
            metrics.value("container_oom_events_total", ["id": "/"])
                == machine.number("/proc/vmstat", "oom_kill"))
    }

    @Test func blockDevicesWithoutCountsAreLeftOut() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(
            metrics.value("container_fs_reads_bytes_total", ["id": "/", "device": "/dev/vda"])
                == 16_532_538_368)
        #expect(metrics.value("container_fs_writes_total", ["id": "/", "device": "/dev/vda"]) == 45022)
        #expect(
            metrics.value("container_fs_reads_bytes_total", ["id": "/", "device": "/dev/vdb"]) == 1_073_152)
        // "7:0 " has no key.
        #expect(metrics.all("container_fs_reads_bytes_total", ["id": "/"]).count == 2)
        let usage = metrics.all("container_blkio_device_usage_total", ["id": "/", "device": "/dev/vda"])
        #expect(Set(usage.compactMap { $0.labels["operation"] }) == ["Read", "Write"])
    }

    @Test func pressure() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_pressure_cpu_waiting_seconds_total", ["name": "burn"]) == 1536.67875)
        #expect(
            metrics.value("container_pressure_cpu_stalled_seconds_total", ["name": "burn"]) == 1535.930032)
        #expect(
            try await monitor.snapshot().containers.first { $0.identity.name == "burn" }?.sample?.pressure?
                .cpu?.some.average10 == 16.92)
    }

    @Test func slicesAreRawAndMountsAreNone() async throws {
        let machine = try RecordedMachine("machines/v2/systemd-6.1")
        try machine.keepDockerFile(of: "parented", from: "docker-api/v2-systemd")
        machine.write("/sys/fs/cgroup/dev-hugepages.mount/memory.current", "1\n")
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let slice = try #require(metrics.all("container_last_seen", ["id": "/system.slice"]).first)
        #expect(slice.labels["name"] == nil && slice.labels["image"] == nil)
        #expect(metrics.all("container_last_seen", ["id": "/dev-hugepages.mount"]).isEmpty)
        #expect(
            metrics.all("container_last_seen", ["name": "parented"]).first?.labels["id"]?.hasPrefix(
                "/mygroup.slice/docker-") == true)
    }

    @Test func dockerOnlyLeavesOutSlices() async throws {
        let machine = try machine()
        var options = machine.options()
        options.dockerOnly = true
        options.rawPrefixes = ["/init"]
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let ids = try await monitor.metrics().all("container_last_seen").compactMap { $0.labels["id"] }
        #expect(ids.allSatisfy { $0 == "/" || $0.contains("docker-") || $0.hasPrefix("/init") })
        #expect(ids.contains("/init.scope") && ids.contains("/"))
    }

    @Test func theBareMachine() async throws {
        let machine = try RecordedMachine("machines/v2/uml-6.1")
        var options = machine.options()
        options.nameWait = 0
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let id = "/docker/3333cccc3333cccc3333cccc3333cccc3333cccc3333cccc3333cccc3333cccc"
        let folder = "/sys/fs/cgroup" + id
        #expect(
            metrics.value("container_memory_usage_bytes", ["id": id])
                == machine.number(folder + "/memory.current"))
        // No runtime, no name; no pressure files, no pressure.
        #expect(metrics.all("container_last_seen", ["id": id]).first?.labels["name"] == nil)
        #expect(!metrics.names.contains { $0.hasPrefix("container_pressure") })
        #expect(metrics.value("machine_cpu_cores") == 1)
    }
}
