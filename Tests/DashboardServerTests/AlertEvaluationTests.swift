import Dashboards
import HTTPTypes
import JSON
import NIOCore
import Synchronization
import Testing

@testable import DashboardServer

/// Stored rules against fixed answers, at times of our own.
@Suite struct AlertEvaluationTests {
    /// A data source that answers what it is told to.
    final class Source: Sendable {
        struct State {
            var values: [(labels: String, value: String)] = []
            var error = ""
            var isSlow = false
            var requests: [String] = []
        }

        let state = Mutex(State())

        func set(_ values: [(String, String)], error: String = "") {
            state.withLock { state in
                state.values = values.map { (labels: $0.0, value: $0.1) }
                state.error = error
            }
        }

        var requests: [String] { state.withLock { $0.requests } }

        @Sendable func answer(_ request: DataSourceRequest) async throws -> DataSourceResponse {
            let now = state.withLock { state -> State in
                state.requests.append(request.path + "?" + String(buffer: request.body))
                return state
            }
            if now.isSlow { try await Task.sleep(for: .seconds(60)) }
            let isRange = request.path.contains("query_range")
            let items = now.values.map { labels, value in
                isRange
                    ? #"{"metric":{\#(labels)},"values":[[0,"1"],[1,"\#(value)"]]}"#
                    : #"{"metric":{\#(labels)},"value":[1,"\#(value)"]}"#
            }
            let body =
                now.error.isEmpty
                ? #"{"status":"success","data":{"resultType":"\#(isRange ? "matrix" : "vector")","result":[\#(items.joined(separator: ","))]}}"#
                : #"{"status":"error","errorType":"execution","error":"\#(now.error)"}"#
            return DataSourceResponse(
                status: now.error.isEmpty ? .ok : .unprocessableContent,
                headers: [.contentType: "application/json"], body: ByteBuffer(string: body))
        }
    }

    static func site(
        _ source: Source, settings: DashboardSettings = Site.settings
    ) async throws -> Site {
        let site = try await Site(settings: settings, builtIn: { try await source.answer($0) })
        _ = try await site.send(.post, "/api/folders", ["uid": "team", "title": "Team"])
        return site
    }

    private static let a = #""__name__":"up","host":"a""#
    private static let b = #""__name__":"up","host":"b""#

    private func add(_ site: Site, _ rule: JSONValue) async throws {
        let added = try await site.send(.post, AlertingTests.base + "/alert-rules", rule)
        #expect(added.status == 201, "\(added.text)")
    }

    private func rule(_ site: Site) async throws -> JSONValue? {
        let answer = try await site.send(.get, "/api/prometheus/grafana/api/v1/rules")
        return answer.json["data"]?["groups"]?[0]?["rules"]?[0]
    }

    private static let start: Int64 = 1_800_000_000_000

    @Test func evaluatesAndShowsStates() async throws {
        let source = Source()
        let site = try await Self.site(source)
        try await add(
            site,
            AlertingTests.rule(
                limit: 5,
                changes: [
                    ("for", "2m"),
                    ("labels", ["severity": "{{ if gt $values.A.Value 8.0 }}bad{{ else }}odd{{ end }}"]),
                    ("annotations", ["summary": "{{ $labels.host }} has {{ $values.A }} of {{ $value }}"]),
                ]))
        let before = try await rule(site)
        #expect(before?["state"]?.string == "inactive" && before?["health"]?.string == "unknown")
        source.set([(Self.a, "7"), (Self.b, "9.5")])
        await site.server.scheduler.evaluateAll(at: Self.start)
        let pending = try await rule(site)
        #expect(pending?["state"]?.string == "pending" && pending?["health"]?.string == "ok")
        #expect(source.requests.last == "/api/v1/query?query=up&time=1800000000")
        source.set([(Self.a, "7"), (Self.b, "1")])
        await site.server.scheduler.evaluateAll(at: Self.start + 120_000)
        let firing = try #require(try await rule(site))
        #expect(firing["state"]?.string == "firing" && firing["totals"]?["alerting"]?.int == 1)
        let alert = try #require(firing["alerts"]?[0])
        #expect(
            alert["state"]?.string == "Alerting"
                && alert["activeAt"]?.string == CivilTime(milliseconds: Self.start).iso)
        let labels = alert["labels"]
        #expect(labels?["host"]?.string == "a" && labels?["severity"]?.string == "odd")
        #expect(labels?["alertname"]?.string == "High" && labels?["grafana_folder"]?.string == "Team")
        #expect(
            alert["annotations"]?["summary"]?.string
                == "a has 7 of [ var='A' labels={__name__=up, host=a} value=7 ], [ var='C' labels={__name__=up, host=a} value=1 ]"
        )
        #expect(alert["value"]?.string == "A: 7, C: 1")
        let alerts = try await site.send(.get, "/api/prometheus/grafana/api/v1/alerts")
        // The label of the other host changed with its value: it is another instance.
        #expect(
            alerts.json["data"]?["alerts"]?.array?.contains { $0["labels"]?["host"]?.string == "a" } == true)
        let sent = try await site.send(.get, "/api/alertmanager/grafana/api/v2/alerts")
        #expect(sent.json.array?.count == 1 && sent.json[0]?["receivers"]?[0]?["name"]?.string == "empty")
        let groups = try await site.send(.get, "/api/alertmanager/grafana/api/v2/alerts/groups")
        #expect(groups.json[0]?["labels"]?["alertname"]?.string == "High")
    }

    @Test func reducesRangesAndJoins() async throws {
        let source = Source()
        let site = try await Self.site(source)
        let model: JSONValue = ["expr": "up", "range": true, "refId": "A"]
        try await add(
            site,
            AlertingTests.rule(changes: [
                (
                    "data",
                    [
                        [
                            "refId": "A", "datasourceUid": "martlet",
                            "relativeTimeRange": ["from": 600, "to": 0], "model": model,
                        ],
                        [
                            "refId": "B", "datasourceUid": "__expr__",
                            "model": ["type": "reduce", "expression": "A", "reducer": "max"],
                        ],
                        [
                            "refId": "C", "datasourceUid": "__expr__",
                            "model": ["type": "math", "expression": "$B > 5"],
                        ],
                    ]
                )
            ]))
        source.set([(Self.a, "7"), (Self.b, "3")])
        await site.server.scheduler.evaluateAll(at: Self.start)
        let rule = try await rule(site)
        #expect(rule?["totals"]?["alerting"]?.int == 1 && rule?["totals"]?["normal"]?.int == 1)
        #expect(source.requests.last?.contains("start=1799999400&end=1800000000&step=1") == true)
    }

    @Test func errorsAndMissingDataShow() async throws {
        let source = Source()
        let site = try await Self.site(source)
        try await add(site, AlertingTests.rule())
        source.set([], error: "too much")
        await site.server.scheduler.evaluateAll(at: Self.start)
        let failed = try await rule(site)
        #expect(failed?["health"]?.string == "error" && failed?["state"]?.string == "firing")
        #expect(failed?["lastError"]?.string == "query A: execution: too much")
        #expect(failed?["alerts"]?[0]?["labels"]?["alertname"]?.string == "DatasourceError")
        source.set([])
        await site.server.scheduler.evaluateAll(at: Self.start + 60_000)
        let empty = try await rule(site)
        #expect(empty?["health"]?.string == "nodata" && empty?["lastError"] == nil)
        #expect(empty?["alerts"]?[0]?["labels"]?["alertname"]?.string == "DatasourceNoData")
        #expect(empty?["alerts"]?[0]?["labels"]?["rulename"]?.string == "High")
    }

    @Test func slowDataSourcesMeetADeadline() async throws {
        let source = Source()
        source.state.withLock { $0.isSlow = true }
        var settings = Site.settings
        settings.alerting.evaluationTimeout = 50
        let site = try await Self.site(source, settings: settings)
        try await add(site, AlertingTests.rule())
        await site.server.scheduler.evaluateAll(at: Self.start)
        #expect(try await rule(site)?["lastError"]?.string?.contains("did not end within") == true)
    }

    @Test func pausedRulesRest() async throws {
        let source = Source()
        source.set([(Self.a, "7")])
        let site = try await Self.site(source)
        try await add(site, AlertingTests.rule(uid: "r"))
        await site.server.scheduler.evaluateAll(at: Self.start)
        #expect(try await rule(site)?["state"]?.string == "firing")
        let count = source.requests.count
        _ = try await site.send(
            .put, AlertingTests.base + "/alert-rules/r", AlertingTests.rule(changes: [("isPaused", true)]))
        await site.server.scheduler.evaluateAll(at: Self.start + 60_000)
        #expect(source.requests.count == count)
        let paused = try await rule(site)
        #expect(paused?["state"]?.string == "inactive" && paused?["isPaused"]?.bool == true)
        #expect(paused?["alerts"]?.array?.isEmpty == true)
    }

    @Test func waitsOutliveARestart() async throws {
        let source = Source()
        source.set([(Self.a, "7")])
        let site = try await Self.site(source)
        try await add(site, AlertingTests.rule(uid: "r", changes: [("for", "10m")]))
        await site.server.scheduler.evaluateAll(at: Self.start)
        /// Another program on the same database.
        func next() -> AlertScheduler {
            AlertScheduler(
                store: site.server.store,
                evaluator: AlertEvaluator(
                    store: site.server.store, dataSources: site.server.dataSources, timeout: 10_000),
                settings: site.server.settings, logger: site.server.logger, notify: { _ in })
        }
        let second = next()
        await second.evaluateAll(at: Self.start + 600_000)
        let instance = try #require(second.state(of: "r").instances.values.first)
        #expect(instance.state == .alerting && instance.activeAt == Self.start)
        // A changed rule starts anew.
        let changed = AlertingTests.rule("Other", changes: [("for", "10m")])
        #expect(try await site.send(.put, AlertingTests.base + "/alert-rules/r", changed).status == 200)
        let third = next()
        await third.evaluateAll(at: Self.start + 700_000)
        #expect(third.state(of: "r").worst == .pending)
    }

    @Test func runsGroupsAtTheirInterval() async throws {
        let source = Source()
        source.set([(Self.a, "7")])
        var settings = Site.settings
        settings.alerting.intervalMin = 1000
        let site = try await Self.site(source, settings: settings)
        try await add(site, AlertingTests.rule())
        let rules = AlertingTests.base + "/folder/team/rule-groups/one"
        #expect(
            try await site.send(.put, rules, ["interval": 1, "rules": [AlertingTests.rule(uid: "r")]]).status
                == 200)
        let running = Task { await site.server.scheduler.run() }
        for _ in 0..<100 where source.requests.count < 2 { try await Task.sleep(for: .milliseconds(100)) }
        #expect(source.requests.count >= 2)
        // Turns of a longer interval have smaller numbers than those that were.
        let longer: JSONValue = ["interval": 2, "rules": [AlertingTests.rule(uid: "r")]]
        #expect(try await site.send(.put, rules, longer).status == 200)
        let count = source.requests.count
        for _ in 0..<100 where source.requests.count < count + 2 {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(source.requests.count >= count + 2)
        running.cancel()
        await running.value
        #expect(try await rule(site)?["state"]?.string == "firing")
        settings.alerting.executes = false
        let still = try await Self.site(Source(), settings: settings)
        await still.server.scheduler.run()
    }
}
