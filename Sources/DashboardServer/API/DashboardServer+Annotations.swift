import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    private static func json(_ annotation: Annotation) -> JSONValue {
        [
            "id": .number(Int(annotation.id)), "alertId": 0, "alertName": "",
            "dashboardUID": .string(annotation.dashboard), "panelId": .number(Int(annotation.panel)),
            "userId": 0, "userName": .string(annotation.login), "newState": "", "prevState": "",
            "created": .number(Int(annotation.created)), "updated": .number(Int(annotation.updated)),
            "time": .number(Int(annotation.time)), "timeEnd": .number(Int(annotation.timeEnd)),
            "text": .string(annotation.text), "tags": .array(annotation.tags.map { .string($0) }),
            "login": .string(annotation.login), "email": "", "avatarUrl": "", "data": [:],
        ]
    }

    /// - Throws: 404, also for one that the caller may not see; 403 for one that may only be seen.
    private func find(_ call: Call, _ level: PermissionLevel) async throws -> Annotation {
        guard let annotation = try await store.annotation(id: try call.number("id")) else {
            throw APIError(.notFound, "Annotation not found")
        }
        let has = try await self.level(ofDashboard: annotation.dashboard, call)
        guard has != nil else { throw APIError(.notFound, "Annotation not found") }
        try require(level, has, "annotations:write")
        return annotation
    }

    /// What the caller may do with annotations of a dashboard, "" for those of the organisation. Of one
    /// that is not there any more they are left to administrators.
    private func level(ofDashboard uid: String, _ call: Call) async throws -> PermissionLevel? {
        let permissions = try await permissions(of: call)
        if uid.isEmpty { return permissions.level(folder: "") ?? .view }
        guard let record = try await store.dashboardRecord(uid: uid) else {
            return permissions.isUnlimited ? .admin : nil
        }
        return try await store.level(of: record, for: permissions)
    }

    @Sendable func listAnnotations(_ call: Call) async throws -> Response {
        let query = call.query
        var filter = AnnotationFilter()
        let now = store.now
        filter.from = try query["from"].map { try TimeText.parse($0, now: now, isEnd: false) }
        filter.to = try query["to"].map { try TimeText.parse($0, now: now, isEnd: true) }
        filter.dashboard = query["dashboardUID"]
        filter.panel = query.number("panelId")
        filter.tags = query.all("tags")
        filter.matchesAny = query.flag("matchAny")
        filter.limit = Int(min(max(query.number("limit") ?? 100, 1), 10_000))
        // Alerts' own state changes are not kept here.
        guard query["type"] != "alert" else { return .json([]) }
        filter.permissions = try await permissions(of: call)
        return .json(.array(try await store.annotations(filter).map(DashboardServer.json)))
    }

    @Sendable func addAnnotation(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let time = body.real("time").map { Int64(min(max($0, -1e15), 1e15)) } ?? store.now
        var annotation = Annotation(
            time: time, timeEnd: body.real("timeEnd").map { Int64(min(max($0, -1e15), 1e15)) } ?? time,
            text: body.text("text") ?? "")
        if annotation.timeEnd == 0 { annotation.timeEnd = time }
        annotation.dashboard = body.text("dashboardUID") ?? ""
        annotation.panel = Int64(body.whole("panelId") ?? 0)
        annotation.tags = body.list("tags").compactMap(\.string)
        annotation.login = try call.user.login
        try require(
            .edit, try await level(ofDashboard: annotation.dashboard, call), "annotations:create")
        let id = try await store.saveAnnotation(annotation)
        return .json(["message": "Annotation added", "id": .number(Int(id))])
    }

    @Sendable func addGraphiteAnnotation(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let time = body.real("when").map { Int64(min(max($0, 0), 1e12)) * 1000 } ?? store.now
        let what = body.text("what") ?? ""
        let data = body.text("data") ?? ""
        var annotation = Annotation(time: time, timeEnd: time, text: data.isEmpty ? what : "\(what)\n\(data)")
        annotation.tags =
            body.text("tags").map { $0.split(separator: " ").map(String.init) }
            ?? body.list("tags").compactMap(\.string)
        annotation.login = try call.user.login
        let id = try await store.saveAnnotation(annotation)
        return .json(["message": "Graphite annotation added", "id": .number(Int(id))])
    }

    @Sendable func annotation(_ call: Call) async throws -> Response {
        .json(DashboardServer.json(try await find(call, .view)))
    }

    /// PUT and PATCH alike: what is given changes.
    @Sendable func updateAnnotation(_ call: Call) async throws -> Response {
        var annotation = try await find(call, .edit)
        let body = try await call.json()
        annotation.text = body.text("text") ?? annotation.text
        annotation.time = body.real("time").map { Int64(min(max($0, -1e15), 1e15)) } ?? annotation.time
        annotation.timeEnd =
            body.real("timeEnd").map { Int64(min(max($0, -1e15), 1e15)) }
            ?? max(annotation.time, annotation.timeEnd)
        if body["tags"] != nil { annotation.tags = body.list("tags").compactMap(\.string) }
        try await store.saveAnnotation(annotation)
        return .message(call.request.method == .patch ? "Annotation patched" : "Annotation updated")
    }

    @Sendable func deleteAnnotation(_ call: Call) async throws -> Response {
        try await store.deleteAnnotation(id: try await find(call, .edit).id)
        return .message("Annotation deleted")
    }

    @Sendable func annotationTags(_ call: Call) async throws -> Response {
        var filter = AnnotationFilter()
        filter.limit = 10_000
        filter.permissions = try await permissions(of: call)
        var counts: [String: Int] = [:]
        let wanted = call.query["tag"]?.lowercased() ?? ""
        for annotation in try await store.annotations(filter) {
            for tag in annotation.tags where wanted.isEmpty || tag.lowercased().contains(wanted) {
                counts[tag, default: 0] += 1
            }
        }
        return .json([
            "result": [
                "tags": .array(
                    counts.sorted { $0.key < $1.key }.map {
                        ["tag": .string($0.key), "count": .number($0.value)]
                    })
            ]
        ])
    }
}
