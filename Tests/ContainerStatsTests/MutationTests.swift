import JSON
import TestKit
import Testing

@testable import ContainerStats

#if canImport(Glibc)
    import Glibc
#endif

/// Real files with bytes changed, cut, doubled and mixed: no parser may crash, and no other cgroup may lose
/// its numbers. `MARTLET_MUTATIONS` sets the rounds; each run prints its seed, `MARTLET_SEED` repeats one.
@Suite struct MutationTests {
    private static let rounds = number("MARTLET_MUTATIONS") ?? 30

    private static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }

    private func mutator(_ what: String) -> Mutator {
        let seed = Self.number("MARTLET_SEED").map { UInt64($0) } ?? UInt64.random(in: 0...UInt64(Int.max))
        print("\(what): seed \(seed)")
        return Mutator(state: seed)
    }

    @Test func cgroupFilesOfV2() async throws {
        try await mutate(
            "v2",
            files: [
                "/sys/fs/cgroup/bad/memory.stat":
                    "anon 100\nfile 200\nkernel 4\nfile_mapped 1\ninactive_file 96\npgfault 5\n",
                "/sys/fs/cgroup/bad/memory.current": "4096\n",
                "/sys/fs/cgroup/bad/memory.max": "max\n",
                "/sys/fs/cgroup/bad/memory.events": "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\n",
                "/sys/fs/cgroup/bad/cpu.stat":
                    "usage_usec 1000000\nuser_usec 600000\nsystem_usec 400000\nnr_periods 7\nnr_throttled 1\nthrottled_usec 9\n",
                "/sys/fs/cgroup/bad/cpu.max": "50000 100000\n",
                "/sys/fs/cgroup/bad/cpu.weight": "100\n",
                "/sys/fs/cgroup/bad/io.stat":
                    "254:0 rbytes=4096 wbytes=8192 rios=1 wios=2 dbytes=0 dios=0 cost.usage=7\n7:0 \n",
                "/sys/fs/cgroup/bad/cpu.pressure":
                    "some avg10=0.12 avg60=3.40 avg300=5.00 total=123456\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
                "/sys/fs/cgroup/bad/io.pressure": "some avg10=0.12 avg60=3.40 avg300=5.00 total=123456\n",
                "/sys/fs/cgroup/bad/cgroup.procs": "7\n8\n",
                "/sys/fs/cgroup/bad/pids.max": "100\n",
                "/sys/fs/cgroup/bad/pids.current": "2\n",
                "/sys/fs/cgroup/bad/memory.numa_stat":
                    "anon N0=4096 N1=8192\nfile N0=0 N1=4096\nunevictable N0=0\n",
                "/sys/fs/cgroup/bad/hugetlb.2MB.events": "max 3\n",
                "/sys/fs/cgroup/bad/hugetlb.2MB.current": "0\n",
            ])
    }

    @Test func machineAndProcessFiles() async throws {
        try await mutate(
            "procfs",
            files: [
                "/proc/meminfo": "MemTotal: 1000 kB\nSwapTotal: 100 kB\nSwapFree: 40 kB\n",
                "/proc/cpuinfo":
                    "processor\t: 0\nphysical id\t: 0\ncore id\t: 0\ncpu MHz\t: 2000.1\nvendor_id\t: X\n\nprocessor\t: 1\n",
                "/proc/diskstats":
                    " 254       0 vda 1 2 3 4 5 6 7 8 9 10 11 1 2 3 4\n 7 0 loop0 0 0 0 0 0 0 0 0 0 0 0\n",
                "/proc/stat": "cpu 1 2 3\nbtime 1700000000\n",
                "/proc/vmstat": "pgfault 1\noom_kill 3\n",
                "/proc/uptime": "1000.00 500.00\n",
                "/proc/self/mountinfo":
                    "27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n30 27 0:5 / /dev/shm rw - tmpfs tmpfs rw,size=1\n31 27 0:9 / /a\\040b rw - nfs4 host:/x rw\n",
                "/proc/1/net/dev":
                    "Inter-| Receive\n face |bytes\n  eth0: 10 1 0 0 0 0 0 0 20 2 0 0 0 0 0 0\n    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n",
                "/proc/1/net/tcp":
                    "  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000\n",
                "/proc/1/net/udp":
                    "  sl  local_address rem_address   st tx_queue rx_queue\n   1: 0100007F:1F90 00000000:0000 07 00000001:00000002 00:00000000 00000000 0 0 1 2 0 5\n",
                "/proc/1/net/snmp": "Ip: A\nIp: 1\nTcp: RtoAlgorithm MaxConn\nTcp: 1 -1\n",
                "/proc/1/net/netstat": "TcpExt: A B\nTcpExt: 1 2\n",
                "/proc/7/stat":
                    "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 5 6 0 0 20 0 1 0 100 4096 7 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0\n",
                "/proc/7/schedstat": "100 200 3\n",
                "/proc/7/limits":
                    "Limit  Soft  Hard\nMax open files            1024                 4096                 files\n",
                "/proc/7/smaps_rollup": "0-1 ---p\nReferenced:           12 kB\n",
                "/proc/7/io": "rchar: 9\nread_bytes: 4096\nwrite_bytes: 8192\n",
                "/proc/7/cgroup": "0::/bad\n",
                "/etc/passwd": "root:x:0:0::/:/bin/sh\n",
                "/sys/devices/system/node/node0/meminfo": "Node 0 MemTotal: 1000 kB\n",
                "/sys/devices/system/node/node0/distance": "10 20\n",
                "/sys/devices/system/node/node0/cpulist": "0-1\n",
                "/sys/block/vda/dev": "254:0\n",
                "/sys/block/vda/size": "1000\n",
                "/sys/fs/cgroup/bad/cgroup.procs": "7\n",
            ])
    }

    /// Writes mutations of some of the files, collects, and looks at the cgroup beside.
    private func mutate(_ what: String, files: [String: String]) async throws {
        let folder = TemporaryFolder()
        let machine = RecordedFolder(folder.path)
        machine.makeV2Root()
        machine.makeCgroup("/good")
        machine.makeCgroup("/bad")
        for (path, text) in files { machine.write(path, text) }
        let names = files.keys.sorted()
        let clock = ManualClock(1_795_480_000_000)
        var options = machine.options(clock: clock)
        options.groups = Set(MetricGroup.allCases)
        options.readsLoad = true
        options.factsInterval = 1
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        var mutator = mutator(what)
        for _ in 0..<Self.rounds {
            for name in names where mutator.next() % 3 == 0 {
                machine.write(name, mutator.mutate(Array((files[name] ?? "").utf8)))
            }
            clock.advance(milliseconds: 61_000)
            let metrics = try await monitor.metrics()
            #expect(metrics.value("container_memory_usage_bytes", ["id": "/good"]) == 4096)
            #expect(metrics.value("container_cpu_user_seconds_total", ["id": "/good"]) == 0.6)
            #expect(metrics.all("container_last_seen", ["id": "/bad"]).count == 1)
            _ = try await monitor.processes(of: "/bad")
        }
    }

    @Test(.enabled(if: RecordedMachine.isAvailable)) func runtimesAnswers() throws {
        let machine = try RecordedMachine.v1.get()
        let folder = machine.folder.path + "/docker-api/"
        let inspect = try #require(SharedFolders.read(folder + "inspect_web.json"))
        let events = try #require(SharedFolders.read(folder + "events_stream.ndjson")).split(separator: 0x0A)
            .map(Array.init)
        let log = try #require(SharedFolders.read(folder + "podman/overlay-containers.containers.json"))
        var mutator = mutator("runtimes")
        for _ in 0..<Self.rounds * 3 {
            if let json = try? JSONValue.parse(mutator.mutate(inspect)) {
                _ = RuntimeRecord(docker: json, id: RecordedV1Tests.web, runtime: .docker)
            }
            let line = events[Int(mutator.next() % UInt64(events.count))]
            _ = DockerSource.event(mutator.mutate(line)[...])
            _ = try? JSONValue.parse(mutator.mutate(log))
        }
    }

    @Test func smallTexts() {
        var mutator = mutator("texts")
        var log = KernelLog()
        let oom =
            "3,1,2,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/a,task_memcg=/a/b,task=dd,pid=77,uid=0"
        for _ in 0..<Self.rounds * 3 {
            func text(_ original: String) -> String {
                String(decoding: mutator.mutate(Array(original.utf8)).prefix(1000), as: UTF8.self)
            }
            _ = log.take(text(oom))
            _ = log.take(text("4,1,2,-;x invoked oom-killer: gfp_mask=0x201da"))
            _ = log.take(text("Task in /a/b killed as a result of limit of /a"))
            _ = log.take(text("Killed process 19667 (evil) total-vm:1460016kB"))
            _ = RFC3339.seconds(text("2026-11-23T23:00:36.085235028+02:00"))
            _ = CPUList.parse(text("0-3,8,10-11"))
            _ = MountTable.unescape(text("/a\\040b\\134c")[...])
            _ = ContainerID(
                cgroupPath: text("/system.slice/docker-\(String(repeating: "0a", count: 32)).scope"))
            _ = try? MetricGroup.parse(text("tcp,udp,percpu"))
        }
    }
}

/// Changes bytes repeatably.
struct Mutator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 16
    }

    /// What parsers stumble over.
    private static let pieces: [[UInt8]] = [
        [0], [0xFF], [0x0A], [0x20], [0x3A], Array("-1".utf8), Array("99999999999999999999999".utf8),
        Array("18446744073709551615".utf8),
        Array("max".utf8), Array("NaN".utf8), Array("=".utf8), Array("\"".utf8), Array("\\".utf8),
        Array("{[".utf8), Array("4294967296:1 ".utf8),
    ]

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        for _ in 0...(next() % 4) {
            let place = result.isEmpty ? 0 : Int(next() % UInt64(result.count + 1))
            switch next() % 7 {
            case 0: if place < result.count { result[place] = UInt8(truncatingIfNeeded: next()) }
            case 1: result.removeLast(result.count - place)
            case 2: result.removeFirst(place)
            case 3: result.insert(contentsOf: Self.pieces[Int(next() % UInt64(Self.pieces.count))], at: place)
            case 4: if place < result.count { result.remove(at: place) }
            case 5: result += result[place...]
            default:
                let size = Int(next() % 5) == 0 ? 70_000 : 40
                result.insert(
                    contentsOf: Array(repeating: UInt8(truncatingIfNeeded: next()), count: size), at: place)
            }
        }
        return result
    }
}
