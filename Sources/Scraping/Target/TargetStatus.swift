public import Exposition
public import MetricModel

/// What is known about a target that is scraped.
public struct TargetStatus: Sendable {
    public enum Health: String, Sendable {
        /// Not scraped yet.
        case unknown
        case up
        case down
    }

    /// Before relabeling.
    public var discoveredLabels: Labels
    /// The labels that its samples get.
    public var labels: Labels
    /// The name of its job in the configuration.
    public var scrapePool: String
    public var scrapeURL: String
    /// Empty when the last scrape succeeded.
    public var lastError: String
    /// When the last scrape began, milliseconds since 1970; nil before the first.
    public var lastScrape: Timestamp?
    /// Seconds.
    public var lastScrapeDuration: Double
    public var health: Health
    /// Milliseconds.
    public var scrapeInterval: Int64
    /// Milliseconds.
    public var scrapeTimeout: Int64

    public init(
        discoveredLabels: Labels, labels: Labels, scrapePool: String, scrapeURL: String,
        lastError: String = "",
        lastScrape: Timestamp? = nil, lastScrapeDuration: Double = 0, health: Health = .unknown,
        scrapeInterval: Int64, scrapeTimeout: Int64
    ) {
        self.discoveredLabels = discoveredLabels
        self.labels = labels
        self.scrapePool = scrapePool
        self.scrapeURL = scrapeURL
        self.lastError = lastError
        self.lastScrape = lastScrape
        self.lastScrapeDuration = lastScrapeDuration
        self.health = health
        self.scrapeInterval = scrapeInterval
        self.scrapeTimeout = scrapeTimeout
    }
}

/// A target that relabeling dropped.
public struct DroppedTarget: Sendable {
    /// Before relabeling.
    public var discoveredLabels: Labels
    public var scrapePool: String

    public init(discoveredLabels: Labels, scrapePool: String) {
        self.discoveredLabels = discoveredLabels
        self.scrapePool = scrapePool
    }
}

/// What a target says about one metric family.
public struct MetricMetadata: Sendable, Equatable {
    public var metric: String
    public var type: MetricType
    public var help: String
    public var unit: String

    public init(metric: String, type: MetricType = .unknown, help: String = "", unit: String = "") {
        self.metric = metric
        self.type = type
        self.help = help
        self.unit = unit
    }
}

/// What one target says about its metric families.
public struct TargetMetadata: Sendable {
    /// The labels of the target, as in ``TargetStatus/labels``.
    public var labels: Labels
    public var scrapePool: String
    /// Ascending by name.
    public var metrics: [MetricMetadata]

    public init(labels: Labels, scrapePool: String, metrics: [MetricMetadata]) {
        self.labels = labels
        self.scrapePool = scrapePool
        self.metrics = metrics
    }
}
