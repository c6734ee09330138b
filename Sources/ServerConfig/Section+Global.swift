import MetricModel
import Scraping

extension Section {
    /// The section `global`.
    func global(_ directory: String) throws(ConfigurationError) -> GlobalSettings {
        var global = GlobalSettings()
        global.nameValidation = try nameValidation() ?? .utf8
        global.nameEscaping = try nameEscaping()
        let interval = try duration("scrape_interval") ?? 0
        if interval > 0 { global.scrapeInterval = interval }
        let timeout = try duration("scrape_timeout") ?? 0
        guard timeout <= global.scrapeInterval else {
            throw error(
                .conflict, "the scrape timeout is longer than the scrape interval", at: "scrape_timeout")
        }
        global.scrapeTimeout = timeout > 0 ? timeout : min(10_000, global.scrapeInterval)
        if let interval = try duration("evaluation_interval"), interval > 0 {
            global.evaluationInterval = interval
        }
        global.ruleQueryOffset = try duration("rule_query_offset") ?? 0
        global.scrapeProtocols = try protocols("in the global section")
        global.queryLogFile = (try string("query_log_file") ?? "").joined(to: directory)
        global.scrapeFailureLogFile = (try string("scrape_failure_log_file") ?? "").joined(to: directory)
        global.externalLabels = try externalLabels(global.nameValidation)
        global.limits = try scrapeLimits(inheriting: ScrapeLimits())
        global.scrapeNativeHistograms = try bool("scrape_native_histograms") ?? false
        global.convertClassicHistogramsToNHCB = try bool("convert_classic_histograms_to_nhcb") ?? false
        global.alwaysScrapeClassicHistograms = try bool("always_scrape_classic_histograms") ?? false
        global.extraScrapeMetrics = try bool("extra_scrape_metrics") ?? false
        try finish()
        return global
    }

    private func externalLabels(_ validation: NameValidation) throws(ConfigurationError) -> Labels {
        guard let section = try section("external_labels") else { return .empty }
        var labels = LabelsBuilder()
        for name in section.names {
            guard validation.acceptsLabelName(name) else {
                throw section.error(
                    .invalidValue, "\(LabelText.quoted(name)) is not a valid label name", at: name)
            }
            labels.set(name, Environment.expand(try section.string(name) ?? ""))
        }
        return labels.labels()
    }

    // MARK: - Fields that jobs share with the global section

    func nameValidation() throws(ConfigurationError) -> NameValidation? {
        guard let text = try string("metric_name_validation_scheme"), !text.isEmpty else { return nil }
        guard let validation = NameValidation(rawValue: text) else {
            throw error(
                .invalidValue, "unknown scheme \(LabelText.quoted(text)), want utf8 or legacy",
                at: "metric_name_validation_scheme")
        }
        return validation
    }

    func nameEscaping() throws(ConfigurationError) -> NameEscaping? {
        try choice("metric_name_escaping_scheme", NameEscaping.self, "name escaping method")
    }

    /// - Parameter place: completes a message.
    func protocols(_ place: String) throws(ConfigurationError) -> [ScrapeProtocol]? {
        guard let texts = try strings("scrape_protocols") else { return nil }
        var result: [ScrapeProtocol] = []
        if texts.isEmpty {
            throw error(.invalidValue, "want at least one protocol \(place)", at: "scrape_protocols")
        }
        for text in texts {
            if result.contains(where: { $0.rawValue.lowercased() == text.lowercased() }) {
                throw error(
                    .conflict, "the protocol \(text) is given twice \(place)", at: "scrape_protocols")
            }
            guard let known = ScrapeProtocol(rawValue: text) else {
                throw error(
                    .invalidValue,
                    "unknown protocol \(text) \(place), want some of \(ScrapeProtocol.supported)",
                    at: "scrape_protocols")
            }
            result.append(known)
        }
        return result
    }

    /// The limits of this section; what is 0 or missing is inherited.
    func scrapeLimits(inheriting global: ScrapeLimits) throws(ConfigurationError) -> ScrapeLimits {
        func own(_ name: String, _ inherited: Int) throws(ConfigurationError) -> Int {
            let value = try count(name) ?? 0
            return value == 0 ? inherited : value
        }
        var limits = ScrapeLimits()
        let bodySize = try byteSize("body_size_limit") ?? 0
        limits.bodySize = bodySize == 0 ? global.bodySize : bodySize
        limits.samples = try own("sample_limit", global.samples)
        limits.targets = try own("target_limit", global.targets)
        limits.labels = try own("label_limit", global.labels)
        limits.labelNameLength = try own("label_name_length_limit", global.labelNameLength)
        limits.labelValueLength = try own("label_value_length_limit", global.labelValueLength)
        limits.keptDroppedTargets = try own("keep_dropped_targets", global.keptDroppedTargets)
        return limits
    }
}

extension ScrapeProtocol {
    static var supported: String {
        "[" + allCases.map(\.rawValue).sorted().joined(separator: " ") + "]"
    }
}
