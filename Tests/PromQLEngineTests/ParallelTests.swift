import MetricModel
import PromQLEngine
import PromQLSyntax
import QueryScripts
import StorageAPI
import Testing

/// Answers do not depend on how many threads work on them, bit for bit.
@Suite struct ParallelTests {
    private static let storage: MemoryStorage = {
        let storage = MemoryStorage()
        var value = 1.0
        for series in 0..<2_100 {
            let labels = Labels([
                ("__name__", "m_total"), ("job", "j\(series % 7)"), ("i", "\(series)"),
                ("le", ["1", "5", "+Inf"][series % 3]),
            ])
            for sample in 0..<30 {
                value = (value * 1.37 + 0.11).truncatingRemainder(dividingBy: 97)
                storage.append(labels, Int64(sample) * 15_000, sample % 11 == 10 ? .staleMarker : value * 1e6)
            }
        }
        return storage
    }()

    @Test(arguments: [
        "sum(m_total)", "avg by (job) (m_total)", "sum by (job) (rate(m_total[2m]))", "stddev(m_total)",
        "topk(5, m_total)",
        "quantile by (job) (0.3, m_total)", "m_total", "rate(m_total[1m]) * 2",
        "count_values(\"v\", round(m_total, 1e7))",
        "histogram_quantile(0.9, sum by (le, job) (m_total))", "m_total / on (i) m_total", "absent(m_total)",
        "label_replace(m_total, \"x\", \"$1\", \"i\", \"(.).*\")",
        "sum_over_time(m_total[5m])", "limit_ratio(0.1, m_total)",
    ])
    func areEqual(_ text: String) throws {
        func answer(_ threads: Int, _ times: Query.Times) throws -> QueryAnswer {
            var options = QueryEngine.Options()
            options.threadsMax = threads
            let query = Query(try Expression.parse(text, options: .all), at: times, text: text)
            return try QueryEngine(options: options).evaluate(query, over: ParallelTests.storage)
        }
        for times in [Query.Times.instant(200_000), .range(start: 0, end: 450_000, step: 50_000)] {
            let one = try answer(1, times)
            for threads in [2, 5] {
                let several = try answer(threads, times)
                #expect(ParallelTests.bits(one.value) == ParallelTests.bits(several.value))
                #expect(one.infos == several.infos && one.warnings == several.warnings)
                #expect(one.statistics.samples == several.statistics.samples)
            }
        }
    }

    private static func bits(_ value: QueryValue) -> [String] {
        switch value {
        case .scalar(let sample): ["\(sample.value.bitPattern)"]
        case .string(_, let text): [text]
        case .vector(let all): all.map { "\($0.labels) \($0.sample.value.bitPattern)" }
        case .matrix(let all):
            all.map { "\($0.labels) \($0.samples.timestamps) \($0.samples.values.map(\.bitPattern))" }
        }
    }
}
