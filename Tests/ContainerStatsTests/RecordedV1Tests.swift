import TestKit
import Testing

@testable import ContainerStats

/// The recorded machine with cgroup v1, a unified hierarchy beside it, ten Docker containers and one
/// of podman. Expected values are read from the recorded files themselves.
@Suite(.enabled(if: RecordedMachine.isAvailable)) struct RecordedV1Tests {
    static let burn = "feeefb1d53804d71aa566c6a9fd42be45baf0ffa34997fb586870569458796ae"
    static let web = "7a413b52e10d3538f8f0d6e5b62555e4821aca603fb5ba7120b0d72531e4fdfe"
    static let throttled = "910c38ad9d695606b34330fe879d32a7357c37839a730fd179c815c12e35c2ff"

    private func machine() throws -> RecordedMachine { try RecordedMachine.v1.get() }

    @Test func processorTimeIsTheFiles() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let folder = "/sys/fs/cgroup/cpuacct/docker/\(Self.burn)"
        let perCPU = machine.text(folder + "/cpuacct.usage_percpu").split(separator: " ").compactMap {
            Double($0)
        }
        #expect(
            metrics.value("container_cpu_usage_seconds_total", ["name": "burn", "cpu": "cpu00"]) == perCPU[0]
                / 1e9)
        #expect(
            metrics.value("container_cpu_usage_seconds_total", ["name": "burn", "cpu": "cpu01"]) == perCPU[1]
                / 1e9)
        #expect(
            metrics.value("container_cpu_user_seconds_total", ["name": "burn"]) == machine.number(
                folder + "/cpuacct.stat", "user") / 100)
        #expect(
            metrics.value("container_cpu_system_seconds_total", ["name": "burn"]) == machine.number(
                folder + "/cpuacct.stat", "system") / 100)
        // Its quota is 0.2 processors: 22924 periods, 20488 throttled.
        #expect(metrics.value("container_cpu_cfs_periods_total", ["name": "burn"]) == 22924)
        #expect(metrics.value("container_cpu_cfs_throttled_periods_total", ["name": "burn"]) == 20488)
        #expect(metrics.value("container_cpu_cfs_throttled_seconds_total", ["name": "burn"]) == 901.639818173)
        #expect(metrics.value("container_spec_cpu_quota", ["name": "burn"]) == 20000)
        #expect(metrics.value("container_spec_cpu_period", ["name": "burn"]) == 100_000)
        #expect(metrics.value("container_spec_cpu_shares", ["name": "burn"]) == 1024)
        // Without a quota there are no such series.
        #expect(metrics.all("container_cpu_cfs_periods_total", ["name": "io"]).isEmpty)
        #expect(metrics.all("container_spec_cpu_quota", ["name": "io"]).isEmpty)
    }

    @Test func withoutPerCPUThereIsATotal() async throws {
        let machine = try machine()
        var options = machine.options()
        options.groups.remove(.perCPU)
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let usage = machine.number("/sys/fs/cgroup/cpuacct/docker/\(Self.burn)/cpuacct.usage")
        #expect(metrics.value("container_cpu_usage_seconds_total", ["name": "burn"]) == usage / 1e9)
        #expect(
            metrics.all("container_cpu_usage_seconds_total", ["name": "burn", "cpu": "total"]).count == 1)
    }

    @Test func memoryIsTheFiles() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        for (name, id) in [("burn", Self.burn), ("web", Self.web)] {
            let folder = "/sys/fs/cgroup/memory/docker/\(id)"
            func value(_ metric: String, _ labels: [String: String] = [:]) -> Double? {
                metrics.value("container_memory_" + metric, labels.merging(["name": name]) { $1 })
            }
            func stat(_ key: String) -> Double { machine.number(folder + "/memory.stat", key) }
            let usage = machine.number(folder + "/memory.usage_in_bytes")
            #expect(value("usage_bytes") == usage)
            #expect(value("working_set_bytes") == max(0, usage - stat("total_inactive_file")))
            #expect(value("rss") == stat("total_rss"))
            #expect(value("cache") == stat("total_cache"))
            #expect(value("swap") == stat("total_swap"))
            #expect(value("mapped_file") == stat("total_mapped_file"))
            #expect(value("max_usage_bytes") == machine.number(folder + "/memory.max_usage_in_bytes"))
            #expect(value("failcnt") == machine.number(folder + "/memory.failcnt"))
            #expect(value("kernel_usage") == machine.number(folder + "/memory.kmem.usage_in_bytes"))
            #expect(value("total_active_file_bytes") == stat("total_active_file"))
            #expect(value("total_inactive_file_bytes") == stat("total_inactive_file"))
            #expect(
                value("failures_total", ["failure_type": "pgfault", "scope": "container"]) == stat("pgfault"))
            #expect(
                value("failures_total", ["failure_type": "pgmajfault", "scope": "hierarchy"])
                    == stat("total_pgmajfault"))
        }
        // Every "unlimited" of v1 is 0; the root has the machine's memory.
        #expect(metrics.value("container_spec_memory_limit_bytes", ["name": "burn"]) == 0)
        #expect(
            metrics.value("container_spec_memory_limit_bytes", ["id": "/"])
                == metrics.value("machine_memory_bytes"))
        let hog = try #require(metrics.all("container_memory_rss", ["name": "hog"]).first)
        let hogFolder = "/sys/fs/cgroup/memory" + (hog.labels["id"] ?? "")
        #expect(
            metrics.value("container_spec_memory_limit_bytes", ["name": "hog"])
                == machine.number(hogFolder + "/memory.limit_in_bytes"))
        #expect(
            metrics.value("container_spec_memory_swap_limit_bytes", ["name": "hog"])
                == machine.number(hogFolder + "/memory.memsw.limit_in_bytes"))
        #expect(
            metrics.value("container_oom_events_total", ["name": "hog"])
                == machine.number(hogFolder + "/memory.oom_control", "oom_kill"))
    }

    @Test func pressureComesFromTheUnifiedHierarchy() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(
            metrics.value("container_pressure_cpu_waiting_seconds_total", ["name": "burn"]) == 1491.232233)
        #expect(
            metrics.value("container_pressure_cpu_stalled_seconds_total", ["name": "burn"]) == 1491.227339)
        #expect(metrics.value("container_pressure_io_waiting_seconds_total", ["name": "burn"]) == 0)
    }

    @Test func blockDevices() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let folder = "/sys/fs/cgroup/blkio/docker/\(Self.throttled)"
        func recorded(_ file: String, _ operation: String) -> Double {
            for line in machine.text("\(folder)/\(file)").split(separator: "\n") {
                let words = line.split(separator: " ")
                if words.count == 3, words[0] == "254:0", words[1] == operation {
                    return Double(words[2]) ?? .nan
                }
            }
            return .nan
        }
        let labels = ["name": "iothr", "device": "/dev/vda"]
        let written = recorded("blkio.throttle.io_service_bytes_recursive", "Write")
        #expect(written > 0)
        #expect(metrics.value("container_fs_writes_bytes_total", labels) == written)
        #expect(
            metrics.value("container_fs_reads_bytes_total", labels)
                == recorded("blkio.throttle.io_service_bytes_recursive", "Read"))
        #expect(
            metrics.value("container_fs_writes_total", labels)
                == recorded("blkio.throttle.io_serviced_recursive", "Write"))
        for operation in ["Read", "Write", "Sync", "Async", "Discard", "Total"] {
            let series = labels.merging(["major": "254", "minor": "0", "operation": operation]) { $1 }
            #expect(
                metrics.value("container_blkio_device_usage_total", series)
                    == recorded("blkio.throttle.io_service_bytes_recursive", operation))
        }
        // `Total 0` is no device; the processes' own counts stand in, here zeros.
        #expect(
            metrics.value("container_fs_reads_bytes_total", ["name": "burn"])
                == machine.number("/proc/1526/io", "read_bytes:"))
    }

    @Test func theMachineHasFilesystemsAndNetwork() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let disk = ["id": "/", "device": "/dev/vda"]
        #expect(metrics.value("container_fs_limit_bytes", disk) == 4_096_000)
        #expect(metrics.value("container_fs_usage_bytes", disk) == 3_072_000)
        #expect(metrics.value("container_fs_inodes_total", disk) == 100)
        #expect(metrics.value("container_fs_inodes_free", disk) == 40)
        #expect(metrics.value("container_fs_limit_bytes", ["id": "/", "device": "/dev/shm"]) == 4_096_000)
        // Milliseconds of /proc/diskstats are seconds here.
        #expect(metrics.value("container_fs_read_seconds_total", disk) == 1866.273)
        #expect(metrics.value("container_fs_io_time_weighted_seconds_total", disk) == 2772.285)
        // A container's own root is a view of a file system that is told already.
        #expect(metrics.samples.allSatisfy { !($0.labels["device"] ?? "").hasPrefix("overlay") })
        let dev = try #require(
            machine.text("/proc/1/net/dev").split(separator: "\n").first { $0.contains("eth0:") })
        let columns = dev.split(separator: ":")[1].split(separator: " ").compactMap { Double($0) }
        let network = ["id": "/", "interface": "eth0"]
        #expect(metrics.value("container_network_receive_bytes_total", network) == columns[0])
        #expect(metrics.value("container_network_receive_packets_total", network) == columns[1])
        #expect(metrics.value("container_network_receive_errors_total", network) == columns[2])
        #expect(metrics.value("container_network_receive_packets_dropped_total", network) == columns[3])
        #expect(metrics.value("container_network_transmit_bytes_total", network) == columns[8])
        #expect(metrics.value("container_network_transmit_packets_dropped_total", network) == columns[11])
        #expect(
            metrics.samples.allSatisfy { sample in
                let interface = sample.labels["interface"] ?? ""
                return interface != "lo" && !interface.hasPrefix("veth") && !interface.hasPrefix("docker")
            })
        #expect(
            !metrics.all(
                "container_network_receive_bytes_total", ["id": "/", "interface": "br-8fffac606db9"]
            ).isEmpty)
    }

    @Test func sharedNetworksAreToldOnce() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(
            metrics.all("container_network_receive_bytes_total", ["name": "web"]).map {
                $0.labels["interface"]
            } == ["eth0"])
        #expect(metrics.all("container_network_receive_bytes_total", ["name": "sidecar"]).isEmpty)
        #expect(metrics.all("container_network_receive_bytes_total", ["name": "hostnet"]).isEmpty)
        var options = machine.options()
        options.repeatsSharedNetworks = true
        let repeating = ContainerMonitor(options: options)
        defer { repeating.shutDown() }
        #expect(
            try await !repeating.metrics().all("container_network_receive_bytes_total", ["name": "sidecar"])
                .isEmpty)
    }

    @Test func namesImagesAndLabels() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let seen = metrics.all("container_last_seen")
        #expect(
            Set(seen.compactMap { $0.labels["name"] }) == [
                "web", "burn", "hog", "io", "iothr", "sidecar", "hostnet", "parented", "demo_app_1",
                "demo_worker_1",
            ])
        #expect(seen.allSatisfy { $0.value == 1_795_480_000 })
        let web = try #require(seen.first { $0.labels["name"] == "web" })
        #expect(web.labels["id"] == "/docker/" + Self.web)
        #expect(web.labels["image"] == "cadtest/busybox:1.0")
        #expect(web.labels["container_label_com_example_some_label_with_dots"] == "x y")
        let app = try #require(seen.first { $0.labels["name"] == "demo_app_1" })
        #expect(app.labels["container_label_com_docker_compose_service"] == "app")
        let parented = try #require(seen.first { $0.labels["name"] == "parented" })
        #expect(parented.labels["id"]?.hasPrefix("/mygroup/") == true)
        // Cgroups without a runtime have neither name nor image.
        for id in ["/", "/docker", "/mygroup"] {
            let raw = try #require(seen.first { $0.labels["id"] == id })
            #expect(raw.labels["name"] == nil && raw.labels["image"] == nil)
        }
        #expect(metrics.value("container_start_time_seconds", ["name": "web"]) == 1_795_474_836)
        #expect(metrics.value("container_health_state", ["name": "web"]) == 0)
        #expect(metrics.value("container_health_state", ["name": "burn"]) == -1)
    }

    @Test func labelsAndEnvironmentByChoice() async throws {
        let machine = try machine()
        var options = machine.options()
        options.storesLabels = false
        options.keptLabels = ["app"]
        options.environmentPrefixes = ["APP_"]
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let web = try #require(try await monitor.metrics().all("container_last_seen", ["name": "web"]).first)
        #expect(web.labels["container_label_app"] == "web")
        #expect(web.labels["container_label_tier"] == nil)
        #expect(web.labels["container_env_app_env"] == "prod")
        #expect(web.labels["container_env_app_version"] == "1.2")
        #expect(web.labels["container_env_secret"] == nil)
    }

    @Test func machineFacts() async throws {
        let machine = try machine()
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("machine_cpu_cores") == 2)
        #expect(metrics.value("machine_cpu_physical_cores") == 2)
        #expect(metrics.value("machine_cpu_sockets") == 1)
        let facts = try #require(metrics.all("machine_memory_bytes").first)
        #expect(facts.labels["machine_id"] == machine.text("/etc/machine-id"))
        #expect(facts.labels["boot_id"] == machine.text("/proc/sys/kernel/random/boot_id"))
        let version = try #require(metrics.all("cadvisor_version_info").first)
        #expect(version.labels["kernelVersion"] == machine.text("/proc/sys/kernel/osrelease"))
        #expect(version.labels["osVersion"] == "Debian GNU/Linux 12 (bookworm)")
        #expect(metrics.value("container_scrape_error") == 0)
        #expect(metrics.value("machine_scrape_error") == 0)
    }

    @Test func optionalGroups() async throws {
        let machine = try machine()
        var options = machine.options()
        options.groups = Set(MetricGroup.allCases)
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_processes", ["name": "burn"]) == 1)
        #expect(metrics.value("container_threads", ["name": "burn"]) == 1)
        #expect(metrics.value("container_threads_max", ["name": "burn"]) == 0)
        #expect(metrics.value("container_memory_migrate", ["name": "burn"]) == 0)
        #expect(
            metrics.value(
                "container_memory_numa_pages",
                ["name": "burn", "type": "anon", "scope": "hierarchy", "node": "0"]) == 15)
        let schedstat = machine.text("/proc/1526/schedstat").split(separator: " ").compactMap { Double($0) }
        #expect(
            metrics.value("container_cpu_schedstat_run_seconds_total", ["name": "burn"]) == schedstat[0] / 1e9
        )
        #expect(metrics.value("container_cpu_schedstat_run_periods_total", ["name": "burn"]) == schedstat[2])
        let listening = machine.text("/proc/1441/net/tcp").split(separator: "\n").dropFirst().filter {
            $0.split(separator: " ")[3] == "0A"
        }.count
        #expect(
            metrics.value("container_network_tcp_usage_total", ["name": "web", "tcp_state": "listen"])
                == Double(listening))
        #expect(
            metrics.value(
                "container_network_advance_tcp_stats_total", ["name": "web", "tcp_state": "maxconn"]) == -1)
        #expect(metrics.value("machine_node_memory_capacity_bytes", ["node_id": "0"]) ?? 0 > 0)
    }

    @Test func nothingIsToldTwice() async throws {
        let machine = try machine()
        var options = machine.options()
        options.groups = Set(MetricGroup.allCases)
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        var seen: Set<String> = []
        for sample in metrics.samples {
            let key =
                sample.name
                + sample.labels.sorted { $0.key < $1.key }.map { ",\($0.key)=\($0.value)" }.joined()
            #expect(seen.insert(key).inserted, "\(key) is told twice")
        }
        #expect(seen.count > 1000)
    }
}
