import MetricModel
import PromQLEngine
import PromQLSyntax
import QueryScripts
import Testing

@Suite struct ExplainTests {
    @Test func tellsWhatWasReadForEachPart() throws {
        let storage = MemoryStorage()
        for series in 0..<6 {
            for sample in 0..<10 {
                storage.append(
                    Labels([("__name__", "m_total"), ("i", "\(series)"), ("job", "j\(series % 2)")]),
                    Int64(sample) * 10_000, Double(sample))
            }
        }
        let text = "sum by (job) (rate(m_total{i!=\"5\"}[1m])) * 2 > 0"
        let query = Query(
            try Expression.parse(text), at: .range(start: 60_000, end: 90_000, step: 10_000), text: text)
        let (answer, plan) = try QueryEngine().explain(query, over: storage)
        guard case .matrix(let series) = answer.value else { return }
        #expect(series.count == 2)
        var titles: [String] = []
        var node: PlanNode? = plan
        while let current = node {
            titles.append(current.title)
            #expect(current.seconds >= 0)
            #expect(current.stepCount == 4)
            node = current.children.first
        }
        #expect(titles == [">", "*", "sum by (job)", "rate {__name__=\"m_total\",i!=\"5\"}[1m]"])
        let sum = plan.children.first?.children.first
        #expect(sum?.rowCount == 2)
        let rate = sum?.children.first
        #expect(rate?.seriesCount == 5)
        #expect(rate?.rowCount == 5)
        // (0 s, 90 s] holds the samples at 10 s ... 90 s.
        #expect(rate?.samplesRead == 45)
        #expect(plan.samplesRead == 45)
    }
}
