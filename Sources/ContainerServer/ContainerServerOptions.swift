public import ContainerStats

/// How the container monitor is served: cAdvisor's flags, with its defaults.
public struct ContainerServerOptions: Sendable {
    /// Address to listen on; "" is every address.
    public var listenIP = ""
    public var port = 8080
    /// Path of the metrics.
    public var metricsPath = "/metrics"
    /// Put before every path by a proxy in front; served with it and without it.
    public var pathPrefix = ""
    /// Whether samples carry the time of their reading.
    public var hasTimestamps = false
    /// htpasswd and htdigest files; the former wins.
    public var basicAuthFile: String?
    public var basicAuthRealm = "localhost"
    public var digestAuthFile: String?
    public var digestAuthRealm = "localhost"
    /// Whether only pages ask for a password, as cAdvisor has it, and metrics and API are open.
    public var protectsPagesOnly = false
    /// Seconds between readings while somebody looks at history; see ``storageDuration``.
    public var historyInterval = 1.0
    /// Whether history is kept at all times, because an interval was given explicitly.
    public var keepsHistory = false
    /// Seconds of history that are kept.
    public var storageDuration = 120.0
    /// The oldest and the most events that are kept, by kind; `default` is for the kinds not named.
    public var eventAgeLimits: [String: Double] = ["default": 86_400]
    public var eventCountLimits: [String: Int] = ["default": 100_000]
    /// Sockets and folders, groups, labels.
    public var monitor = ContainerMonitorOptions()
    /// Whether to print the version and end.
    public var showsVersion = false

    public init() {}

    /// What the monitor has to know: its own options and those of history and events.
    ///
    /// - Parameter log: takes lines about what could not be read.
    public func monitorOptions(log: @escaping @Sendable (String) -> Void) -> ContainerMonitorOptions {
        var result = monitor
        result.log = log
        result.historyInterval = historyInterval
        result.historyDuration = storageDuration
        result.keepsAllHistory = keepsHistory
        result.eventLimits.ages = eventAgeLimits
        result.eventLimits.counts = eventCountLimits
        return result
    }
}
