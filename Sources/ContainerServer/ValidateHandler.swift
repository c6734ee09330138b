import ContainerStats
import Hummingbird
import WebServer

#if canImport(Glibc)
    import Glibc
#endif

/// Answers `/validate/`: whether the machine lets the monitor see what it wants to, and what to do
/// otherwise.
struct ValidateHandler: Sendable {
    let monitor: ContainerMonitor

    func report() async throws -> Response {
        let snapshot = try await monitor.snapshot()
        let options = monitor.options
        var lines: [String] = []
        func check(_ name: String, _ isGood: Bool, _ found: String, otherwise advice: String) {
            lines.append("\(name): \(isGood ? "ok" : "limited") (\(found))")
            if !isGood { lines.append("    \(advice)") }
        }
        let facts = snapshot.machine
        lines.append(
            "Kernel \(facts.kernelVersion), \(facts.osVersion), \(facts.cores) cores, \(facts.memory >> 20) MiB"
        )
        let containers = snapshot.containers.filter { $0.identity.runtime != .raw }
        let base = options.root + "/sys/fs/cgroup"
        let isUnified = access(base + "/cgroup.controllers", F_OK) == 0
        check(
            "Control groups", snapshot.containers.count > 1,
            "\(isUnified ? "version 2" : "version 1"), \(snapshot.containers.count) found",
            otherwise:
                "mount the host's /sys into the container (-v /sys:/sys:ro); with a private cgroup namespace add --cgroupns=host"
        )
        check(
            "Memory", snapshot.containers.contains { $0.sample?.memory != nil }, "memory.stat",
            otherwise: "the memory controller is off: boot with cgroup_enable=memory")
        check(
            "Pressure", snapshot.containers.contains { $0.sample?.pressure != nil }, "*.pressure",
            otherwise: "the kernel keeps no pressure information: boot with psi=1")
        for (name, socket) in [
            ("Docker", options.dockerSocket), ("Podman", options.podmanSocket), ("CRI-O", options.crioSocket),
        ] {
            guard let socket else { continue }
            let isThere = access(socket, F_OK) == 0
            guard isThere || name == "Docker" else { continue }
            check(
                name, isThere && access(socket, R_OK | W_OK) == 0,
                "\(socket)\(isThere ? "" : " is not there")",
                otherwise:
                    "mount the socket and run as a member of its group; names then also come from \(options.dockerFolder) when that is mounted"
            )
        }
        check(
            "Names", containers.allSatisfy { !$0.identity.name.isEmpty },
            "\(containers.count) containers with names",
            otherwise: "some containers have no name; see Docker above")
        check(
            "Network", snapshot.containers.contains { !($0.sample?.interfaces.isEmpty ?? true) },
            "/proc/<pid>/net/dev",
            otherwise: "mount the host's root read-only at /rootfs, or run with --pid=host")
        check(
            "Kernel log", options.kernelLog.map { access($0, R_OK) == 0 } ?? false,
            options.kernelLog ?? "not asked for",
            otherwise: "names of killed processes need --device /dev/kmsg and CAP_SYSLOG; the counts do not")
        if !snapshot.problems.isEmpty {
            lines.append("Could not be read:")
            lines += snapshot.problems.prefix(50).map { "    " + $0 }
        }
        return .text(lines.joined(separator: "\n") + "\n")
    }
}
