import TestKit
import Testing

@testable import ContainerStats

@Suite struct CacheTests {
    /// resctrl's monitoring data of the machine and of a container's own group.
    @Test func readsWhatIsMonitored() async throws {
        let folder = TemporaryFolder()
        let machine = RecordedFolder(folder.path)
        machine.makeV2Root()
        let id = String(repeating: "0a", count: 32)
        machine.makeCgroup("/docker/" + id)
        machine.makeCgroup("/other")
        for (group, value) in [("", 1000), ("/" + id, 30)] {
            for node in ["00", "01"] {
                let data = "/sys/fs/resctrl\(group)/mon_data/mon_L3_\(node)"
                machine.write(data + "/llc_occupancy", "\(value)\n")
                machine.write(data + "/mbm_total_bytes", "\(value * 2)\n")
                machine.write(data + "/mbm_local_bytes", node == "00" ? "\(value + 1)\n" : "Unavailable\n")
            }
        }
        var options = machine.options()
        options.groups.insert(.resctrl)
        options.nameWait = 0
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_llc_occupancy_bytes", ["id": "/", "node_id": "0"]) == 1000)
        #expect(
            metrics.value("container_llc_occupancy_bytes", ["id": "/docker/" + id, "node_id": "1"]) == 30)
        #expect(
            metrics.value("container_memory_bandwidth_bytes", ["id": "/docker/" + id, "node_id": "0"]) == 60)
        #expect(
            metrics.value("container_memory_bandwidth_local_bytes", ["id": "/docker/" + id, "node_id": "0"])
                == 31)
        #expect(
            metrics.value("container_memory_bandwidth_local_bytes", ["id": "/docker/" + id, "node_id": "1"])
                == 0)
        #expect(metrics.all("container_llc_occupancy_bytes", ["id": "/other"]).isEmpty)
    }
}
