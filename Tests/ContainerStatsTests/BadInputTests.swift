import Exposition
import Synchronization
import TestKit
import Testing

@testable import ContainerStats

/// Machines that are broken, hostile or half gone.
@Suite struct BadInputTests {
    private func machine() -> (TemporaryFolder, RecordedFolder) {
        let folder = TemporaryFolder()
        let machine = RecordedFolder(folder.path)
        machine.makeV2Root()
        return (folder, machine)
    }

    @Test func aCgroupThatVanishesTakesNoNeighbourAlong() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        for name in ["/a", "/a/b", "/c", "/d"] { machine.makeCgroup(name) }
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        func ids() async throws -> [String] {
            try await monitor.metrics().all("container_last_seen").compactMap { $0.labels["id"] }
        }
        #expect(try await ids() == ["/", "/a", "/a/b", "/c", "/d"])
        machine.remove("/sys/fs/cgroup/a")
        #expect(try await ids() == ["/", "/c", "/d"])
        // One goes and another comes between two readings: the number of folders stays.
        machine.remove("/sys/fs/cgroup/c")
        machine.makeCgroup("/e")
        #expect(try await ids() == ["/", "/d", "/e"])
        // The same name again is another cgroup.
        machine.makeCgroup("/a/x/y")
        #expect(try await ids().contains("/a/x/y"))
        machine.remove("/sys/fs/cgroup/d/memory.current")
        #expect(try await ids().contains("/d"))
    }

    @Test func garbageIsNoNumber() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.makeCgroup("/bad", memory: "lots\n")
        machine.write(
            "/sys/fs/cgroup/bad/memory.stat",
            "anon\nfile -3\ninactive_file 99999999999999999999999\n\n \n\u{0}\u{1}pgfault")
        machine.write("/sys/fs/cgroup/bad/cpu.stat", Array(repeating: 0xFF, count: 70_000))
        machine.write(
            "/sys/fs/cgroup/bad/io.stat",
            "254:0 rbytes= wbytes=x rios\n:: rbytes=1\n99999999999:1 rbytes=1\n254:0")
        machine.write("/sys/fs/cgroup/bad/cpu.pressure", "some avg10=x avg60 total\nfull\n")
        machine.write("/sys/fs/cgroup/bad/cpu.max", "maximum\n")
        machine.write("/sys/fs/cgroup/bad/memory.max", "")
        machine.write("/sys/fs/cgroup/bad/cgroup.procs", "-1\n0\n99999999999999\n")
        machine.write("/proc/1/net/dev", "x\ny\n eth0\n: 1 2\neth1: 1\n")
        machine.write("/proc/self/mountinfo", "1\n2 3 x:y / / rw - ext4\n4 5 1:2 / /a\\04 rw - tmpfs t rw\n")
        machine.makeCgroup("/good")
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_memory_usage_bytes", ["id": "/bad"]) == 0)
        #expect(metrics.value("container_memory_usage_bytes", ["id": "/good"]) == 4096)
        #expect(metrics.value("container_memory_working_set_bytes", ["id": "/good"]) == 4000)
        #expect(metrics.value("container_network_receive_bytes_total", ["interface": "eth1"]) == 1)
    }

    @Test func hostileNamesStayWithinTheirQuotes() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        let id = String(repeating: "0a", count: 32)
        machine.makeCgroup("/docker/" + id)
        machine.makeCgroup("/we\"ird\\x")
        machine.write(
            "/var/lib/docker/containers/\(id)/config.v2.json",
            """
            {"ID":"\(id)","Name":"/a\\"b\\\\c\\nd{}","Config":{"Image":"x\\"} 1\\nevil 2","Labels":
            {"a.b":"first","a-b":"second","a_b":"third","ключ":"é","":"empty","x\\ny":"z","empty":"",
            "quote\\"":"\\"\\\\\\n"},"Env":["A=1","=x","novalue"]}}
            """)
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        for format in [ExpositionFormat.text, .openMetrics] {
            let metrics = try await monitor.metrics(format)
            let seen = try #require(metrics.all("container_last_seen", ["id": "/docker/" + id]).first)
            #expect(seen.labels["name"] == "a\"b\\c\nd{}")
            #expect(seen.labels["image"] == "x\"} 1\nevil 2")
            // Three keys become one name: the first by byte order is "a-b".
            #expect(seen.labels["container_label_a_b"] == "second")
            #expect(seen.labels["container_label_quote_"] == "\"\\\n")
            #expect(seen.labels["container_label_____"] == "é")
            #expect(seen.labels["container_label_empty"] == nil)
            #expect(metrics.all("container_last_seen", ["id": "/we\"ird\\x"]).count == 1)
            #expect(metrics.all("evil").isEmpty)
        }
    }

    @Test func aMachineWithoutAnything() async throws {
        let folder = TemporaryFolder()
        let monitor = ContainerMonitor(options: RecordedFolder(folder.path).options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_scrape_error") == 1)
        #expect(metrics.value("machine_scrape_error") == 1)
        let snapshot = try await monitor.snapshot()
        #expect(snapshot.problems.contains { $0.contains("/sys/fs/cgroup") })
    }

    @Test func controllersThatComeLateAreSeen() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.write("/sys/fs/cgroup/late/cgroup.procs", "")
        let clock = ManualClock(1_795_480_000_000)
        let monitor = ContainerMonitor(options: machine.options(clock: clock))
        defer { monitor.shutDown() }
        #expect(try await monitor.metrics().all("container_memory_rss", ["id": "/late"]).isEmpty)
        machine.makeCgroup("/late")
        clock.advance(milliseconds: 61_000)
        #expect(try await monitor.metrics().value("container_memory_rss", ["id": "/late"]) == 100)
    }

    @Test func limitsAreReadAgain() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.makeCgroup("/a")
        machine.write("/sys/fs/cgroup/a/memory.max", "1000\n")
        let clock = ManualClock(1_795_480_000_000)
        let monitor = ContainerMonitor(options: machine.options(clock: clock))
        defer { monitor.shutDown() }
        #expect(try await monitor.metrics().value("container_spec_memory_limit_bytes", ["id": "/a"]) == 1000)
        machine.write("/sys/fs/cgroup/a/memory.max", "2000\n")
        clock.advance(milliseconds: 61_000)
        #expect(try await monitor.metrics().value("container_spec_memory_limit_bytes", ["id": "/a"]) == 2000)
    }

    @Test func aSnapshotIsSharedForASecond() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.makeCgroup("/a")
        let clock = ManualClock(1000)
        let monitor = ContainerMonitor(options: machine.options(clock: clock))
        defer { monitor.shutDown() }
        let first = try await monitor.snapshot(maxAge: .seconds(3600))
        clock.advance(milliseconds: 5)
        #expect(try await monitor.snapshot(maxAge: .seconds(3600)).time == first.time)
        #expect(try await monitor.snapshot(maxAge: .zero).time == first.time + 5)
    }

    @Test func timesAreWrittenWhenAskedFor() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.makeCgroup("/a")
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let with = try await monitor.metrics(hasTimestamps: true)
        #expect(with.all("container_memory_rss").allSatisfy { $0.timestamp == 1_795_480_000_000 })
        #expect(with.all("machine_memory_bytes").allSatisfy { $0.timestamp == 1_795_480_000_000 })
        for name in [
            "container_start_time_seconds", "container_scrape_error", "cadvisor_version_info",
            "machine_scrape_error",
        ] {
            #expect(with.all(name).allSatisfy { $0.timestamp == nil } && !with.all(name).isEmpty)
        }
        #expect(try await monitor.metrics().samples.allSatisfy { $0.timestamp == nil })
    }

    /// What is no control file says so: a line that names it, and the error metric.
    @Test func aBadFileIsNamed() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.makeCgroup("/good")
        machine.makeCgroup("/bad")
        #expect(try await check(machine, isGood: true) == [])
        for (name, content) in [
            ("memory.stat", "nonsense\n"), ("memory.current", "lots\n"), ("cpu.stat", "\u{0}\u{0}"),
            ("io.stat", "sda reads\n"),
            ("cpu.pressure", "all fine\n"),
        ] {
            let old = SharedFolders.read(machine.path + "/sys/fs/cgroup/bad/" + name)
            machine.write("/sys/fs/cgroup/bad/" + name, content)
            let lines = try await check(machine, isGood: false)
            #expect(lines.contains { $0.contains("/bad/" + name) }, "\(name): \(lines)")
            if let old {
                machine.write("/sys/fs/cgroup/bad/" + name, old)
            } else {
                machine.remove("/sys/fs/cgroup/bad/" + name)
            }
        }
        // A folder or a pipe where a file should be.
        machine.remove("/sys/fs/cgroup/bad/memory.current")
        machine.shell("mkdir \(machine.path)/sys/fs/cgroup/bad/memory.current")
        #expect(try await check(machine, isGood: false).contains { $0.contains("/bad/memory.current") })
        machine.shell(
            "rmdir \(machine.path)/sys/fs/cgroup/bad/memory.current; mkfifo \(machine.path)/sys/fs/cgroup/bad/memory.current"
        )
        #expect(try await check(machine, isGood: false).contains { $0.contains("/bad/memory.current") })
        machine.remove("/sys/fs/cgroup/bad/memory.current")
        machine.write("/proc/diskstats", "what\n")
        #expect(try await check(machine, isGood: false).contains { $0.contains("/proc/diskstats") })
    }

    /// Reads the machine once. Returns what was logged.
    private func check(_ machine: RecordedFolder, isGood: Bool) async throws -> [String] {
        let lines = Mutex<[String]>([])
        var options = machine.options()
        options.log = { line in lines.withLock { $0.append(line) } }
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.value("container_scrape_error") == (isGood ? 0 : 1))
        #expect(metrics.value("container_memory_usage_bytes", ["id": "/good"]) == 4096)
        #expect(metrics.all("container_last_seen", ["id": "/bad"]).count == 1)
        return lines.withLock { $0 }
    }

    @Test func tenThousandCgroups() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.shell(
            "cd '\(machine.path)/sys/fs/cgroup' && for i in $(seq 100); do mkdir -p s$i; for j in $(seq 99); do mkdir s$i/c$j; done; done; echo 4096 > s7/c8/memory.current; echo 'anon 1' > s7/c8/memory.stat"
        )
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.all("container_last_seen").count == 10_001)
        #expect(metrics.value("container_memory_usage_bytes", ["id": "/s7/c8"]) == 4096)
        #expect(metrics.value("container_scrape_error") == 0)
        machine.remove("/sys/fs/cgroup/s9")
        #expect(try await monitor.metrics().all("container_last_seen").count == 9901)
    }

    @Test func deepAndTooManyAreToldOnce() async throws {
        let (keep, machine) = machine()
        defer { withExtendedLifetime(keep) {} }
        machine.shell(
            "cd '\(machine.path)/sys/fs/cgroup' && mkdir -p \(Array(repeating: "d", count: 80).joined(separator: "/"))"
        )
        let monitor = ContainerMonitor(options: machine.options())
        defer { monitor.shutDown() }
        let snapshot = try await monitor.snapshot()
        #expect(snapshot.containers.count < 80 && snapshot.containers.count > 60)
        #expect(snapshot.problems.contains { $0.contains("cannot watch /d/d/") })
    }
}
