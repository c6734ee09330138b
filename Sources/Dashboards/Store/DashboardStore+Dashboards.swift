import GRDB
public import JSON
import Platform

/// What to store, and under which conditions.
public struct DashboardSave: Sendable {
    public var document: JSONObject
    /// uid of the folder, "" for the root; nil to leave it where it is.
    public var folder: String?
    public var message = ""
    /// Whether a newer version may be replaced.
    public var overwrite = false
    public var login = ""
    /// Where the document was provisioned from; nil for a person's save.
    public var provisioned: String?
    /// Of the provisioned bytes.
    public var checksum = ""
    public var restoredFrom: Int64 = 0
    /// A person saves what was provisioned: the version counts as for any other.
    public var checksVersion = false
    /// What the caller may do; nil for the program itself, which may save anywhere.
    public var permissions: Permissions?
    /// Of a new dashboard: who may say who else may use it; nil for nobody but administrators.
    public var maker: Int64?

    public init(document: JSONObject, folder: String? = nil) {
        self.document = document
        self.folder = folder
    }
}

extension DashboardStore {
    static let columns =
        "id, uid, title, slug, folder, tags, version, provisioned, created, updated, created_by, updated_by"

    static func record(_ row: Row) -> DashboardRecord {
        DashboardRecord(
            id: row.whole("id"), uid: row.text("uid"), title: row.text("title"), slug: row.text("slug"),
            folder: row.text("folder"), tags: row.text("tags").split(separator: "\n").map(String.init),
            version: row.whole("version"), provisioned: row["provisioned"] as String?,
            created: row.whole("created"), updated: row.whole("updated"),
            createdBy: row.text("created_by"), updatedBy: row.text("updated_by"))
    }

    public func dashboardRecord(uid: String) async throws(DashboardsError) -> DashboardRecord? {
        try await read {
            try Row.fetchOne(
                $0, sql: "SELECT \(DashboardStore.columns) FROM dashboard WHERE uid = ?", arguments: [uid]
            ).map(DashboardStore.record)
        }
    }

    /// nil when there is no dashboard with this number.
    public func dashboardUID(id: Int64) async throws(DashboardsError) -> String? {
        try await read {
            try String.fetchOne($0, sql: "SELECT uid FROM dashboard WHERE id = ?", arguments: [id])
        }
    }

    /// A dashboard as it was saved.
    public func dashboardText(uid: String) async throws(DashboardsError) -> (
        record: DashboardRecord, text: String
    )? {
        try await read {
            try Row.fetchOne($0, sql: "SELECT * FROM dashboard WHERE uid = ?", arguments: [uid])
                .map { (DashboardStore.record($0), $0.text("json")) }
        }
    }

    /// Records and checksums of what was provisioned.
    public func provisionedDashboards() async throws(DashboardsError) -> [(
        record: DashboardRecord, checksum: String
    )] {
        try await read {
            try Row.fetchAll(
                $0,
                sql: "SELECT \(DashboardStore.columns), checksum FROM dashboard WHERE provisioned IS NOT NULL"
            ).map { (DashboardStore.record($0), $0.text("checksum")) }
        }
    }

    /// Saves a classic document, new or over the version that it names.
    ///
    /// - Parameter versionsToKeep: older ones are forgotten.
    /// - Throws: `invalidInput`, `notFound`, `versionMismatch`, `readOnly`, `forbidden`.
    public func saveDashboard(
        _ save: DashboardSave, versionsToKeep: Int = 20
    ) async throws(DashboardsError) -> DashboardRecord {
        var document = save.document
        let title = (document.text("title") ?? "").trimmed
        guard !title.isEmpty, title.utf8.count <= 1000 else {
            throw DashboardsError(.invalidInput, "Dashboard title cannot be empty")
        }
        let givenUID = document.text("uid") ?? ""
        let givenID = document.whole("id").flatMap { $0 > 0 ? Int64($0) : nil }
        let givenVersion = document.whole("version").map { Int64($0) }
        guard givenUID.isEmpty || UID.isValid(givenUID) else {
            throw DashboardsError(.invalidInput, "uid contains illegal characters or is longer than 40")
        }
        let freshUID = newUID()
        let now = clock.now()
        document["id"] = nil
        document["version"] = nil
        let tags = document.list("tags").compactMap(\.string).filter { !$0.isEmpty && !$0.contains("\n") }
            .prefix(100)
        let body = document
        return try await write { database in
            let existing = try DashboardStore.existing(uid: givenUID, id: givenID, database)
            try DashboardStore.requireMaySave(save, over: existing, database)
            if let existing {
                guard (existing.provisioned == nil) || save.provisioned != nil else {
                    throw DashboardsError(.readOnly, "Cannot save provisioned dashboard")
                }
                let isFree = save.overwrite || (save.provisioned != nil && !save.checksVersion)
                guard isFree || givenVersion == existing.version else {
                    throw DashboardsError(
                        .versionMismatch, "The dashboard has been changed by someone else")
                }
            }
            let folder = save.folder ?? existing?.folder ?? ""
            if !folder.isEmpty, try !DashboardStore.exists("folder", folder, database) {
                throw DashboardsError(.invalidInput, "folder not found")
            }
            var record = DashboardRecord(
                id: existing?.id ?? 0, uid: existing?.uid ?? (givenUID.isEmpty ? freshUID : givenUID),
                title: title, slug: Slug.make(title), folder: folder, tags: Array(tags),
                version: (existing?.version ?? 0) + 1, provisioned: save.provisioned,
                created: existing?.created ?? now, updated: now,
                createdBy: existing?.createdBy ?? save.login, updatedBy: save.login)
            var stored = body
            stored["uid"] = .string(record.uid)
            let text = JSONValue.object(stored).text()
            let tagText = record.tags.joined(separator: "\n")
            if let existing {
                if folder.isEmpty {
                    try DashboardStore.keepInherited(.dashboard(uid: existing.uid), now: now, database)
                }
                try database.execute(
                    sql: "UPDATE dashboard SET title = ?, slug = ?, folder = ?, tags = ?, version = ?, "
                        + "provisioned = ?, checksum = ?, updated = ?, updated_by = ?, json = ? WHERE id = ?",
                    arguments: [
                        record.title, record.slug, folder, tagText, record.version, record.provisioned,
                        save.checksum, now, save.login, text, record.id,
                    ])
                try database.execute(
                    sql: "DELETE FROM dashboard_tag WHERE dashboard_id = ?", arguments: [record.id])
            } else {
                try database.execute(
                    sql: "INSERT INTO dashboard (uid, title, slug, folder, tags, version, provisioned, "
                        + "checksum, created, updated, created_by, updated_by, json) "
                        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    arguments: [
                        record.uid, record.title, record.slug, folder, tagText, record.version,
                        record.provisioned, save.checksum, now, now, save.login, save.login, text,
                    ])
                record.id = database.lastInsertedRowID
                try DashboardStore.giveToMaker(
                    save.maker, .dashboard(uid: record.uid), now: now, database)
            }
            for tag in record.tags {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO dashboard_tag (term, dashboard_id) VALUES (?, ?)",
                    arguments: [tag, record.id])
            }
            if save.provisioned == nil {
                try DashboardStore.addVersion(record, save, text, keep: versionsToKeep, database)
            }
            return record
        }
    }

    /// Checked in the transaction that saves, so that nobody moves the dashboard in between.
    private static func requireMaySave(
        _ save: DashboardSave, over existing: DashboardRecord?, _ database: Database
    ) throws {
        guard let permissions = save.permissions else { return }
        if let existing {
            guard let level = try level(of: existing, for: permissions, database), level >= .edit else {
                throw DashboardsError(.forbidden, "dashboards:write")
            }
        }
        let folder = save.folder ?? existing?.folder ?? ""
        guard existing == nil || folder != existing?.folder else { return }
        if !folder.isEmpty, try !exists("folder", folder, database) {
            throw DashboardsError(.invalidInput, "folder not found")
        }
        guard let level = permissions.level(folder: folder), level >= .edit else {
            throw DashboardsError(.forbidden, "dashboards:create")
        }
    }

    private static func existing(
        uid: String, id: Int64?, _ database: Database
    ) throws -> DashboardRecord? {
        let byUID =
            uid.isEmpty
            ? nil
            : try Row.fetchOne(
                database, sql: "SELECT \(columns) FROM dashboard WHERE uid = ?", arguments: [uid]
            ).map(record)
        guard let id else { return byUID }
        if let byUID {
            return byUID
        }
        let byID = try Row.fetchOne(
            database, sql: "SELECT \(columns) FROM dashboard WHERE id = ?", arguments: [id]
        ).map(record)
        guard let byID, uid.isEmpty || byID.uid == uid else {
            throw DashboardsError(.notFound, "Dashboard not found")
        }
        return byID
    }

    private static func addVersion(
        _ record: DashboardRecord, _ save: DashboardSave, _ text: String, keep: Int, _ database: Database
    ) throws {
        try database.execute(
            sql: "INSERT INTO dashboard_version (dashboard_id, version, parent, restored_from, created, "
                + "created_by, message, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                record.id, record.version, record.version - 1, save.restoredFrom, record.updated,
                save.login, String(save.message.prefix(500)), text,
            ])
        try database.execute(
            sql: "DELETE FROM dashboard_version WHERE dashboard_id = ?1 AND version <= ?2",
            arguments: [record.id, record.version - Int64(keep)])
    }

    /// - Throws: `notFound`, `readOnly`.
    public func deleteDashboard(
        uid: String, evenProvisioned: Bool = false
    ) async throws(DashboardsError) -> DashboardRecord {
        try await write { database in
            guard
                let record = try Row.fetchOne(
                    database, sql: "SELECT \(DashboardStore.columns) FROM dashboard WHERE uid = ?",
                    arguments: [uid]
                ).map(DashboardStore.record)
            else { throw DashboardsError(.notFound, "Dashboard not found") }
            guard record.provisioned == nil || evenProvisioned else {
                throw DashboardsError(.readOnly, "provisioned dashboard cannot be deleted")
            }
            try database.execute(sql: "DELETE FROM dashboard WHERE id = ?", arguments: [record.id])
            try database.execute(sql: "DELETE FROM star WHERE dashboard_uid = ?", arguments: [uid])
            return record
        }
    }

    // MARK: - Versions

    private static func version(_ row: Row) -> DashboardVersion {
        DashboardVersion(
            id: row.whole("id"), version: row.whole("version"), parent: row.whole("parent"),
            restoredFrom: row.whole("restored_from"), created: row.whole("created"),
            createdBy: row.text("created_by"), message: row.text("message"))
    }

    /// The newest first.
    public func versions(
        dashboardID: Int64, limit: Int, start: Int
    ) async throws(DashboardsError) -> [DashboardVersion] {
        try await read {
            try Row.fetchAll(
                $0,
                sql: "SELECT id, version, parent, restored_from, created, created_by, message "
                    + "FROM dashboard_version WHERE dashboard_id = ? ORDER BY version DESC LIMIT ? OFFSET ?",
                arguments: [dashboardID, limit, start]
            ).map(DashboardStore.version)
        }
    }

    public func version(
        dashboardID: Int64, version: Int64
    ) async throws(DashboardsError) -> (version: DashboardVersion, text: String)? {
        try await read {
            try Row.fetchOne(
                $0, sql: "SELECT * FROM dashboard_version WHERE dashboard_id = ? AND version = ?",
                arguments: [dashboardID, version]
            ).map { (DashboardStore.version($0), $0.text("json")) }
        }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        let start = drop { $0.isWhitespace }
        return String(String(start.reversed().drop { $0.isWhitespace }).reversed())
    }
}
