import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import WebServer

// What is stored as files that provisioning takes.
extension DashboardServer {
    private func file(_ call: Call, _ name: String, _ members: JSONObject) -> Response {
        var document: JSONObject = ["apiVersion": 1]
        for (name, value) in members.members { document[name] = value }
        let isJSON =
            call.query["format"] == "json"
            || (call.query["format"] == nil && call.request.headers[.accept]?.contains("json") == true)
        let body = isJSON ? JSONValue.object(document).bytes() : Array(AlertingYAML.text(document).utf8)
        var response = Response.bytes(
            ByteBuffer(bytes: body), type: isJSON ? "application/json" : "application/yaml", status: .ok)
        if call.query.flag("download") {
            response.headers[.contentDisposition] =
                "attachment; filename=\"\(name).\(isJSON ? "json" : "yaml")\""
        }
        return response
    }

    private func file(_ call: Call, rules: [AlertRule]) async throws -> Response {
        // A folder that is seen may stand in one that is not.
        let permissions = try await permissions(of: call)
        let folders = Dictionary(
            try await store.folders().filter { permissions.sees(folder: $0.uid) }.map { ($0.uid, $0) },
            uniquingKeysWith: { first, _ in first })
        /// The titles from the top, as provisioning reads them.
        func path(_ uid: String) -> String {
            var titles: [String] = []
            var next = uid
            while let folder = folders[next], titles.count < 16 {
                titles.insert(folder.title, at: 0)
                next = folder.parent
            }
            return titles.isEmpty ? uid : titles.joined(separator: "/")
        }
        var groups: [JSONValue] = []
        var keys: [AlertRule.GroupKey] = []
        for rule in rules where !keys.contains(rule.groupKey) { keys.append(rule.groupKey) }
        for key in keys {
            let members = rules.filter { $0.groupKey == key }
            groups.append([
                "orgId": 1, "name": .string(AlertingYAML.escaped(key.name)),
                "folder": .string(AlertingYAML.escaped(path(key.folder))),
                "interval": .string(AlertRule.duration(Int64(members.first?.interval ?? 60) * 1000)),
                "rules": .array(
                    members.map { AlertingYAML.escapingDollars($0.fileJSON) }),
            ])
        }
        return file(call, "alert_rules", ["groups": .array(groups)])
    }

    @Sendable func exportAlertRules(_ call: Call) async throws -> Response {
        let (folders, group, uid) = (call.query.all("folderUid"), call.query["group"], call.query["ruleUid"])
        let rules = try await visibleAlertRules(call).filter {
            (folders.isEmpty || folders.contains($0.groupKey.folder))
                && (group == nil || $0.groupKey.name == group) && (uid == nil || $0.uid == uid)
        }
        return try await file(call, rules: rules)
    }

    @Sendable func exportAlertRule(_ call: Call) async throws -> Response {
        try await file(call, rules: [try await alertRule(call, try call.parameter("uid"), .view)])
    }

    @Sendable func exportAlertGroup(_ call: Call) async throws -> Response {
        let key = AlertRule.GroupKey(folder: try call.parameter("uid"), name: try call.parameter("name"))
        return try await file(call, rules: try await alertGroup(call, key: key))
    }

    /// With `decrypt=true` an administrator gets the secrets too.
    @Sendable func exportContactPoints(_ call: Call) async throws -> Response {
        let reveals = call.query.flag("decrypt")
        if reveals, !Access.admin.admits(call.caller) { throw APIError.forbidden(Access.admin.rawValue) }
        let name = call.query["name"]
        let points = try await store.contactPoints(reveals: reveals).filter { name == nil || $0.name == name }
        var names: [String] = []
        for point in points where !names.contains(point.name) { names.append(point.name) }
        let list = names.map { name -> JSONValue in
            let receivers = points.filter { $0.name == name }.map { point -> JSONValue in
                let settings = reveals ? point.fullSettings : point.shownSettings
                return AlertingYAML.escapingDollars(
                    [
                        "uid": .string(point.uid), "type": .string(point.type), "settings": .object(settings),
                        "disableResolveMessage": .bool(point.disablesResolveMessage),
                    ])
            }
            return ["orgId": 1, "name": .string(AlertingYAML.escaped(name)), "receivers": .array(receivers)]
        }
        return file(call, "contact_points", ["contactPoints": .array(list)])
    }

    @Sendable func exportNotificationPolicy(_ call: Call) async throws -> Response {
        var tree: JSONObject = ["orgId": 1]
        for (name, value) in try await store.notificationPolicy().json.members { tree[name] = value }
        return file(call, "policies", ["policies": [AlertingYAML.escapingDollars(tree)]])
    }

    @Sendable func exportMuteTimings(_ call: Call) async throws -> Response {
        let timings = try await store.muteTimings().map { timing -> JSONValue in
            var result: JSONObject = ["orgId": 1]
            for (name, value) in timing.json.members where name != "version" && name != "provenance" {
                result[name] = value
            }
            return AlertingYAML.escapingDollars(result)
        }
        return file(call, "mute_timings", ["muteTimes": .array(timings)])
    }
}
