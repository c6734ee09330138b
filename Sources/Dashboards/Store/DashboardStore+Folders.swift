import GRDB
import Platform

extension DashboardStore {
    private static let folderDepthMax = 8

    private static func folder(_ row: Row) -> Folder {
        Folder(
            id: row.whole("id"), uid: row.text("uid"), title: row.text("title"),
            parent: row.text("parent"), version: row.whole("version"), created: row.whole("created"),
            updated: row.whole("updated"), createdBy: row.text("created_by"),
            updatedBy: row.text("updated_by"))
    }

    /// All folders by title.
    public func folders() async throws(DashboardsError) -> [Folder] {
        try await read {
            try Row.fetchAll($0, sql: "SELECT * FROM folder ORDER BY title COLLATE NOCASE")
                .map(DashboardStore.folder)
        }
    }

    public func folder(uid: String) async throws(DashboardsError) -> Folder? {
        try await read {
            try Row.fetchOne($0, sql: "SELECT * FROM folder WHERE uid = ?", arguments: [uid])
                .map(DashboardStore.folder)
        }
    }

    /// - Parameters:
    ///   - uid: "" for a fresh one.
    ///   - parent: "" at the top.
    ///   - maker: who may say who else may use it; nil for nobody but administrators.
    /// - Throws: `exists`, `invalidInput`, `notFound` for the parent.
    public func addFolder(
        uid: String, title: String, parent: String, by login: String, maker: Int64? = nil
    ) async throws(DashboardsError) -> Folder {
        try DashboardStore.checkTitle(title)
        let folder = Folder(
            id: 0, uid: uid.isEmpty ? newUID() : uid, title: title, parent: parent, version: 1,
            created: clock.now(), updated: clock.now(), createdBy: login, updatedBy: login)
        guard UID.isValid(folder.uid), folder.uid != "general" else {
            throw DashboardsError(.invalidInput, "uid contains illegal characters or is longer than 40")
        }
        return try await write { database in
            guard try DashboardStore.exists("folder", folder.uid, database) == false else {
                throw DashboardsError(.exists, "a folder with the same uid already exists")
            }
            try DashboardStore.checkPlace(of: folder, in: database)
            try database.execute(
                sql: "INSERT INTO folder (uid, title, parent, version, created, updated, created_by, "
                    + "updated_by) VALUES (?, ?, ?, 1, ?, ?, ?, ?)",
                arguments: [
                    folder.uid, title, parent, folder.created, folder.updated, login, login,
                ])
            var added = folder
            added.id = database.lastInsertedRowID
            try DashboardStore.giveToMaker(maker, .folder(uid: added.uid), now: added.created, database)
            return added
        }
    }

    /// Renames or moves a folder.
    ///
    /// - Parameter version: the one the caller read; nil to overwrite.
    /// - Throws: `notFound`, `versionMismatch`, `invalidInput`, `exists`.
    public func updateFolder(
        uid: String, title: String? = nil, parent: String? = nil, version: Int64? = nil, by login: String
    ) async throws(DashboardsError) -> Folder {
        if let title { try DashboardStore.checkTitle(title) }
        let now = clock.now()
        return try await write { database in
            guard
                var folder = try Row.fetchOne(
                    database, sql: "SELECT * FROM folder WHERE uid = ?", arguments: [uid]
                ).map(DashboardStore.folder)
            else { throw DashboardsError(.notFound, "folder not found") }
            if let version, version != folder.version {
                throw DashboardsError(.versionMismatch, "the folder has been changed by someone else")
            }
            if parent?.isEmpty == true {
                try DashboardStore.keepInherited(.folder(uid: uid), now: now, database)
            }
            folder.title = title ?? folder.title
            folder.parent = parent ?? folder.parent
            folder.version += 1
            (folder.updated, folder.updatedBy) = (now, login)
            try DashboardStore.checkPlace(of: folder, in: database)
            try database.execute(
                sql: "UPDATE folder SET title = ?, parent = ?, version = ?, updated = ?, updated_by = ? "
                    + "WHERE uid = ?",
                arguments: [folder.title, folder.parent, folder.version, now, login, uid])
            return folder
        }
    }

    /// Deletes a folder with the folders and dashboards in it.
    ///
    /// - Throws: `notFound`; `readOnly` when a provisioned dashboard is inside.
    public func deleteFolder(
        uid: String, withAlertRules: Bool = false
    ) async throws(DashboardsError) {
        try await write { database in
            guard try DashboardStore.exists("folder", uid, database) else {
                throw DashboardsError(.notFound, "folder not found")
            }
            var pending = [uid]
            var all: [String] = []
            while let next = pending.popLast(), all.count < 10_000 {
                all.append(next)
                pending += try String.fetchAll(
                    database, sql: "SELECT uid FROM folder WHERE parent = ?", arguments: [next])
            }
            for folder in all {
                let provisioned = try Int.fetchOne(
                    database, sql: "SELECT 1 FROM dashboard WHERE folder = ? AND provisioned IS NOT NULL",
                    arguments: [folder])
                guard provisioned == nil else {
                    throw DashboardsError(.readOnly, "cannot delete a folder of provisioned dashboards")
                }
                try DashboardStore.clearAlertRules(of: folder, isWanted: withAlertRules, database)
                try database.execute(sql: "DELETE FROM dashboard WHERE folder = ?", arguments: [folder])
                try database.execute(sql: "DELETE FROM folder WHERE uid = ?", arguments: [folder])
            }
        }
        ruleGeneration.increment()
    }

    static func exists(_ table: String, _ uid: String, _ database: Database) throws -> Bool {
        try Int.fetchOne(database, sql: "SELECT 1 FROM \(table) WHERE uid = ?", arguments: [uid]) != nil
    }

    private static func checkTitle(_ title: String) throws(DashboardsError) {
        guard !title.isEmpty, title.utf8.count <= 255 else {
            throw DashboardsError(.invalidInput, "folder title cannot be empty or longer than 255 bytes")
        }
    }

    /// The parent is there and not below the folder itself.
    private static func checkPlace(of folder: Folder, in database: Database) throws {
        var parent = folder.parent
        var depth = 0
        while !parent.isEmpty {
            guard parent != folder.uid, depth < folderDepthMax else {
                throw DashboardsError(
                    .invalidInput,
                    "cannot place the folder there: at most \(folderDepthMax) levels and no circles")
            }
            guard
                let next = try String.fetchOne(
                    database, sql: "SELECT parent FROM folder WHERE uid = ?", arguments: [parent])
            else { throw DashboardsError(.notFound, "parent folder not found") }
            parent = next
            depth += 1
        }
    }
}
