import MetricModel

extension Target {
    /// What becomes of a discovered target.
    enum Made {
        case target(Target)
        /// Relabeling dropped it: its labels before that.
        case dropped(Labels)
    }

    /// Builds a target from what was discovered.
    ///
    /// - Throws: `invalidTarget`.
    static func make(
        _ own: [String: String], group: [String: String], for configuration: ScrapeConfiguration
    ) throws(ScrapingError) -> Made {
        var labels = discoveredLabels(own, group: group, for: configuration)
        let discovered = labels.labels()
        guard RelabelRule.apply(configuration.relabelRules, to: &labels) else { return .dropped(discovered) }

        let socketPath = labels.value(of: TargetLabel.unixSocket) ?? ""
        guard let address = labels.value(of: TargetLabel.address) else {
            throw ScrapingError(.invalidTarget, "no address")
        }
        if address.utf8.contains(UInt8(ascii: "/")) {
            throw ScrapingError(.invalidTarget, "\(LabelText.quoted(address)) is not a valid hostname")
        }
        let interval = try duration(labels, TargetLabel.interval, "scrape interval")
        let timeout = try duration(labels, TargetLabel.timeout, "scrape timeout")
        guard timeout.milliseconds <= interval.milliseconds else {
            throw ScrapingError(
                .invalidTarget,
                "scrape timeout cannot be greater than scrape interval (\(LabelText.quoted(timeout.text)) > \(LabelText.quoted(interval.text)))"
            )
        }
        for name in TargetLabel.switches {
            if let value = labels.value(of: name),
                !["true", "false", "1", "0", "t", "f", "T", "F", "TRUE", "FALSE", "True", "False"].contains(
                    value)
            {
                throw ScrapingError(
                    .invalidTarget,
                    "error parsing \(name): \(LabelText.quoted(value)) is neither true nor false")
            }
        }
        labels.keep { !$0.hasPrefix(TargetLabel.metaPrefix) }
        if labels.value(of: TargetLabel.instance) == nil { labels.set(TargetLabel.instance, address) }

        let all = labels.labels()
        let url = url(of: labels, parameters: configuration.parameters)
        labels.keep { !$0.hasPrefix(TargetLabel.reservedPrefix) }
        return .target(
            Target(
                labels: all, publicLabels: labels.labels(), discoveredLabels: discovered, url: url,
                socketPath: socketPath, interval: interval.milliseconds, timeout: timeout.milliseconds))
    }

    private static func discoveredLabels(
        _ own: [String: String], group: [String: String], for configuration: ScrapeConfiguration
    ) -> LabelsBuilder {
        var labels = LabelsBuilder()
        for (name, value) in group { labels.set(name, value) }
        // A target's own label wins, also when it is empty.
        for (name, value) in own { labels.set(name, value) }
        func setDefault(_ name: String, _ value: String) {
            if labels.value(of: name) == nil { labels.set(name, value) }
        }
        setDefault(TargetLabel.job, configuration.jobName)
        setDefault(TargetLabel.interval, DurationText.format(milliseconds: configuration.scrapeInterval))
        setDefault(TargetLabel.timeout, DurationText.format(milliseconds: configuration.scrapeTimeout))
        setDefault(TargetLabel.metricsPath, configuration.metricsPath)
        setDefault(TargetLabel.scheme, configuration.scheme)
        setDefault(TargetLabel.switches[0], String(configuration.convertClassicHistogramsToNHCB))
        setDefault(TargetLabel.switches[1], String(configuration.alwaysScrapeClassicHistograms))
        setDefault(TargetLabel.switches[2], String(configuration.scrapeNativeHistograms))
        for (name, values) in configuration.parameters {
            if let first = values.first { setDefault(TargetLabel.parameterPrefix + name, first) }
        }
        return labels
    }

    private static func duration(
        _ labels: LabelsBuilder, _ name: String, _ meaning: String
    ) throws(ScrapingError) -> (text: String, milliseconds: Int64) {
        let text = labels.value(of: name) ?? ""
        guard let milliseconds = DurationText.parse(text) else {
            throw ScrapingError(
                .invalidTarget,
                "error parsing \(meaning): \(text.isEmpty ? "empty duration string" : "not a valid duration string: \(LabelText.quoted(text))")"
            )
        }
        guard milliseconds > 0 else { throw ScrapingError(.invalidTarget, "\(meaning) cannot be 0") }
        return (text, milliseconds)
    }

    private static func url(of labels: LabelsBuilder, parameters: [String: [String]]) -> String {
        var parameters = parameters
        for (name, value) in labels.current where name.hasPrefix(TargetLabel.parameterPrefix) {
            let parameter = String(name.dropFirst(TargetLabel.parameterPrefix.count))
            if parameters[parameter]?.isEmpty == false {
                parameters[parameter]?[0] = value
            } else {
                parameters[parameter] = [value]
            }
        }
        return URLText.make(
            scheme: labels.value(of: TargetLabel.scheme) ?? "",
            host: labels.value(of: TargetLabel.address) ?? "",
            path: labels.value(of: TargetLabel.metricsPath) ?? "", parameters: parameters)
    }
}
