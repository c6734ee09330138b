import GRDB

extension DashboardStore {
    /// The tables of alerting.
    static func registerAlerting(in migrator: inout DatabaseMigrator) {
        migrator.registerMigration("alerting: rules, contact points, policies") { database in
            try database.execute(
                sql: """
                    CREATE TABLE alert_rule (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE,
                        folder TEXT NOT NULL, rule_group TEXT NOT NULL, position INTEGER NOT NULL,
                        title TEXT NOT NULL, interval INTEGER NOT NULL, provenance TEXT NOT NULL,
                        version INTEGER NOT NULL, updated INTEGER NOT NULL, json TEXT NOT NULL) STRICT
                    """)
            try database.execute(
                sql: "CREATE INDEX alert_rule_group ON alert_rule (folder, rule_group, position)")
            try database.execute(
                sql: """
                    CREATE TABLE alert_resource (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, uid TEXT NOT NULL,
                        name TEXT NOT NULL, provenance TEXT NOT NULL, updated INTEGER NOT NULL,
                        json TEXT NOT NULL, secrets TEXT NOT NULL, UNIQUE (kind, uid)) STRICT
                    """)
            try database.execute(
                sql: """
                    CREATE TABLE alert_state (
                        rule TEXT PRIMARY KEY, version INTEGER NOT NULL, json TEXT NOT NULL)
                        STRICT, WITHOUT ROWID
                    """)
        }
        migrator.registerMigration("alerting: what was told") { database in
            try database.execute(
                sql: """
                    CREATE TABLE alert_told (
                        receiver TEXT NOT NULL, labels TEXT NOT NULL, point TEXT NOT NULL,
                        told_at INTEGER NOT NULL, firing TEXT NOT NULL,
                        PRIMARY KEY (receiver, labels, point)) STRICT, WITHOUT ROWID
                    """)
        }
    }
}
