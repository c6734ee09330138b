import TestKit
import Testing

@testable import ContainerStats

@Suite struct HistoryTests {
    /// Any sample goes through packing unchanged, whatever its parts and numbers.
    @Test func packedSamplesComeBackAsTheyWere() {
        // The second one makes averages that are not numbers, of which none equals another.
        for seed in [1, 15_326_007_057_973_303_329] as [UInt64] { packedSamplesComeBackAsTheyWere(seed) }
    }

    private func packedSamplesComeBackAsTheyWere(_ seed: UInt64) {
        var random = Random(state: seed)
        for _ in 0..<20 {
            var packed = PackedSamples()
            var all: [ContainerSample] = []
            var sample = Self.sample(&random)
            for index in 0..<100 {
                if random.next() % 10 == 0 { sample = Self.sample(&random) }
                let spread = random.next() % 64
                sample.forEachNumber { number in
                    if random.next() % 3 == 0 { number = number &+ random.next() >> spread }
                }
                sample.time = Int64(index)
                packed.append(sample, countMax: 50)
                all.append(sample)
            }
            for count in [50, 7] {
                let isSame = Self.areSame(packed.samples(countMax: count), Array(all.suffix(count)))
                #expect(isSame, "seed \(seed), \(count) samples")
            }
            #expect(packed.count < 50 + 32)
        }
    }

    /// The bound that keeps 100 containers in a few megabytes for as long as somebody looks.
    @Test(.enabled(if: RecordedMachine.isAvailable)) func aSampleTakesAHundredBytes() async throws {
        let machine = try RecordedMachine.v1.get()
        let clock = ManualClock(1_795_480_000_000)
        let monitor = ContainerMonitor(options: machine.options(clock: clock))
        defer { monitor.shutDown() }
        let found = try await monitor.snapshot().containers.first { $0.identity.name == "web" }?.sample
        var sample = try #require(found)
        var packed = PackedSamples()
        for second in 0..<320 {
            sample.time += 1000
            sample.cpu?.total += 123_456_789
            sample.cpu?.user += 100_000_000
            for index in sample.cpu?.perCPU.indices ?? 0..<0 { sample.cpu?.perCPU[index] += 60_000_000 }
            sample.memory?.usage += 4096
            sample.memory?.pageFaults += 17
            sample.pressure?.cpu?.some.total += 40_000
            sample.pressure?.cpu?.some.average10 = Double(second % 7)
            for index in sample.interfaces.indices { sample.interfaces[index].receivedBytes += 1500 }
            packed.append(sample, countMax: 320)
        }
        #expect(packed.size / 320 < 100, "\(packed.size / 320) bytes a sample")
    }

    /// By the bits of their numbers.
    private static func areSame(_ a: [ContainerSample], _ b: [ContainerSample]) -> Bool {
        func parts(_ samples: [ContainerSample]) -> ([UInt64], shapes: [ContainerSample]) {
            var numbers: [UInt64] = []
            var shapes = samples
            for index in shapes.indices {
                shapes[index].forEachNumber { number in
                    numbers.append(number)
                    number = 0
                }
            }
            return (numbers, shapes)
        }
        return parts(a) == parts(b)
    }

    private struct Random {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private static func sample(_ random: inout Random) -> ContainerSample {
        var sample = ContainerSample()
        if random.next() & 1 == 0 {
            sample.cpu = CPUSample()
            sample.cpu?.perCPU = Array(repeating: 1, count: Int(random.next() % 4))
        }
        if random.next() & 1 == 0 { sample.memory = MemorySample() }
        if random.next() & 1 == 0 {
            sample.pressure = PressureSample()
            sample.pressure?.cpu = PressureSample.Resource()
            if random.next() & 1 == 0 { sample.pressure?.io = PressureSample.Resource() }
        }
        for index in 0..<random.next() % 3 {
            var device = DeviceSample(major: 254, minor: UInt32(index), name: "/dev/vd\(index)")
            device.bytes.set(Int(random.next() % 6), 1)
            device.queued.set(5, 1)
            if random.next() & 1 == 0 { device.diskTime = 1 }
            device.cost = Array(repeating: 2, count: Int(random.next() % 5))
            sample.devices.append(device)
        }
        for index in 0..<random.next() % 3 { sample.interfaces.append(InterfaceSample(name: "eth\(index)")) }
        for index in 0..<random.next() % 2 {
            var filesystem = FilesystemSample(device: "/dev/vd\(index)", type: "ext4", mountPoint: "/")
            if random.next() & 1 == 0 { filesystem.inodes = 5 }
            if random.next() & 1 == 0 { filesystem.disk = DiskCounters() }
            sample.filesystems.append(filesystem)
        }
        if random.next() & 1 == 0 {
            sample.processes = ProcessSample()
            sample.processes?.openFilesLimit = -1
        }
        if random.next() & 1 == 0 { sample.hugePages = [HugePageSample(pageSize: "2MB")] }
        if random.next() & 1 == 0 { sample.scheduler = SchedulerSample() }
        if random.next() & 1 == 0 {
            sample.sockets = SocketSample()
            sample.sockets?.tcp = Array(repeating: 0, count: 11)
            sample.sockets?.udp6 = SocketSample.UDP()
            sample.sockets?.advanced = [SocketSample.Counter(name: "maxconn", value: -1)]
        }
        if random.next() & 1 == 0 { sample.tasks = TaskStates() }
        if random.next() & 1 == 0 {
            sample.numaPages = [NUMAPages(type: "anon", scope: "container", node: 0, pages: 3)]
        }
        if random.next() & 1 == 0 { sample.memoryMigrate = 1 }
        if random.next() & 1 == 0 { sample.referencedBytes = 1 }
        if random.next() & 1 == 0 { sample.cache = [CacheSample(node: 1)] }
        return sample
    }
}
