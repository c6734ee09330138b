import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    static let organisationName = "Main Org."

    @Sendable func emptyList(_ call: Call) async throws -> Response { .json([]) }

    @Sendable func currentUser(_ call: Call) async throws -> Response {
        .json(.object(DashboardServer.json(try call.user)))
    }

    /// A user in the original's form.
    static func json(_ user: User) -> JSONObject {
        [
            "id": .number(Int(user.id)), "uid": .string(user.uid), "email": .string(user.email),
            "name": .string(user.name), "login": .string(user.login), "theme": "", "orgId": 1,
            "isGrafanaAdmin": .bool(user.isServerAdmin), "isDisabled": .bool(user.isDisabled),
            "isExternal": false, "authLabels": [], "orgRole": .string(user.role.rawValue),
            "createdAt": .string(CivilTime(milliseconds: user.created).iso),
            "updatedAt": .string(CivilTime(milliseconds: user.updated).iso), "avatarUrl": "",
        ]
    }

    @Sendable func updateCurrentUser(_ call: Call) async throws -> Response {
        let body = try await call.json()
        var user = try call.user
        guard !user.isServiceAccount else {
            throw APIError(.forbidden, "Service accounts cannot be changed here")
        }
        user.login = body.text("login").flatMap { $0.isEmpty ? nil : $0 } ?? user.login
        user.email = body.text("email") ?? user.email
        user.name = body.text("name") ?? user.name
        try await store.updateUser(user)
        return .message("User updated")
    }

    @Sendable func changePassword(_ call: Call) async throws -> Response {
        let body = try await call.json()
        guard let old = body.text("oldPassword"), let new = body.text("newPassword") else {
            throw APIError(.badRequest, "bad request data: want oldPassword and newPassword")
        }
        if let confirmed = body.text("confirmNew"), confirmed != new {
            throw APIError(.badRequest, "The passwords do not match")
        }
        let session: Int64? = if case .session(let id)? = call.caller?.means { id } else { nil }
        try await accounts.changePassword(of: try call.user, from: old, to: new, keeping: session)
        return .message("User password changed")
    }

    @Sendable func ownOrganisations(_ call: Call) async throws -> Response {
        .json([
            [
                "orgId": 1, "name": .string(DashboardServer.organisationName),
                "role": .string(try call.user.role.rawValue),
            ]
        ])
    }

    @Sendable func useOrganisation(_ call: Call) async throws -> Response {
        guard try call.number("id") == 1 else { throw APIError(.unauthorized, "Not a valid organization") }
        return .message("Active organization changed")
    }

    @Sendable func organisation(_ call: Call) async throws -> Response {
        .json([
            "id": 1, "name": .string(DashboardServer.organisationName),
            "address": [
                "address1": "", "address2": "", "city": "", "zipCode": "", "state": "", "country": "",
            ],
        ])
    }

    @Sendable func organisationUsers(_ call: Call) async throws -> Response {
        let users = try await store.users(matching: call.query["query"] ?? "")
        return .json(
            .array(
                users.map { user in
                    [
                        "orgId": 1, "userId": .number(Int(user.id)), "uid": .string(user.uid),
                        "email": .string(user.email), "name": .string(user.name), "avatarUrl": "",
                        "login": .string(user.login), "role": .string(user.role.rawValue),
                        "lastSeenAt": .string(CivilTime(milliseconds: user.lastSeen).iso),
                        "isDisabled": .bool(user.isDisabled),
                    ]
                }))
    }
}
