import MetricModel
import StorageAPI
import Synchronization
import TestKit
import Testing

@testable import Scraping

/// Random bodies against a model that keeps no cache at all.
@Suite struct ChurnTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func aTargetThatChangesAtRandom(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let harness = try ScrapeHarness()
        var expected: [String: [String]] = [:]
        var current: Set<String> = []
        var names: [String] = []
        for round in 1...150 {
            let time = Int64(round) * 1000
            switch Int.random(in: 0..<10, using: &random) {
            case 0: names.shuffle(using: &random)
            case 1...3:
                let count = Int.random(in: 1...40, using: &random)
                for _ in 0..<count {
                    names.insert(
                        "m\(Int.random(in: 0..<400, using: &random))",
                        at: Int.random(in: 0...names.count, using: &random))
                }
                var seen: Set<String> = []
                names = names.filter { seen.insert($0).inserted }
            case 4...6: names = names.filter { _ in Int.random(in: 0..<8, using: &random) > 0 }
            default: break
            }
            if Int.random(in: 0..<12, using: &random) == 0 {
                let half = names.prefix(names.count / 2).map { "\($0) 1\n" }.joined()
                harness.scrape(half + "brand_new_\(round) 1\nbroken\n", at: time)
                for name in current { expected[name, default: []].append("stale@\(time)") }
                current = []
                continue
            }
            var body = names.isEmpty ? "# empty\n" : ""
            for name in names {
                if Int.random(in: 0..<9, using: &random) == 0 { body += "# HELP \(name) text \(round % 3)\n" }
                body += "\(name){x=\"1\"} \(round)\n"
            }
            harness.scrape(body, at: time)
            for name in current where !names.contains(name) {
                expected[name, default: []].append("stale@\(time)")
            }
            for name in names { expected[name, default: []].append("\(Double(round))@\(time)") }
            current = Set(names)
        }
        for (name, samples) in expected {
            #expect(
                harness.store.samples("\(name){instance=\"i\", job=\"j\", x=\"1\"}") == samples,
                "seed \(seed), \(name)")
        }
        #expect(harness.store.series.count == expected.count)
    }
}

/// A generator that repeats itself. Source: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
