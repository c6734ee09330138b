public import MetricModel
public import PromQLSyntax
public import Rules
public import Scraping

/// Files with rule groups.
public enum RuleFile {
    /// The groups of a file. Blocks on the disk.
    public static func load(
        _ path: String, validation: NameValidation = .utf8, options: ParserOptions = ParserOptions(),
        ignoresUnknownFields: Bool = false
    ) throws(ConfigurationError) -> [RuleGroupSettings] {
        try parse(
            try Files.read(path), file: path, validation: validation, options: options,
            ignoresUnknownFields: ignoresUnknownFields)
    }

    /// The same from text. Only its first document counts, as in Prometheus.
    public static func parse(
        _ text: String, file: String = "", validation: NameValidation = .utf8,
        options: ParserOptions = ParserOptions(),
        ignoresUnknownFields: Bool = false
    ) throws(ConfigurationError) -> [RuleGroupSettings] {
        guard let root = try YAMLValue.read(text, file: file) else { return [] }
        let section = try Section(root, path: "", file: file, ignoresUnknownFields: ignoresUnknownFields)
        var groups: [RuleGroupSettings] = []
        for group in try section.sections("groups", nullMessage: "an empty entry is no group") {
            let read = try group.ruleGroup(validation, options)
            if groups.contains(where: { $0.name == read.name }) {
                throw group.error(
                    .conflict, "two groups are named \(LabelText.quoted(read.name))", at: "name")
            }
            groups.append(read)
        }
        try section.finish()
        return groups
    }
}

extension ServerConfiguration {
    /// The groups of all ``ruleFiles``, in the order of patterns and files. Blocks on the disk.
    public func ruleGroups(options: ParserOptions = ParserOptions()) throws(ConfigurationError)
        -> [RuleGroupSettings]
    {
        var groups: [RuleGroupSettings] = []
        var seen: Set<String> = []
        for pattern in ruleFiles {
            for file in Files.matching(pattern) where seen.insert(file).inserted {
                groups += try RuleFile.load(file, validation: global.nameValidation, options: options)
            }
        }
        return groups
    }
}

extension AlertmanagerSettings {
    /// The Alertmanagers among discovered targets, after relabeling, and the URLs of those that it drops.
    ///
    /// - Parameter groups: what ``discovery`` says.
    public func endpoints(in groups: [TargetGroup]) -> (active: [AlertmanagerEndpoint], dropped: [String]) {
        var active: [AlertmanagerEndpoint] = []
        var dropped: [String] = []
        for group in groups {
            for target in group.targets {
                var labels = LabelsBuilder()
                labels.set("__scheme__", scheme)
                labels.set(
                    "__alerts_path__",
                    (pathPrefix.hasSuffix("/") ? String(pathPrefix.dropLast()) : pathPrefix)
                        + "/api/v2/alerts")
                for (name, value) in group.labels { labels.set(name, value) }
                for (name, value) in target { labels.set(name, value) }
                let url = Self.url(labels)
                guard RelabelRule.apply(relabelRules, to: &labels), let kept = Self.url(labels) else {
                    if let url { dropped.append(url) }
                    continue
                }
                // Two sources may find the same one.
                if active.contains(where: { $0.url == kept }) { continue }
                active.append(
                    AlertmanagerEndpoint(
                        url: kept, client: client, timeout: timeout, relabelRules: alertRelabelRules))
            }
        }
        return (active, dropped)
    }

    /// Those of `static_configs` alone.
    public func endpoints() -> [AlertmanagerEndpoint] {
        var fixed: [TargetGroup] = []
        for case .fixed(let groups) in discovery { fixed += groups }
        return endpoints(in: fixed).active
    }

    private static func url(_ labels: LabelsBuilder) -> String? {
        guard let address = labels.value(of: "__address__") else { return nil }
        let path = labels.value(of: "__alerts_path__") ?? ""
        return
            "\(labels.value(of: "__scheme__") ?? "http")://\(address)\(path.hasPrefix("/") ? path : "/" + path)"
    }
}

extension Section {
    fileprivate func ruleGroup(_ validation: NameValidation, _ options: ParserOptions)
        throws(ConfigurationError) -> RuleGroupSettings
    {
        let name = try string("name") ?? ""
        var group = RuleGroupSettings(name: name, file: file)
        group.interval = try duration("interval") ?? 0
        group.queryOffset = try duration("query_offset")
        group.limit = try count("limit") ?? 0
        group.labels = try stringMap("labels") ?? [:]
        for section in try sections("rules", nullMessage: "an empty entry is no rule") {
            group.rules.append(try section.rule(validation, options))
        }
        try finish()
        if name.isEmpty { throw error(.missingField, "a group needs a name", at: "name") }
        for label in group.labels.keys.sorted()
        where !validation.acceptsLabelName(label) || label == Labels.metricNameLabel {
            throw error(.invalidValue, "\(LabelText.quoted(label)) is not a label name", at: "labels")
        }
        return group
    }

    private func rule(_ validation: NameValidation, _ options: ParserOptions) throws(ConfigurationError)
        -> RuleSettings
    {
        let record = try string("record") ?? ""
        let alert = try string("alert") ?? ""
        let expression = try string("expr") ?? ""
        let hold = try duration("for")
        let keepFiring = try duration("keep_firing_for")
        let labels = try stringMap("labels") ?? [:]
        let annotations = try stringMap("annotations")
        try finish()
        if !record.isEmpty, !alert.isEmpty {
            throw error(.conflict, "got both record and alert, want one of them", at: "alert")
        }
        if record.isEmpty, alert.isEmpty {
            throw error(.missingField, "a rule needs a name: record or alert", at: "record")
        }
        if expression.isEmpty { throw error(.missingField, "a rule needs an expression", at: "expr") }
        if !record.isEmpty {
            for field in ["for", "keep_firing_for", "annotations"]
            where value(field).map({ !$0.isEmpty }) ?? false {
                throw error(.conflict, "a recording rule has no \(field)", at: field)
            }
        }
        let kind: RuleSettings.Kind =
            alert.isEmpty
            ? .recording
            : .alerting(hold: hold ?? 0, keepFiring: keepFiring ?? 0, annotations: annotations ?? [:])
        let rule = RuleSettings(
            kind, name: alert.isEmpty ? record : alert, expression: expression, labels: labels, line: line)
        if let fault = rule.fault(validation, options: options) {
            let field =
                fault.contains("expression")
                ? "expr"
                : fault.contains("record")
                    ? "record" : fault.contains("annotation") ? "annotations" : "labels"
            throw error(.invalidValue, fault, at: field)
        }
        return rule
    }
}
