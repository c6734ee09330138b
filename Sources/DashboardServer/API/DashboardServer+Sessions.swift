import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    @Sendable func healthz(_ call: Call) async throws -> Response { .text("Ok") }

    @Sendable func robots(_ call: Call) async throws -> Response {
        .text("User-agent: *\nDisallow: /\n")
    }

    @Sendable func health(_ call: Call) async throws -> Response {
        let isHealthy = await store.isHealthy()
        var body: JSONObject = ["database": isHealthy ? "ok" : "failing"]
        if !settings.hidesVersion {
            body["version"] = .string(DashboardServer.apiVersion)
            body["commit"] = .string(options.commit)
        }
        return .json(.object(body), status: isHealthy ? .ok : .serviceUnavailable)
    }

    /// The version whose API is spoken; clients choose their calls by it.
    static let apiVersion = "12.0.0"

    @Sendable func logIn(_ call: Call) async throws -> Response {
        guard !settings.disableLoginForm else {
            throw APIError(.unauthorized, "Login is disabled")
        }
        let body = try await call.json(limit: 64 << 10)
        guard let login = body.text("user") ?? body.text("email"), let password = body.text("password")
        else { throw APIError(.badRequest, "bad login data") }
        let user = try await accounts.authenticate(
            login: login, password: password, address: call.address)
        let token = try await accounts.openSession(for: user, address: call.address, agent: call.agent)
        var answer: JSONObject = ["message": "Logged in"]
        let cookie = Cookies.value("redirect_to", in: call.request.headers)
            .flatMap { PercentText.decode($0) }
        answer["redirectUrl"] = .string(
            settings.address(DashboardServer.safePath(call.query["redirectTo"] ?? cookie)))
        var response = Response.json(.object(answer))
        response.headers[.cacheControl] = "no-store"
        for cookie in sessionCookies(token) {
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        return response
    }

    @Sendable func logOut(_ call: Call) async throws -> Response {
        if let token = Cookies.value(settings.cookieName, in: call.request.headers),
            let found = try await accounts.caller(sessionToken: token),
            case .session(let id) = found.caller.means
        {
            try await store.endSession(id: id, userID: found.caller.user.id)
        }
        var response = Response.redirect(to: settings.address("/login"))
        for cookie in endedSessionCookies {
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        return response
    }

    @Sendable func ping(_ call: Call) async throws -> Response { .message("Logged in") }

    @Sendable func ownSessions(_ call: Call) async throws -> Response {
        let current: Int64? = if case .session(let id)? = call.caller?.means { id } else { nil }
        let sessions = try await store.sessions(userID: try call.user.id)
        return .json(
            .array(
                sessions.map { session in
                    [
                        "id": .number(Int(session.id)), "isActive": .bool(session.id == current),
                        "clientIp": .string(session.address), "browser": .string(session.agent), "device": "",
                        "os": "", "createdAt": .string(CivilTime(milliseconds: session.created).iso),
                        "seenAt": .string(CivilTime(milliseconds: session.lastSeen).iso),
                    ]
                }))
    }

    @Sendable func revokeSession(_ call: Call) async throws -> Response {
        guard let id = try await call.json().whole("authTokenId") else {
            throw APIError(.badRequest, "bad request data: want authTokenId")
        }
        guard try await store.endSession(id: Int64(id), userID: try call.user.id) else {
            throw APIError(.notFound, "User auth token not found")
        }
        return .message("User auth token revoked")
    }
}
