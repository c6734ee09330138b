import TestKit
import Testing

@testable import ContainerStats

/// Machines whose blkio files stay at `Total 0`.
@Suite struct ProcessIOTests {
    private let id = String(repeating: "0a", count: 32)

    private func machine(_ folder: TemporaryFolder) -> RecordedFolder {
        let machine = RecordedFolder(folder.path)
        machine.makeV2Root()
        machine.remove("/sys/fs/cgroup/cgroup.controllers")
        for path in ["", "/docker", "/docker/" + id] {
            machine.write(
                "/sys/fs/cgroup/cpu\(path)/cgroup.procs", path.isEmpty || path == "/docker" ? "" : "7\n8\n")
            machine.write("/sys/fs/cgroup/cpu\(path)/cpu.shares", "1024\n")
            machine.write("/sys/fs/cgroup/memory\(path)/memory.stat", "total_rss 1\n")
            machine.write(
                "/sys/fs/cgroup/blkio\(path)/blkio.throttle.io_service_bytes_recursive", "Total 0\n")
            machine.write("/sys/fs/cgroup/blkio\(path)/blkio.throttle.io_service_bytes", "Total 0\n")
        }
        machine.write("/sys/block/vda/dev", "254:0\n")
        machine.write("/sys/block/vda/size", "1000\n")
        machine.write("/sys/block/loop0/dev", "7:0\n")
        machine.write("/sys/block/loop0/size", "1000\n")
        return machine
    }

    private func write(_ machine: RecordedFolder, _ pid: Int, read: Int, written: Int) {
        machine.write(
            "/proc/\(pid)/io",
            "rchar: 9\nwchar: 9\nsyscr: 9\nsyscw: 9\nread_bytes: \(read)\nwrite_bytes: \(written)\ncancelled_write_bytes: 0\n"
        )
    }

    @Test func processesAreCountedWhereTheKernelCountsNothing() async throws {
        let folder = TemporaryFolder()
        let machine = machine(folder)
        write(machine, 7, read: 4096, written: 100)
        write(machine, 8, read: 10, written: 20)
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let labels = ["id": "/docker/" + id, "device": "/dev/vda"]
        var metrics = try await monitor.metrics()
        #expect(metrics.value("container_fs_reads_bytes_total", labels) == 4106)
        #expect(metrics.value("container_fs_writes_bytes_total", labels) == 120)
        #expect(
            metrics.value(
                "container_blkio_device_usage_total",
                labels.merging(["major": "254", "minor": "0", "operation": "Read"]) { $1 }) == 4106)
        // Cgroups that are no containers are not walked.
        #expect(metrics.all("container_fs_reads_bytes_total", ["id": "/docker"]).isEmpty)
        // One ends and its parent takes its counts over; the other reads on.
        machine.write("/sys/fs/cgroup/cpu/docker/\(id)/cgroup.procs", "7\n")
        machine.remove("/proc/8")
        write(machine, 7, read: 5106, written: 120)
        metrics = try await monitor.metrics()
        #expect(metrics.value("container_fs_reads_bytes_total", labels) == 5106)
        #expect(metrics.value("container_fs_writes_bytes_total", labels) == 120)
        // All end and others come: the counters stay and grow on.
        machine.write("/sys/fs/cgroup/cpu/docker/\(id)/cgroup.procs", "9\n")
        machine.remove("/proc/7")
        write(machine, 9, read: 5, written: 0)
        metrics = try await monitor.metrics()
        #expect(metrics.value("container_fs_reads_bytes_total", labels) == 5106)
        write(machine, 9, read: 50, written: 1)
        metrics = try await monitor.metrics()
        #expect(metrics.value("container_fs_reads_bytes_total", labels) == 5151)
        #expect(metrics.value("container_fs_writes_bytes_total", labels) == 121)
    }

    @Test func theKernelsOwnCountsWin() async throws {
        let folder = TemporaryFolder()
        let machine = machine(folder)
        write(machine, 7, read: 4096, written: 100)
        machine.write(
            "/sys/fs/cgroup/blkio/docker/\(id)/blkio.throttle.io_service_bytes_recursive",
            "254:0 Read 77\n254:0 Write 5\n254:0 Total 82\nTotal 82\n")
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        #expect(
            try await monitor.metrics().value("container_fs_reads_bytes_total", ["id": "/docker/" + id]) == 77
        )
    }

    @Test func withSeveralDisksTheDeviceHasNoName() async throws {
        let folder = TemporaryFolder()
        let machine = machine(folder)
        machine.write("/sys/block/nvme0n1/dev", "259:0\n")
        machine.write("/sys/block/nvme0n1/size", "1000\n")
        write(machine, 7, read: 1, written: 2)
        machine.write("/proc/8/io", "garbage\nread_bytes: x\nwrite_bytes\n")
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        let samples = metrics.all("container_fs_reads_bytes_total", ["id": "/docker/" + id])
        #expect(samples.map(\.value) == [1] && samples.first?.labels["device"] ?? "" == "")
    }
}
