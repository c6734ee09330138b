import Dashboards
import Hummingbird
import JSON
import MetricModel
import WebServer

// Rules as the ruler keeps them, and how they stand in the form of Prometheus.
extension DashboardServer {
    // MARK: - Ruler

    private func ruler(_ rule: AlertRule) -> JSONValue {
        [
            "expr": "", "for": .string(AlertRule.duration(rule.pending)),
            "keep_firing_for": .string(AlertRule.duration(rule.keepFiring)),
            "labels": AlertRule.object(rule.labels), "annotations": AlertRule.object(rule.annotations),
            "grafana_alert": .object(DashboardServer.grafanaAlert(rule)),
        ]
    }

    private static func grafanaAlert(_ rule: AlertRule) -> JSONObject {
        var result: JSONObject = [
            "id": .number(Int(rule.id)), "orgId": 1, "title": .string(rule.title),
            "condition": .string(rule.condition), "data": rule.json["data"] ?? [],
            "updated": rule.json["updated"] ?? "", "intervalSeconds": .number(rule.interval),
            "version": .number(Int(rule.version)), "uid": .string(rule.uid),
            "namespace_uid": .string(rule.groupKey.folder), "rule_group": .string(rule.groupKey.name),
            "no_data_state": .string(rule.noDataAction.rawValue),
            "exec_err_state": .string(rule.errorAction.rawValue), "is_paused": .bool(rule.isPaused),
        ]
        if rule.provenance != .none { result["provenance"] = .string(rule.provenance.rawValue) }
        if let settings = rule.json["notification_settings"] { result["notification_settings"] = settings }
        return result
    }

    private func ruler(_ key: AlertRule.GroupKey, _ rules: [AlertRule]) -> JSONValue {
        let seconds = Int64(rules.first?.interval ?? 60)
        return [
            "name": .string(key.name), "interval": .string(AlertRule.duration(seconds * 1000)),
            "rules": .array(rules.map(ruler)),
        ]
    }

    /// Groups by the title of their folder.
    private func ruler(_ rules: [AlertRule]) async throws -> JSONValue {
        let titles = try await folderTitles()
        var result = JSONObject()
        for (key, members) in DashboardServer.grouped(rules) {
            let title = titles[key.folder] ?? key.folder
            result[title] = .array((result[title]?.array ?? []) + [ruler(key, members)])
        }
        return .object(result)
    }

    private func folderTitles() async throws -> [String: String] {
        Dictionary(
            try await store.folders().map { ($0.uid, $0.title) }, uniquingKeysWith: { first, _ in first })
    }

    /// In the order of the rules.
    private static func grouped(_ rules: [AlertRule]) -> [(key: AlertRule.GroupKey, rules: [AlertRule])] {
        var result: [(key: AlertRule.GroupKey, rules: [AlertRule])] = []
        for rule in rules {
            if let last = result.indices.last, result[last].key == rule.groupKey {
                result[last].rules.append(rule)
            } else {
                result.append((rule.groupKey, [rule]))
            }
        }
        return result
    }

    // The original answers reads of its ruler with 202.

    @Sendable func rulerRules(_ call: Call) async throws -> Response {
        .json(try await ruler(try await visibleAlertRules(call)), status: .accepted)
    }

    @Sendable func rulerFolder(_ call: Call) async throws -> Response {
        let folder = try call.parameter("uid")
        return .json(
            try await ruler(try await visibleAlertRules(call).filter { $0.groupKey.folder == folder }),
            status: .accepted)
    }

    @Sendable func rulerGroup(_ call: Call) async throws -> Response {
        let key = AlertRule.GroupKey(folder: try call.parameter("uid"), name: try call.parameter("name"))
        try await requireAlertFolder(call, key.folder, .view)
        return .json(ruler(key, try await store.alertRules(of: key)), status: .accepted)
    }

    @Sendable func rulerRule(_ call: Call) async throws -> Response {
        .json(ruler(try await alertRule(call, try call.parameter("uid"), .view)))
    }

    // MARK: - Prometheus

    private static func json(_ instance: AlertInstance) -> JSONObject {
        let numbers = instance.values.sorted { $0.key < $1.key }
        func text(_ value: Double?) -> String { value.map { FloatText.plain($0) } ?? "null" }
        let value =
            numbers.count == 1
            ? text(numbers[0].value) : numbers.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ")
        let state = instance.state.rawValue + (instance.reason.isEmpty ? "" : " (\(instance.reason))")
        return [
            "labels": AlertRule.object(instance.labels),
            "annotations": AlertRule.object(instance.annotations),
            "state": .string(state), "activeAt": .string(CivilTime(milliseconds: instance.activeAt).iso),
            "value": .string(value),
        ]
    }

    private static func prometheusState(_ state: AlertInstance.State) -> String {
        switch state {
        case .normal: "inactive"
        case .pending: "pending"
        case .recovering: "recovering"
        case .alerting, .noData, .error: "firing"
        }
    }

    private static func totals(_ instances: some Sequence<AlertInstance>) -> JSONObject {
        var counts: [AlertInstance.State: Int] = [:]
        for instance in instances { counts[instance.state, default: 0] += 1 }
        return JSONObject(
            AlertInstance.State.allCases.compactMap { state in
                counts[state].map { (state.rawValue.lowercased(), .number($0)) }
            })
    }

    private static func json(
        _ rule: AlertRule, _ state: AlertRuleState, limit: Int
    ) -> JSONObject {
        // What needs a look first.
        let order: [AlertInstance.State] = [.alerting, .error, .noData, .recovering, .pending, .normal]
        let sorted = order.flatMap { wanted in
            state.instances.values.filter { $0.state == wanted }
                .sorted { ($1.activeAt, $0.sortText) < ($0.activeAt, $1.sortText) }
        }
        let totals = totals(state.instances.values)
        let query = rule.queries.filter { !$0.isExpression }
            .map { $0.model.text("expr") ?? JSONValue.object($0.model).text() }.joined(separator: "\n")
        var result: JSONObject = [
            "state": .string(prometheusState(state.worst)), "name": .string(rule.title),
            "uid": .string(rule.uid), "folderUid": .string(rule.groupKey.folder), "query": .string(query),
            "queriedDatasourceUIDs": .array(
                Set(rule.queries.filter { !$0.isExpression }.map(\.dataSource)).sorted().map { .string($0) }),
            "duration": .number(Double(rule.pending) / 1000),
            "keepFiringFor": .number(Double(rule.keepFiring) / 1000),
            "labels": AlertRule.object(rule.labels), "annotations": AlertRule.object(rule.annotations),
            "health": .string(state.health.rawValue), "type": "alerting", "isPaused": .bool(rule.isPaused),
            "lastEvaluation": .string(state.lastEvaluation.map { CivilTime(milliseconds: $0).iso } ?? never),
            "evaluationTime": .number(state.evaluationSeconds),
            "alerts": .array(sorted.prefix(limit).map { .object(json($0)) }),
            "totals": .object(totals), "totalsFiltered": .object(totals),
        ]
        if !state.lastError.isEmpty { result["lastError"] = .string(state.lastError) }
        if rule.provenance != .none { result["provenance"] = .string(rule.provenance.rawValue) }
        return result
    }

    private static let never = "0001-01-01T00:00:00Z"

    @Sendable func alertRuleStates(_ call: Call) async throws -> Response {
        let query = call.query
        let (folders, groups) = (query.all("folder_uid"), query.all("rule_group"))
        let (names, states) = (query.all("rule_name"), Set(query.all("state")))
        let (dashboard, panel) = (query["dashboard_uid"], query["panel_id"])
        let limit = query.number("limit_alerts").map { Int(min(max($0, 0), 10_000)) } ?? 10_000
        let standing = scheduler.states()
        let rules = try await visibleAlertRules(call).filter { rule in
            (folders.isEmpty || folders.contains(rule.groupKey.folder))
                && (groups.isEmpty || groups.contains(rule.groupKey.name))
                && (names.isEmpty || names.contains(rule.title))
                && (dashboard == nil || rule.annotations["__dashboardUid__"] == dashboard)
                && (panel == nil || rule.annotations["__panelId__"] == panel)
        }
        let titles = try await folderTitles()
        var totals: [String: Int] = [:]
        var list: [JSONValue] = []
        for (key, members) in DashboardServer.grouped(rules) {
            var items: [JSONValue] = []
            var last: Int64 = 0
            var seconds = 0.0
            for rule in members {
                let state = standing[rule.uid] ?? AlertRuleState()
                let word = DashboardServer.prometheusState(state.worst)
                totals[word, default: 0] += 1
                guard
                    states.isEmpty || states.contains(word)
                        || states.contains(state.worst.rawValue.lowercased())
                else { continue }
                last = max(last, state.lastEvaluation ?? 0)
                seconds += state.evaluationSeconds
                items.append(.object(DashboardServer.json(rule, state, limit: limit)))
            }
            guard !items.isEmpty else { continue }
            list.append([
                "name": .string(key.name), "file": .string(titles[key.folder] ?? key.folder),
                "folderUid": .string(key.folder), "rules": .array(items),
                "interval": .number(members.first?.interval ?? 60),
                "lastEvaluation": .string(
                    last > 0 ? CivilTime(milliseconds: last).iso : DashboardServer.never),
                "evaluationTime": .number(seconds), "totals": [:],
            ])
        }
        let counts = JSONObject(totals.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
        return .json(["status": "success", "data": ["groups": .array(list), "totals": .object(counts)]])
    }

    @Sendable func alertStates(_ call: Call) async throws -> Response {
        let visible = Set(try await visibleAlertRules(call).map(\.uid))
        let alerts = scheduler.states().filter { visible.contains($0.key) }.sorted { $0.key < $1.key }
            .flatMap { _, state in
                state.instances.values.filter { $0.state != .normal }
                    .sorted { $0.sortText < $1.sortText }
                    .map { JSONValue.object(DashboardServer.json($0)) }
            }
        return .json(["status": "success", "data": ["alerts": .array(alerts)]])
    }
}
