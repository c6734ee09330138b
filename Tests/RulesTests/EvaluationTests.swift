import Logging
import MetricModel
import Platform
import PromQLEngine
import StorageAPI
import Synchronization
import Testing

@testable import Rules

@Suite struct EvaluationTests {
    private final class Sent: Sendable {
        let all = Mutex<[[Notification]]>([])
        var last: [Notification] { all.withLock { $0.last ?? [] } }
        var count: Int { all.withLock { $0.count } }
    }

    private struct Setup {
        let storage = RuleStorage()
        let sent = Sent()
        let service: RuleService

        init(
            _ rules: [RuleSettings], _ change: (inout RuleGroupSettings) -> Void = { _ in },
            options: RuleOptions = RuleOptions()
        ) throws {
            service = try RuleService(
                storage: storage, store: storage, engine: QueryEngine(),
                workers: WorkerThreads(name: "test", count: 1),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { [sent] notifications in sent.all.withLock { $0.append(notifications) } }
            try apply(rules, change, options: options)
        }

        func apply(
            _ rules: [RuleSettings], _ change: (inout RuleGroupSettings) -> Void = { _ in },
            options: RuleOptions = RuleOptions()
        ) throws {
            var group = RuleGroupSettings(name: "g", file: "f")
            group.rules = rules
            change(&group)
            try service.apply([group], options: options)
        }

        var rule: RuleSnapshot? { service.groups().first?.rules.first }
    }

    private func alert(
        hold: Int64 = 0, keepFiring: Int64 = 0, labels: [String: String] = [:],
        annotations: [String: String] = [:], _ expression: String = "m > 1"
    ) -> RuleSettings {
        RuleSettings(
            .alerting(hold: hold, keepFiring: keepFiring, annotations: annotations), name: "A",
            expression: expression, labels: labels)
    }

    @Test func recordingRulesStoreUnderTheirName() throws {
        let setup = try Setup([
            RuleSettings(
                .recording, name: "r:sum", expression: "sum by (x) (m)", labels: ["l": "v", "x": ""]),
            RuleSettings(.recording, name: "r:next", expression: "r:sum * 2"),
        ]) { $0.labels = ["team": "t", "l": "group"] }
        setup.storage.set([("__name__", "m"), ("x", "1")], 3, at: 60_000)
        setup.service.evaluateOnce(at: 60_000)
        #expect(setup.storage.samples(#"r:sum{l="v", team="t"}"#) == ["3.0@60000"])
        // The second rule sees what the first one stored.
        #expect(setup.storage.samples(#"r:next{l="group", team="t"}"#) == ["6.0@60000"])
        #expect(setup.rule?.health == .good)
        // After the look-back the series is gone, and so is the result.
        setup.service.evaluateOnce(at: 420_000)
        #expect(setup.storage.samples(#"r:sum{l="v", team="t"}"#) == ["3.0@60000", "stale@420000"])
    }

    @Test func resultsMustDifferAfterRelabeling() throws {
        let setup = try Setup([RuleSettings(.recording, name: "r", expression: "m", labels: ["x": "same"])])
        setup.storage.set([("__name__", "m"), ("x", "1")], 1, at: 1000)
        setup.storage.set([("__name__", "m"), ("x", "2")], 1, at: 1000)
        setup.service.evaluateOnce(at: 1000)
        #expect(setup.rule?.health == .bad)
        #expect(setup.rule?.lastError.contains("same labelset") == true)
    }

    @Test func aLimitStopsARule() throws {
        let setup = try Setup([RuleSettings(.recording, name: "r", expression: "m"), alert()]) {
            $0.limit = 1
        }
        for x in ["1", "2"] { setup.storage.set([("__name__", "m"), ("x", x)], 5, at: 1000) }
        setup.service.evaluateOnce(at: 1000)
        let rules = setup.service.groups()[0].rules
        #expect(
            rules.map(\.lastError) == [
                "exceeded limit of 1 with 2 series", "exceeded limit of 1 with 2 alerts",
            ])
        #expect(rules[1].alerts.isEmpty)
        #expect(setup.storage.samples(#"r{x="1"}"#).isEmpty)
    }

    @Test func alertsArePendingThenFireThenResolve() throws {
        let setup = try Setup([
            alert(
                hold: 60_000, labels: ["severity": "{{ if gt $value 4.0 }}high{{ else }}low{{ end }}"],
                annotations: ["s": "{{ $labels.x }} at {{ $value }}"])
        ])
        func step(_ time: Timestamp, _ value: Double) {
            setup.storage.set([("__name__", "m"), ("x", "1")], value, at: time)
            setup.service.evaluateOnce(at: time)
        }
        #expect(setup.rule?.state == nil)
        step(0, 5)
        #expect(setup.rule?.state == .pending)
        #expect(setup.rule?.alerts.first?.labels.description == #"{alertname="A", severity="high", x="1"}"#)
        #expect(setup.rule?.alerts.first?.annotations.value(of: "s") == "1 at 5")
        #expect(setup.sent.count == 0)
        step(30_000, 6)
        step(60_000, 7)
        #expect(setup.rule?.state == .firing)
        #expect(setup.rule?.alerts.first?.activeAt == 0)
        #expect(setup.sent.count == 1)
        #expect(setup.sent.last.first?.startsAt == 60_000)
        #expect(setup.sent.last.first?.endsAt == 300_000)
        #expect(setup.sent.last.first?.generatorURL == "/graph?g0.expr=m+%3E+1&g0.tab=1")
        // Not again before the delay is over.
        step(90_000, 7)
        #expect(setup.sent.count == 1)
        step(150_000, 7)
        #expect(setup.sent.count == 2)
        step(180_000, 0)
        #expect(setup.rule?.state == .inactive)
        #expect(setup.sent.count == 3)
        #expect(setup.sent.last.first?.endsAt == 180_000)
        let firing = setup.storage.samples(
            #"ALERTS{alertname="A", alertstate="firing", severity="high", x="1"}"#)
        #expect(firing == ["1.0@60000", "1.0@90000", "1.0@150000", "stale@180000"])
        #expect(
            setup.storage.samples(#"ALERTS_FOR_STATE{alertname="A", severity="high", x="1"}"#).first
                == "0.0@60000")
        // Told again for a quarter of an hour, then forgotten.
        step(300_000, 0)
        #expect(setup.sent.count == 4)
        step(180_000 + 900_001, 0)
        step(180_000 + 1_000_000, 0)
        #expect(setup.sent.count == 4)
    }

    @Test func alertsCanKeepFiring() throws {
        let setup = try Setup([alert(keepFiring: 60_000)])
        for (time, value) in [(0, 5), (30_000, 0), (60_000, 0), (90_000, 0)] as [(Timestamp, Double)] {
            setup.storage.set([("__name__", "m")], value, at: time)
            setup.service.evaluateOnce(at: time)
            #expect(setup.rule?.state == (time < 90_000 ? .firing : .inactive), "\(time)")
        }
    }

    @Test func alertsOutliveAReloadOfTheirGroup() throws {
        let setup = try Setup([alert(hold: 60_000)])
        setup.storage.set([("__name__", "m")], 5, at: 0)
        setup.service.evaluateOnce(at: 0)
        try setup.apply([RuleSettings(.recording, name: "r", expression: "m"), alert(hold: 30_000)])
        setup.service.evaluateOnce(at: 30_000)
        let alerts = setup.service.groups()[0].rules[1].alerts
        #expect(alerts.map(\.state) == [.firing])
        #expect(alerts.map(\.activeAt) == [0])
    }

    @Test func pendingAlertsAreRestoredAfterARestart() throws {
        let hold: Int64 = 3_600_000
        let storage = try Setup([alert(hold: hold)]).storage
        storage.set([("__name__", "ALERTS_FOR_STATE"), ("alertname", "A")], 0, at: 1_200_000)
        storage.set([("__name__", "m")], 5, at: 1_800_000)
        let service = try RuleService(
            storage: storage, store: storage, engine: QueryEngine(),
            workers: WorkerThreads(name: "test", count: 1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var group = RuleGroupSettings(name: "g", file: "f")
        group.rules = [alert(hold: hold)]
        try service.apply([group])
        service.evaluateOnce(at: 1_800_000)
        #expect(service.groups()[0].rules[0].alerts[0].activeAt == 1_800_000)
        storage.set([("__name__", "m")], 5, at: 1_860_000)
        service.evaluateOnce(at: 1_860_000)
        // Active since 0; the 11 minutes of outage do not count.
        #expect(service.groups()[0].rules[0].alerts[0].activeAt == 660_000)
    }

    @Test func queryOffsetsLookIntoThePast() throws {
        let setup = try Setup([RuleSettings(.recording, name: "r", expression: "m")]) {
            $0.queryOffset = 60_000
        }
        setup.storage.set([("__name__", "m")], 1, at: 0)
        setup.storage.set([("__name__", "m")], 2, at: 60_000)
        setup.service.evaluateOnce(at: 60_000)
        #expect(setup.storage.samples("r") == ["1.0@0"])
    }

    @Test func badRulesAreRefusedAndNothingChanges() throws {
        let setup = try Setup([alert()])
        #expect(throws: RulesError.self) { try setup.apply([alert("sum(")]) }
        #expect(setup.service.groups()[0].rules[0].settings.expression == "m > 1")
        #expect(alert("sum(").fault()?.contains("cannot parse") == true)
        #expect(RuleSettings(.recording, name: "a b", expression: "1").fault(.legacy) != nil)
        #expect(
            RuleSettings(.recording, name: "a", expression: "1", labels: ["__name__": "x"]).fault() != nil)
        #expect(alert(annotations: ["s": "{{"]).fault()?.contains("template") == true)
    }

    @Test func groupsAreSpreadOverTheirInterval() throws {
        var offsets: Set<Timestamp> = []
        for index in 0..<50 {
            let group = try RuleGroup(RuleGroupSettings(name: "g\(index)", file: "f"), options: RuleOptions())
            let slot = group.slot(at: 1_700_000_000_000)
            #expect(slot <= 1_700_000_000_000 && slot > 1_700_000_000_000 - 60_000)
            #expect(group.slot(at: slot) == slot)
            #expect(group.slot(at: slot + 59_999) == slot)
            #expect(group.slot(at: slot + 60_000) == slot + 60_000)
            offsets.insert(slot % 60_000 / 6000)
        }
        #expect(offsets.count > 7)
    }
}
