import TestKit
import Testing

@testable import ContainerStats

@Suite struct EventTests {
    @Test(.enabled(if: RecordedMachine.isAvailable)) func readsTheKernelsLogs() throws {
        let folder = TemporaryFolder()
        let archive = try #require(SharedFolders.fixtures) + "/machines.tar.gz"
        RecordedFolder(folder.path).shell(
            "tar xzf '\(archive)' -C '\(folder.path)' machines/kmsg || tar xzf '\(archive)' -C '\(folder.path)' ./machines/kmsg"
        )
        for (file, expected) in [("oom_v1_6.18.kmsg", "/docker/"), ("oom_v2_nocpuset_6.1.dmesg", "/docker/")]
        {
            let bytes = try #require(SharedFolders.read(folder.path + "/machines/kmsg/" + file))
            var log = KernelLog()
            let victims = String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap {
                log.take($0)
            }
            #expect(!victims.isEmpty, "\(file)")
            #expect(
                victims.contains {
                    $0.taskPath.hasPrefix(expected) && $0.pid > 1 && !$0.name.isEmpty
                        && $0.constraint == "CONSTRAINT_MEMCG"
                }, "\(file): \(victims)")
        }
    }

    @Test func readsTheOldForm() {
        var log = KernelLog()
        let lines = [
            "4,1,2,-;ruby invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0",
            "6,2,3,-;Task in /mem2/a killed as a result of limit of /mem2",
            "3,3,4,-;Killed process 19667 (evil (x)) total-vm:1460016kB",
        ]
        let victims = lines.compactMap { log.take($0) }
        #expect(victims.count == 1)
        #expect(
            victims.first?.taskPath == "/mem2/a" && victims.first?.limitPath == "/mem2"
                && victims.first?.pid == 19667)
        for garbage in [
            "", ";", "oom-kill:constraint=", "[", "6,", "Killed process", "oom-kill:constraint=A,task_memcg",
        ] {
            #expect(log.take(garbage) == nil)
        }
    }

    @Test func tellsComingGoingAndKilling() async throws {
        let folder = TemporaryFolder()
        let machine = RecordedFolder(folder.path)
        machine.makeV2Root()
        machine.makeCgroup("/a")
        machine.write("/sys/fs/cgroup/a/memory.events", "oom_kill 0\n")
        let clock = ManualClock(4_000_000_000_000)
        var options = machine.options(clock: clock)
        options.kernelLog = nil
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        var request = ContainerEventRequest()
        request.kinds = Set(ContainerEvent.Kind.allCases)
        request.includesSubcontainers = true
        #expect(try await monitor.events(request).map(\.kind) == [.containerCreation, .containerCreation])
        machine.write("/sys/fs/cgroup/a/memory.events", "oom_kill 2\n")
        _ = try await monitor.snapshot(maxAge: .zero)
        request.kinds = [.oom]
        #expect(try await monitor.events(request).map(\.path) == ["/a"])
        machine.remove("/sys/fs/cgroup/a")
        clock.advance(milliseconds: 1000)
        _ = try await monitor.snapshot(maxAge: .zero)
        request.kinds = [.containerDeletion]
        let ended = try await monitor.events(request)
        #expect(
            ended.map(\.path) == ["/a"] && ended.first?.time == 4_000_000_001_000
                && ended.first?.exitCode == -1)
        // By path and time.
        request.path = "/b"
        #expect(try await monitor.events(request).isEmpty)
        request.path = "/"
        request.start = 4_000_000_001_001
        #expect(try await monitor.events(request).isEmpty)
    }

    @Test func eventsAreBounded() {
        var limits = EventLimits()
        limits.counts = ["default": 3, "oom": 0]
        limits.ages = ["default": 10]
        let log = EventLog(limits: limits)
        for time in 0..<5 { log.add(ContainerEvent(.containerDeletion, path: "/a", time: Int64(time))) }
        log.add(ContainerEvent(.oom, path: "/a", time: 5))
        var request = ContainerEventRequest()
        request.kinds = Set(ContainerEvent.Kind.allCases)
        request.path = "/a"
        #expect(log.events(request).map(\.time) == [2, 3, 4])
        log.add(ContainerEvent(.containerDeletion, path: "/a", time: 20_000))
        #expect(log.events(request).map(\.time) == [20_000])
        request.count = 0
        #expect(log.events(request).isEmpty)
    }

    @Test func streamsBringWhatHappensNext() async throws {
        let log = EventLog(limits: EventLimits())
        var request = ContainerEventRequest()
        request.kinds = [.containerCreation]
        request.path = "/a"
        let stream = try #require(log.stream(request))
        log.add(ContainerEvent(.containerCreation, path: "/b", time: 1))
        log.add(ContainerEvent(.containerDeletion, path: "/a", time: 2))
        log.add(ContainerEvent(.containerCreation, path: "/a", time: 3))
        var iterator = stream.makeAsyncIterator()
        #expect(await iterator.next()?.time == 3)
    }

    @Test func historyIsKeptForThoseAskedAbout() async throws {
        let folder = TemporaryFolder()
        let machine = RecordedFolder(folder.path)
        machine.makeV2Root()
        machine.makeCgroup("/a")
        machine.makeCgroup("/b")
        let clock = ManualClock(1_000_000)
        var options = machine.options(clock: clock)
        options.historyInterval = 100
        options.historyDuration = 300
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        #expect(try await monitor.history(of: ["/a"])["/a"]?.count == 1)
        for _ in 0..<5 {
            clock.advance(milliseconds: 1000)
            _ = try await monitor.snapshot(maxAge: .zero)
        }
        let kept = try #require(try await monitor.history(of: ["/a"])["/a"])
        #expect(kept.count == 3 && kept.last?.time == 1_005_000)
        #expect(try await monitor.history(of: ["/b"])["/b"]?.count == 1)
        #expect(try await monitor.history(of: ["/nowhere"])["/nowhere"]?.isEmpty == true)
    }
}
