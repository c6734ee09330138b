import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet containers` on this machine, all groups on.
@Suite struct ContainerMetricsTests {
    /// What promtool remarks on are names that cAdvisor fixed, and no others.
    @Test(.enabled(if: Peer.promtool != nil, "needs Debian's prometheus"))
    func promtoolRemarksOnCAdvisorsNamesOnly() async throws {
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        let program = try BuiltProgram.start(
            [
                "containers", "--port=\(port)", "--listen_ip=127.0.0.1", "--disable_metrics=",
                "--enable_load_reader",
            ], in: folder)
        let body = try await eventually("metrics; \(program.output)") {
            let answer = try LocalHTTP.get(port, "/metrics")
            return answer.status == 200 ? answer : nil
        }
        let lint = try RunningProgram(
            try #require(Peer.promtool), ["check", "metrics"], input: body.body, folder: folder)
        #expect(try await lint.end() == .exit(3))
        let remarks = lint.output.split(separator: "\n").filter { !$0.isEmpty }.compactMap {
            $0.split(separator: " ").first
        }
        let expected: Set<Substring> = [
            "cadvisor_version_info", "container_cpu_load_d_average_10s", "container_fs_inodes_total",
            "container_memory_failcnt",
            "container_network_advance_tcp_stats_total", "container_network_tcp6_usage_total",
            "container_network_tcp_usage_total",
            "container_network_udp6_usage_total", "container_network_udp_usage_total",
            "machine_node_hugepages_count",
            "machine_thread_siblings_count",
        ]
        // Only where the machine has huge pages, memory modules or NUMA nodes that tell.
        let optional: Set<Substring> = [
            "container_hugetlb_failcnt", "machine_dimm_count", "machine_node_hugepages_count",
        ]
        #expect(expected.subtracting(remarks).subtracting(optional).isEmpty, "\(lint.output)")
        #expect(Set(remarks).subtracting(expected).subtracting(optional).isEmpty, "\(lint.output)")
        program.send(SIGTERM)
        #expect(try await program.end() == .exit(0))
    }
}
