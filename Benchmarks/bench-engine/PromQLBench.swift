import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import StorageAPI

#if canImport(Glibc)
    import Glibc
#endif

/// The query engine alone, over columns that are in memory already: parse, rate, aggregation, quantile,
/// join. Prints the best of several runs.
enum PromQLBench {
    static func run(small: Bool = false) throws {
        parse()
        let scale = small ? 100 : 1
        for threads in Set([1, QueryEngine.coreCount]).sorted() {
            print("threads: \(threads)")
            var options = QueryEngine.Options()
            options.threadsMax = threads
            let engine = QueryEngine(options: options)
            let day = FlatStorage(seriesCount: max(500 / scale, 4), sampleCount: 17_280, interval: 5_000)
            // 8.6 million samples: 24 h at 5 s.
            range(
                engine, FlatStorage(seriesCount: max(58 / scale, 4), sampleCount: 17_280, interval: 5_000),
                "rate(requests_total[5m])", step: 60_000)
            range(engine, day, "sum(rate(requests_total[5m]))", step: 60_000)
            range(engine, day, "sum by (job) (rate(requests_total[5m]))", step: 60_000)
            range(engine, day, "rate(requests_total[5m])", step: 60_000)
            range(engine, day, "max_over_time(requests_total[1h])", step: 60_000)
            range(engine, day, "sum_over_time(requests_total[1h])", step: 60_000)
            range(engine, day, "quantile_over_time(0.9, requests_total[1h])", step: 300_000)
            range(engine, day, "avg by (job) (requests_total)", step: 60_000)
            range(
                engine, day, "histogram_quantile(0.9, sum by (le) (rate(requests_total[5m])))", step: 60_000)
            range(
                engine, day, "requests_total / on (instance, le) group_left () requests_total", step: 60_000)
            let wide = FlatStorage(seriesCount: 100_000 / scale, sampleCount: 60, interval: 5_000)
            instant(engine, wide, "sum by (job) (requests_total)")
            instant(engine, wide, "requests_total")
            instant(engine, wide, "topk(10, rate(requests_total[5m]))")
            instant(engine, wide, "histogram_quantile(0.9, sum by (le, job) (rate(requests_total[5m])))")
            instant(engine, wide, "requests_total / on (instance, le) requests_total")
            instant(engine, wide, "label_replace(requests_total, \"x\", \"$1\", \"instance\", \"(.*):.*\")")
        }
    }

    private static func parse() {
        let query =
            "histogram_quantile(0.99, sum by (le, app_name) (rate(http_request_latency_seconds_bucket{job=\"a\", instance=~\"b.*\"}[5m]))) > 0.5 and on (app_name) up == 1"
        report("parse", count: 1, unit: "query") { _ = try? Expression.parse(query) }
    }

    private static func range(_ engine: QueryEngine, _ storage: FlatStorage, _ text: String, step: Int64) {
        guard let expression = try? Expression.parse(text) else { return }
        let query = Query(
            expression, at: .range(start: storage.end - 86_400_000 + step, end: storage.end, step: step),
            text: text)
        report(text, count: storage.seriesCount * storage.sampleCount, unit: "sample") {
            _ = try? engine.evaluate(query, over: storage)
        }
    }

    private static func instant(_ engine: QueryEngine, _ storage: FlatStorage, _ text: String) {
        guard let expression = try? Expression.parse(text) else { return }
        let query = Query(expression, at: .instant(storage.end), text: text)
        report(text, count: storage.seriesCount, unit: "series") {
            _ = try? engine.evaluate(query, over: storage)
        }
    }

    private static func report(_ name: String, count: Int, unit: String, _ body: () -> Void) {
        var best = UInt64.max
        var bestBusy = UInt64.max
        var spent: UInt64 = 0
        var runs = 0
        while runs < 3 || (spent < 300_000_000 && runs < 50) {
            let began = MonotonicTime.nanoseconds()
            let busyBefore = busyNanoseconds()
            body()
            let took = MonotonicTime.nanoseconds() - began
            best = min(best, took)
            bestBusy = min(bestBusy, busyNanoseconds() - busyBefore)
            spent += took
            runs += 1
        }
        func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
        print(
            "  \(name): \(rounded(Double(best) / 1e6)) ms, busy \(rounded(Double(bestBusy) / 1e6)) ms, \(rounded(Double(bestBusy) / Double(count))) ns/\(unit)"
        )
    }

    /// The least processor time of several runs, nanoseconds.
    static func busy(_ body: () -> Void) -> UInt64 {
        var best = UInt64.max
        var spent: UInt64 = 0
        var runs = 0
        while runs < 3 || (spent < 200_000_000 && runs < 20) {
            let before = busyNanoseconds()
            body()
            let took = busyNanoseconds() - before
            best = min(best, took)
            spent += took
            runs += 1
        }
        return best
    }

    /// Processor time of all threads, which other programs on the machine disturb less than the clock.
    private static func busyNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Counters that are all alike, as plain columns.
struct FlatStorage: Queryable {
    let seriesCount: Int
    let sampleCount: Int
    let end: Timestamp = 1_700_000_000_000
    private let timestamps: [Timestamp]
    private let values: [Double]
    private let labels: [Labels]

    init(seriesCount: Int, sampleCount: Int, interval: Int64) {
        self.seriesCount = seriesCount
        self.sampleCount = sampleCount
        let end = end
        timestamps = (0..<sampleCount).map { end - Int64(sampleCount - 1 - $0) * interval }
        values = (0..<sampleCount).map { Double($0 * 7 + $0 % 13) }
        let bounds = ["0.1", "0.5", "1", "5", "+Inf"]
        labels = (0..<seriesCount).map { i in
            Labels([
                ("__name__", "requests_total"), ("job", "job-\(i / 5 % 10)"),
                ("instance", "10.0.0.\(i / 5):9100"), ("le", bounds[i % 5]),
                ("path", "/api/v1/some/path"), ("method", "GET"),
            ])
        }
    }

    func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        FlatQuerier(storage: self)
    }

    private struct FlatQuerier: Querier {
        let storage: FlatStorage

        func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
            FlatSet(storage: storage)
        }

        func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
            Listing(items: [])
        }

        func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError)
            -> Listing
        { Listing(items: []) }
    }

    private struct FlatSet: SeriesSet {
        let storage: FlatStorage

        var count: Int { storage.seriesCount }
        var warnings: [String] { [] }

        func labels(at index: Int) -> Labels { storage.labels[index] }

        func read(
            _ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns
        ) throws(StorageError) {
            let first = storage.timestamps.partitioningIndex { $0 >= start }
            let last = storage.timestamps.partitioningIndex { $0 > end }
            columns.timestamps.append(contentsOf: storage.timestamps[first..<last])
            columns.values.append(contentsOf: storage.values[first..<last])
        }

        func readNewest(
            _ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns
        ) throws(StorageError) {
            let last = storage.timestamps.partitioningIndex { $0 > end }
            if last > 0, storage.timestamps[last - 1] >= start {
                columns.append(storage.timestamps[last - 1], storage.values[last - 1])
            }
        }
    }
}

extension [Timestamp] {
    fileprivate func partitioningIndex(where passes: (Timestamp) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if passes(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
