public import MetricModel
public import WebClient

/// One scrape job: which targets, how often, and what to do with what they expose. Names and defaults as
/// in Prometheus' `<scrape_config>`, with the global section already filled in.
public struct ScrapeConfiguration: Sendable, Equatable {
    /// Unique among the jobs; the default of the label `job`.
    public var jobName: String
    /// Milliseconds; more than 0.
    public var scrapeInterval: Int64 = 60_000
    /// Milliseconds; at most ``scrapeInterval``.
    public var scrapeTimeout: Int64 = 10_000
    public var metricsPath = "/metrics"
    /// `http` or `https`.
    public var scheme = "http"
    /// Query parameters by name.
    public var parameters: [String: [String]] = [:]
    public var protocols = ScrapeProtocol.standard
    /// For answers without a known Content-Type.
    public var fallbackProtocol: ScrapeProtocol?
    public var honorLabels = false
    public var honorTimestamps = true
    public var trackTimestampsStaleness = false
    public var enableCompression = true
    /// Empty for none.
    public var scrapeFailureLogFile = ""
    public var scrapeNativeHistograms = false
    public var alwaysScrapeClassicHistograms = false
    public var convertClassicHistogramsToNHCB = false
    public var extraScrapeMetrics = false
    public var limits = ScrapeLimits()
    public var nameValidation = NameValidation.utf8
    public var nameEscaping = NameEscaping.allowUTF8
    public var client = HTTPClientSettings()
    public var discovery: [DiscoverySettings] = []
    /// Applied to the labels of targets.
    public var relabelRules: [RelabelRule] = []
    /// Applied to the labels of samples.
    public var metricRelabelRules: [RelabelRule] = []

    public init(jobName: String) {
        self.jobName = jobName
    }

    /// Whether what was learnt about a target's series under `other` still holds under this one.
    func treatsSeriesLike(_ other: ScrapeConfiguration) -> Bool {
        jobName == other.jobName && honorLabels == other.honorLabels
            && metricRelabelRules == other.metricRelabelRules
            && nameValidation == other.nameValidation && limits.labels == other.limits.labels
            && limits.labelNameLength == other.limits.labelNameLength
            && limits.labelValueLength == other.limits.labelValueLength
    }
}

/// Bounds of a scrape; 0 is no bound.
public struct ScrapeLimits: Sendable, Equatable {
    /// Bytes of the decompressed body; reaching it fails the scrape.
    public var bodySize: Int64 = 0
    /// Samples after relabeling; more fail the scrape.
    public var samples = 0
    /// Targets of the job; more fail all its scrapes.
    public var targets = 0
    /// Labels of a series; more fail the scrape.
    public var labels = 0
    /// Bytes.
    public var labelNameLength = 0
    /// Bytes.
    public var labelValueLength = 0
    public var nativeHistogramBuckets = 0
    public var nativeHistogramMinimumBucketFactor = 0.0
    /// Dropped targets that are kept for display.
    public var keptDroppedTargets = 0

    public init() {}
}
