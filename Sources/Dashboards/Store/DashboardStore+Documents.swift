import GRDB
public import JSON
import Platform

/// A small thing that is stored whole: a playlist, a library panel, a snapshot.
public struct StoredDocument: Sendable, Equatable {
    public enum Kind: String, Sendable {
        case playlist
        case libraryPanel
        case snapshot
        case shortURL
        case queryHistory
    }

    public var id: Int64 = 0
    public let kind: Kind
    public var uid: String
    public var name: String
    /// Login or id of whom it belongs to.
    public var owner: String
    public var version: Int64 = 1
    /// Milliseconds since 1970.
    public var created: Int64 = 0
    public var updated: Int64 = 0
    public var body: JSONObject

    public init(kind: Kind, uid: String = "", name: String, owner: String, body: JSONObject) {
        self.kind = kind
        self.uid = uid
        self.name = name
        self.owner = owner
        self.body = body
    }
}

extension DashboardStore {
    private static func document(_ row: Row) -> StoredDocument? {
        guard let kind = StoredDocument.Kind(rawValue: row.text("kind")) else { return nil }
        var result = StoredDocument(
            kind: kind, uid: row.text("uid"), name: row.text("name"), owner: row.text("owner"),
            body: row.json("json").object ?? [:])
        result.id = row.whole("id")
        result.version = row.whole("version")
        result.created = row.whole("created")
        result.updated = row.whole("updated")
        return result
    }

    /// All of a kind, the latest first; at most 10,000.
    public func documents(
        _ kind: StoredDocument.Kind, owner: String? = nil
    ) async throws(DashboardsError) -> [StoredDocument] {
        try await read {
            try Row.fetchAll(
                $0,
                sql: "SELECT * FROM document WHERE kind = ?1 AND (?2 IS NULL OR owner = ?2) "
                    + "ORDER BY id DESC LIMIT 10000", arguments: [kind.rawValue, owner]
            ).compactMap(DashboardStore.document)
        }
    }

    public func document(
        _ kind: StoredDocument.Kind, uid: String
    ) async throws(DashboardsError) -> StoredDocument? {
        try await read {
            try Row.fetchOne(
                $0, sql: "SELECT * FROM document WHERE kind = ? AND uid = ?", arguments: [kind.rawValue, uid]
            ).flatMap(DashboardStore.document)
        }
    }

    /// Adds a document; an empty uid gets a fresh one.
    ///
    /// - Throws: `exists`, `invalidInput`.
    public func addDocument(_ document: StoredDocument) async throws(DashboardsError) -> StoredDocument {
        var added = document
        if added.uid.isEmpty { added.uid = newUID() }
        guard UID.isValid(added.uid), added.name.utf8.count <= 1000 else {
            throw DashboardsError(.invalidInput, "uid contains illegal characters or is longer than 40")
        }
        (added.created, added.updated, added.version) = (clock.now(), clock.now(), 1)
        let row = added
        added.id = try await write { database in
            let taken = try Int.fetchOne(
                database, sql: "SELECT 1 FROM document WHERE kind = ? AND uid = ?",
                arguments: [row.kind.rawValue, row.uid])
            guard taken == nil else { throw DashboardsError(.exists, "the uid is taken") }
            try database.execute(
                sql: "INSERT INTO document (kind, uid, name, owner, version, created, updated, json) "
                    + "VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
                arguments: [
                    row.kind.rawValue, row.uid, row.name, row.owner, row.created, row.updated,
                    JSONValue.object(row.body).text(),
                ])
            return database.lastInsertedRowID
        }
        if document.kind == .libraryPanel { dataSourceGeneration.increment() }
        return added
    }

    /// Replaces name and body.
    ///
    /// - Parameter version: the one that the caller read; nil to overwrite.
    /// - Throws: `notFound`, `versionMismatch`.
    public func updateDocument(
        _ document: StoredDocument, version: Int64? = nil
    ) async throws(DashboardsError) -> StoredDocument {
        let now = clock.now()
        let updated = try await write { database in
            guard
                let current = try Int64.fetchOne(
                    database, sql: "SELECT version FROM document WHERE kind = ? AND uid = ?",
                    arguments: [document.kind.rawValue, document.uid])
            else { throw DashboardsError(.notFound, "not found") }
            guard version == nil || version == current else {
                throw DashboardsError(.versionMismatch, "the element has been changed by someone else")
            }
            try database.execute(
                sql:
                    "UPDATE document SET name = ?, version = ?, updated = ?, json = ? WHERE kind = ? AND uid = ?",
                arguments: [
                    document.name, current + 1, now, JSONValue.object(document.body).text(),
                    document.kind.rawValue, document.uid,
                ])
            var result = document
            (result.version, result.updated) = (current + 1, now)
            return result
        }
        if document.kind == .libraryPanel { dataSourceGeneration.increment() }
        return updated
    }

    public func deleteDocument(_ kind: StoredDocument.Kind, uid: String) async throws(DashboardsError) {
        try await write { database in
            try database.execute(
                sql: "DELETE FROM document WHERE kind = ? AND uid = ?", arguments: [kind.rawValue, uid])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "not found") }
        }
        if kind == .libraryPanel { dataSourceGeneration.increment() }
    }

    // MARK: - Library panels

    /// The document with the models of its library panels in their places; each keeps its own id and
    /// place on the grid.
    func fillingLibraryPanels(of document: JSONObject) async throws(DashboardsError) -> JSONObject {
        let uids = DashboardStore.libraryUIDs(document)
        guard !uids.isEmpty else { return document }
        var models: [String: StoredDocument] = [:]
        for uid in uids.prefix(1000) { models[uid] = try await self.document(.libraryPanel, uid: uid) }
        func filled(_ item: JSONValue) -> JSONValue {
            guard case .object(var panel) = item else { return item }
            if panel["panels"] != nil { panel["panels"] = .array(panel.list("panels").map(filled)) }
            guard let uid = panel["libraryPanel"]?["uid"]?.string, let element = models[uid],
                var model = element.body.object("model")
            else { return .object(panel) }
            for name in ["id", "gridPos", "libraryPanel", "repeat", "repeatDirection", "maxPerRow"] {
                model[name] = panel[name]
            }
            return .object(model)
        }
        var result = document
        result["panels"] = .array(document.list("panels").map(filled))
        return result
    }

    /// uids of the library panels that a document names.
    public static func libraryUIDs(_ document: JSONObject) -> Set<String> {
        let panels = document.list("panels").flatMap { [$0] + ($0["panels"]?.array ?? []) }
        return Set(panels.compactMap { $0["libraryPanel"]?["uid"]?.string })
    }
}
