public import MetricModel
public import Scraping
public import WebClient

/// What a prometheus.yml says, with defaults filled in and relative paths joined to the file's folder.
public struct ServerConfiguration: Sendable {
    public var global = GlobalSettings()
    public var alerting = AlertingSettings()
    /// Patterns of rule files: `*` in the last element only.
    public var ruleFiles: [String] = []
    /// Patterns of further files with scrape jobs.
    public var scrapeConfigFiles: [String] = []
    /// The jobs, those of ``scrapeConfigFiles`` included.
    public var scrapeConfigurations: [ScrapeConfiguration] = []
    public var storage = StorageSettings()
    public var tracing: TracingSettings?
    public var remoteWrite: [RemoteWriteSettings] = []
    public var remoteRead: [RemoteReadSettings] = []
    public var otlp = OTLPSettings()
    /// What was accepted and will have no effect, one sentence each with its line.
    public var warnings: [String] = []
    /// The configuration as YAML with defaults filled in; secrets are shown as `<secret>`.
    public var yaml = ""

    public init() {}
}

/// The section `global`.
public struct GlobalSettings: Sendable, Equatable {
    /// Milliseconds, as all durations here.
    public var scrapeInterval: Int64 = 60_000
    public var scrapeTimeout: Int64 = 10_000
    public var evaluationInterval: Int64 = 60_000
    public var ruleQueryOffset: Int64 = 0
    /// Nil: chosen by each job.
    public var scrapeProtocols: [ScrapeProtocol]?
    /// Empty for none.
    public var queryLogFile = ""
    public var scrapeFailureLogFile = ""
    public var externalLabels = Labels.empty
    public var limits = ScrapeLimits()
    public var nameValidation = NameValidation.utf8
    public var nameEscaping: NameEscaping?
    public var scrapeNativeHistograms = false
    public var convertClassicHistogramsToNHCB = false
    public var alwaysScrapeClassicHistograms = false
    public var extraScrapeMetrics = false

    public init() {}
}

/// The section `alerting`.
public struct AlertingSettings: Sendable, Equatable {
    public var alertRelabelRules: [RelabelRule] = []
    public var alertmanagers: [AlertmanagerSettings] = []

    public init() {}
}

/// Where alerts are sent.
public struct AlertmanagerSettings: Sendable, Equatable {
    public var scheme = "http"
    public var pathPrefix = ""
    /// Milliseconds.
    public var timeout: Int64 = 10_000
    public var client = HTTPClientSettings()
    public var discovery: [DiscoverySettings] = []
    /// Applied to the labels of Alertmanagers.
    public var relabelRules: [RelabelRule] = []
    /// Applied to alerts, after those of ``AlertingSettings``.
    public var alertRelabelRules: [RelabelRule] = []

    public init() {}
}

/// The section `storage`.
public struct StorageSettings: Sendable, Equatable {
    public enum FloatEncoding: String, Sendable, CaseIterable {
        case xor, xor2
    }

    /// Milliseconds.
    public var outOfOrderTimeWindow: Int64 = 0
    public var staleSeriesCompactionThreshold = 0.0
    /// Nil: not set.
    public var floatEncoding: FloatEncoding?
    /// Milliseconds; 0 when not set here.
    public var retentionTime: Int64 = 0
    /// Bytes; 0 when not set here.
    public var retentionSize: Int64 = 0
    /// Percent of the disk; 0 when not set.
    public var retentionPercentage = 0.0
    public var maxExemplars: Int64 = 100_000

    public init() {}
}

/// The section `tracing`.
public struct TracingSettings: Sendable, Equatable {
    public var clientType = "grpc"
    public var endpoint = ""
    public var samplingFraction = 0.0
    public var insecure = false
    public var headers: [String: String] = [:]
    public var compression = ""
    /// Milliseconds.
    public var timeout: Int64 = 0
    public var tls = TLSSettings()

    public init() {}
}

/// One entry of `remote_write`.
public struct RemoteWriteSettings: Sendable, Equatable {
    public enum Message: String, Sendable, CaseIterable {
        case version1 = "prometheus.WriteRequest"
        case version2 = "io.prometheus.write.v2.Request"
    }

    public var url: String
    public var name = ""
    public var message = Message.version1
    /// Milliseconds, as all durations here.
    public var timeout: Int64 = 30_000
    public var headers: [String: String] = [:]
    public var relabelRules: [RelabelRule] = []
    public var sendExemplars = false
    public var sendNativeHistograms = false
    public var roundRobinDNS = false
    public var logFailedRequests = false
    public var client = HTTPClientSettings()
    public var capacity = 10_000
    public var minimumShards = 1
    public var maximumShards = 50
    public var maximumSamplesPerSend = 2_000
    public var batchSendDeadline: Int64 = 5_000
    public var minimumBackoff: Int64 = 30
    public var maximumBackoff: Int64 = 5_000
    public var retriesOnRateLimit = false
    public var sampleAgeLimit: Int64 = 0
    public var sendsMetadata = true
    public var metadataInterval: Int64 = 60_000
    public var maximumMetadataPerSend = 2_000

    public init(url: String) {
        self.url = url
    }
}

/// One entry of `remote_read`.
public struct RemoteReadSettings: Sendable, Equatable {
    public var url: String
    public var name = ""
    /// Milliseconds.
    public var timeout: Int64 = 60_000
    /// Bytes of one frame.
    public var chunkedReadLimit: UInt64 = 50_000_000
    public var headers: [String: String] = [:]
    public var readRecent = false
    /// Only queries that select by these are sent.
    public var requiredMatchers: [String: String] = [:]
    public var filterExternalLabels = true
    public var client = HTTPClientSettings()

    public init(url: String) {
        self.url = url
    }
}

/// The section `otlp`.
public struct OTLPSettings: Sendable, Equatable {
    public enum Translation: String, Sendable, CaseIterable {
        case underscoreEscapingWithSuffixes = "UnderscoreEscapingWithSuffixes"
        case noUTF8EscapingWithSuffixes = "NoUTF8EscapingWithSuffixes"
        case underscoreEscapingWithoutSuffixes = "UnderscoreEscapingWithoutSuffixes"
        case noTranslation = "NoTranslation"
    }

    public var promoteAllResourceAttributes = false
    public var promoteResourceAttributes: [String] = []
    public var ignoreResourceAttributes: [String] = []
    public var translation = Translation.underscoreEscapingWithSuffixes
    public var keepIdentifyingResourceAttributes = false
    public var convertHistogramsToNHCB = false
    public var promoteScopeMetadata = false
    public var labelNameUnderscoreSanitization = true
    public var labelNamePreserveMultipleUnderscores = true

    public init() {}
}
