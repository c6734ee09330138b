import MetricModel
import PromQLEngine
import PromQLSyntax
import StorageAPI

/// How the cost of a query grows with its range and its series: four points each, as rows of a table. Linear growth
/// shows as equal numbers per sample.
enum ScalingBench {
    private static let queries = [
        "sum(rate(requests_total[5m]))", "sum by (job) (rate(requests_total[5m]))",
        "max_over_time(requests_total[1h])",
        "avg by (job) (requests_total)", "histogram_quantile(0.9, sum by (le) (rate(requests_total[5m])))",
        "requests_total / on (instance, le) requests_total",
    ]

    static func run(small: Bool) {
        let scale = small ? 20 : 1
        var options = QueryEngine.Options()
        options.threadsMax = 1
        let engine = QueryEngine(options: options)
        print("| query | ns a sample at range 6 h | 12 h | 24 h | 48 h | at 250 series | 500 | 1000 | 2000 |")
        print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
        let ranges = [6, 12, 24, 48].map {
            FlatStorage(seriesCount: max(200 / scale, 5), sampleCount: $0 * 240, interval: 15_000)
        }
        let widths = [250, 500, 1000, 2000].map {
            FlatStorage(seriesCount: max($0 / scale, 5), sampleCount: 1440, interval: 15_000)
        }
        for text in queries {
            guard let expression = try? Expression.parse(text) else { continue }
            let cells = (ranges + widths).map { storage in
                let span = Int64(storage.sampleCount - 1) * 15_000
                let query = Query(
                    expression, at: .range(start: storage.end - span, end: storage.end, step: 60_000),
                    text: text)
                let best = PromQLBench.busy { _ = try? engine.evaluate(query, over: storage) }
                return
                    "\((Double(best) / Double(storage.seriesCount * storage.sampleCount) * 10).rounded() / 10)"
            }
            print("| `\(text)` | \(cells.joined(separator: " | ")) |")
        }
    }
}
