import TestKit
import Testing

@testable import ContainerStats

@Suite struct DiskUsageTests {
    @Test func countsBlocksAndHardLinksOnce() throws {
        let folder = TemporaryFolder()
        let tree = RecordedFolder(folder.path)
        tree.write("/layer/big", Array(repeating: 1, count: 100_000))
        tree.write("/layer/deep/er/small", "x")
        tree.shell(
            "ln '\(folder.path)/layer/big' '\(folder.path)/layer/again' && ln -s / '\(folder.path)/layer/loop'"
        )
        let expected = try #require(
            UInt64(tree.shell("du -s --block-size=1 '\(folder.path)/layer'").split(separator: "\t")[0]))
        #expect(FolderSize.measure(folder.path + "/layer", entriesMax: 1000) == expected)
        #expect(FolderSize.measure(folder.path + "/layer", entriesMax: 2) == nil)
        #expect(FolderSize.measure(folder.path + "/nowhere", entriesMax: 1000) == nil)
        #expect(FolderSize.measure(folder.path + "/layer/big", entriesMax: 1000) == nil)
    }

    /// A two thousandth of a core for all, within bounds.
    @Test func cheapLayersAreMeasuredMoreOften() {
        let second: UInt64 = 1_000_000_000
        #expect(DiskUsage.interval(cost: 0) == 15 * second)
        #expect(DiskUsage.interval(cost: second / 50) == 40 * second)
        #expect(DiskUsage.interval(cost: second) == 300 * second)
        #expect(DiskUsage.interval(cost: .max) == 300 * second)
    }

    @Test(.enabled(if: RecordedMachine.isAvailable)) func aContainerHasItsLayer() async throws {
        let machine = try RecordedMachine("machines/v1")
        try machine.keepDockerFile(of: "web")
        machine.write("/var/lib/docker/image/overlay2/layerdb/mounts/\(RecordedV1Tests.web)/mount-id", "abc")
        machine.write("/var/lib/docker/overlay2/abc/diff/file", String(repeating: "x", count: 50_000))
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        #expect(
            try await eventually {
                try await monitor.metrics().value(
                    "container_fs_usage_bytes", ["name": "web", "device": "/dev/vda"]) ?? 0 >= 50_000
            })
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_fs_limit_bytes", ["name": "web"]) == 4_096_000)
        #expect(metrics.value("container_fs_inodes_total", ["name": "web"]) == 100)
        // The whole disk's work is not the container's.
        #expect(metrics.all("container_fs_io_time_seconds_total", ["name": "web"]).isEmpty)
    }
}
