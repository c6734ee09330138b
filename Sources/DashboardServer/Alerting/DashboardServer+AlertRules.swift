import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import WebServer

// Rules and groups of the provisioning API.
extension DashboardServer {
    private static let bodyMax = 4 << 20

    /// What a change is marked with: by hand when the header says so, else by the API.
    func provenance(of call: Call) -> Provenance {
        HTTPField.Name("X-Disable-Provenance").map { call.request.headers[$0] != nil } == true ? .none : .api
    }

    @Sendable func listAlertRules(_ call: Call) async throws -> Response {
        .json(.array(try await visibleAlertRules(call).map { .object($0.json) }))
    }

    @Sendable func alertRule(_ call: Call) async throws -> Response {
        .json(.object(try await alertRule(call, try call.parameter("uid"), .view).json))
    }

    @Sendable func addAlertRule(_ call: Call) async throws -> Response {
        var rule = try AlertRule(try await call.json(limit: DashboardServer.bodyMax))
        rule.provenance = provenance(of: call)
        try await requireAlertFolder(call, rule.groupKey.folder, .edit)
        return .json(.object(try await store.addAlertRule(rule).json), status: .created)
    }

    @Sendable func updateAlertRule(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        _ = try await alertRule(call, uid, .edit)
        var rule = try AlertRule(try await call.json(limit: DashboardServer.bodyMax))
        rule.uid = uid
        try await requireAlertFolder(call, rule.groupKey.folder, .edit)
        rule.provenance = provenance(of: call)
        return .json(.object(try await store.updateAlertRule(rule).json))
    }

    @Sendable func deleteAlertRule(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        if let rule = try await store.alertRule(uid: uid) {
            try await requireAlertFolder(call, rule.groupKey.folder, .edit)
        }
        do {
            try await store.deleteAlertRule(uid: uid, provenance: provenance(of: call))
        } catch  where error.kind == .notFound {
            // Gone is gone: the original says the same for what never was.
        }
        return Response(status: .noContent)
    }

    // MARK: - Groups

    private func groupKey(_ call: Call) throws -> AlertRule.GroupKey {
        .init(folder: try call.parameter("uid"), name: try call.parameter("name"))
    }

    func alertGroup(
        _ call: Call, key: AlertRule.GroupKey, _ level: PermissionLevel = .view
    ) async throws -> [AlertRule] {
        try await requireAlertFolder(call, key.folder, level)
        let rules = try await store.alertRules(of: key)
        guard !rules.isEmpty else { throw APIError(.notFound, "rule group not found") }
        return rules
    }

    private static func json(_ key: AlertRule.GroupKey, _ rules: [AlertRule]) -> JSONValue {
        [
            "title": .string(key.name), "folderUid": .string(key.folder),
            "interval": .number(rules.first?.interval ?? 60), "rules": .array(rules.map { .object($0.json) }),
        ]
    }

    @Sendable func alertGroup(_ call: Call) async throws -> Response {
        let key = try groupKey(call)
        return .json(DashboardServer.json(key, try await alertGroup(call, key: key)))
    }

    @Sendable func replaceAlertGroup(_ call: Call) async throws -> Response {
        let key = try groupKey(call)
        try await requireAlertFolder(call, key.folder, .edit)
        let body = try await call.json(limit: DashboardServer.bodyMax)
        guard let interval = body.whole("interval"), (1...366 * 86_400).contains(interval) else {
            throw APIError(.badRequest, "rule group \"\(key.name)\": interval: want seconds")
        }
        guard case .array(let items)? = body["rules"], items.count <= 1000 else {
            throw APIError(.badRequest, "rule group \"\(key.name)\": rules: want a list of at most 1000")
        }
        var rules: [AlertRule] = []
        for item in items {
            guard case .object(let object) = item else {
                throw APIError(.badRequest, "rule group \"\(key.name)\": rules: want objects")
            }
            let rule = try AlertRule(object, group: key, place: "rule group \"\(key.name)\"")
            // One that is there already leaves its folder.
            if let old = try await store.alertRule(uid: rule.uid), old.groupKey.folder != key.folder {
                try await requireAlertFolder(call, old.groupKey.folder, .edit)
            }
            rules.append(rule)
        }
        try await store.replaceAlertGroup(
            key, interval: interval, rules: rules, provenance: provenance(of: call))
        return .json(DashboardServer.json(key, try await store.alertRules(of: key)))
    }

    @Sendable func deleteAlertGroup(_ call: Call) async throws -> Response {
        let key = try groupKey(call)
        let rules = try await alertGroup(call, key: key, .edit)
        try await store.replaceAlertGroup(
            key, interval: rules.first?.interval ?? 60, rules: [], provenance: provenance(of: call))
        return Response(status: .noContent)
    }
}
