import JSON

// Alert rules and who is told of them. Sources: the original's tables `alert_rule`, `alert_configuration` and
// `provenance_type`.
extension GrafanaDatabase {
    struct Alerting: Sendable {
        var rules: [[String: String]] = []
        /// The document of contact points, policies, timings and templates.
        var configuration = ""
        /// Who wrote something, by kind and name: "contactPoint uid".
        var origins: [String: String] = [:]

        func origin(_ kind: String, _ name: String) -> Provenance {
            // What a file wrote is taken by the file itself once more, and is everybody's until then.
            origins[kind + " " + name] == "api" ? .api : .none
        }
    }

    static func readAlerting(
        _ has: (String) throws -> Bool, _ rows: (String) throws -> [[String: String]]
    ) throws -> Alerting {
        var alerting = Alerting()
        if try has("alert_rule") {
            alerting.rules = try rows(
                "SELECT * FROM alert_rule WHERE org_id = 1 ORDER BY namespace_uid, rule_group, "
                    + "rule_group_idx, id LIMIT 100000")
        }
        if try has("alert_configuration") {
            alerting.configuration =
                try rows(
                    "SELECT alertmanager_configuration AS body FROM alert_configuration WHERE org_id = 1 "
                        + "ORDER BY id DESC LIMIT 1"
                ).first?["body"] ?? ""
        }
        if try has("provenance_type") {
            for row in try rows(
                "SELECT record_key, record_type, provenance FROM provenance_type WHERE org_id = 1 LIMIT 100000"
            ) {
                alerting.origins["\(row["record_type"] ?? "") \(row["record_key"] ?? "")"] =
                    row["provenance"] ?? ""
            }
        }
        return alerting
    }

    static func takeAlerting(
        _ alerting: Alerting, _ store: DashboardStore, _ summary: inout Summary
    ) async {
        if !alerting.configuration.isEmpty {
            if let object = (try? JSONValue.parse(alerting.configuration))?.object {
                await takeConfiguration(object, alerting, store, &summary)
            } else {
                summary.notes.append("contact points and policies: their document is no JSON")
            }
        }
        for row in alerting.rules {
            let (uid, title) = (row["uid"] ?? "", row["title"] ?? "")
            do throws(DashboardsError) {
                var rule = try rule(row)
                rule.provenance = alerting.origin("alertRule", uid)
                _ = try await store.addAlertRule(rule)
                summary.alertRules += 1
            } catch {
                summary.notes.append("alert rule \(title): \(error.message)")
            }
        }
    }

    // MARK: - Rules

    /// A row in the form of the API.
    private static func rule(_ row: [String: String]) throws(DashboardsError) -> AlertRule {
        func parsed(_ column: String) -> JSONValue? {
            let text = row[column] ?? ""
            guard !text.isEmpty, let value = try? JSONValue.parse(text), !value.isNull else { return nil }
            return value
        }
        var object: JSONObject = [:]
        for (column, name) in [
            ("uid", "uid"), ("title", "title"), ("condition", "condition"),
            ("dashboard_uid", "dashboardUid"), ("panel_id", "panelId"),
            ("missing_series_evals_to_resolve", "missingSeriesEvalsToResolve"),
        ] {
            guard let text = row[column], !text.isEmpty else { continue }
            object[name] = column.hasPrefix("missing") ? Int(text).map { .number($0) } : .string(text)
        }
        for (column, name) in [
            ("data", "data"), ("annotations", "annotations"), ("labels", "labels"), ("record", "record"),
        ] { object[name] = parsed(column) }
        // Words that the original itself does not know count as its defaults.
        if let text = row["no_data_state"], AlertRule.NoDataAction(rawValue: text) != nil {
            object["noDataState"] = .string(text)
        }
        object["execErrState"] = .string(
            AlertRule.ErrorAction(rawValue: row["exec_err_state"] ?? "")?.rawValue ?? "Error")
        // Columns of durations hold nanoseconds.
        for (column, name) in [("for", "for"), ("keep_firing_for", "keep_firing_for")] {
            let nanoseconds = Int64(row[column] ?? "") ?? 0
            object[name] = .string(AlertRule.duration(nanoseconds / 1_000_000))
        }
        object["isPaused"] = .bool(row["is_paused"] == "1")
        let settings = parsed("notification_settings")
        if let first = settings?.array?.first ?? settings, first.object?.members.isEmpty == false {
            object["notification_settings"] = first
        }
        var rule = try AlertRule(
            object,
            group: .init(folder: row["namespace_uid"] ?? "", name: row["rule_group"] ?? ""))
        rule.interval = Int(row["interval_seconds"] ?? "").flatMap { $0 > 0 ? $0 : nil } ?? 60
        return rule
    }

    // MARK: - Contact points, timings, templates, policies

    private static func takeConfiguration(
        _ object: JSONObject, _ alerting: Alerting, _ store: DashboardStore, _ summary: inout Summary
    ) async {
        let configuration = object.object("alertmanager_config") ?? [:]
        for receiver in configuration["receivers"]?.array ?? [] {
            let name = receiver["name"]?.string ?? ""
            for item in receiver["grafana_managed_receiver_configs"]?.array ?? [] {
                guard let object = item.object else { continue }
                await takeContactPoint(object, name, alerting, store, &summary)
            }
        }
        let timings =
            (configuration["mute_time_intervals"]?.array ?? [])
            + (configuration["time_intervals"]?.array ?? [])
        for item in timings {
            let name = item["name"]?.string ?? ""
            do throws(DashboardsError) {
                _ = try await store.saveMuteTiming(
                    try MuteTiming(item.object ?? [:]),
                    provenance: alerting.origin("muteTimeInterval", name), isNew: true)
            } catch {
                summary.notes.append("mute timing \(name): \(error.message)")
            }
        }
        let there = Set(((try? await store.notificationTemplates()) ?? []).map(\.name))
        for (name, text) in object.object("template_files")?.members ?? [] {
            do throws(DashboardsError) {
                guard !there.contains(name) else { throw DashboardsError(.exists, "is here already") }
                _ = try await store.saveNotificationTemplate(
                    name: name, text: text.string ?? "", provenance: alerting.origin("template", name))
            } catch {
                summary.notes.append("template \(name): \(error.message)")
            }
        }
        guard let route = configuration.object("route") else { return }
        do throws(DashboardsError) {
            guard try await store.notificationPolicy().json == NotificationPolicy.defaultJSON else {
                throw DashboardsError(.exists, "are here already")
            }
            try await store.setNotificationPolicy(route, provenance: alerting.origin("route", ""))
        } catch {
            summary.notes.append("policies: \(error.message)")
        }
    }

    private static func takeContactPoint(
        _ object: JSONObject, _ name: String, _ alerting: Alerting, _ store: DashboardStore,
        _ summary: inout Summary
    ) async {
        // The one that the original brings along tells nobody as long as nobody has changed it.
        if name == NotificationPolicy.defaultEmail,
            object.object("settings")?.text("addresses") == "<example@email.com>"
        {
            return
        }
        var plain = object
        plain["secureSettings"] = nil
        do throws(DashboardsError) {
            let point = try ContactPoint(
                plain, name: name, place: "contact point \"\(name)\"", isComplete: false)
            _ = try await store.saveContactPoint(
                point, provenance: alerting.origin("contactPoint", point.uid), isNew: true)
            summary.contactPoints += 1
            if object.object("secureSettings")?.members.isEmpty == false {
                summary.notes.append("contact point \(name) (\(point.type)): enter its secrets anew")
            }
        } catch {
            summary.notes.append("contact point \(name): \(error.message)")
        }
    }
}
