import MetricModel
import Scraping

/// A job with what was noticed while it was read.
struct ScrapeConfigurationRead {
    var configuration: ScrapeConfiguration
    var warnings: [String]
}

extension Section {
    /// One entry of `scrape_configs`, completed from the global section.
    func scrapeConfiguration(
        _ global: GlobalSettings, _ directory: String
    ) throws(ConfigurationError) -> ScrapeConfigurationRead {
        let name = try string("job_name") ?? ""
        let place = "in the job \(LabelText.quoted(name))"
        let ownValidation = try nameValidation()
        let validation = ownValidation ?? global.nameValidation
        var job = ScrapeConfiguration(jobName: name)

        let interval = try duration("scrape_interval") ?? 0
        job.scrapeInterval = interval > 0 ? interval : global.scrapeInterval
        let timeout = try duration("scrape_timeout") ?? 0
        job.scrapeTimeout = timeout > 0 ? timeout : min(global.scrapeTimeout, job.scrapeInterval)
        if let path = try string("metrics_path") { job.metricsPath = path }
        if let scheme = try string("scheme") { job.scheme = scheme }
        if let parameters = try section("params") {
            for name in parameters.names { job.parameters[name] = try parameters.strings(name) ?? [] }
        }
        job.honorLabels = try bool("honor_labels") ?? false
        job.honorTimestamps = try bool("honor_timestamps") ?? true
        job.trackTimestampsStaleness = try bool("track_timestamps_staleness") ?? false
        job.enableCompression = try bool("enable_compression") ?? true
        let failureLog = try string("scrape_failure_log_file") ?? ""
        job.scrapeFailureLogFile =
            failureLog.isEmpty ? global.scrapeFailureLogFile : failureLog.joined(to: directory)
        job.scrapeNativeHistograms = try bool("scrape_native_histograms") ?? global.scrapeNativeHistograms
        job.alwaysScrapeClassicHistograms =
            try bool("always_scrape_classic_histograms") ?? global.alwaysScrapeClassicHistograms
        job.convertClassicHistogramsToNHCB =
            try bool("convert_classic_histograms_to_nhcb") ?? global.convertClassicHistogramsToNHCB
        job.extraScrapeMetrics = try bool("extra_scrape_metrics") ?? global.extraScrapeMetrics
        job.protocols =
            try protocols(place) ?? global.scrapeProtocols
            ?? (job.scrapeNativeHistograms ? ScrapeProtocol.protobufFirst : ScrapeProtocol.standard)
        job.fallbackProtocol = try fallbackProtocol(place)
        job.limits = try scrapeLimits(inheriting: global.limits)
        job.limits.nativeHistogramBuckets = try count("native_histogram_bucket_limit") ?? 0
        job.limits.nativeHistogramMinimumBucketFactor = try double("native_histogram_min_bucket_factor") ?? 0
        job.nameValidation = validation
        job.nameEscaping = try escaping(ownValidation, global)
        job.relabelRules = try relabelRules(
            "relabel_configs", what: "relabeling rule", validation: validation)
        job.metricRelabelRules = try relabelRules(
            "metric_relabel_configs", what: "relabeling rule of metrics", validation: validation)
        job.client = try httpClient(directory)
        let discovery = try discovery(directory, refusesURLs: job.relabelRules.isEmpty)
        job.discovery = discovery.settings
        try finish()

        if name.isEmpty { throw error(.missingField, "a job needs a job_name", at: "job_name") }
        if job.scrapeTimeout > job.scrapeInterval {
            throw error(
                .conflict, "the scrape timeout is longer than the scrape interval \(place)",
                at: "scrape_timeout")
        }
        return ScrapeConfigurationRead(configuration: job, warnings: discovery.warnings)
    }

    private func fallbackProtocol(_ place: String) throws(ConfigurationError) -> ScrapeProtocol? {
        guard let text = try string("fallback_scrape_protocol"), !text.isEmpty else { return nil }
        guard let known = ScrapeProtocol(rawValue: text) else {
            throw error(
                .invalidValue, "unknown protocol \(text) \(place), want one of \(ScrapeProtocol.supported)",
                at: "fallback_scrape_protocol")
        }
        return known
    }

    /// The escaping follows the validation that applies unless one is given.
    private func escaping(
        _ ownValidation: NameValidation?, _ global: GlobalSettings
    ) throws(ConfigurationError) -> NameEscaping {
        func natural(_ validation: NameValidation) -> NameEscaping {
            validation == .legacy ? .underscores : .allowUTF8
        }
        let own = try nameEscaping()
        let inherited = ownValidation.map(natural) ?? global.nameEscaping ?? natural(global.nameValidation)
        let result = own ?? inherited
        if result == .allowUTF8, ownValidation ?? global.nameValidation != .utf8 {
            throw error(
                .conflict, "cannot ask for UTF-8 names: metric_name_validation_scheme is legacy",
                at: "metric_name_escaping_scheme")
        }
        return result
    }
}
