import ContainerStats

/// A flag: what it does with its value, and whether it may stand without one.
private struct Flag: Sendable {
    /// Switches may stand alone, for true.
    var isSwitch = false
    /// Shown when the flag has no effect here.
    var warning: String?
    let apply: @Sendable (inout ContainerServerOptions, String) throws(ContainerServerError) -> Void

    init(
        isSwitch: Bool = false, warning: String? = nil,
        _ apply:
            @escaping @Sendable (inout ContainerServerOptions, String) throws(ContainerServerError) -> Void =
            { _, _ in }
    ) {
        self.isSwitch = isSwitch
        self.warning = warning
        self.apply = apply
    }

    static func ignored(_ reason: String) -> Flag { Flag(warning: reason) }
    static func ignoredSwitch(_ reason: String) -> Flag { Flag(isSwitch: true, warning: reason) }
    /// Accepted in silence: nothing that a user would miss.
    static let silent = Flag()
    static let silentSwitch = Flag(isSwitch: true)
}

extension ContainerServerOptions {
    /// Reads cAdvisor's flags as Go reads them: `-f`, `--f`, `--f=value`, `--f value`, switches without a
    /// value.
    ///
    /// - Returns: the options, and lines about flags that have no effect here.
    /// - Throws: `invalidFlag` with the flag's name.
    public static func parse(
        _ arguments: [String]
    ) throws(ContainerServerError) -> (options: ContainerServerOptions, warnings: [String]) {
        var options = ContainerServerOptions()
        var warnings: [String] = []
        var index = 0
        while index < arguments.count {
            let argument = arguments[index]
            index += 1
            guard argument.hasPrefix("-"), argument != "-", argument != "--" else {
                throw ContainerServerError(.invalidFlag, "unexpected argument \"\(argument)\"")
            }
            let text = argument.drop { $0 == "-" }
            let equals = text.firstIndex(of: "=")
            let name = String(text[..<(equals ?? text.endIndex)])
            guard argument.count - text.count <= 2, let flag = flags[name] else {
                throw ContainerServerError(.invalidFlag, "unknown flag: \(argument)")
            }
            var value = equals.map { String(text[text.index(after: $0)...]) }
            if value == nil {
                if flag.isSwitch {
                    value = "true"
                } else if index < arguments.count {
                    value = arguments[index]
                    index += 1
                } else {
                    throw ContainerServerError(.invalidFlag, "flag --\(name) needs a value")
                }
            }
            do throws(ContainerServerError) {
                try flag.apply(&options, value ?? "")
            } catch {
                throw ContainerServerError(.invalidFlag, "invalid value for flag --\(name): \(error.message)")
            }
            if let warning = flag.warning { warnings.append("flag --\(name) has no effect: \(warning)") }
        }
        return (options, warnings)
    }

    /// The names of all flags that are accepted, sorted.
    public static var flagNames: [String] { flags.keys.sorted() }

    /// The flags that may stand without a value.
    public static var switchNames: Set<String> { Set(flags.filter(\.value.isSwitch).keys) }

    private static let onDemand = "values are read when they are asked for, not by the clock"

    private static let flags: [String: Flag] = {
        var flags = serving
        flags.merge(watching) { $1 }
        flags.merge(history) { $1 }
        flags.merge(withoutEffect) { $1 }
        return flags
    }()

    private static let serving: [String: Flag] = [
        "port": Flag { options, value throws(ContainerServerError) in
            guard let port = Int(value), (0...65535).contains(port) else {
                throw bad(value, "a port of 0 to 65535")
            }
            options.port = port
        },
        "listen_ip": Flag { $0.listenIP = $1 },
        "prometheus_endpoint": Flag { options, value throws(ContainerServerError) in
            guard value.hasPrefix("/"), !value.contains(where: { "*{}:?#".contains($0) }) else {
                throw bad(value, "a path that begins with /")
            }
            options.metricsPath = value
        },
        "url_base_prefix": Flag { options, value in
            var prefix = value
            while prefix.hasSuffix("/") { prefix.removeLast() }
            options.pathPrefix = prefix.isEmpty || prefix.hasPrefix("/") ? prefix : "/" + prefix
        },
        "http_auth_file": Flag { $0.basicAuthFile = $1.isEmpty ? nil : $1 },
        "http_auth_realm": Flag { $0.basicAuthRealm = $1 },
        "http_digest_file": Flag { $0.digestAuthFile = $1.isEmpty ? nil : $1 },
        "http_digest_realm": Flag { $0.digestAuthRealm = $1 },
        "auth_pages_only": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.protectsPagesOnly = try bool(value)
        },
        "metrics_timestamps": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.hasTimestamps = try bool(value)
        },
        "version": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.showsVersion = try bool(value)
        },
    ]

    private static let watching: [String: Flag] = [
        "docker": Flag { options, value throws(ContainerServerError) in
            options.monitor.dockerSocket = try socket(value)
        },
        "podman": Flag { options, value throws(ContainerServerError) in
            options.monitor.podmanSocket = try socket(value)
        },
        "containerd": Flag { options, value in
            // The socket's folder is the one that holds the state of tasks.
            let path = value.hasPrefix("unix://") ? String(value.dropFirst(7)) : value
            if let slash = path.lastIndex(of: "/"), slash > path.startIndex {
                options.monitor.containerdFolder = String(path[..<slash])
            }
        },
        "containerd-namespace": Flag { $0.monitor.containerdNamespace = $1 },
        "docker_root": Flag { options, value in if !value.isEmpty { options.monitor.dockerFolder = value } },
        "docker_only": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.monitor.dockerOnly = try bool(value)
        },
        "disable_root_cgroup_stats": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.monitor.hidesRootStatistics = try bool(value)
        },
        "raw_cgroup_prefix_whitelist": Flag { $0.monitor.rawPrefixes = list($1) },
        "store_container_labels": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.monitor.storesLabels = try bool(value)
        },
        "whitelisted_container_labels": Flag { $0.monitor.keptLabels = Set(list($1)) },
        "env_metadata_whitelist": Flag { $0.monitor.environmentPrefixes += list($1) },
        "docker_env_metadata_whitelist": Flag { $0.monitor.environmentPrefixes += list($1) },
        "containerd_env_metadata_whitelist": Flag { $0.monitor.environmentPrefixes += list($1) },
        "enable_metrics": Flag { options, value throws(ContainerServerError) in
            let chosen = try groups(value)
            if !chosen.isEmpty { options.monitor.groups = chosen }
        },
        "disable_metrics": Flag { options, value throws(ContainerServerError) in
            options.monitor.groups = Set(MetricGroup.allCases).subtracting(try groups(value))
        },
        "repeat_shared_networks": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.monitor.repeatsSharedNetworks = try bool(value)
        },
        "enable_load_reader": Flag(isSwitch: true) { options, value throws(ContainerServerError) in
            options.monitor.readsLoad = try bool(value)
        },
        "machine_id_file": Flag { $0.monitor.machineIDFiles = $1 },
        "boot_id_file": Flag { $0.monitor.bootIDFiles = $1 },
        "update_machine_info_interval": Flag { options, value throws(ContainerServerError) in
            options.monitor.factsInterval = Int64(try duration(value) * 1000)
        },
    ]

    private static let history: [String: Flag] = [
        "housekeeping_interval": Flag { options, value throws(ContainerServerError) in
            options.historyInterval = max(try duration(value), 0.1)
            options.keepsHistory = true
        },
        "storage_duration": Flag { options, value throws(ContainerServerError) in
            options.storageDuration = min(try duration(value), 86_400)
        },
        "event_storage_age_limit": Flag { options, value throws(ContainerServerError) in
            for (kind, text) in try limits(value) { options.eventAgeLimits[kind] = try duration(text) }
        },
        "event_storage_event_limit": Flag { options, value throws(ContainerServerError) in
            for (kind, text) in try limits(value) {
                guard let count = Int(text), count >= 0 else { throw bad(text, "a count") }
                options.eventCountLimits[kind] = count
            }
        },
    ]

    private static let withoutEffect: [String: Flag] = {
        var flags: [String: Flag] = [
            "max_housekeeping_interval": .ignored(onDemand),
            "global_housekeeping_interval": .ignored(onDemand),
            "jitter_factor": .ignored(onDemand), "initial_splay_factor": .ignored(onDemand),
            "allow_dynamic_housekeeping": .ignoredSwitch(onDemand),
            "docker-tls": .ignoredSwitch("Docker is asked through its unix socket only"),
            "docker-tls-cert": .ignored("Docker is asked through its unix socket only"),
            "docker-tls-key": .ignored("Docker is asked through its unix socket only"),
            "docker-tls-ca": .ignored("Docker is asked through its unix socket only"),
            "container_hints": .silent, "max_procs": .silent, "crio_client_timeout": .silent,
            "application_metrics_count_limit": .ignored(
                "applications' own metrics are scraped from the applications"),
            "collector_cert": .ignored("applications' own metrics are scraped from the applications"),
            "collector_key": .ignored("applications' own metrics are scraped from the applications"),
            "perf_events_config": .ignored("perf events are not read"),
            "resctrl_interval": .ignored("resctrl is not read"),
            "referenced_reset_interval": .ignored("referenced memory is never reset"),
            "profiling": .ignoredSwitch("use perf(1)"),
            "log_cadvisor_usage": .ignoredSwitch("see process_* in the metrics"),
        ]
        // Data goes to a Prometheus server, by scraping or remote write.
        for name in [
            "storage_driver", "storage_driver_host", "storage_driver_db", "storage_driver_user",
            "storage_driver_password", "storage_driver_table", "storage_driver_buffer_duration",
            "storage_driver_es_host", "storage_driver_es_index", "storage_driver_es_type",
            "storage_driver_influxdb_retention_policy", "storage_driver_kafka_broker_list",
            "storage_driver_kafka_ssl_ca", "storage_driver_kafka_ssl_cert", "storage_driver_kafka_ssl_key",
            "storage_driver_kafka_topic", "bq_account", "bq_credentials_file", "bq_id", "bq_project_id",
            "bq_secret",
        ] { flags[name] = .ignored("storage drivers are not offered; let a Prometheus server scrape") }
        for name in [
            "storage_driver_secure", "storage_driver_es_enable_sniffer", "storage_driver_kafka_ssl_verify",
        ] {
            flags[name] = .ignoredSwitch("storage drivers are not offered; let a Prometheus server scrape")
        }
        for name in [
            "v", "vmodule", "stderrthreshold", "log_backtrace_at", "log_dir", "log_file", "log_file_max_size",
        ] { flags[name] = .silent }
        for name in [
            "logtostderr", "alsologtostderr", "skip_headers", "skip_log_headers", "add_dir_header",
            "one_output",
        ] { flags[name] = .silentSwitch }
        return flags
    }()

    private static func bad(_ value: String, _ want: String) -> ContainerServerError {
        ContainerServerError(.invalidFlag, "got \"\(value)\", want \(want)")
    }

    private static func bool(_ value: String) throws(ContainerServerError) -> Bool {
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw bad(value, "true or false")
        }
    }

    private static func duration(_ value: String) throws(ContainerServerError) -> Double {
        guard let seconds = GoDuration.seconds(value), seconds >= 0, seconds < 1e9 else {
            throw bad(value, "a duration such as 1m30s")
        }
        return seconds
    }

    private static func list(_ value: String) -> [String] {
        value.split(separator: ",").map { part in
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            return String(part)
        }.filter { !$0.isEmpty }
    }

    private static func groups(_ value: String) throws(ContainerServerError) -> Set<MetricGroup> {
        do {
            return try MetricGroup.parse(value)
        } catch {
            throw ContainerServerError(.invalidFlag, error.message)
        }
    }

    /// `default=24h,oom=1h`; a lone value is the default's.
    private static func limits(_ value: String) throws(ContainerServerError) -> [(String, String)] {
        let kinds = [
            "default", "oom", "oomKill", "creation", "deletion", "containerCreation", "containerDeletion",
        ]
        var result: [(String, String)] = []
        for part in list(value) {
            guard let equals = part.firstIndex(of: "=") else {
                result.append(("default", part))
                continue
            }
            let kind = String(part[..<equals])
            guard kinds.contains(kind) else { throw bad(kind, "any of \(kinds.joined(separator: ", "))") }
            result.append((kind, String(part[part.index(after: equals)...])))
        }
        return result
    }

    /// The path of a unix socket; "" asks nobody.
    private static func socket(_ value: String) throws(ContainerServerError) -> String? {
        if value.isEmpty { return nil }
        if value.hasPrefix("unix://") { return String(value.dropFirst(7)) }
        guard value.hasPrefix("/") else { throw bad(value, "unix:///path/of/a/socket") }
        return value
    }
}
