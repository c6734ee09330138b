import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import Rules
import WebServer

// Contact points, policies, mute timings and templates of the provisioning API.
extension DashboardServer {
    @Sendable func listContactPoints(_ call: Call) async throws -> Response {
        let name = call.query["name"]
        let points = try await store.contactPoints().filter { name == nil || $0.name == name }
        return .json(.array(points.map { .object(shown($0)) }))
    }

    /// With how the last delivery went, or why there is none.
    private func shown(_ point: ContactPoint) -> JSONObject {
        var result = point.json
        if let status = notifier.status(of: point) { result["status"] = .object(status) }
        return result
    }

    @Sendable func addContactPoint(_ call: Call) async throws -> Response {
        let point = try ContactPoint(try await call.json())
        let saved = try await store.saveContactPoint(point, provenance: provenance(of: call), isNew: true)
        return .json(.object(saved.json), status: .accepted)
    }

    @Sendable func updateContactPoint(_ call: Call) async throws -> Response {
        let uid = try call.parameter("uid")
        guard try await store.contactPoints().contains(where: { $0.uid == uid }) else {
            throw APIError(.notFound, "contact point not found")
        }
        var point = try ContactPoint(try await call.json())
        point.uid = uid
        _ = try await store.saveContactPoint(point, provenance: provenance(of: call), isNew: false)
        return .message("contactpoint updated", status: .accepted)
    }

    @Sendable func deleteContactPoint(_ call: Call) async throws -> Response {
        try await store.deleteContactPoint(uid: try call.parameter("uid"), provenance: provenance(of: call))
        return .message("contactpoint deleted", status: .accepted)
    }

    // MARK: - Policies

    private func policyJSON() async throws -> JSONValue {
        let (_, stored, provenance) = try await store.notificationPolicy()
        var result = stored
        if provenance != .none { result["provenance"] = .string(provenance.rawValue) }
        return .object(result)
    }

    @Sendable func notificationPolicy(_ call: Call) async throws -> Response {
        .json(try await policyJSON())
    }

    @Sendable func setNotificationPolicy(_ call: Call) async throws -> Response {
        try await store.setNotificationPolicy(
            try await call.json(limit: 4 << 20), provenance: provenance(of: call))
        return .message("policies updated", status: .accepted)
    }

    @Sendable func resetNotificationPolicy(_ call: Call) async throws -> Response {
        try await store.resetNotificationPolicy(provenance: provenance(of: call))
        return .json(try await policyJSON(), status: .accepted)
    }

    // MARK: - Mute timings

    @Sendable func listMuteTimings(_ call: Call) async throws -> Response {
        .json(.array(try await store.muteTimings().map { .object($0.json) }))
    }

    @Sendable func muteTiming(_ call: Call) async throws -> Response {
        let name = try call.parameter("name")
        guard let timing = try await store.muteTimings().first(where: { $0.name == name }) else {
            throw APIError(.notFound, "mute timing not found")
        }
        return .json(.object(timing.json))
    }

    @Sendable func addMuteTiming(_ call: Call) async throws -> Response {
        let timing = try MuteTiming(try await call.json())
        let saved = try await store.saveMuteTiming(timing, provenance: provenance(of: call), isNew: true)
        return .json(.object(saved.json), status: .created)
    }

    @Sendable func updateMuteTiming(_ call: Call) async throws -> Response {
        var body = try await call.json()
        body["name"] = .string(try call.parameter("name"))
        let saved = try await store.saveMuteTiming(
            try MuteTiming(body), provenance: provenance(of: call), isNew: false)
        return .json(.object(saved.json), status: .accepted)
    }

    @Sendable func deleteMuteTiming(_ call: Call) async throws -> Response {
        do {
            try await store.deleteMuteTiming(
                name: try call.parameter("name"), provenance: provenance(of: call))
        } catch let error as DashboardsError where error.kind == .notFound {
            // Gone is gone, as in the original.
        }
        return Response(status: .noContent)
    }

    // MARK: - Templates

    @Sendable func listNotificationTemplates(_ call: Call) async throws -> Response {
        .json(.array(try await store.notificationTemplates().map { .object($0.json) }))
    }

    @Sendable func notificationTemplate(_ call: Call) async throws -> Response {
        let name = try call.parameter("name")
        guard let template = try await store.notificationTemplates().first(where: { $0.name == name }) else {
            throw APIError(.notFound, "template not found")
        }
        return .json(.object(template.json))
    }

    @Sendable func setNotificationTemplate(_ call: Call) async throws -> Response {
        let text = try await call.json().text("template") ?? ""
        let name = try call.parameter("name")
        try DashboardServer.checkTemplate(name, text)
        let saved = try await store.saveNotificationTemplate(
            name: name, text: text, provenance: provenance(of: call))
        return .json(.object(saved.json), status: .accepted)
    }

    /// - Throws: `invalidInput` for a text that is no template of notifications.
    @Sendable static func checkTemplate(_ name: String, _ text: String) throws(DashboardsError) {
        do throws(RulesError) { try NotificationTemplates.check(name: name, text) } catch {
            throw DashboardsError(.invalidInput, "template \"\(name)\": \(error.message)")
        }
    }

    @Sendable func deleteNotificationTemplate(_ call: Call) async throws -> Response {
        do {
            try await store.deleteNotificationTemplate(
                name: try call.parameter("name"), provenance: provenance(of: call))
        } catch let error as DashboardsError where error.kind == .notFound {
            // Gone is gone, as in the original.
        }
        return Response(status: .noContent)
    }
}
