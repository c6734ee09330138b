import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Rules of a real file in the whole program.
@Suite(.serialized) struct ServerRulesTests {
    private static let rules = """
        groups:
          - name: demo
            interval: 1s
            rules:
              - record: job:up:sum
                expr: sum by (job) (up)
                labels: {team: ops}
              - alert: SelfIsUp
                expr: up{job="self"} == 1
                labels: {severity: page, summary: "{{ $labels.job }} has {{ $value }}"}
                annotations: {description: "{{ $labels.instance | title }} is up"}
              - alert: Slow
                expr: vector(7)
                for: 1h

        """

    private static func configuration(_ port: Int, alertmanager: Int? = nil) -> String {
        var text = """
            global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {site: lab}}
            rule_files: ["rules-*.yml"]
            scrape_configs:
              - job_name: self
                static_configs: [{targets: ["127.0.0.1:\(port)"]}]

            """
        if let alertmanager {
            // One of a file, one fixed, one that relabeling drops.
            text += """
                alerting:
                  alertmanagers:
                    - file_sd_configs: [{files: [am.yml]}]
                      relabel_configs: [{source_labels: [role], regex: old, action: drop}]
                    - static_configs: [{targets: ["127.0.0.1:\(alertmanager)"]}]
                      path_prefix: /nowhere/

                """
        }
        return text
    }

    @Test func rulesAreEvaluatedShownAndRestored() async throws {
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        try TestFile.write(Self.rules, to: folder.path + "/rules-1.yml")
        let flags = ["--rules.alert.for-grace-period=1m"]
        var server = try await ServerUnderTest(Self.configuration(port), flags: flags, in: folder, port: port)
        #expect(try await server.value(of: #"job:up:sum{job="self",team="ops"}"#) == 1)
        #expect(
            try await server.value(of: #"ALERTS{alertname="SelfIsUp",alertstate="firing",severity="page"}"#)
                == 1)
        #expect(try await server.value(of: #"ALERTS{alertname="Slow",alertstate="pending"}"#) == 1)
        let since = try await server.value(of: #"ALERTS_FOR_STATE{alertname="Slow"}"#)

        let groups = try server.get("/api/v1/rules")
        #expect(
            groups.contains(#""name":"demo""#) && groups.contains(#""file":"\#(folder.path)/rules-1.yml""#),
            "\(groups)")
        #expect(groups.contains(#""name":"job:up:sum","query":"sum by (job) (up)""#), "\(groups)")
        #expect(groups.contains(#""state":"firing","name":"SelfIsUp""#), "\(groups)")
        #expect(groups.contains(#""health":"ok""#), "\(groups)")
        let alerts = try server.get("/api/v1/alerts")
        #expect(
            alerts.contains(#""summary":"self has 1""#) && alerts.contains(#""state":"pending""#), "\(alerts)"
        )
        let metrics = try server.get("/metrics")
        #expect(
            metrics.contains("prometheus_rule_group_rules{rule_group=\"\(folder.path)/rules-1.yml;demo\"} 3"),
            "\(metrics)")

        // The time since when an alert is pending outlives a restart.
        try await server.stop()
        server = try await ServerUnderTest(Self.configuration(port), flags: flags, in: folder, port: port)
        // The clock's seconds are cut off: samples of the first run must be older.
        let started = Double(time(nil)) + 1
        let restored = try await server.value(
            of: #"ALERTS_FOR_STATE{alertname="Slow"} and timestamp(ALERTS_FOR_STATE) > \#(started)"#)
        // Later only by the time that the server was down.
        #expect(restored >= since && restored < started, "\(since) \(restored) \(started)")

        // A file that is wrong changes nothing.
        try TestFile.write(Self.rules + "  - name: demo\n", to: folder.path + "/rules-1.yml")
        server.program.send(SIGHUP)
        try await eventually("the error in the log") {
            server.program.output.contains("two groups are named") ? true : nil
        }
        #expect(try server.get("/api/v1/rules").contains("SelfIsUp"))
        #expect(try server.get("/api/v1/status/runtimeinfo").contains(#""reloadConfigSuccess":false"#))
        // A removed file ends its groups, and their series.
        try TestFile.write("groups: []\n", to: folder.path + "/rules-1.yml")
        server.program.send(SIGHUP)
        try await eventually("no groups") {
            try server.get("/api/v1/rules").contains(#""groups":[]"#) ? true : nil
        }
        try await eventually(
            within: 10, "the end of the series: \((try? server.query("job:up:sum[1m]")) ?? "")"
        ) { try server.query("job:up:sum").contains(#""result":[]"#) ? true : nil }
        try await server.stop()
    }

    @Test(.enabled(if: Peer.alertmanager != nil, "needs Debian's prometheus-alertmanager"))
    func aRealAlertmanagerGetsTheAlert() async throws {
        let folder = TemporaryFolder()
        let ports = try LocalPort.free(2)
        try TestFile.write(
            "route: {receiver: none}\nreceivers: [{name: none}]\n", to: folder.path + "/alertmanager.yml")
        let peer = try RunningProgram(
            try #require(Peer.alertmanager),
            [
                "--config.file=\(folder.path)/alertmanager.yml", "--storage.path=\(folder.path)/am",
                "--web.listen-address=127.0.0.1:\(ports[0])", "--cluster.listen-address=",
            ], folder: folder)
        try await eventually("the Alertmanager; \(peer.output.suffix(2000))") {
            (try? LocalHTTP.get(ports[0], "/-/ready").status) == 200 ? true : nil
        }
        try TestFile.write(Self.rules, to: folder.path + "/rules-1.yml")
        let group = "- {targets: [\"127.0.0.1:\(ports[0])\"]}\n"
        try TestFile.write(
            group + "- {targets: [\"old:1\"], labels: {role: old}}\n", to: folder.path + "/am.yml")
        let server = try await ServerUnderTest(
            Self.configuration(ports[1], alertmanager: ports[0]), in: folder, port: ports[1])
        let all = try await eventually("the Alertmanagers") {
            let text = try server.get("/api/v1/alertmanagers")
            return text.contains("old:1") ? text : nil
        }
        #expect(all.contains(#"{"url":"http://127.0.0.1:\#(ports[0])/api/v2/alerts"}"#), "\(all)")
        #expect(all.contains(#"{"url":"http://127.0.0.1:\#(ports[0])/nowhere/api/v2/alerts"}"#), "\(all)")
        #expect(all.contains(#""droppedAlertmanagers":[{"url":"http://old:1/api/v2/alerts"}]"#), "\(all)")
        let received = try await eventually(within: 60, "the alert; \(server.program.output.suffix(2000))") {
            let text = try LocalHTTP.get(ports[0], "/api/v2/alerts").text
            return text.contains("SelfIsUp") ? text : nil
        }
        #expect(
            received.contains(#""severity":"page""#) && received.contains(#""site":"lab""#), "\(received)")
        #expect(received.contains(#""description":"127.0.0.1:\#(ports[1]) is up""#), "\(received)")
        #expect(!received.contains("Slow"), "a pending alert was sent: \(received)")
        let metrics = try server.get("/metrics")
        for name in [
            "prometheus_notifications_sent_total{alertmanager=",
            "prometheus_notifications_latency_seconds_count{alertmanager=",
            "prometheus_notifications_alertmanagers_discovered 2",
            "prometheus_rule_group_duration_seconds_count ",
            "prometheus_sd_discovered_targets{name=\"scrape\",config=\"self\"} 1",
            "prometheus_target_sync_length_seconds_count{scrape_job=\"self\"}",
        ] { #expect(metrics.contains(name), "\(name)") }
        try await server.stop()
    }
}
