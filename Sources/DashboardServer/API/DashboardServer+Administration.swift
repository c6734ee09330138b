import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    private func find(_ id: Int64, serviceAccount: Bool = false) async throws -> User {
        guard let user = try await store.user(id: id), user.isServiceAccount == serviceAccount else {
            throw APIError(.notFound, serviceAccount ? "service account not found" : "user not found")
        }
        return user
    }

    // MARK: - Users

    private static func listed(_ user: User) -> JSONValue {
        [
            "id": .number(Int(user.id)), "uid": .string(user.uid), "name": .string(user.name),
            "login": .string(user.login), "email": .string(user.email), "avatarUrl": "",
            "isAdmin": .bool(user.isServerAdmin), "isDisabled": .bool(user.isDisabled),
            "lastSeenAt": .string(CivilTime(milliseconds: user.lastSeen).iso), "authLabels": [],
        ]
    }

    private func page(_ call: Call, _ users: [User]) -> (users: [JSONValue], page: Int, size: Int) {
        let size = Int(min(max(call.query.number("perpage") ?? 1000, 1), 1000))
        let page = Int(min(max(call.query.number("page") ?? 1, 1), 100_000))
        return (users.dropFirst((page - 1) * size).prefix(size).map(DashboardServer.listed), page, size)
    }

    @Sendable func listUsers(_ call: Call) async throws -> Response {
        .json(.array(page(call, try await store.users(matching: call.query["query"] ?? "")).users))
    }

    @Sendable func searchUsers(_ call: Call) async throws -> Response {
        let users = try await store.users(matching: call.query["query"] ?? "")
        let page = page(call, users)
        return .json([
            "totalCount": .number(users.count), "users": .array(page.users), "page": .number(page.page),
            "perPage": .number(page.size),
        ])
    }

    @Sendable func user(_ call: Call) async throws -> Response {
        .json(.object(DashboardServer.json(try await find(try call.number("id")))))
    }

    @Sendable func lookUpUser(_ call: Call) async throws -> Response {
        // Two steps, since Swift 6.3's optimizer crashes on a guard that waits in its second condition.
        guard let name = call.query["loginOrEmail"] else { throw APIError(.notFound, "user not found") }
        let user = try await store.user(loginOrEmail: name)
        guard let user else { throw APIError(.notFound, "user not found") }
        return .json(.object(DashboardServer.json(user)))
    }

    @Sendable func updateUser(_ call: Call) async throws -> Response {
        var user = try await find(try call.number("id"))
        let body = try await call.json()
        user.login = body.text("login").flatMap { $0.isEmpty ? nil : $0 } ?? user.login
        user.email = body.text("email") ?? user.email
        user.name = body.text("name") ?? user.name
        try await store.updateUser(user)
        return .message("User updated")
    }

    @Sendable func addUser(_ call: Call) async throws -> Response {
        let body = try await call.json()
        let password = body.text("password") ?? ""
        let login = body.text("login").flatMap { $0.isEmpty ? nil : $0 } ?? body.text("email") ?? ""
        try Accounts.checkStrength(password)
        let role = body.text("role").flatMap(Role.init(rawValue:)) ?? settings.autoAssignRole
        let user = try await store.addUser(
            login: login, email: body.text("email") ?? "", name: body.text("name") ?? "",
            passwordHash: try await accounts.makeHash(password), role: role)
        return .json(["id": .number(Int(user.id)), "uid": .string(user.uid), "message": "User created"])
    }

    @Sendable func deleteUser(_ call: Call) async throws -> Response {
        let user = try await find(try call.number("id"))
        try await store.deleteUser(id: user.id)
        return .message("User deleted")
    }

    @Sendable func setUserPassword(_ call: Call) async throws -> Response {
        let user = try await find(try call.number("id"))
        let password = try await call.json().text("password") ?? ""
        try Accounts.checkStrength(password)
        try await store.setPassword(try await accounts.makeHash(password), userID: user.id)
        return .message("User password updated")
    }

    @Sendable func setUserPermissions(_ call: Call) async throws -> Response {
        var user = try await find(try call.number("id"))
        user.isServerAdmin = try await call.json().flag("isGrafanaAdmin") ?? false
        try await store.updateUser(user)
        return .message("User permissions updated")
    }

    @Sendable func disableUser(_ call: Call) async throws -> Response {
        var user = try await find(try call.number("id"))
        user.isDisabled = true
        try await store.updateUser(user)
        return .message("User disabled")
    }

    @Sendable func enableUser(_ call: Call) async throws -> Response {
        var user = try await find(try call.number("id"))
        user.isDisabled = false
        try await store.updateUser(user)
        return .message("User enabled")
    }

    @Sendable func logOutUser(_ call: Call) async throws -> Response {
        let user = try await find(try call.number("id"))
        try await store.endSessions(userID: user.id)
        return .message("User logged out")
    }

    @Sendable func setOrganisationRole(_ call: Call) async throws -> Response {
        var user = try await find(try call.number("id"))
        guard let role = try await call.json().text("role").flatMap(Role.init(rawValue:)) else {
            throw APIError(.badRequest, "Invalid role specified")
        }
        user.role = role
        try await store.updateUser(user)
        return .message("Organization user updated")
    }

    @Sendable func organisations(_ call: Call) async throws -> Response {
        .json([["id": 1, "name": .string(DashboardServer.organisationName)]])
    }

    @Sendable func organisationByID(_ call: Call) async throws -> Response {
        guard try call.number("id") == 1 else { throw APIError(.notFound, "Organization not found") }
        return try await organisation(call)
    }

    @Sendable func statistics(_ call: Call) async throws -> Response {
        let users = try await store.users()
        let hits = try await store.search(DashboardSearch())
        return .json([
            "users": .number(users.count), "admins": .number(users.count { $0.role == .admin }),
            "editors": .number(users.count { $0.role == .editor }),
            "viewers": .number(users.count { $0.role == .viewer }), "orgs": 1,
            "datasources": .number(try await store.dataSources().count),
            "dashboards": .number(hits.count { if case .dashboard = $0 { true } else { false } }),
            "tags": .number(try await store.tags().count),
        ])
    }

    @Sendable func reloadProvisioning(_ call: Call) async throws -> Response {
        await provisioner.run()
        return .message("Provisioning config reloaded")
    }

    // MARK: - Service accounts

    private static func json(_ account: User, tokens: Int) -> JSONObject {
        [
            "id": .number(Int(account.id)), "uid": .string(account.uid), "name": .string(account.name),
            "login": .string(account.login), "orgId": 1, "isDisabled": .bool(account.isDisabled),
            "isExternal": false, "role": .string(account.role.rawValue), "tokens": .number(tokens),
            "avatarUrl": "", "createdAt": .string(CivilTime(milliseconds: account.created).iso),
        ]
    }

    @Sendable func searchServiceAccounts(_ call: Call) async throws -> Response {
        let all = try await store.users(matching: call.query["query"] ?? "", serviceAccounts: true)
        let counts = try await store.tokenCounts()
        let size = Int(min(max(call.query.number("perpage") ?? 1000, 1), 1000))
        let page = Int(min(max(call.query.number("page") ?? 1, 1), 100_000))
        return .json([
            "totalCount": .number(all.count),
            "serviceAccounts": .array(
                all.dropFirst((page - 1) * size).prefix(size).map {
                    .object(DashboardServer.json($0, tokens: counts[$0.id] ?? 0))
                }),
            "page": .number(page), "perPage": .number(size),
        ])
    }

    /// A caller makes no account that may do more than the caller.
    private func role(_ text: String?, for call: Call) throws -> Role {
        guard let role = Role(rawValue: text ?? "Viewer") else { throw APIError(.badRequest, "invalid role") }
        guard let caller = call.caller, role <= caller.role else {
            throw APIError.forbidden("a role not above one's own")
        }
        return role
    }

    @Sendable func addServiceAccount(_ call: Call) async throws -> Response {
        let body = try await call.json()
        guard let name = body.text("name"), !name.isEmpty else {
            throw APIError(.badRequest, "bad request data: want a name")
        }
        let account = try await store.addUser(
            login: "sa-1-" + Slug.make(name), name: name, passwordHash: nil,
            role: try role(body.text("role"), for: call), isServiceAccount: true)
        return .json(.object(DashboardServer.json(account, tokens: 0)), status: .created)
    }

    @Sendable func serviceAccount(_ call: Call) async throws -> Response {
        let account = try await find(try call.number("id"), serviceAccount: true)
        return .json(
            .object(DashboardServer.json(account, tokens: try await store.tokens(userID: account.id).count)))
    }

    @Sendable func updateServiceAccount(_ call: Call) async throws -> Response {
        var account = try await find(try call.number("id"), serviceAccount: true)
        let body = try await call.json()
        account.name = body.text("name") ?? account.name
        if let text = body.text("role") { account.role = try role(text, for: call) }
        account.isDisabled = body.flag("isDisabled") ?? account.isDisabled
        try await store.updateUser(account)
        return .json([
            "id": .number(Int(account.id)), "name": .string(account.name),
            "message": "Service account updated",
            "serviceaccount": .object(
                DashboardServer.json(account, tokens: try await store.tokens(userID: account.id).count)),
        ])
    }

    @Sendable func deleteServiceAccount(_ call: Call) async throws -> Response {
        let account = try await find(try call.number("id"), serviceAccount: true)
        try await store.deleteUser(id: account.id)
        return .message("Service account deleted")
    }

    @Sendable func serviceAccountTokens(_ call: Call) async throws -> Response {
        let account = try await find(try call.number("id"), serviceAccount: true)
        let now = store.now
        return .json(
            .array(
                try await store.tokens(userID: account.id).map { token in
                    [
                        "id": .number(Int(token.id)), "name": .string(token.name),
                        "role": .string(account.role.rawValue),
                        "created": .string(CivilTime(milliseconds: token.created).iso),
                        "expiration": token.expires == 0
                            ? .null : .string(CivilTime(milliseconds: token.expires).iso),
                        "secondsUntilExpiration": token.expires == 0
                            ? 0 : .number(Int(max(0, (token.expires - now) / 1000))),
                        "hasExpired": .bool(token.expires != 0 && token.expires <= now), "isRevoked": false,
                        "lastUsedAt": token.lastUsed == 0
                            ? .null : .string(CivilTime(milliseconds: token.lastUsed).iso),
                    ]
                }))
    }

    @Sendable func addServiceAccountToken(_ call: Call) async throws -> Response {
        let account = try await find(try call.number("id"), serviceAccount: true)
        guard let caller = call.caller, account.role <= caller.role else {
            throw APIError.forbidden("a role not above one's own")
        }
        let body = try await call.json()
        let name = body.text("name") ?? ""
        let made = try await store.addToken(
            userID: account.id, name: name, lifetime: Int64(body.whole("secondsToLive") ?? 0))
        return .json(["id": .number(Int(made.id)), "name": .string(name), "key": .string(made.token)])
    }

    @Sendable func deleteServiceAccountToken(_ call: Call) async throws -> Response {
        let account = try await find(try call.number("id"), serviceAccount: true)
        try await store.deleteToken(id: try call.number("tokenId"), userID: account.id)
        return .message("Service account token deleted")
    }
}
