import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import StorageAPI

#if canImport(Glibc)
    import Glibc
#endif

/// Queries made to hurt, over 4,000 series: how long until the answer or the refusal, and the memory at its peak.
/// The bounds are 5 s and 512 MB; 50 ms for what does not parse.
enum HostileBench {
    static func run(small: Bool) {
        let storage = FlatStorage(seriesCount: small ? 40 : 4000, sampleCount: 60, interval: 15_000)
        var join = "requests_total"
        while join.utf8.count < 860 { join = "label_join(\(join), \"x\", \"\", \"x\", \"x\", \"instance\")" }
        let second = Query.Times.range(start: storage.end - 900_000, end: storage.end, step: 1000)
        let year: Int64 = 365 * 86_400_000
        let cases: [(name: String, text: String, times: Query.Times)] = [
            (
                "10,000 parentheses",
                String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000),
                .instant(0)
            ),
            ("20,000 calls", String(repeating: "abs(", count: 20_000) + "m", .instant(0)),
            ("a query of 1 MB", String(repeating: "requests_total+", count: 70_000) + "1", .instant(0)),
            ("128 KiB of operators", String(repeating: "m+", count: 60_000) + "1", .instant(0)),
            (
                "580 times or", String(repeating: "requests_total or ", count: 580) + "requests_total",
                .instant(storage.end)
            ),
            ("label_join nest of 900 bytes", join, .instant(storage.end)),
            ("regex (a+)+$", "requests_total{path=~\"(a+)+$\"}", .instant(storage.end)),
            ("regex (.*a){15}", "requests_total{path=~\"(.*a){15}\"}", .instant(storage.end)),
            (
                "label_replace with stars",
                "label_replace(requests_total, \"x\", \"$1$1$1\", \"instance\", \"(.*)*(.*)*(.*)\")",
                .instant(storage.end)
            ),
            (
                "a year in steps of 1 ms", "requests_total",
                .range(start: storage.end - year, end: storage.end, step: 1)
            ),
            ("a subquery of a year in 1 ms", "max_over_time(requests_total[1y:1ms])", .instant(storage.end)),
            (
                "subqueries in subqueries",
                "max_over_time(max_over_time(max_over_time(requests_total[1h:1s])[1h:1s])[1h:1s])",
                .instant(storage.end)
            ),
            (
                "290 years", "rate(requests_total[290y])",
                .range(start: -9_000_000_000_000, end: 9_000_000_000_000, step: 9_000_000_000)
            ),
            ("many to many", "requests_total * on (job) group_left () requests_total", .instant(storage.end)),
            ("count_values", "count_values(\"v\", requests_total)", second),
            ("quantile_over_time", "quantile_over_time(0.5, requests_total[10m])", second),
            ("all values", "{__name__=~\".+\"}", second),
            ("sort", "sort(requests_total) + sort(requests_total * 2)", second),
        ]
        print("| query | outcome | ms | peak MB |")
        print("|---|---|---:|---:|")
        for (name, text, times) in cases {
            let began = MonotonicTime.nanoseconds()
            var outcome: String
            do {
                let expression = try Expression.parse(text, options: .all)
                do {
                    let answer = try QueryEngine().evaluate(
                        Query(expression, at: times, text: text), over: storage)
                    switch answer.value {
                    case .vector(let elements): outcome = "\(elements.count) elements"
                    case .matrix(let series): outcome = "\(series.count) series"
                    case .scalar, .string: outcome = "a value"
                    }
                } catch { outcome = "\(error)" }
            } catch { outcome = "\(error)" }
            let milliseconds = Double(MonotonicTime.nanoseconds() - began) / 1e6
            outcome = outcome.count > 90 ? outcome.prefix(90) + "…" : outcome
            print("| \(name) | \(outcome) | \((milliseconds * 10).rounded() / 10) | \(peakMegabytes()) |")
        }
    }

    /// Of the process until now.
    private static func peakMegabytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}
