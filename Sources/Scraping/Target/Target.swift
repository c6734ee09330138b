import MetricModel

/// One endpoint to scrape, as discovery and relabeling made it.
struct Target: Sendable, Equatable {
    /// All labels after relabeling, those that steer the scrape (`__address__`, …) included.
    let labels: Labels
    /// The labels that samples get: those whose names do not begin with `__`.
    let publicLabels: Labels
    /// Before relabeling.
    let discoveredLabels: Labels
    let url: String
    /// The path of a Unix socket to connect to instead of the address; empty for none.
    let socketPath: String
    /// Milliseconds.
    let interval: Int64
    /// Milliseconds.
    let timeout: Int64

    /// The same for the same labels and URL, in every run and in Prometheus.
    var hash: UInt64 {
        var hash = FNV1a()
        let digits = String(labels.stableHash)
        hash.add(String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits)
        hash.add(url)
        return hash.hash
    }

    /// What decides which series the target's samples go to. Targets that differ in how they are asked
    /// only have the same.
    struct Identity: Hashable, Sendable {
        let publicLabels: Labels
        let url: String
    }

    var identity: Identity { Identity(publicLabels: publicLabels, url: url) }

    /// Where in the interval the target is scraped: milliseconds after its multiples since 1970.
    ///
    /// - Parameter seed: differs between servers, so that they do not scrape at the same moment.
    func offset(seed: UInt64) -> Int64 {
        let nanoseconds = UInt64(interval) * 1_000_000
        return Int64((hash ^ seed) % nanoseconds / 1_000_000)
    }
}

/// The labels by which targets are steered.
enum TargetLabel {
    static let address = "__address__"
    static let scheme = "__scheme__"
    static let metricsPath = "__metrics_path__"
    static let parameterPrefix = "__param_"
    static let interval = "__scrape_interval__"
    static let timeout = "__scrape_timeout__"
    static let unixSocket = "__unix_socket__"
    static let metaPrefix = "__meta_"
    static let reservedPrefix = "__"
    static let job = "job"
    static let instance = "instance"
    static let switches = [
        "__convert_classic_histograms_to_nhcb__", "__always_scrape_classic_histograms__",
        "__scrape_native_histograms__",
    ]
}
