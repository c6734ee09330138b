import ContainerStats
import Testing

@testable import ContainerServer

@Suite struct FlagTests {
    @Test func readsGoFlags() throws {
        let (options, warnings) = try ContainerServerOptions.parse([
            "-port=9999", "--docker_only", "--store_container_labels=false", "-whitelisted_container_labels",
            "a, b",
            "--disable_metrics=percpu,tcp", "--housekeeping_interval=10s", "--docker=unix:///x/docker.sock",
            "--podman=",
            "--prometheus_endpoint", "/prom", "--event_storage_event_limit=default=5,oom=7",
            "--url_base_prefix=/cad/",
            "--storage_driver=influxdb", "--v=2", "--logtostderr",
        ])
        #expect(options.port == 9999 && options.monitor.dockerOnly && !options.monitor.storesLabels)
        #expect(options.monitor.keptLabels == ["a", "b"])
        // The list of what is off is replaced, so that all else is on.
        #expect(options.monitor.groups == Set(MetricGroup.allCases).subtracting([.perCPU, .tcp]))
        #expect(options.historyInterval == 10 && options.keepsHistory)
        #expect(options.monitor.dockerSocket == "/x/docker.sock" && options.monitor.podmanSocket == nil)
        #expect(options.metricsPath == "/prom" && options.pathPrefix == "/cad")
        #expect(options.eventCountLimits == ["default": 5, "oom": 7])
        #expect(warnings.count == 1 && warnings[0].contains("--storage_driver"))
    }

    @Test func enabledGroupsReplaceAll() throws {
        let (options, _) = try ContainerServerOptions.parse(["--enable_metrics=cpu,memory"])
        #expect(options.monitor.groups == [.cpu, .memory])
        #expect(try ContainerServerOptions.parse([]).options.monitor.groups == MetricGroup.defaultEnabled)
    }

    @Test(arguments: [
        ["--nonsense"], ["--port=x"], ["--port", "70000"], ["--disable_metrics=cpu,none"],
        ["--docker_only=maybe"],
        ["--housekeeping_interval=5"], ["--port"], ["extra"], ["---port=1"],
        ["--prometheus_endpoint=metrics"],
        ["--event_storage_age_limit=oops=1h"], ["--docker=tcp://1.2.3.4:2375"],
    ])
    func refusesNamingTheFlag(arguments: [String]) throws {
        let error = #expect(throws: ContainerServerError.self) { try ContainerServerOptions.parse(arguments) }
        let name = arguments[0].drop { $0 == "-" }.prefix { $0 != "=" }
        #expect(error?.message.contains(name) == true)
    }

    @Test func durations() {
        #expect(GoDuration.seconds("1m30s") == 90)
        #expect(GoDuration.seconds("1.5h") == 5400)
        #expect(GoDuration.seconds("0") == 0)
        #expect(abs((GoDuration.seconds("250ms") ?? 0) - 0.25) < 1e-9)
        for text in ["", "5", "s", "1x", "1m5", ".s", "1..5s"] { #expect(GoDuration.seconds(text) == nil) }
    }

    /// All flags of cAdvisor 0.60, so that nobody's command line breaks.
    @Test func everyFlagIsKnown() {
        let known = Set(ContainerServerOptions.flagNames)
        let theirs = [
            "allow_dynamic_housekeeping", "application_metrics_count_limit", "boot_id_file", "bq_account",
            "bq_credentials_file", "bq_id", "bq_project_id", "bq_secret", "collector_cert", "collector_key",
            "container_hints", "containerd", "containerd-namespace", "containerd_env_metadata_whitelist",
            "crio_client_timeout", "disable_metrics", "disable_root_cgroup_stats", "docker", "docker-tls",
            "docker-tls-ca", "docker-tls-cert", "docker-tls-key", "docker_env_metadata_whitelist",
            "docker_only",
            "docker_root", "enable_load_reader", "enable_metrics", "env_metadata_whitelist",
            "event_storage_age_limit", "event_storage_event_limit", "global_housekeeping_interval",
            "housekeeping_interval", "http_auth_file", "http_auth_realm", "http_digest_file",
            "http_digest_realm",
            "initial_splay_factor", "jitter_factor", "listen_ip", "log_cadvisor_usage", "machine_id_file",
            "max_housekeeping_interval", "max_procs", "perf_events_config", "podman", "port", "profiling",
            "prometheus_endpoint", "raw_cgroup_prefix_whitelist", "resctrl_interval", "storage_driver",
            "storage_driver_buffer_duration", "storage_driver_db", "storage_driver_es_enable_sniffer",
            "storage_driver_es_host", "storage_driver_es_index", "storage_driver_es_type",
            "storage_driver_host",
            "storage_driver_influxdb_retention_policy", "storage_driver_kafka_broker_list",
            "storage_driver_kafka_ssl_ca", "storage_driver_kafka_ssl_cert", "storage_driver_kafka_ssl_key",
            "storage_driver_kafka_ssl_verify", "storage_driver_kafka_topic", "storage_driver_password",
            "storage_driver_secure", "storage_driver_table", "storage_driver_user", "storage_duration",
            "store_container_labels", "update_machine_info_interval", "url_base_prefix", "version",
            "whitelisted_container_labels",
        ]
        #expect(theirs.filter { !known.contains($0) }.isEmpty)
    }
}
