import GRDB
import JSON
import Platform

/// What contact points have heard of a group of alerts.
public struct AlertsTold: Sendable, Equatable {
    /// What one of them was told last.
    public struct Point: Sendable, Equatable {
        /// The alerts that it knows to fire, by the fingerprints of their labels.
        public var firing: Set<UInt64> = []
        /// Milliseconds since 1970.
        public var at: Int64 = 0

        public init() {}
    }

    public let receiver: String
    /// The labels that the alerts of the group have in common by their policy.
    public let labels: [String: String]
    /// By the uid of the contact point; empty when the group has ended.
    public var points: [String: Point]

    public init(receiver: String, labels: [String: String], points: [String: Point]) {
        self.receiver = receiver
        self.labels = labels
        self.points = points
    }
}

// What was told, so that nobody hears again of what fires after a restart, and of the end of what ended meanwhile.
extension DashboardStore {
    /// Milliseconds after which nobody remembers.
    private static let toldAge: Int64 = 62 * 86_400_000
    private static let toldRowsMax = 20_000

    /// What was told and is not too old.
    public func alertsTold() async throws(DashboardsError) -> [AlertsTold] {
        let oldest = clock.now() - DashboardStore.toldAge
        return try await write { database in
            try database.execute(sql: "DELETE FROM alert_told WHERE told_at < ?", arguments: [oldest])
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT * FROM alert_told ORDER BY told_at DESC LIMIT \(DashboardStore.toldRowsMax)")
            var groups: [String: AlertsTold] = [:]
            for row in rows {
                let labels = Dictionary(
                    (row.json("labels").object?.members ?? []).compactMap { name, value in
                        value.string.map { (name, $0) }
                    }, uniquingKeysWith: { first, _ in first })
                var point = AlertsTold.Point()
                point.firing = DashboardStore.fingerprints(row.text("firing"))
                point.at = row.whole("told_at")
                groups[
                    row.text("receiver") + "\n" + row.text("labels"),
                    default: AlertsTold(receiver: row.text("receiver"), labels: labels, points: [:])
                ].points[row.text("point")] = point
            }
            return Array(groups.values)
        }
    }

    /// Keeps what was told of these groups in the place of what was known of them.
    public func saveAlertsTold(_ groups: [AlertsTold]) async throws(DashboardsError) {
        try await write { database in
            for group in groups {
                let labels = AlertRule.object(group.labels).text()
                try database.execute(
                    sql: "DELETE FROM alert_told WHERE receiver = ? AND labels = ?",
                    arguments: [group.receiver, labels])
                for (uid, point) in group.points {
                    try database.execute(
                        sql: "INSERT INTO alert_told (receiver, labels, point, told_at, firing) "
                            + "VALUES (?, ?, ?, ?, ?)",
                        arguments: [
                            group.receiver, labels, uid, point.at, DashboardStore.text(point.firing),
                        ])
                }
            }
        }
    }

    private static func text(_ fingerprints: Set<UInt64>) -> String {
        fingerprints.sorted().map { String($0, radix: 16) }.joined(separator: " ")
    }

    private static func fingerprints(_ text: String) -> Set<UInt64> {
        Set(text.split(separator: " ").compactMap { UInt64($0, radix: 16) })
    }
}
