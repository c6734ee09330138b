import Dashboards
import Hummingbird
import JSON
import WebServer

// The one organisation, in the forms of the original's many.
extension DashboardServer {
    /// Succeeds for the name that it has.
    @Sendable func renameOrganisation(_ call: Call) async throws -> Response {
        guard try await call.json().text("name") == DashboardServer.organisationName else {
            throw APIError(.badRequest, "the only organization is called \(DashboardServer.organisationName)")
        }
        return .message("Organization updated")
    }

    @Sendable func organisationByName(_ call: Call) async throws -> Response {
        guard try call.parameter("name") == DashboardServer.organisationName else {
            throw APIError(.notFound, "Organization not found")
        }
        return try await organisation(call)
    }

    @Sendable func usersOfOrganisation(_ call: Call) async throws -> Response {
        guard try call.number("id") == 1 else { throw APIError(.notFound, "Organization not found") }
        return try await organisationUsers(call)
    }

    /// Names for whoever says who may use a folder or dashboard.
    @Sendable func lookUpOrganisationUsers(_ call: Call) async throws -> Response {
        guard try await store.administersSomething(try await permissions(of: call)) else {
            throw APIError.forbidden("org.users:read")
        }
        return .json(
            .array(
                try await store.users(matching: call.query["query"] ?? "").map {
                    [
                        "userId": .number(Int($0.id)), "uid": .string($0.uid), "login": .string($0.login),
                        "avatarUrl": "",
                    ]
                }))
    }

    /// Every user is a member.
    @Sendable func addOrganisationUser(_ call: Call) async throws -> Response {
        let body = try await call.json()
        guard let name = body.text("loginOrEmail"), try await store.user(loginOrEmail: name) != nil else {
            throw APIError(.notFound, "user not found")
        }
        throw APIError(.conflict, "User is already member of this organization")
    }

    /// Whoever leaves the only organisation is no user any more, as in the original.
    @Sendable func deleteOrganisationUser(_ call: Call) async throws -> Response {
        guard let user = try await store.user(id: try call.number("id")), !user.isServiceAccount else {
            throw APIError(.notFound, "user not found")
        }
        guard !user.isServerAdmin || call.caller?.user.isServerAdmin == true else {
            throw APIError.forbidden("serverAdmin")
        }
        try await store.deleteUser(id: user.id)
        return .json(["message": "User deleted", "userId": .number(Int(user.id))])
    }

    private func requireUser(_ call: Call) async throws -> User {
        guard let user = try await store.user(id: try call.number("id")) else {
            throw APIError(.notFound, "user not found")
        }
        return user
    }

    @Sendable func organisationsOfUser(_ call: Call) async throws -> Response {
        let user = try await requireUser(call)
        return .json([
            [
                "orgId": 1, "name": .string(DashboardServer.organisationName),
                "role": .string(user.role.rawValue),
            ]
        ])
    }

    /// What is in force, without secrets, in sections as in grafana.ini.
    @Sendable func configuration(_ call: Call) async throws -> Response {
        func text(_ flag: Bool) -> JSONValue { .string(flag ? "true" : "false") }
        return .json([
            "server": [
                "http_addr": .string(settings.httpAddress), "http_port": .string("\(settings.httpPort)"),
                "domain": .string(settings.domain), "root_url": .string(settings.rootURL),
            ],
            "paths": [
                "data": .string(settings.dataPath), "provisioning": .string(settings.provisioningPath),
            ],
            "security": [
                "admin_user": .string(settings.adminUser), "admin_password": "*********",
                "cookie_secure": text(settings.cookieSecure),
                "cookie_samesite": .string(settings.cookieSameSite),
                "allow_embedding": text(settings.allowEmbedding),
            ],
            "users": ["allow_sign_up": "false", "default_theme": .string(settings.defaultTheme)],
            "auth.anonymous": ["enabled": text(settings.anonymousRole != nil)],
            "auth.basic": ["enabled": text(settings.allowsBasicAuth)],
            "dashboards": [
                "versions_to_keep": .string("\(settings.versionsToKeep)"),
                "min_refresh_interval": .string(settings.minRefreshInterval),
            ],
            "dataproxy": ["timeout": .string("\(settings.proxyTimeout)")],
        ])
    }
}
