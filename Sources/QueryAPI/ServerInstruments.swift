import Exposition
import HTTPTypes
import Hummingbird
import Instruments
import PromQLEngine
import WebServer

/// The families of `/metrics` that the HTTP API and the evaluation of its queries keep, under
/// Prometheus' names.
final class ServerInstruments: Sendable {
    private let running: Gauge
    private let samples: Counter
    private let samplesRead: Counter
    private let queueSeconds: Histogram
    private let prepareSeconds: Histogram
    private let evaluateSeconds: Histogram
    private let sortSeconds: Histogram
    private let durations: QueryDurations
    let responseBytes: Family<Histogram>
    let federationErrors: Counter
    let federationWarnings: Counter

    /// - Throws: `InstrumentError` when the registry has one of the names.
    init(_ services: QueryServices) throws {
        let registry = services.registry
        running = try registry.gauge(
            "prometheus_engine_queries", help: "Queries that are being evaluated or wait for it.")
        samples = try registry.counter(
            "prometheus_engine_query_samples", help: "Samples that queries looked at, once for each step.")
        samplesRead = try registry.counter(
            "prometheus_engine_query_samples_read", help: "Samples that queries read from the storage.")
        let slices = try registry.histograms(
            "prometheus_engine_query_duration_histogram_seconds", help: "Seconds of each part of a query.",
            labels: ["slice"], buckets: [0.0001, 0.001, 0.01, 0.1, 1, 10, 60, 120])
        queueSeconds = try slices.labels("queue_time")
        prepareSeconds = try slices.labels("prepare_time")
        evaluateSeconds = try slices.labels("inner_eval")
        sortSeconds = try slices.labels("result_sort")
        let concurrency = Double(services.limits.concurrency)
        try registry.gauge(
            "prometheus_engine_queries_concurrent_max", help: "The most queries that run at once."
        ) { concurrency }
        try registry.gauge(
            "prometheus_engine_query_log_enabled", help: "1 when queries are written to a file."
        ) {
            services.engine.journal?.isLogging == true ? 1 : 0
        }
        try registry.counter(
            "prometheus_engine_query_log_failures",
            help: "Queries that could not be written to the query log."
        ) {
            Double(services.engine.journal?.failureCount ?? 0)
        }
        durations = QueryDurations()
        try registry.register(durations)
        responseBytes = try registry.histograms(
            "prometheus_http_response_size_bytes", help: "Bytes of answers before compression.",
            labels: ["handler"],
            buckets: [100, 1000, 10_000, 100_000, 1e6, 1e7, 1e8, 1e9])
        federationErrors = try registry.counter(
            "prometheus_web_federation_errors", help: "Errors while sending federation responses.")
        federationWarnings = try registry.counter(
            "prometheus_web_federation_warnings",
            help: "Warnings of the storage while sending federation responses.")
        try registry.gauge("prometheus_ready", help: "1 when the server answers queries.") {
            services.readiness() == .ready ? 1 : 0
        }
        try registry.gauge(
            "prometheus_config_last_reload_successful",
            help: "1 when the last reading of the configuration succeeded."
        ) { services.runtime().isReloadSuccessful ? 1 : 0 }
        try registry.gauge(
            "prometheus_config_last_reload_success_timestamp_seconds",
            help: "When the configuration was last read with success, seconds since 1970."
        ) { Double(services.runtime().lastConfigurationTime) / 1000 }
        try registry.register(BuildFamily(build: services.build))
    }

    func queryBegins() { running.increment() }

    /// - Parameter statistics: nil when the query failed.
    func queryEnds(_ statistics: QueryStatistics?, queueSeconds: Double) {
        running.decrement()
        self.queueSeconds.observe(queueSeconds)
        durations.observe(.queue, queueSeconds)
        guard let statistics else { return }
        prepareSeconds.observe(statistics.prepareSeconds)
        evaluateSeconds.observe(statistics.evaluateSeconds)
        sortSeconds.observe(statistics.sortSeconds)
        durations.observe(.prepare, statistics.prepareSeconds)
        durations.observe(.evaluate, statistics.evaluateSeconds)
        durations.observe(.sort, statistics.sortSeconds)
        samples.increment(by: UInt64(max(statistics.samples, 0)))
        samplesRead.increment(by: UInt64(max(statistics.samplesRead, 0)))
    }
}

/// `prometheus_build_info{version="…",…} 1`.
private struct BuildFamily: Collector {
    let build: BuildInformation

    var familyNames: [String] { ["prometheus_build_info"] }

    func write(_ familyName: String, to writer: inout ExpositionWriter) {
        writer.begin(familyName, .gauge, help: "What the program was built from; always 1.")
        let labels = ExpositionWriter.renderLabels(
            ["branch", "goversion", "revision", "version"],
            [build.branch, build.compiler, build.revision, build.version])
        writer.sample(labels: labels, value: 1)
    }
}

/// Observes the sizes of answers by route.
struct ResponseSizes: RouterMiddleware {
    let instruments: ServerInstruments

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        if let bytes = response.body.contentLength, let route = context.endpointPath {
            try? instruments.responseBytes.labels(route).observe(Double(bytes))
        }
        return response
    }
}
