import GRDB
import JSON
import Platform

extension DashboardStore {
    /// The most alert rules in all.
    static let alertRulesMax = 10_000

    /// Grows with every change of an alert rule.
    public var alertRuleGeneration: Int { ruleGeneration.value }

    private static func alertRule(_ row: Row) -> AlertRule? {
        let place = AlertRule.GroupKey(folder: row.text("folder"), name: row.text("rule_group"))
        var object = row.json("json").object ?? [:]
        object["uid"] = .string(row.text("uid"))
        object["title"] = .string(row.text("title"))
        guard var rule = try? AlertRule(object, group: place) else { return nil }
        rule.id = row.whole("id")
        rule.position = Int(row.whole("position"))
        rule.interval = Int(row.whole("interval"))
        rule.provenance = Provenance(rawValue: row.text("provenance")) ?? .none
        rule.version = row.whole("version")
        rule.updated = row.whole("updated")
        return rule
    }

    /// All alert rules by folder, group and their order in it.
    ///
    /// - Parameter group: only the rules of this one.
    public func alertRules(of group: AlertRule.GroupKey? = nil) async throws(DashboardsError) -> [AlertRule] {
        try await read {
            try Row.fetchAll(
                $0,
                sql: "SELECT * FROM alert_rule WHERE ?1 IS NULL OR (folder = ?1 AND rule_group = ?2) "
                    + "ORDER BY folder, rule_group, position, id",
                arguments: [group?.folder, group?.name]
            ).compactMap(DashboardStore.alertRule)
        }
    }

    public func alertRule(uid: String) async throws(DashboardsError) -> AlertRule? {
        try await read {
            try Row.fetchOne($0, sql: "SELECT * FROM alert_rule WHERE uid = ?", arguments: [uid])
                .flatMap(DashboardStore.alertRule)
        }
    }

    /// Adds a rule at the end of its group, whose interval it takes; an empty uid gets a fresh one.
    ///
    /// - Throws: `exists`, `notFound` for the folder, `conflict`, `invalidInput`.
    public func addAlertRule(_ rule: AlertRule) async throws(DashboardsError) -> AlertRule {
        var added = rule
        if added.uid.isEmpty { added.uid = newUID() }
        let (row, now) = (added, clock.now())
        let result = try await write { database in
            try DashboardStore.checkFolder(row.groupKey.folder, database)
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM alert_rule") ?? 0
            guard count < DashboardStore.alertRulesMax else {
                throw DashboardsError(
                    .invalidInput, "there are \(count) alert rules, which is the most that are taken")
            }
            guard try DashboardStore.storedRule(row.uid, database) == nil else {
                throw DashboardsError(.exists, "an alert rule with the uid \(row.uid) exists already")
            }
            var stored = row
            try DashboardStore.placeLast(&stored, database)
            try DashboardStore.insert(stored, now: now, database)
            return try DashboardStore.storedRule(row.uid, database) ?? stored
        }
        ruleGeneration.increment()
        return result
    }

    /// Writes a rule over the one with its uid. In another group it goes to the end.
    ///
    /// - Throws: `notFound`, `conflict`, `invalidInput`.
    public func updateAlertRule(_ rule: AlertRule) async throws(DashboardsError) -> AlertRule {
        let now = clock.now()
        let result = try await write { database in
            guard let old = try DashboardStore.storedRule(rule.uid, database) else {
                throw DashboardsError(.notFound, "alert rule not found")
            }
            try old.provenance.check(rule.provenance, "alert rule \(rule.uid)")
            try DashboardStore.checkFolder(rule.groupKey.folder, database)
            var stored = rule
            (stored.position, stored.interval) = (old.position, old.interval)
            if old.groupKey != rule.groupKey { try DashboardStore.placeLast(&stored, database) }
            try DashboardStore.update(stored, now: now, database)
            return try DashboardStore.storedRule(rule.uid, database) ?? stored
        }
        ruleGeneration.increment()
        return result
    }

    /// Makes a group hold these rules in this order: new ones are added, those with a known uid are
    /// written over, and with `removesOthers` the others end.
    ///
    /// - Throws: `notFound` for the folder, `conflict`, `invalidInput`; then nothing is changed.
    public func replaceAlertGroup(
        _ group: AlertRule.GroupKey, interval: Int, rules: [AlertRule], provenance: Provenance,
        removesOthers: Bool = true
    ) async throws(DashboardsError) {
        var given = rules
        for index in given.indices {
            if given[index].uid.isEmpty { given[index].uid = newUID() }
            given[index].groupKey = group
            given[index].interval = interval
            given[index].position = index
            given[index].provenance = provenance
        }
        guard Set(given.map(\.uid)).count == given.count else {
            throw DashboardsError(.invalidInput, "group \"\(group.name)\": a uid is there twice")
        }
        let (rows, now) = (given, clock.now())
        let changed = try await write { database in
            try DashboardStore.checkFolder(group.folder, database)
            let old = try Row.fetchAll(
                database, sql: "SELECT * FROM alert_rule WHERE folder = ? AND rule_group = ?",
                arguments: [group.folder, group.name]
            ).compactMap(DashboardStore.alertRule)
            var changes = 0
            for row in rows {
                guard let known = try DashboardStore.storedRule(row.uid, database) else {
                    try DashboardStore.insert(row, now: now, database)
                    changes += 1
                    continue
                }
                try known.provenance.check(provenance, "alert rule \(row.uid)")
                guard !DashboardStore.isSame(known, row) else { continue }
                try DashboardStore.update(row, now: now, database)
                changes += 1
            }
            let kept = Set(rows.map(\.uid))
            for rule in old where !kept.contains(rule.uid) {
                if removesOthers {
                    try rule.provenance.check(provenance, "alert rule \(rule.uid)")
                    try database.execute(sql: "DELETE FROM alert_rule WHERE uid = ?", arguments: [rule.uid])
                    changes += 1
                } else if rule.interval != interval {
                    try database.execute(
                        sql: "UPDATE alert_rule SET interval = ? WHERE uid = ?",
                        arguments: [interval, rule.uid])
                    changes += 1
                }
            }
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM alert_rule") ?? 0
            guard count <= DashboardStore.alertRulesMax else {
                throw DashboardsError(
                    .invalidInput, "at most \(DashboardStore.alertRulesMax) alert rules are taken in all")
            }
            return changes
        }
        if changed > 0 { ruleGeneration.increment() }
    }

    /// - Throws: `notFound`, `conflict`.
    public func deleteAlertRule(uid: String, provenance: Provenance) async throws(DashboardsError) {
        try await write { database in
            guard let old = try DashboardStore.storedRule(uid, database) else {
                throw DashboardsError(.notFound, "alert rule not found")
            }
            try old.provenance.check(provenance, "alert rule \(uid)")
            try database.execute(sql: "DELETE FROM alert_rule WHERE uid = ?", arguments: [uid])
        }
        ruleGeneration.increment()
    }

    /// Deletes the alert rules of a folder that is deleted, when that is wanted.
    ///
    /// - Throws: `invalidInput` when there are some and it is not; `conflict` for rules of a file.
    static func clearAlertRules(of folder: String, isWanted: Bool, _ database: Database) throws {
        let origins = try String.fetchAll(
            database, sql: "SELECT provenance FROM alert_rule WHERE folder = ?", arguments: [folder])
        guard !origins.isEmpty else { return }
        guard isWanted else {
            throw DashboardsError(
                .invalidInput,
                "the folder holds \(origins.count) alert rules: delete them first, or set forceDeleteRules=true"
            )
        }
        guard !origins.contains(Provenance.file.rawValue) else {
            throw DashboardsError(.conflict, "cannot delete a folder of provisioned alert rules")
        }
        try database.execute(sql: "DELETE FROM alert_rule WHERE folder = ?", arguments: [folder])
    }

    private static func storedRule(_ uid: String, _ database: Database) throws -> AlertRule? {
        try Row.fetchOne(database, sql: "SELECT * FROM alert_rule WHERE uid = ?", arguments: [uid])
            .flatMap(alertRule)
    }

    /// Gives a rule the place behind the others of its group, and their interval; the first of a group stays as it is.
    private static func placeLast(_ rule: inout AlertRule, _ database: Database) throws {
        let group = try Row.fetchOne(
            database,
            sql: "SELECT max(position) AS position, max(interval) AS interval, count(*) AS members "
                + "FROM alert_rule WHERE folder = ? AND rule_group = ?",
            arguments: [rule.groupKey.folder, rule.groupKey.name])
        guard let group, group.whole("members") > 0 else { return }
        rule.interval = Int(group.whole("interval"))
        rule.position = Int(group.whole("position")) + 1
    }

    private static func checkFolder(_ uid: String, _ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "SELECT 1 FROM folder WHERE uid = ?", arguments: [uid])
        guard found != nil else {
            throw DashboardsError(.notFound, "folder \"\(uid)\" does not exist: alert rules need one")
        }
    }

    /// What is stored of a rule beside the columns.
    private static func text(_ rule: AlertRule) -> String {
        var body = rule.json
        for name in ["id", "uid", "orgID", "folderUID", "ruleGroup", "title", "updated", "provenance"] {
            body[name] = nil
        }
        return JSONValue.object(body).text()
    }

    private static func isSame(_ a: AlertRule, _ b: AlertRule) -> Bool {
        a.groupKey == b.groupKey && a.position == b.position && a.interval == b.interval && a.title == b.title
            && a.provenance == b.provenance && text(a) == text(b)
    }

    private static func insert(_ rule: AlertRule, now: Int64, _ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO alert_rule (uid, folder, rule_group, position, title, interval, provenance, "
                + "version, updated, json) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
            arguments: [
                rule.uid, rule.groupKey.folder, rule.groupKey.name, rule.position, rule.title, rule.interval,
                rule.provenance.rawValue, now, text(rule),
            ])
    }

    private static func update(_ rule: AlertRule, now: Int64, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE alert_rule SET folder = ?, rule_group = ?, position = ?, title = ?, interval = ?, "
                + "provenance = ?, version = version + 1, updated = ?, json = ? WHERE uid = ?",
            arguments: [
                rule.groupKey.folder, rule.groupKey.name, rule.position, rule.title, rule.interval,
                rule.provenance.rawValue, now, text(rule), rule.uid,
            ])
    }
}
