import Dashboards
import HTTPTypes
import JSON
import Logging
import Synchronization
import Testing

@testable import DashboardServer

/// The folder `alerting` of the operator's files.
@Suite struct AlertProvisioningTests {
    /// Keeps what is logged.
    private struct Log: LogHandler {
        final class Lines: Sendable {
            let all = Mutex<[String]>([])
            var text: String { all.withLock { $0.joined(separator: "\n") } }
        }

        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }

    private static func rules(_ change: (String, String) = ("", "")) -> String {
        let text = """
            apiVersion: 1
            groups:
              - orgId: 1
                name: machines
                folder: Ops/Night
                interval: 2m
                rules:
                  - uid: cpu
                    title: CPU
                    condition: B
                    for: 5m
                    keepFiringFor: 1m
                    dashboardUid: board
                    panelId: 7
                    data:
                      - refId: A
                        datasourceUid: prom
                        relativeTimeRange: {from: 600, to: 0}
                        model: {expr: 'rate(cpu[$__rate_interval])', instant: true}
                      - refId: B
                        datasourceUid: __expr__
                        model: {type: math, expression: $A > 3}
                    annotations: {summary: 'at {{ $labels.host }}'}
                    labels: {team: '${ALERT_TEAM_NOT_SET}x', host: '{{ $labels.host }}'}
            contactPoints:
              - name: ops
                receivers:
                  - {uid: hook, type: webhook, settings: {url: 'http://localhost:1/', password: hidden$$1}}
                  - {uid: pager, type: victorops, settings: {url: "http://v"}}
            muteTimes:
              - name: night
                time_intervals: [{times: [{start_time: '00:00', end_time: '06:00'}]}]
            templates:
              - {name: mine, template: '{{ define "x" }}$y{{ end }}'}
            policies:
              - receiver: ops
                group_by: [alertname]
                routes: [{matchers: ['team = "x"'], mute_time_intervals: [night]}]
            """
        return change.0.isEmpty ? text : text.replacing(change.0, with: change.1)
    }

    private static func site(_ files: [String: String]) async throws -> (Site, ProvisioningFolder, Log.Lines)
    {
        let folder = try ProvisioningFolder(files)
        var settings = Site.settings
        settings.provisioningPath = folder.path
        let lines = Log.Lines()
        let site = try await Site(
            settings: settings,
            configure: { $0.logger = Logger(label: "test") { _ in Log(lines: lines) } })
        return (site, folder, lines)
    }

    @Test func appliesAFolder() async throws {
        let (site, folder, lines) = try await Self.site(["alerting/all.yaml": Self.rules()])
        let store = site.server.store
        let rule = try #require(try await store.alertRule(uid: "cpu"), "\(lines.text)")
        #expect(rule.provenance == .file && rule.interval == 120 && rule.pending == 300_000)
        #expect(rule.keepFiring == 60_000 && rule.annotations["__panelId__"] == "7")
        #expect(rule.queries[0].model.text("expr") == "rate(cpu[$__rate_interval])")
        #expect(rule.queries[1].model.text("expression") == "$A > 3")
        #expect(rule.annotations["summary"] == "at {{ $labels.host }}")
        #expect(rule.labels == ["team": "x", "host": "{{ $labels.host }}"])
        let inner = try #require(try await store.folder(uid: rule.groupKey.folder))
        #expect(inner.title == "Night")
        #expect(try await store.folder(uid: inner.parent)?.title == "Ops")
        let points = try await store.contactPoints(reveals: true)
        #expect(points.first { $0.uid == "hook" }?.secrets == ["password": "hidden$1"])
        #expect(try await store.notificationPolicy().policy.receiver == "ops")
        #expect(try await store.notificationTemplates().first?.text == "{{ define \"x\" }}$y{{ end }}")
        #expect(lines.text.contains("notifications of type victorops cannot be sent from here"))
        let generation = store.alertRuleGeneration
        #expect(try await site.send(.post, "/api/admin/provisioning/alerting/reload", [:]).status == 200)
        #expect(store.alertRuleGeneration == generation, "a reload without changes leaves the rules alone")
        folder.write(
            "alerting/all.yaml",
            """
            deleteRules: [{uid: cpu}, {uid: gone}]
            resetPolicies: [1]
            deleteMuteTimes: [{name: night}]
            deleteTemplates: [{name: mine}]
            deleteContactPoints: [{uid: hook}]
            """)
        _ = try await site.send(.post, "/api/admin/provisioning/alerting/reload", [:])
        #expect(try await store.alertRules().isEmpty)
        #expect(try await store.muteTimings().isEmpty)
        #expect(try await store.notificationPolicy().policy.receiver == "empty")
        #expect(try await store.contactPoints().map(\.uid) == ["pager"])
    }

    @Test(arguments: [
        (("condition: B", "condition: Z"), "group \"machines\": rule \"CPU\": condition: no query"),
        (
            ("interval: 2m", "interval: often"),
            "group \"machines\": interval: want a duration such as 5m, got \"often\""
        ),
        (("for: 5m", "for: [1]"), "group \"machines\": rule \"CPU\": for: want a duration"),
        (
            ("type: math, expression: $A > 3", "type: math, expression: $A >"),
            "expression B.model: expression: the formula ends too early"
        ),
        (("orgId: 1", "orgId: 2"), "groups[0]: orgId: there is one organisation"),
        (
            ("type: webhook", "type: pigeon"),
            "contact point \"ops\": receivers[0]: type: \"pigeon\" is not known"
        ),
        (("receiver: ops", "recever: ops"), "policies: receiver: it is missing"),
        (("team = \"x\"", "team"), "policies.routes[0].matchers: want a matcher"),
        (("'06:00'", "'26:00'"), "mute timing \"night\": time_intervals[0].times: end_time"),
    ])
    func aMistakeIsNamedAndChangesNothing(_ change: (String, String), _ want: String) async throws {
        let (site, _, lines) = try await Self.site(["alerting/all.yaml": Self.rules(change)])
        #expect(lines.text.contains("/alerting/all.yaml") && lines.text.contains(want), "\(lines.text)")
        #expect(try await site.server.store.alertRules().isEmpty)
        #expect(try await site.server.store.contactPoints().isEmpty)
    }

    @Test func takesTheOriginalsOwnReceiver() async throws {
        let (site, _, lines) = try await Self.site([
            "alerting/p.yaml": "policies: [{receiver: grafana-default-email, group_by: [alertname]}]"
        ])
        #expect(try await site.server.store.notificationPolicy().policy.receiver == "grafana-default-email")
        #expect(lines.text.contains("policies: grafana-default-email tells nobody here"))
    }

    @Test func readsJSONAndTellsOfUnknownKeys() async throws {
        let (site, _, lines) = try await Self.site([
            "alerting/one.json":
                #"{"contactPoints":[{"name":"p","receivers":[{"uid":"u","type":"email","settings":{"addresses":"a@b"}}]}],"contactPoint":[]}"#
        ])
        #expect(try await site.server.store.contactPoints().map(\.name) == ["p"])
        #expect(lines.text.contains("one.json: contactPoint is not known and has no effect"))
    }
}
