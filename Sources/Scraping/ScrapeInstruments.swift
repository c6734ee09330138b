import Instruments

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
    let syncLength: DurationSummary
    let discovered: Family<Gauge>
    let discoveryFailures: Family<Counter>

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
            "prometheus_target_scrape_pool_exceeded_target_limit_total",
            help: "How often a pool had more targets than its limit.")
        exceededLabelLimits = try registry.counter(
            "prometheus_target_scrape_pool_exceeded_label_limits_total",
            help: "How often a scrape hit one of the label limits.")
        exceededSampleLimit = try registry.counter(
            "prometheus_target_scrapes_exceeded_sample_limit_total",
            help: "Scrapes that were rejected for their number of samples.")
        exceededBodySizeLimit = try registry.counter(
            "prometheus_target_scrapes_exceeded_body_size_limit_total",
            help: "Scrapes that were rejected for the size of the body.")
        duplicateTimestamp = try registry.counter(
            "prometheus_target_scrapes_sample_duplicate_timestamp_total",
            help: "Samples rejected because their series has another value at that time.")
        outOfOrder = try registry.counter(
            "prometheus_target_scrapes_sample_out_of_order_total",
            help: "Samples rejected because their series has a newer one.")
        outOfBounds = try registry.counter(
            "prometheus_target_scrapes_sample_out_of_bounds_total",
            help: "Samples rejected because their time is too far ahead or too old.")
        cacheFlushForced = try registry.counter(
            "prometheus_target_scrapes_cache_flush_forced_total",
            help: "How often a cache was flushed because failing scrapes filled it.")
        targetLimit = try registry.gauges(
            "prometheus_target_scrape_pool_target_limit", help: "The most targets that the pool may have.",
            labels: ["scrape_job"], limit: Self.poolLimit)
        targets = try registry.gauges(
            "prometheus_target_scrape_pool_targets", help: "Targets in the pool.", labels: ["scrape_job"],
            limit: Self.poolLimit)
        syncs = try registry.counters(
            "prometheus_target_scrape_pool_sync_total",
            help: "How often the pool's targets were brought up to date.", labels: ["scrape_job"],
            limit: Self.poolLimit)
        syncFailures = try registry.counters(
            "prometheus_target_sync_failed_total", help: "Targets that could not be made.",
            labels: ["scrape_job"], limit: Self.poolLimit)
        intervalLength = DurationSummary(
            name: "prometheus_target_interval_length_seconds", help: "Actual intervals between scrapes.",
            label: "interval")
        try registry.register(intervalLength)
        syncLength = DurationSummary(
            name: "prometheus_target_sync_length_seconds",
            help: "Actual times to bring a pool's targets up to date.", label: "scrape_job")
        try registry.register(syncLength)
        discovered = try registry.gauges(
            "prometheus_sd_discovered_targets", help: "Targets that discovery has found.",
            labels: ["name", "config"], limit: Self.poolLimit)
        discoveryFailures = try registry.counters(
            "prometheus_sd_refresh_failures_total", help: "Looks at a source of targets that failed.",
            labels: ["mechanism"], limit: Self.poolLimit)
    }
}
