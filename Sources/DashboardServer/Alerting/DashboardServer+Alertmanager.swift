import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import WebServer

// What fires, silences and the whole configuration, in the form of an Alertmanager.
extension DashboardServer {
    /// A firing instance with who is told and what keeps it quiet.
    private struct Firing {
        let instance: AlertInstance
        let rule: AlertRule
        let routes: [NotificationPolicy]
        let silencedBy: [String]

        func json(now: Int64, rootURL: String) -> JSONObject {
            let isQuiet = !silencedBy.isEmpty
            let startsAt = instance.firedAt ?? instance.activeAt
            // Valid until it has missed several evaluations.
            let endsAt = instance.lastEvaluated + max(Int64(rule.interval) * 4, 240) * 1000
            return [
                "annotations": AlertRule.object(instance.annotations),
                "endsAt": .string(CivilTime(milliseconds: endsAt).iso),
                "fingerprint": .string(AlertPayload.text(AlertPayload.fingerprint(instance.labels))),
                "receivers": .array(
                    Set(routes.map(\.receiver)).sorted().map { ["name": .string($0)] }),
                "startsAt": .string(CivilTime(milliseconds: startsAt).iso),
                "status": [
                    "inhibitedBy": [], "mutedBy": [],
                    "silencedBy": .array(silencedBy.map { .string($0) }),
                    "state": isQuiet ? "suppressed" : "active",
                ],
                "updatedAt": .string(CivilTime(milliseconds: instance.lastEvaluated).iso),
                "generatorURL": .string(rootURL + "alerting/list?search=" + PercentText.encode(rule.title)),
                "labels": AlertRule.object(instance.labels),
            ]
        }
    }

    private func firing(_ call: Call) async throws -> [Firing] {
        let policy = try await store.notificationPolicy().policy
        let silences = try await store.silences()
        let rules = Dictionary(
            try await visibleAlertRules(call).map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
        let now = store.now
        var filters: [AlertMatcher] = []
        for text in call.query.all("filter") { filters.append(try AlertMatcher(text, place: "filter")) }
        var result: [Firing] = []
        for (uid, state) in scheduler.states().sorted(by: { $0.key < $1.key }) {
            guard let rule = rules[uid] else { continue }
            for instance in state.instances.values where instance.state.isFiring {
                guard filters.allSatisfy({ $0.matches(instance.labels) }) else { continue }
                result.append(
                    Firing(
                        instance: instance, rule: rule,
                        routes: AlertNotifications.routes(of: rule, instance.labels, policy),
                        silencedBy: silences.filter { $0.covers(instance.labels, at: now) }.map(\.id)))
            }
        }
        let isWanted: (Firing) -> Bool = { firing in
            (call.query["active"] != "false" || !firing.silencedBy.isEmpty)
                && (call.query["silenced"] != "false" || firing.silencedBy.isEmpty)
        }
        return result.filter(isWanted).sorted {
            $0.instance.sortText < $1.instance.sortText
        }
    }

    @Sendable func firingAlerts(_ call: Call) async throws -> Response {
        let (now, root) = (store.now, settings.publicURL)
        return .json(.array(try await firing(call).map { .object($0.json(now: now, rootURL: root)) }))
    }

    @Sendable func firingAlertGroups(_ call: Call) async throws -> Response {
        let (now, root) = (store.now, settings.publicURL)
        struct Key: Hashable {
            let receiver: String
            let labels: [String: String]
        }
        var keys: [Key] = []
        var groups: [Key: [JSONValue]] = [:]
        for firing in try await firing(call) {
            let alert = JSONValue.object(firing.json(now: now, rootURL: root))
            for route in firing.routes {
                let key = Key(
                    receiver: route.receiver,
                    labels: AlertNotifications.groupLabels(firing.instance.labels, route))
                if groups[key] == nil { keys.append(key) }
                groups[key, default: []].append(alert)
            }
        }
        return .json(
            .array(
                keys.map { key in
                    [
                        "labels": AlertRule.object(key.labels),
                        "receiver": ["name": .string(key.receiver)], "alerts": .array(groups[key] ?? []),
                    ]
                }))
    }

    // MARK: - Silences

    @Sendable func listSilences(_ call: Call) async throws -> Response {
        let now = store.now
        return .json(.array(try await store.silences().map { .object($0.json(at: now)) }))
    }

    @Sendable func silence(_ call: Call) async throws -> Response {
        let id = try call.parameter("uid")
        guard let silence = try await store.silences().first(where: { $0.id == id }) else {
            throw APIError(.notFound, "silence not found")
        }
        return .json(.object(silence.json(at: store.now)))
    }

    @Sendable func saveSilence(_ call: Call) async throws -> Response {
        var silence = try Silence(try await call.json())
        // Who did it is what we know, not what is claimed.
        silence.createdBy = try call.user.login
        let saved = try await store.saveSilence(silence)
        return .json(["silenceID": .string(saved.id)], status: .accepted)
    }

    @Sendable func endSilence(_ call: Call) async throws -> Response {
        try await store.endSilence(id: try call.parameter("uid"))
        return .message("silence deleted")
    }

    // MARK: - Configuration

    @Sendable func alertmanagerStatus(_ call: Call) async throws -> Response {
        .json([
            "cluster": ["peers": [], "status": "disabled"],
            "config": try await configurationJSON()["alertmanager_config"] ?? [:], "uptime": .null,
            "versionInfo": [
                "branch": "", "buildDate": "", "buildUser": "", "goVersion": "",
                "revision": .string(options.commit),
                "version": .string(options.version),
            ],
        ])
    }

    @Sendable func alertmanagerConfiguration(_ call: Call) async throws -> Response {
        .json(.object(try await configurationJSON()))
    }

    private func configurationJSON() async throws -> JSONObject {
        let points = try await store.contactPoints()
        var names: [String] = [NotificationPolicy.nobody]
        for point in points where !names.contains(point.name) { names.append(point.name) }
        let receivers = names.map { name -> JSONValue in
            let configurations = points.filter { $0.name == name }.map { point -> JSONValue in
                var secure = JSONObject()
                for name in point.secretNames { secure[name] = true }
                return [
                    "uid": .string(point.uid), "name": .string(point.name), "type": .string(point.type),
                    "disableResolveMessage": .bool(point.disablesResolveMessage),
                    "settings": .object(point.settings), "secureFields": .object(secure),
                ]
            }
            return ["name": .string(name), "grafana_managed_receiver_configs": .array(configurations)]
        }
        let templates = try await store.notificationTemplates()
        return [
            "template_files": .object(JSONObject(templates.map { ($0.name, .string($0.text)) })),
            "alertmanager_config": [
                "route": .object(try await store.notificationPolicy().json),
                "mute_time_intervals": .array(
                    try await store.muteTimings().map { .object($0.body) }),
                "receivers": .array(receivers),
            ],
        ]
    }

    /// Contact points with how their last delivery went.
    @Sendable func receivers(_ call: Call) async throws -> Response {
        let points = try await store.contactPoints()
        var names: [String] = []
        for point in points where !names.contains(point.name) { names.append(point.name) }
        return .json(
            .array(
                names.map { name in
                    [
                        "name": .string(name), "active": true,
                        "integrations": .array(
                            points.filter { $0.name == name }.map { point in
                                var item: JSONObject = [
                                    "name": .string(point.type), "uid": .string(point.uid),
                                    "sendResolved": .bool(!point.disablesResolveMessage),
                                ]
                                for (name, value) in notifier.status(of: point)?.members ?? [] {
                                    item[name] = value
                                }
                                return .object(item)
                            }),
                    ]
                }))
    }
}
