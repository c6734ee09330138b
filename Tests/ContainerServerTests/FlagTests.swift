@testable import ContainerServer
import ContainerStats
import Testing

@Suite struct FlagTests {
    @Test func readsGoFlags() throws {
        let (options, warnings) = try ContainerServerOptions.parse([
            "-port=9999", "--docker_only", "--store_container_labels=false", "-whitelisted_container_labels", "a, b",
            "--disable_metrics=percpu,tcp", "--housekeeping_interval=10s", "--docker=unix:///x/docker.sock", "--podman=",
            "--prometheus_endpoint", "/prom", "--event_storage_event_limit=default=5,oom=7", "--url_base_prefix=/cad/",
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
        ["--nonsense"], ["--port=x"], ["--port", "70000"], ["--disable_metrics=cpu,none"], ["--docker_only=maybe"],
        ["--housekeeping_interval=5"], ["--port"], ["extra"], ["---port=1"], ["--prometheus_endpoint=metrics"],
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
}
