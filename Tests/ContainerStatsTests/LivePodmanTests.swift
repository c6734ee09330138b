import TestKit
import Testing

@testable import ContainerStats

#if canImport(Glibc)
    import Glibc
#endif

/// Real containers of podman, beside those of ``LiveDockerTests`` and asked for in the same way.
@Suite(
    .enabled(
        if: PodmanUnderTest.isWanted, "needs MARTLET_TEST_DOCKER=1, root, podman, runc and busybox-static"))
struct LivePodmanTests {
    @Test func lifeOfContainers() async throws {
        let podman = try PodmanUnderTest()
        defer { podman.stop() }
        var options = ContainerMonitorOptions()
        options.dockerSocket = nil
        options.crioSocket = nil
        options.podmanSocket = podman.socket
        options.podmanFolder = "/nowhere"
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        // podman's service may take its time for its first answers.
        #expect(try await eventually { (try? await monitor.metrics()) != nil })

        let id = podman.run("shop", "--memory 64m --label team=red", "sleep 1000")
        try #require(id.utf8.count == 64, "\(id)")
        var seen: MetricsText.Sample?
        #expect(
            try await eventually {
                seen = try await monitor.metrics().all("container_last_seen", ["name": "shop"]).first
                return seen != nil
            })
        #expect(
            seen?.labels["image"] == "localhost/martlet/test:1"
                && seen?.labels["container_label_team"] == "red")
        #expect(seen?.labels["id"]?.hasSuffix("/libpod-" + id) == true)
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_spec_memory_limit_bytes", ["name": "shop"]) == 67_108_864)
        #expect(
            try await monitor.snapshot().containers.first { $0.identity.name == "shop" }?.identity.runtime
                == .podman)
        // Its monitor process is no container.
        #expect(
            metrics.all("container_last_seen").allSatisfy {
                !($0.labels["id"] ?? "").contains("conmon") || $0.labels["name"] == nil
            })

        let burn = podman.run("burn", "", "sh -c 'while :; do :; done'")
        usleep(700_000)
        let told = try await monitor.metrics().all("container_cpu_usage_seconds_total", ["name": "burn"]).map(
            \.value
        ).reduce(0, +)
        #expect(told > 0.05)
        podman.podman("rename shop store")
        #expect(
            try await eventually {
                try await monitor.metrics().all("container_last_seen", ["name": "store"]).count == 1
            })
        podman.run(
            "greedy", "--memory 16m --memory-swap 16m",
            "sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=1; sleep 1000'")
        #expect(
            try await eventually {
                try await monitor.metrics().value("container_oom_events_total", ["name": "greedy"]) == 1
            })
        podman.podman("kill burn")
        #expect(
            try await eventually {
                try await monitor.metrics().all("container_last_seen", ["name": "burn"]).isEmpty
            })
        var request = ContainerEventRequest()
        request.kinds = [.containerDeletion]
        request.includesSubcontainers = true
        #expect(try await monitor.events(request).contains { $0.path.contains(burn) })
        #expect(
            try await monitor.report(of: .podman).images.contains { $0.tags == ["localhost/martlet/test:1"] })
    }
}

/// podman with a store and a socket of its own. runc, because crun refuses machines that have both
/// versions of cgroups; no network, because its plugins change the machine.
final class PodmanUnderTest: Sendable {
    static var isWanted: Bool {
        getenv("MARTLET_TEST_DOCKER") != nil && geteuid() == 0
            && ["/usr/bin/podman", "/usr/sbin/runc", "/bin/busybox"].allSatisfy(TestFile.exists)
    }

    let folder = TemporaryFolder()
    var socket: String { folder.path + "/podman.sock" }
    private let service: RunningProgram
    private let tree: RecordedFolder

    private static func flags(_ path: String) -> [String] {
        [
            "--root", path + "/root", "--runroot", path + "/run", "--cgroup-manager", "cgroupfs", "--runtime",
            "/usr/sbin/runc",
        ]
    }

    init() throws {
        let path = folder.path
        tree = RecordedFolder(path)
        tree.shell(
            "mkdir -p \(path)/image/bin && cp /bin/busybox \(path)/image/bin/ && for name in sh sleep dd; do ln -sf busybox \(path)/image/bin/$name; done"
        )
        tree.shell(
            "tar -C \(path)/image -c . | podman \(Self.flags(path).joined(separator: " ")) import - martlet/test:1 2>&1"
        )
        service = try RunningProgram(
            "/usr/bin/podman",
            Self.flags(path) + ["system", "service", "--time=0", "unix://\(path)/podman.sock"], folder: folder
        )
        for _ in 0..<100 where access(path + "/podman.sock", F_OK) != 0 { usleep(100_000) }
    }

    @discardableResult
    func podman(_ arguments: String) -> String {
        let output = tree.shell("podman \(Self.flags(folder.path).joined(separator: " ")) \(arguments) 2>&1")
        return output.hasSuffix("\n") ? String(output.dropLast()) : output
    }

    /// - Returns: the id.
    @discardableResult
    func run(_ name: String, _ flags: String, _ command: String) -> String {
        podman(
            "run -d --name \(name) --network none --ulimit nofile=1024:4096 --ulimit nproc=1024:2048 \(flags) martlet/test:1 \(command)"
        )
    }

    func stop() {
        podman("rm -f -t 0 -a")
        service.send(SIGTERM)
        for _ in 0..<50 where service.poll() == nil { usleep(100_000) }
        tree.shell("grep -oE ' \(folder.path)/[^ ]+' /proc/self/mountinfo | sort -ru | xargs -r umount -l")
    }
}
