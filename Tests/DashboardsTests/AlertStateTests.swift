import JSON
import Testing

@testable import Dashboards

/// Instances of a rule over evaluations at times of our own.
@Suite struct AlertStateTests {
    private static func rule(_ changes: [(String, JSONValue?)] = []) throws -> AlertRule {
        var rule = try AlertRule(AlertRuleTests.rule(changes))
        rule.interval = 60
        return rule
    }

    private static func found(_ numbers: [(String, Double?)]) -> AlertRuleState.Finding {
        .outcome(.init(results: numbers.map { .init(labels: ["host": $0], number: $1, values: [:]) }))
    }

    private static func texts(
        _ result: AlertPipeline.Outcome.Result, _ name: String?
    ) -> AlertRuleState.Texts {
        .init(
            labels: result.labels.merging(["alertname": name ?? "High"]) { _, new in new }, annotations: [:])
    }

    /// A finding a minute; the states of host a.
    private static func states(
        _ rule: AlertRule, _ findings: [AlertRuleState.Finding], host: String = "a"
    ) -> [String] {
        var state = AlertRuleState()
        return findings.enumerated().map { minute, finding in
            _ = state.apply(finding, of: rule, at: Int64(minute) * 60_000, texts: texts)
            let found = state.instances.values.first { $0.labels["host"] == host }
            return found?.state.rawValue ?? "-"
        }
    }

    @Test func waitsBeforeItAlerts() throws {
        let rule = try Self.rule([("for", "2m")])
        let (on, off) = (Self.found([("a", 1)]), Self.found([("a", 0)]))
        #expect(
            Self.states(rule, [off, on, on, on, off, on]) == [
                "Normal", "Pending", "Pending", "Alerting", "Normal", "Pending",
            ])
        #expect(Self.states(try Self.rule([("for", "0s")]), [on, off]) == ["Alerting", "Normal"])
    }

    @Test func goesOnAlertingForAWhile() throws {
        let rule = try Self.rule([("for", "0s"), ("keep_firing_for", "2m")])
        let (on, off) = (Self.found([("a", 1)]), Self.found([("a", 0)]))
        #expect(
            Self.states(rule, [on, off, off, off, on, off, on]) == [
                "Alerting", "Recovering", "Recovering", "Normal", "Alerting", "Recovering", "Alerting",
            ])
    }

    @Test(arguments: [
        ("OK", ["Alerting", "Normal"]), ("Alerting", ["Alerting", "Alerting"]),
        ("KeepLast", ["Alerting", "Alerting"]), ("NoData", ["Alerting", "Alerting"]),
    ])
    func missingDataDoesWhatTheRuleSays(_ action: String, _ want: [String]) throws {
        let rule = try Self.rule([("for", "0s"), ("noDataState", .string(action))])
        #expect(Self.states(rule, [Self.found([("a", 1)]), Self.found([])]) == want)
    }

    @Test func missingDataMakesAnAlertOfItsOwn() throws {
        let rule = try Self.rule([("for", "0s"), ("noDataState", "NoData")])
        var state = AlertRuleState()
        _ = state.apply(Self.found([]), of: rule, at: 0, texts: Self.texts)
        let own = try #require(state.instances.values.first)
        #expect(own.labels["alertname"] == "DatasourceNoData" && own.labels["datasource_uid"] == "prom")
        #expect(own.state == .noData && state.health == .noData)
        let told = state.apply(Self.found([("a", 0)]), of: rule, at: 60_000, texts: Self.texts)
        #expect(told.map(\.state) == [.normal] && told.first?.resolvedAt == 60_000)
        #expect(state.instances.values.map { $0.labels["host"] } == ["a"])
    }

    @Test func errorsDoWhatTheRuleSays() throws {
        let on = Self.found([("a", 1)])
        for (action, want) in [
            ("OK", "Normal"), ("Alerting", "Alerting"), ("KeepLast", "Alerting"), ("Error", "Alerting"),
        ] {
            let rule = try Self.rule([("for", "0s"), ("execErrState", .string(action))])
            #expect(Self.states(rule, [on, .error("down")]).last == want, "\(action)")
        }
        let rule = try Self.rule([("execErrState", "Error")])
        var state = AlertRuleState()
        _ = state.apply(.error("down"), of: rule, at: 0, texts: Self.texts)
        #expect(state.instances.values.first?.labels["alertname"] == "DatasourceError")
        #expect(state.health == .error && state.lastError == "down" && state.worst == .error)
        _ = state.apply(on, of: rule, at: 60_000, texts: Self.texts)
        #expect(state.health == .ok && state.lastError.isEmpty && state.worst == .pending)
    }

    @Test func keepLastLetsPendingGoOn() throws {
        let rule = try Self.rule([("for", "2m"), ("noDataState", "KeepLast")])
        #expect(
            Self.states(rule, [Self.found([("a", 1)]), Self.found([]), Self.found([])]) == [
                "Pending", "Pending", "Alerting",
            ])
    }

    @Test func whatIsNoLongerSeenEnds() throws {
        let rule = try Self.rule([("for", "0s")])
        var state = AlertRuleState()
        _ = state.apply(Self.found([("a", 1), ("b", 1)]), of: rule, at: 0, texts: Self.texts)
        let still = state.apply(Self.found([("b", 1)]), of: rule, at: 60_000, texts: Self.texts)
        #expect(still.count == 2 && state.instances.count == 2)
        let told = state.apply(Self.found([("b", 1)]), of: rule, at: 120_000, texts: Self.texts)
        let ended = try #require(told.first { $0.labels["host"] == "a" })
        #expect(ended.state == .normal && ended.reason == "MissingSeries" && ended.resolvedAt == 120_000)
        #expect(state.instances.count == 1)
    }

    @Test func oneResultWithoutValueIsNotAll() throws {
        let rule = try Self.rule([("for", "0s"), ("noDataState", "NoData")])
        let both = Self.found([("a", nil), ("b", 1)])
        #expect(Self.states(rule, [both]) == ["NoData"])
        #expect(Self.states(rule, [both], host: "b") == ["Alerting"])
    }

    @Test func capturesTheNumbersThatBelongToAResult() throws {
        let pipeline = try AlertPipeline(try Self.rule())
        let outcome = try pipeline.evaluate(
            [
                "A": ExpressionValue([
                    .init(labels: ["host": "a"], .number(7)), .init(labels: ["host": "b"], .number(0)),
                ])
            ],
            at: 0)
        #expect(outcome.results.map(\.number) == [1, 0])
        #expect(outcome.results[0].values["A"] == .init(labels: ["host": "a"], number: 7))
        #expect(outcome.results[0].values["C"]?.number == 1)
        let series = ExpressionValue([.init(.series([.init(time: 0, value: 1)]))])
        let error = #expect(throws: DashboardsError.self) { _ = try pipeline.evaluate(["A": series], at: 0) }
        #expect(error?.message.contains("gives series") == true)
    }
}
