import GRDB
public import JSON
import Platform

/// A text that shapes notifications.
public struct NotificationTemplate: Sendable, Equatable {
    public let name: String
    public let text: String
    public internal(set) var provenance: Provenance

    /// In the form of the provisioning API.
    public var json: JSONObject {
        var result: JSONObject = ["name": .string(name), "template": .string(text), "version": ""]
        if provenance != .none { result["provenance"] = .string(provenance.rawValue) }
        return result
    }
}

// Contact points, policies, mute timings, templates and silences: small things of one table.
extension DashboardStore {
    enum AlertResourceKind: String, Sendable {
        case contactPoint, policy, muteTiming, template, silence
    }

    struct AlertResource: Sendable {
        let uid: String
        let name: String
        let provenance: Provenance
        let body: JSONObject
        let secrets: JSONObject
    }

    /// The most of each kind.
    private static let resourcesMax = 5000
    /// Bytes of all templates together: each is read anew when one changes.
    private static let templateBytesMax = 4 << 20

    /// Grows with every change of contact points, policies, timings, templates and silences.
    public var alertNotificationGeneration: Int { notificationGeneration.value }

    private static func resource(_ row: Row) -> AlertResource {
        AlertResource(
            uid: row.text("uid"), name: row.text("name"),
            provenance: Provenance(rawValue: row.text("provenance")) ?? .none,
            body: row.json("json").object ?? [:], secrets: row.json("secrets").object ?? [:])
    }

    func resources(_ kind: AlertResourceKind) async throws(DashboardsError) -> [AlertResource] {
        try await read {
            try Row.fetchAll(
                $0, sql: "SELECT * FROM alert_resource WHERE kind = ? ORDER BY name, id",
                arguments: [kind.rawValue]
            ).map(DashboardStore.resource)
        }
    }

    func resource(_ kind: AlertResourceKind, _ uid: String) async throws(DashboardsError) -> AlertResource? {
        try await read {
            try Row.fetchOne(
                $0, sql: "SELECT * FROM alert_resource WHERE kind = ? AND uid = ?",
                arguments: [kind.rawValue, uid]
            ).map(DashboardStore.resource)
        }
    }

    func save(_ kind: AlertResourceKind, _ resource: AlertResource, label: String)
        async throws(DashboardsError)
    {
        let now = clock.now()
        try await write { database in
            let old = try Row.fetchOne(
                database, sql: "SELECT * FROM alert_resource WHERE kind = ? AND uid = ?",
                arguments: [kind.rawValue, resource.uid])
            if let old {
                try DashboardStore.resource(old).provenance.check(resource.provenance, label)
                try database.execute(
                    sql:
                        "UPDATE alert_resource SET name = ?, provenance = ?, updated = ?, json = ?, secrets = ? "
                        + "WHERE kind = ? AND uid = ?",
                    arguments: [
                        resource.name, resource.provenance.rawValue, now,
                        JSONValue.object(resource.body).text(),
                        JSONValue.object(resource.secrets).text(), kind.rawValue, resource.uid,
                    ])
                return
            }
            let count =
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM alert_resource WHERE kind = ?",
                    arguments: [kind.rawValue])
                ?? 0
            guard count < DashboardStore.resourcesMax else {
                throw DashboardsError(
                    .invalidInput, "\(label): there are \(count), which is the most that are taken")
            }
            try database.execute(
                sql: "INSERT INTO alert_resource (kind, uid, name, provenance, updated, json, secrets) "
                    + "VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    kind.rawValue, resource.uid, resource.name, resource.provenance.rawValue, now,
                    JSONValue.object(resource.body).text(), JSONValue.object(resource.secrets).text(),
                ])
        }
        notificationGeneration.increment()
    }

    func delete(
        _ kind: AlertResourceKind, _ uid: String, _ provenance: Provenance, label: String
    ) async throws(DashboardsError) {
        try await write { database in
            let old = try Row.fetchOne(
                database, sql: "SELECT * FROM alert_resource WHERE kind = ? AND uid = ?",
                arguments: [kind.rawValue, uid])
            guard let old else { throw DashboardsError(.notFound, "\(label) not found") }
            try DashboardStore.resource(old).provenance.check(provenance, label)
            try database.execute(
                sql: "DELETE FROM alert_resource WHERE kind = ? AND uid = ?", arguments: [kind.rawValue, uid])
        }
        notificationGeneration.increment()
    }

    // MARK: - Contact points

    /// All contact points by name.
    ///
    /// - Parameter reveals: whether their secrets are read; those of another key are named in
    ///   ``ContactPoint/unreadableSecrets``.
    public func contactPoints(reveals: Bool = false) async throws(DashboardsError) -> [ContactPoint] {
        try await resources(.contactPoint).map { contactPoint($0, reveals) }
    }

    private func contactPoint(_ resource: AlertResource, _ reveals: Bool) -> ContactPoint {
        var point = ContactPoint(
            row: resource.name, uid: resource.uid, body: resource.body,
            secretNames: resource.secrets.members.map(\.name))
        point.provenance = resource.provenance
        guard reveals else { return point }
        for (name, value) in resource.secrets.members {
            point.secrets[name] = value.string.flatMap(Hex.bytes).flatMap {
                secrets.open($0, context: "contact point \(resource.uid) \(name)")
            }
            if point.secrets[name] == nil { point.unreadableSecrets.append(name) }
        }
        return point
    }

    /// Adds or writes over a contact point; secrets given as ``ContactPoint/redacted`` stay as they are.
    ///
    /// - Throws: `exists` when it must be new, `notFound` when it must not, `conflict`, `invalidInput`.
    public func saveContactPoint(
        _ given: ContactPoint, provenance: Provenance, isNew: Bool? = nil
    ) async throws(DashboardsError) -> ContactPoint {
        var point = given
        if point.uid.isEmpty { point.uid = newUID() }
        let old = try await resource(.contactPoint, point.uid)
        if isNew == true, old != nil {
            throw DashboardsError(.exists, "a contact point with the uid \(point.uid) exists already")
        }
        if isNew == false, old == nil { throw DashboardsError(.notFound, "contact point not found") }
        if let old, old.name != point.name, try await isUsed(receiver: old.name, except: old.uid) {
            throw DashboardsError(.conflict, "contact point \"\(old.name)\" is used and cannot be renamed")
        }
        var sealed = JSONObject()
        for (name, secret) in point.secrets.sorted(by: { $0.key < $1.key }) where !secret.isEmpty {
            if secret == ContactPoint.redacted {
                guard let kept = old?.secrets[name] else {
                    throw DashboardsError(
                        .invalidInput,
                        "contact point \"\(point.name)\": settings.\(name): no secret is stored yet")
                }
                sealed[name] = kept
            } else {
                sealed[name] = .string(
                    Hex.text(secrets.seal(secret, context: "contact point \(point.uid) \(name)")))
            }
        }
        let body: JSONObject = [
            "type": .string(point.type), "settings": .object(point.settings),
            "disableResolveMessage": .bool(point.disablesResolveMessage),
        ]
        try await save(
            .contactPoint,
            AlertResource(
                uid: point.uid, name: point.name, provenance: provenance, body: body, secrets: sealed),
            label: "contact point \"\(point.name)\"")
        point.provenance = provenance
        point.secretNames = sealed.members.map(\.name)
        point.secrets = [:]
        return point
    }

    /// - Throws: `notFound`, `conflict` when policies or rules name it and no other has its name.
    public func deleteContactPoint(uid: String, provenance: Provenance) async throws(DashboardsError) {
        guard let old = try await resource(.contactPoint, uid) else {
            throw DashboardsError(.notFound, "contact point not found")
        }
        if try await isUsed(receiver: old.name, except: uid) {
            throw DashboardsError(.conflict, "contact point \"\(old.name)\" is used by a policy or a rule")
        }
        try await delete(.contactPoint, uid, provenance, label: "contact point \"\(old.name)\"")
    }

    /// Whether somebody would miss a receiver when one of its contact points ends.
    private func isUsed(receiver name: String, except uid: String) async throws(DashboardsError) -> Bool {
        let others = try await resources(.contactPoint).contains { $0.name == name && $0.uid != uid }
        if others { return false }
        if try await notificationPolicy().policy.receivers.contains(name) { return true }
        return try await alertRules().contains { $0.receiver == name }
    }

    // MARK: - Policies

    /// The tree of policies, in its own form and as it came.
    public func notificationPolicy() async throws(DashboardsError) -> (
        policy: NotificationPolicy, json: JSONObject, provenance: Provenance
    ) {
        let stored = try await resource(.policy, "root")
        let json = stored?.body ?? NotificationPolicy.defaultJSON
        return (try NotificationPolicy(json), json, stored?.provenance ?? .none)
    }

    /// - Throws: `invalidInput` also for a receiver or timing that is not there, `conflict`.
    public func setNotificationPolicy(
        _ json: JSONObject, provenance: Provenance
    ) async throws(DashboardsError) {
        var body = json
        for name in ["provenance", "version"] { body[name] = nil }
        let policy = try NotificationPolicy(body)
        var known = Set(try await resources(.contactPoint).map(\.name))
        known.formUnion([NotificationPolicy.nobody, NotificationPolicy.defaultEmail])
        if let missing = policy.receivers.subtracting(known).sorted().first {
            throw DashboardsError(
                .invalidInput, "policies: receiver: there is no contact point \"\(missing)\"")
        }
        let timings = Set(try await resources(.muteTiming).map(\.name))
        if let missing = policy.timings.subtracting(timings).sorted().first {
            throw DashboardsError(
                .invalidInput, "policies: mute_time_intervals: there is no mute timing \"\(missing)\"")
        }
        try await save(
            .policy,
            AlertResource(uid: "root", name: "root", provenance: provenance, body: body, secrets: [:]),
            label: "policies")
    }

    /// Goes back to the policy that tells nobody.
    public func resetNotificationPolicy(provenance: Provenance) async throws(DashboardsError) {
        guard try await resource(.policy, "root") != nil else { return }
        try await delete(.policy, "root", provenance, label: "policies")
    }

    // MARK: - Mute timings

    /// All mute timings by name.
    public func muteTimings() async throws(DashboardsError) -> [MuteTiming] {
        try await resources(.muteTiming).compactMap { resource in
            guard var timing = try? MuteTiming(resource.body) else { return nil }
            timing.provenance = resource.provenance
            return timing
        }
    }

    /// - Parameter isNew: whether it must be new, or must not; nil for either.
    /// - Throws: `exists`, `notFound`, `conflict`.
    public func saveMuteTiming(
        _ given: MuteTiming, provenance: Provenance, isNew: Bool? = nil
    ) async throws(DashboardsError) -> MuteTiming {
        let old = try await resource(.muteTiming, given.name)
        if isNew == true, old != nil {
            throw DashboardsError(.exists, "a mute timing with the name \"\(given.name)\" exists already")
        }
        if isNew == false, old == nil { throw DashboardsError(.notFound, "mute timing not found") }
        try await save(
            .muteTiming,
            AlertResource(
                uid: given.name, name: given.name, provenance: provenance, body: given.body, secrets: [:]),
            label: "mute timing \"\(given.name)\"")
        var timing = given
        timing.provenance = provenance
        return timing
    }

    /// - Throws: `notFound`, `conflict` when a policy names it.
    public func deleteMuteTiming(name: String, provenance: Provenance) async throws(DashboardsError) {
        if try await notificationPolicy().policy.timings.contains(name) {
            throw DashboardsError(.conflict, "mute timing \"\(name)\" is used by a policy")
        }
        try await delete(.muteTiming, name, provenance, label: "mute timing \"\(name)\"")
    }

    // MARK: - Templates

    /// All templates by name.
    public func notificationTemplates() async throws(DashboardsError) -> [NotificationTemplate] {
        try await resources(.template).map {
            NotificationTemplate(
                name: $0.name, text: $0.body.text("template") ?? "", provenance: $0.provenance)
        }
    }

    /// - Throws: `conflict`, `invalidInput`.
    public func saveNotificationTemplate(
        name: String, text: String, provenance: Provenance
    ) async throws(DashboardsError) -> NotificationTemplate {
        guard !name.isEmpty, name.utf8.count <= AlertRule.nameBytesMax, !text.isEmpty,
            text.utf8.count <= 1 << 18
        else {
            throw DashboardsError(
                .invalidInput, "a template needs a name of at most 190 bytes and a text of at most 256 KiB")
        }
        let others = try await notificationTemplates().reduce(0) {
            $1.name == name ? $0 : $0 + $1.text.utf8.count
        }
        guard others + text.utf8.count <= DashboardStore.templateBytesMax else {
            throw DashboardsError(.invalidInput, "all templates together have more than 4 MiB")
        }
        try await save(
            .template,
            AlertResource(
                uid: name, name: name, provenance: provenance, body: ["template": .string(text)], secrets: [:]
            ),
            label: "template \"\(name)\"")
        return NotificationTemplate(name: name, text: text, provenance: provenance)
    }

    /// - Throws: `notFound`, `conflict`.
    public func deleteNotificationTemplate(name: String, provenance: Provenance) async throws(DashboardsError)
    {
        try await delete(.template, name, provenance, label: "template \"\(name)\"")
    }
}
