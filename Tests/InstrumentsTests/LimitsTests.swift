import Exposition
import Instruments
import Testing

@Suite struct LimitsTests {
    @Test func labelSetsBeyondTheLimitShareOneInstrument() throws {
        let registry = Registry()
        let family = try registry.counters("hits", help: "Hits.", labels: ["path"], limit: 3)
        for i in 0..<10 { try family.labels("/\(i)").increment() }
        let text = String(decoding: registry.render(as: .text), as: UTF8.self)
        #expect(text.contains("hits_total{path=\"/2\"} 1\n"))
        #expect(text.contains("hits_total{path=\"__overflow__\"} 7\n"))
        #expect(!text.contains("/3"))
        #expect(text.contains("metrics_dropped_labelsets_total{metric=\"hits\"} 7\n"))
    }

    @Test func refusesWhatCannotBeScraped() throws {
        let registry = Registry()
        _ = try registry.gauge("twice", help: "")
        #expect(throws: InstrumentError.self) { try registry.gauge("twice", help: "") }
        #expect(throws: InstrumentError.self) { try registry.gauge("with space", help: "") }
        #expect(throws: InstrumentError.self) { try registry.counters("a", help: "", labels: ["le"]) }
        #expect(throws: InstrumentError.self) { try registry.histogram("h", help: "", buckets: [2, 1]) }
        #expect(throws: InstrumentError.self) {
            try registry.counters("b", help: "", labels: ["x"]).labels("1", "2")
        }
    }

    @Test func threadsLoseNothing() async throws {
        let counter = Counter()
        let histogram = try Histogram(bounds: [1, 2, 3])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for i in 0..<10_000 {
                        counter.increment()
                        histogram.observe(Double(i % 4))
                    }
                }
            }
        }
        #expect(counter.value == 40_000)
        #expect(histogram.count == 40_000)
        #expect(histogram.total == 60_000)
    }
}
