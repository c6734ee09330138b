import ContainerStats
import Hummingbird
import HummingbirdTesting
import Instruments
import Logging
import Platform
import TestKit
import WebServer

@testable import ContainerServer

#if canImport(Glibc)
    import Glibc
#endif

/// A monitor of a small machine made of files, without a socket.
enum MonitorUnderTest {
    static let id = String(repeating: "0a", count: 32)

    static func run(
        options: ContainerServerOptions = ContainerServerOptions(),
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let folder = TemporaryFolder()
        makeMachine(folder.path)
        var options = options
        options.monitor.root = folder.path
        options.monitor.dockerSocket = nil
        options.monitor.podmanSocket = nil
        options.monitor.crioSocket = nil
        options.monitor.firstNameWait = 60_000_000_000
        options.monitor.clock = ManualClock(1_795_480_000_000)
        let monitor = ContainerMonitor(options: options.monitor)
        defer { monitor.shutDown() }
        let router = try ContainerRoutes.router(
            monitor, options: options, registry: Registry(), logger: Logger(label: "test"))
        try await Application(router: router).test(.router) { client in try await body(client) }
        withExtendedLifetime(folder) {}
    }

    private static func makeMachine(_ root: String) {
        func write(_ file: String, _ text: String) {
            var made = root
            for part in file.split(separator: "/").dropLast() {
                made += "/" + part
                mkdir(made, 0o755)
            }
            guard let stream = fopen(root + file, "w") else { return }
            fputs(text, stream)
            fclose(stream)
        }
        write("/proc/meminfo", "MemTotal: 1000 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n")
        write("/proc/cpuinfo", "processor\t: 0\nprocessor\t: 1\n")
        write("/proc/stat", "btime 1700000000\n")
        write("/proc/diskstats", "254 0 vda 1 2 3 4 5 6 7 8 9 10 11\n")
        write("/proc/self/mountinfo", "27 1 254:0 / / rw - ext4 /dev/vda rw\n")
        write("/proc/1/net/dev", "x\ny\n eth0: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n")
        write("/sys/fs/cgroup/cgroup.controllers", "cpu io memory pids\n")
        for folder in ["", "/docker", "/docker/\(id)", "/system.slice", "/system.slice/ssh.service"] {
            let base = "/sys/fs/cgroup" + folder
            write(
                base + "/cpu.stat",
                "usage_usec 3000000\nuser_usec 2000000\nsystem_usec 1000000\nnr_periods 5\n")
            write(base + "/memory.stat", "anon 100\nfile 200\ninactive_file 96\npgfault 7\n")
            write(base + "/io.stat", "254:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0\n")
            guard !folder.isEmpty else { continue }
            write(base + "/memory.current", "4096\n")
            write(base + "/memory.max", "max\n")
            write(base + "/cpu.max", "50000 100000\n")
            write(base + "/cpu.weight", "100\n")
            write(base + "/cgroup.procs", "")
        }
        write(
            "/var/lib/docker/containers/\(id)/config.v2.json",
            """
            {"ID":"\(id)","Name":"/shop","Created":"2026-11-23T23:00:36Z","Config":{"Image":"shop:1","Labels":{}},
            "State":{"Running":true,"StartedAt":"2026-11-23T23:00:37Z"}}
            """)
    }
}
