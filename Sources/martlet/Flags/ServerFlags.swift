import ArgumentParser
import MetricModel
import TSDB

/// The flags of `martlet server`: those of Prometheus that have a meaning here, under their names.
struct ServerFlags: ParsableArguments {
    @Option(name: .customLong("config.file"), help: "Configuration file path.")
    var configFile = "prometheus.yml"

    @Option(
        name: .customLong("web.listen-address"), parsing: .singleValue,
        help: "Address to listen on for UI, API, and telemetry. Can be repeated. (default: 0.0.0.0:9090)")
    var listenAddresses: [AddressFlag] = []

    @Option(name: .customLong("web.external-url"), help: "The URL under which the server is reachable from outside.")
    var externalURL = ""

    @Option(name: .customLong("web.page-title"), help: "Document title of the pages.")
    var pageTitle = "Martlet"

    @Flag(name: .customLong("web.enable-lifecycle"), inversion: .prefixedNo, help: "Enable shutdown and reload via HTTP request.")
    var enableLifecycle = false

    @Flag(name: .customLong("web.enable-admin-api"), inversion: .prefixedNo, help: "Enable API endpoints for admin control actions.")
    var enableAdminAPI = false

    @Option(name: .customLong("storage.tsdb.path"), help: "Base path for metrics storage.")
    var storagePath = "data/"

    @Option(name: .customLong("storage.tsdb.retention.time"), help: "How long to retain samples. (default: 15d)")
    var retentionTime: DurationFlag?

    @Option(name: .customLong("storage.tsdb.retention.size"), help: "Maximum number of bytes that can be stored for blocks.")
    var retentionSize: SizeFlag?

    @Option(name: .customLong("storage.tsdb.min-block-duration"), help: .hidden)
    var minBlockDuration = DurationFlag(2 * 3_600_000)

    @Option(name: .customLong("storage.tsdb.max-block-duration"), help: .hidden)
    var maxBlockDuration: DurationFlag?

    @Option(name: .customLong("storage.tsdb.wal-segment-size"), help: .hidden)
    var walSegmentSize = SizeFlag(128 << 20)

    @Option(name: .customLong("storage.tsdb.samples-per-chunk"), help: .hidden)
    var samplesPerChunk = 120

    @Option(name: .customLong("query.lookback-delta"), help: "The maximum lookback duration for retrieving metrics during expression evaluations.")
    var lookbackDelta = DurationFlag(300_000)

    @Option(name: .customLong("query.timeout"), help: "Maximum time a query may take before being aborted.")
    var queryTimeout = DurationFlag(120_000)

    @Option(name: .customLong("query.max-concurrency"), help: "Maximum number of queries executed concurrently.")
    var queryConcurrency = 20

    @Option(name: .customLong("query.max-samples"), help: "Maximum number of samples a single query can load into memory.")
    var querySamples = 50_000_000

    @Option(
        name: .customLong("enable-feature"), parsing: .singleValue,
        help: "Comma separated feature names to enable. Can be repeated; names that are not known are logged.")
    var features: [String] = []

    func validate() throws {
        guard (1...1000).contains(queryConcurrency) else {
            throw ValidationError("--query.max-concurrency: got \(queryConcurrency), want 1 to 1000")
        }
        guard querySamples > 0 else {
            throw ValidationError("--query.max-samples: got \(querySamples), want more than 0")
        }
        guard (10...10_000).contains(samplesPerChunk) else {
            throw ValidationError("--storage.tsdb.samples-per-chunk: got \(samplesPerChunk), want 10 to 10000")
        }
        guard (1 << 20...1 << 30).contains(walSegmentSize.bytes) else {
            throw ValidationError("--storage.tsdb.wal-segment-size: got \(walSegmentSize), want 1MB to 1GB")
        }
        guard minBlockDuration.milliseconds >= 60_000 else {
            throw ValidationError("--storage.tsdb.min-block-duration: got \(minBlockDuration), want at least 1m")
        }
    }

    /// What `/api/v1/status/flags` shows.
    var values: [String: String] {
        [
            "config.file": configFile,
            "web.listen-address": listenAddresses.map(\.description).joined(separator: ","),
            "web.external-url": externalURL,
            "web.page-title": pageTitle,
            "web.enable-lifecycle": "\(enableLifecycle)",
            "web.enable-admin-api": "\(enableAdminAPI)",
            "storage.tsdb.path": storagePath,
            "storage.tsdb.retention.time": retentionTime?.description ?? "0s",
            "storage.tsdb.retention.size": retentionSize?.description ?? "0B",
            "storage.tsdb.min-block-duration": minBlockDuration.description,
            "storage.tsdb.max-block-duration": maxBlockDuration?.description ?? "0s",
            "storage.tsdb.wal-segment-size": walSegmentSize.description,
            "storage.tsdb.samples-per-chunk": "\(samplesPerChunk)",
            "query.lookback-delta": lookbackDelta.description,
            "query.timeout": queryTimeout.description,
            "query.max-concurrency": "\(queryConcurrency)",
            "query.max-samples": "\(querySamples)",
            "enable-feature": features.joined(separator: ","),
        ]
    }
}
