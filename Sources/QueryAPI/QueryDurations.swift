import Exposition
import Instruments
import Platform
import Synchronization

/// `prometheus_engine_query_duration_seconds`: quantiles of each part of the queries of the last ten minutes.
final class QueryDurations: Collector {
    enum Slice: String, CaseIterable {
        case evaluate = "inner_eval"
        case prepare = "prepare_time"
        case queue = "queue_time"
        case sort = "result_sort"
    }

    private struct Window {
        /// A ring of the newest observations.
        var seconds: [Double] = []
        var times: [UInt64] = []
        var next = 0
        var sum = 0.0
        var count: UInt64 = 0

        mutating func add(_ value: Double, _ now: UInt64) {
            sum += value
            count += 1
            if seconds.count < QueryDurations.capacity {
                seconds.append(value)
                times.append(now)
            } else {
                seconds[next] = value
                times[next] = now
                next = (next + 1) % QueryDurations.capacity
            }
        }

        /// Ascending.
        func recent(_ now: UInt64) -> [Double] {
            zip(seconds, times).filter { now &- $0.1 < QueryDurations.age }.map(\.0).sorted()
        }
    }

    private static let capacity = 1024
    /// Nanoseconds.
    private static let age: UInt64 = 600_000_000_000
    private let windows = Mutex([Window](repeating: Window(), count: Slice.allCases.count))

    var familyNames: [String] { ["prometheus_engine_query_duration_seconds"] }

    func observe(_ slice: Slice, _ seconds: Double) {
        let now = MonotonicTime.nanoseconds()
        let index = Slice.allCases.firstIndex(of: slice) ?? 0
        windows.withLock { $0[index].add(seconds, now) }
    }

    func write(_ familyName: String, to writer: inout ExpositionWriter) {
        let now = MonotonicTime.nanoseconds()
        let windows = windows.withLock { $0 }
        writer.begin(
            familyName, .summary, help: "Seconds of each part of a query, over the last ten minutes.")
        for (slice, window) in zip(Slice.allCases, windows) {
            let values = window.recent(now)
            for (quantile, text) in [(0.5, "0.5"), (0.9, "0.9"), (0.99, "0.99")] {
                let rank = min(Int(quantile * Double(values.count)), values.count - 1)
                writer.sample(
                    labels: ExpositionWriter.renderLabels(["slice", "quantile"], [slice.rawValue, text]),
                    value: rank >= 0 ? values[rank] : .nan)
            }
            let labels = ExpositionWriter.renderLabels(["slice"], [slice.rawValue])
            writer.sample(suffix: "_sum", labels: labels, value: window.sum)
            writer.sample(suffix: "_count", labels: labels, value: Double(window.count))
        }
    }
}
