import GRDB
import JSON
import Platform

// How rules stood, so that a restart does not begin their waits anew.
extension DashboardStore {
    /// The stored states by the rule's uid; those of rules that are gone or have changed are deleted.
    public func alertStates() async throws(DashboardsError) -> [String: AlertRuleState] {
        let now = clock.now()
        return try await write { database in
            try database.execute(
                sql: "DELETE FROM alert_state WHERE NOT EXISTS (SELECT 1 FROM alert_rule "
                    + "WHERE alert_rule.uid = alert_state.rule AND alert_rule.version = alert_state.version)")
            let rows = try Row.fetchAll(database, sql: "SELECT * FROM alert_state")
            return Dictionary(
                rows.map { ($0.text("rule"), AlertRuleState(json: $0.json("json"), at: now)) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// Keeps how a rule stands.
    public func saveAlertState(_ state: AlertRuleState, of rule: AlertRule) async throws(DashboardsError) {
        let text = state.json.text()
        try await write { database in
            try database.execute(
                sql: "INSERT INTO alert_state (rule, version, json) VALUES (?, ?, ?) "
                    + "ON CONFLICT (rule) DO UPDATE SET version = excluded.version, json = excluded.json",
                arguments: [rule.uid, rule.version, text])
        }
    }
}
