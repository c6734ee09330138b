import Exposition
import Instruments
import Synchronization

/// What the scraper counts about itself, under Prometheus' names.
struct ScrapeInstruments: Sendable {
    let pools: Counter
    let poolsFailed: Counter
    let reloads: Counter
    let reloadsFailed: Counter
    let exceededTargetLimit: Counter
    let exceededLabelLimits: Counter
    let exceededSampleLimit: Counter
    let exceededBodySizeLimit: Counter
    let duplicateTimestamp: Counter
    let outOfOrder: Counter
    let outOfBounds: Counter
    let cacheFlushForced: Counter
    let targetLimit: Family<Gauge>
    let targets: Family<Gauge>
    let syncs: Family<Counter>
    let syncFailures: Family<Counter>
    let intervalLength: DurationSummary

    private static let poolLimit = 10_000

    /// - Throws: `InstrumentError` when a name is taken.
    init(registry: Registry) throws(InstrumentError) {
        pools = try registry.counter(
            "prometheus_target_scrape_pools_total", help: "Scrape pools that were made.")
        poolsFailed = try registry.counter(
            "prometheus_target_scrape_pools_failed_total", help: "Scrape pools that could not be made.")
        reloads = try registry.counter(
            "prometheus_target_scrape_pool_reloads_total", help: "Reloads of scrape pools.")
        reloadsFailed = try registry.counter(
            "prometheus_target_scrape_pool_reloads_failed_total", help: "Failed reloads of scrape pools.")
        exceededTargetLimit = try registry.counter(
            "prometheus_target_scrape_pool_exceeded_target_limit_total", help: "How often a pool had more targets than its limit.")
        exceededLabelLimits = try registry.counter(
            "prometheus_target_scrape_pool_exceeded_label_limits_total", help: "How often a scrape hit one of the label limits.")
        exceededSampleLimit = try registry.counter(
            "prometheus_target_scrapes_exceeded_sample_limit_total", help: "Scrapes that were rejected for their number of samples.")
        exceededBodySizeLimit = try registry.counter(
            "prometheus_target_scrapes_exceeded_body_size_limit_total", help: "Scrapes that were rejected for the size of the body.")
        duplicateTimestamp = try registry.counter(
            "prometheus_target_scrapes_sample_duplicate_timestamp_total", help: "Samples rejected because their series has another value at that time.")
        outOfOrder = try registry.counter(
            "prometheus_target_scrapes_sample_out_of_order_total", help: "Samples rejected because their series has a newer one.")
        outOfBounds = try registry.counter(
            "prometheus_target_scrapes_sample_out_of_bounds_total", help: "Samples rejected because their time is too far ahead or too old.")
        cacheFlushForced = try registry.counter(
            "prometheus_target_scrapes_cache_flush_forced_total", help: "How often a cache was flushed because failing scrapes filled it.")
        targetLimit = try registry.gauges(
            "prometheus_target_scrape_pool_target_limit", help: "The most targets that the pool may have.", labels: ["scrape_job"], limit: Self.poolLimit)
        targets = try registry.gauges(
            "prometheus_target_scrape_pool_targets", help: "Targets in the pool.", labels: ["scrape_job"], limit: Self.poolLimit)
        syncs = try registry.counters(
            "prometheus_target_scrape_pool_sync_total", help: "How often the pool's targets were brought up to date.", labels: ["scrape_job"], limit: Self.poolLimit)
        syncFailures = try registry.counters(
            "prometheus_target_sync_failed_total", help: "Targets that could not be made.", labels: ["scrape_job"], limit: Self.poolLimit)
        intervalLength = DurationSummary(
            name: "prometheus_target_interval_length_seconds", help: "Actual intervals between scrapes.", label: "interval")
        try registry.register(intervalLength)
    }
}

/// A summary with one label: quantiles over the last observations, sum and count.
final class DurationSummary: Collector {
    private struct Window {
        var recent: [Double] = []
        var next = 0
        var sum = 0.0
        var count: UInt64 = 0
    }

    private static let windowSize = 500
    private static let quantiles = [0.01, 0.05, 0.5, 0.9, 0.99]

    private let name: String
    private let help: String
    private let label: String
    private let windows = Mutex<[String: Window]>([:])

    init(name: String, help: String, label: String) {
        self.name = name
        self.help = help
        self.label = label
    }

    /// - Parameter seconds: the observed duration.
    func observe(_ seconds: Double, label value: String) {
        windows.withLock { windows in
            // Intervals come from the configuration and from relabeling: few, but not trusted to be.
            if windows[value] == nil, windows.count >= 200 { return }
            var window = windows[value] ?? Window()
            if window.recent.count < Self.windowSize {
                window.recent.append(seconds)
            } else {
                window.recent[window.next] = seconds
                window.next = (window.next + 1) % Self.windowSize
            }
            window.sum += seconds
            window.count += 1
            windows[value] = window
        }
    }

    var familyNames: [String] { [name] }

    func write(_ familyName: String, to writer: inout ExpositionWriter) {
        let windows = windows.withLock { $0 }
        writer.begin(name, .summary, help: help)
        for (value, window) in windows.sorted(by: { $0.key < $1.key }) {
            let labels = ExpositionWriter.renderLabels([label], [value])
            let sorted = window.recent.sorted()
            for quantile in Self.quantiles {
                let index = min(Int(quantile * Double(sorted.count)), sorted.count - 1)
                writer.sample(suffix: "", labels: labels, bound: "quantile", quantile, value: sorted[index])
            }
            writer.sample(suffix: "_sum", labels: labels, value: window.sum)
            writer.sample(suffix: "_count", labels: labels, value: Double(window.count))
        }
    }
}
