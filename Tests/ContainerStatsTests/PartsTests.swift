import Exposition
import TestKit
import Testing

@testable import ContainerStats

@Suite struct PartsTests {
    @Test(arguments: [
        ("2026-11-23T23:00:36.085235028Z", 1_795_474_836.085235), ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T12:00:00+02:00", 1_709_200_800), ("0001-01-01T00:00:00Z", 0),
        ("2000-03-01T00:00:00-00:30", 951_870_600),
    ])
    func readsTimes(text: String, seconds: Double) throws {
        #expect(abs(try #require(RFC3339.seconds(text)) - seconds) < 1e-4)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01T00:00:00Z", "2026-11-23T23:00:36", "2026-11-23T25:00:36Z",
        "2026-11-23T23:00:36+", "2026-11-23T23:00:36Zx", "2026-11-23T23:00:36.Z5",
    ])
    func refusesTimes(text: String) { #expect(RFC3339.seconds(text) == nil) }

    @Test func writesTimes() {
        #expect(RFC3339.text(nanoseconds: 1_795_474_836_085_235_000) == "2026-11-23T23:00:36.085235Z")
        #expect(RFC3339.text(nanoseconds: 1_709_164_800_000_000_000) == "2024-02-29T00:00:00Z")
        #expect(RFC3339.text(nanoseconds: 0) == "1970-01-01T00:00:00Z")
    }

    @Test func findsIDsInPaths() {
        let id = String(repeating: "0a", count: 32)
        for (path, runtime) in [
            ("/docker/\(id)", ContainerIdentity.Runtime?.some(.docker)), ("/mygroup/\(id)", nil),
            ("/system.slice/docker-\(id).scope", .docker), ("/machine.slice/libpod-\(id).scope", .podman),
            ("/machine.slice/libpod-\(id).scope/container", .podman),
            ("/kubepods/cri-containerd-\(id).scope", .containerd),
            ("/kubepods/crio-\(id).scope", .crio),
        ] {
            let found = ContainerID(cgroupPath: path)
            #expect(found?.text == id, "\(path)")
            #expect(found?.runtime == runtime, "\(path)")
        }
        for path in [
            "/", "/docker", "/docker/\(id)/init", "/machine.slice/libpod-conmon-\(id).scope",
            "/x/\(id.dropLast())", "/a/\(id.uppercased())",
        ] {
            #expect(ContainerID(cgroupPath: path) == nil, "\(path)")
        }
    }

    @Test func groupsByName() throws {
        #expect(try MetricGroup.parse("tcp, udp,percpu") == [.tcp, .udp, .perCPU])
        #expect(try MetricGroup.parse("").isEmpty)
        #expect(throws: ContainerStatsError.self) { try MetricGroup.parse("tcp,nonsense") }
    }

    @Test func processorLists() {
        #expect(CPUList.parse("0-3,8,10-11") == [0, 1, 2, 3, 8, 10, 11])
        #expect(CPUList.parse("").isEmpty)
        #expect(CPUList.parse("3-1,x,-1,0-99999999999").isEmpty)
    }

    @Test func schedulerSumsOnlyGrow() {
        var memory = SchedulerMemory()
        func sample(_ time: UInt64) -> SchedulerSample {
            var sample = SchedulerSample()
            sample.runTime = time
            return sample
        }
        memory.see(1, sample(100))
        memory.see(2, sample(50))
        #expect(memory.finish().runTime == 150)
        memory.see(1, sample(120))
        #expect(memory.finish().runTime == 170)
        // Process 1 has ended and its number has been given away.
        memory.see(1, sample(5))
        #expect(memory.finish().runTime == 175)
        #expect(memory.finish().runTime == 175)
    }

    @Test func mountPointsAreUnescaped() {
        #expect(MountTable.unescape("/a\\040b\\011c\\134d") == "/a b\tc\\d")
        #expect(MountTable.unescape("/a\\04") == "/a\\04")
    }

    /// Every metric of the list is known under its type, unless it is named as missing.
    @Test(.enabled(if: SharedFolders.fixtures != nil)) func allMetricsOfTheListAreThere() throws {
        let path = SharedFolders.checkout + "/../shared/parity/cadvisor-metrics.tsv"
        guard let bytes = SharedFolders.read(path) else { return }
        let missing: Set<String> = [
            "container_perf_events_scaling_ratio", "container_perf_events_total",
            "container_perf_uncore_events_scaling_ratio", "container_perf_uncore_events_total",
        ]
        let families = Dictionary(uniqueKeysWithValues: ContainerFamily.all.map { ($0.name, $0) })
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            let name = String(fields[0])
            guard name.hasPrefix("container_"), name != "container_scrape_error", !missing.contains(name)
            else { continue }
            let family = try #require(families[name], "\(name) is missing")
            #expect(family.type.rawValue == fields[1], "\(name)")
            #expect((family.group?.rawValue ?? "-") == fields[3], "\(name)")
        }
    }
}
