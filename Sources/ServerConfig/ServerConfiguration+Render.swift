import MetricModel
import Scraping

extension ServerConfiguration {
    /// The configuration as it is in force: what the file says, with defaults filled in and secrets
    /// hidden.
    func rendered(from root: YAMLValue) -> String {
        var filled = root
        filled.fill([("global", .map([])), ("runtime", .map([]))])
        filled.change("global") { $0.fill(globalDefaults) }
        filled.change("runtime") { $0.fill([("gogc", .text("75"))]) }
        filled.changeItems("scrape_configs") { index, job in
            guard scrapeConfigurations.indices.contains(index) else { return }
            job.fill(Self.jobDefaults(scrapeConfigurations[index]))
            for field in ["relabel_configs", "metric_relabel_configs"] {
                job.changeItems(field) { $1.fill(Self.ruleDefaults) }
            }
        }
        filled.change("alerting") { alerting in
            alerting.changeItems("alert_relabel_configs") { $1.fill(Self.ruleDefaults) }
            alerting.changeItems("alertmanagers") { _, manager in
                manager.fill(
                    Self.clientDefaults(http2: true) + [
                        ("scheme", .text("http")), ("timeout", .text("10s")), ("api_version", .text("v2")),
                    ])
                for field in ["relabel_configs", "alert_relabel_configs"] {
                    manager.changeItems(field) { $1.fill(Self.ruleDefaults) }
                }
            }
        }
        filled.changeItems("remote_write") { _, entry in
            entry.fill(Self.writeDefaults)
            entry.change("queue_config") { $0.fill(Self.queueDefaults) }
            entry.change("metadata_config") { $0.fill(Self.metadataDefaults) }
            entry.changeItems("write_relabel_configs") { $1.fill(Self.ruleDefaults) }
        }
        filled.changeItems("remote_read") { _, entry in
            entry.fill(
                [("url", .null), ("remote_timeout", .text("1m"))] + Self.clientDefaults(http2: true) + [
                    ("filter_external_labels", .text("true"))
                ])
        }
        return YAMLWriter.write(Secrecy.masked(filled))
    }

    /// What ``yaml`` says of one job; nil for a job that the main file does not have.
    public func yaml(ofJob name: String) -> String? {
        guard let root = try? YAMLValue.read(yaml, file: ""), case .map(let fields) = root.content,
            let jobs = fields.first(where: { $0.key == "scrape_configs" })?.value,
            case .list(let items) = jobs.content
        else { return nil }
        let job = items.first { item in
            guard case .map(let fields) = item.content,
                let value = fields.first(where: { $0.key == "job_name" })?.value,
                case .text(let text) = value.content
            else { return false }
            return text == name
        }
        return job.map { YAMLWriter.write($0) }
    }

    private typealias Defaults = [(String, YAMLValue.Content)]

    private var globalDefaults: Defaults {
        var result: Defaults = [
            ("scrape_interval", .duration(global.scrapeInterval)),
            ("scrape_timeout", .duration(global.scrapeTimeout)),
        ]
        if let protocols = global.scrapeProtocols {
            result.append(("scrape_protocols", .texts(protocols.map(\.rawValue))))
        }
        return result + [
            ("evaluation_interval", .duration(global.evaluationInterval)),
            ("metric_name_validation_scheme", .text(global.nameValidation.rawValue)),
        ]
    }

    private static func jobDefaults(_ job: ScrapeConfiguration) -> Defaults {
        [
            ("job_name", .null), ("honor_timestamps", .text("\(job.honorTimestamps)")),
            ("track_timestamps_staleness", .text("\(job.trackTimestampsStaleness)")),
            ("scrape_interval", .duration(job.scrapeInterval)),
            ("scrape_timeout", .duration(job.scrapeTimeout)),
            ("scrape_protocols", .texts(job.protocols.map(\.rawValue))),
            ("metrics_path", .text(job.metricsPath)),
            ("scheme", .text(job.scheme)), ("enable_compression", .text("\(job.enableCompression)")),
            ("metric_name_validation_scheme", .text(job.nameValidation.rawValue)),
            ("metric_name_escaping_scheme", .text(job.nameEscaping.rawValue)),
        ] + clientDefaults(http2: true)
    }

    private static func clientDefaults(http2: Bool) -> Defaults {
        [("follow_redirects", .text("true")), ("enable_http2", .text("\(http2)"))]
    }

    private static let ruleDefaults: Defaults = [
        ("separator", .text(RelabelRule.defaultSeparator)), ("regex", .text(RelabelRule.defaultRegex.text)),
        ("replacement", .text(RelabelRule.defaultReplacement)), ("action", .text("replace")),
    ]
    private static let writeDefaults: Defaults = [
        ("url", .null), ("remote_timeout", .text("30s")),
        ("protobuf_message", .text("prometheus.WriteRequest")),
        ("follow_redirects", .text("true")), ("enable_http2", .text("false")), ("queue_config", .map([])),
        ("metadata_config", .map([])),
    ]
    private static let queueDefaults: Defaults = [
        ("capacity", .text("10000")), ("max_shards", .text("50")), ("min_shards", .text("1")),
        ("max_samples_per_send", .text("2000")), ("batch_send_deadline", .text("5s")),
        ("min_backoff", .text("30ms")),
        ("max_backoff", .text("5s")),
    ]
    private static let metadataDefaults: Defaults = [
        ("send", .text("true")), ("send_interval", .text("1m")), ("max_samples_per_send", .text("2000")),
    ]
}

extension YAMLValue.Content {
    fileprivate static func duration(_ milliseconds: Int64) -> Self {
        .text(DurationText.format(milliseconds: milliseconds))
    }

    fileprivate static func texts(_ texts: [String]) -> Self {
        .list(texts.map { YAMLValue(content: .text($0), line: 0) })
    }
}

extension YAMLValue {
    /// Puts the fields in this order first, with these values where the section does not have them. A
    /// default of null only gives the place.
    fileprivate mutating func fill(_ defaults: [(String, Content)]) {
        let old: [(key: String, line: Int, value: YAMLValue)] =
            if case .map(let entries) = content { entries } else { [] }
        var result: [(key: String, line: Int, value: YAMLValue)] = []
        for (key, value) in defaults {
            if let entry = old.first(where: { $0.key == key }), !entry.value.isNull {
                result.append(entry)
            } else if ["regex", "separator", "replacement"].contains(key),
                old.contains(where: { $0.key == key })
            {
                // Written, but empty: that is a value of its own here.
                result.append((key, 0, YAMLValue(content: .text(""), line: 0, isQuoted: true)))
            } else if case .null = value {
                continue
            } else {
                result.append((key, 0, YAMLValue(content: value, line: 0)))
            }
        }
        let placed = Set(defaults.map(\.0))
        content = .map(result + old.filter { !placed.contains($0.key) && !$0.value.isNull })
    }

    fileprivate mutating func change(_ key: String, _ body: (inout YAMLValue) -> Void) {
        guard case .map(var entries) = content, let index = entries.firstIndex(where: { $0.key == key })
        else { return }
        body(&entries[index].value)
        content = .map(entries)
    }

    fileprivate mutating func changeItems(_ key: String, _ body: (Int, inout YAMLValue) -> Void) {
        change(key) { value in
            guard case .list(var items) = value.content else { return }
            for index in items.indices { body(index, &items[index]) }
            value.content = .list(items)
        }
    }
}

/// Which values nobody may see.
enum Secrecy {
    private static let fields: Set<String> = [
        "password", "credentials", "client_secret", "bearer_token", "secret_key", "secrets", "auth_token",
        "client_certificate_key", "application_secret", "consumer_key", "service_account_key", "private_key",
        "key_passphrase", "application_credential_secret", "proxy_connect_header", "certificate_password",
    ]
    /// Sections whose field names the user chooses.
    private static let free: Set<String> = [
        "labels", "external_labels", "params", "headers", "node_meta", "required_matchers",
    ]
    private static let urls: Set<String> = [
        "url", "proxy_url", "api_server", "token_url", "server", "host", "endpoint",
    ]

    static func masked(_ value: YAMLValue, in section: String = "") -> YAMLValue {
        var result = value
        switch value.content {
        case .map(let entries):
            guard !free.contains(section) else { return value }
            result.content = .map(
                entries.map { key, line, value in
                    // `token` belongs to Consul, `key` to TLS; elsewhere the words are not fields.
                    let isSecret =
                        fields.contains(key) || (key == "token" && section == "consul_sd_configs")
                        || (key == "key" && section == "tls_config")
                    if isSecret { return (key, line, hidden(value)) }
                    return (key, line, urls.contains(key) ? withoutPassword(value) : masked(value, in: key))
                })
        case .list(let items): result.content = .list(items.map { masked($0, in: section) })
        default: break
        }
        return result
    }

    private static func hidden(_ value: YAMLValue) -> YAMLValue {
        var result = value
        switch value.content {
        case .text(let text): result.content = .text(text.isEmpty ? "" : "<secret>")
        case .list(let items): result.content = .list(items.map(hidden))
        case .map(let entries): result.content = .map(entries.map { ($0, $1, hidden($2)) })
        case .null: break
        }
        return result
    }

    /// `scheme://user:xxxxx@host` for a URL with a password.
    private static func withoutPassword(_ value: YAMLValue) -> YAMLValue {
        guard case .text(let text) = value.content, let scheme = text.firstRange(of: "://") else {
            return value
        }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
            return value
        }
        var result = value
        result.content = .text(text[..<scheme.upperBound] + rest[..<colon] + ":xxxxx" + rest[at...])
        return result
    }
}
