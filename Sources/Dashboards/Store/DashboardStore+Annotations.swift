import GRDB
import Platform

/// Something that happened at a time or over a range.
public struct Annotation: Sendable, Equatable {
    public var id: Int64 = 0
    /// uid; "" for the whole organisation.
    public var dashboard = ""
    /// 0 for the whole dashboard.
    public var panel: Int64 = 0
    /// Milliseconds since 1970.
    public var time: Int64
    /// The same as `time` for a moment.
    public var timeEnd: Int64
    public var text: String
    public var tags: [String] = []
    public var login = ""
    public var created: Int64 = 0
    public var updated: Int64 = 0

    public init(time: Int64, timeEnd: Int64, text: String) {
        self.time = time
        self.timeEnd = timeEnd
        self.text = text
    }
}

/// Which annotations are wanted.
public struct AnnotationFilter: Sendable {
    /// Milliseconds since 1970; nil for no bound.
    public var from: Int64?
    public var to: Int64?
    public var dashboard: String?
    public var panel: Int64?
    public var tags: [String] = []
    /// One of the tags is enough.
    public var matchesAny = false
    /// 1 ... 10,000
    public var limit = 100
    /// Only those of no dashboard and of dashboards that this caller sees; nil for all.
    public var permissions: Permissions?

    public init() {}
}

extension DashboardStore {
    private static func annotation(_ row: Row) -> Annotation {
        var result = Annotation(
            time: row.whole("time"), timeEnd: row.whole("time_end"), text: row.text("text"))
        result.id = row.whole("id")
        result.dashboard = row.text("dashboard")
        result.panel = row.whole("panel")
        result.tags = row.text("tags").split(separator: "\n").map(String.init)
        result.login = row.text("login")
        result.created = row.whole("created")
        result.updated = row.whole("updated")
        return result
    }

    /// The latest first.
    public func annotations(_ filter: AnnotationFilter) async throws(DashboardsError) -> [Annotation] {
        let limit = min(max(filter.limit, 1), 10_000)
        let rows = try await read { database in
            var place =
                "WHERE (?1 IS NULL OR time_end >= ?1) AND (?2 IS NULL "
                + "OR time <= ?2) AND (?3 IS NULL OR dashboard = ?3) AND (?4 IS NULL OR panel = ?4)"
            var values: StatementArguments = [
                filter.from, filter.to, filter.dashboard, filter.panel,
                filter.tags.isEmpty ? limit : 100_000,
            ]
            if let permissions = filter.permissions, !permissions.isUnlimited {
                // What is left of a dashboard that was deleted is for administrators: nobody knows any
                // more who could see it.
                let visible = try DashboardStore.visible(permissions, database)
                place +=
                    " AND (dashboard = '' OR EXISTS (SELECT 1 FROM dashboard "
                    + "WHERE uid = annotation.dashboard AND \(visible?.sql ?? "1")))"
                values += StatementArguments(visible?.arguments ?? [])
            }
            return try Row.fetchAll(
                database,
                sql: "WITH most(number) AS (SELECT ?5) SELECT * FROM annotation \(place) "
                    + "ORDER BY time DESC LIMIT (SELECT number FROM most)",
                arguments: values
            ).map(DashboardStore.annotation)
        }
        guard !filter.tags.isEmpty else { return rows }
        return Array(
            rows.filter { annotation in
                filter.matchesAny
                    ? filter.tags.contains { annotation.tags.contains($0) }
                    : filter.tags.allSatisfy { annotation.tags.contains($0) }
            }.prefix(limit))
    }

    public func annotation(id: Int64) async throws(DashboardsError) -> Annotation? {
        try await read {
            try Row.fetchOne($0, sql: "SELECT * FROM annotation WHERE id = ?", arguments: [id])
                .map(DashboardStore.annotation)
        }
    }

    /// Adds one with id 0, else replaces the one with its id.
    ///
    /// - Throws: `notFound`, `invalidInput`.
    @discardableResult
    public func saveAnnotation(_ annotation: Annotation) async throws(DashboardsError) -> Int64 {
        guard !annotation.text.isEmpty || !annotation.tags.isEmpty, annotation.text.utf8.count <= 65_536
        else {
            throw DashboardsError(.invalidInput, "text field should not be empty")
        }
        guard annotation.time <= annotation.timeEnd else {
            throw DashboardsError(.invalidInput, "timeEnd must not be before time")
        }
        let now = clock.now()
        let tags = annotation.tags.filter { !$0.contains("\n") }.joined(separator: "\n")
        return try await write { database in
            let values: StatementArguments = [
                annotation.dashboard, annotation.panel, annotation.time, annotation.timeEnd,
                annotation.text, tags, annotation.login, now,
            ]
            if annotation.id > 0 {
                try database.execute(
                    sql: "UPDATE annotation SET dashboard = ?, panel = ?, time = ?, time_end = ?, text = ?, "
                        + "tags = ?, login = ?, updated = ? WHERE id = ?", arguments: values + [annotation.id]
                )
                guard database.changesCount == 1 else {
                    throw DashboardsError(.notFound, "Annotation not found")
                }
                return annotation.id
            }
            try database.execute(
                sql: "INSERT INTO annotation (dashboard, panel, time, time_end, text, tags, login, created, "
                    + "updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", arguments: values + [now])
            return database.lastInsertedRowID
        }
    }

    public func deleteAnnotation(id: Int64) async throws(DashboardsError) {
        try await write { database in
            try database.execute(sql: "DELETE FROM annotation WHERE id = ?", arguments: [id])
            guard database.changesCount == 1 else { throw DashboardsError(.notFound, "Annotation not found") }
        }
    }
}
