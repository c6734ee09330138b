import Dashboards
import HTTPTypes
import Hummingbird
import WebServer

extension DashboardServer {
    /// Who sent a request, and the cookies that the answer must set.
    ///
    /// - Throws: 401 for credentials that are wrong; a session cookie that has run out is nobody.
    func identify(
        _ request: Request, _ context: WebContext
    ) async throws -> (caller: Caller?, cookies: [String]) {
        if let header = request.headers[.authorization] {
            return (try await caller(authorization: header, address: context.clientAddress), [])
        }
        if let token = Cookies.value(settings.cookieName, in: request.headers),
            let found = try await accounts.caller(sessionToken: token)
        {
            return (found.caller, found.freshToken.map(sessionCookies) ?? [])
        }
        return (anonymous, [])
    }

    private func caller(authorization header: String, address: String) async throws -> Caller {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw APIError.unauthorized }
        let value = String(parts[1])
        switch parts[0].lowercased() {
        case "basic":
            guard settings.allowsBasicAuth, let pair = Base64Text.decode(value),
                let colon = pair.firstIndex(of: ":")
            else { throw APIError(.unauthorized, "Invalid Basic Auth Header") }
            let (login, password) = (String(pair[..<colon]), String(pair[pair.index(after: colon)...]))
            if login == "api_key", let caller = try await accounts.caller(bearerToken: password) {
                return caller
            }
            let user = try await accounts.authenticate(
                login: login, password: password, address: address)
            return Caller(user: user, means: .password)
        case "bearer":
            guard let caller = try await accounts.caller(bearerToken: value) else {
                throw APIError(.unauthorized, "Invalid API key")
            }
            return caller
        default: throw APIError.unauthorized
        }
    }

    /// The visitor without a name, where one is allowed.
    private var anonymous: Caller? {
        settings.anonymousRole.map { Caller(user: .anonymous(role: $0), means: .anonymous) }
    }

    // MARK: - Cookies

    /// The session's cookie, which scripts cannot read, and the one that tells them when to renew it.
    func sessionCookies(_ token: String) -> [String] {
        let age = settings.login.lifetimeMax / 1000
        let expiry = (store.now + settings.login.rotationInterval) / 1000
        return [
            "\(settings.cookieName)=\(token); Path=\(cookiePath); Max-Age=\(age); HttpOnly\(cookieAttributes)",
            "\(settings.cookieName)_expiry=\(expiry); Path=\(cookiePath); Max-Age=\(age)\(cookieAttributes)",
        ]
    }

    var endedSessionCookies: [String] {
        [
            "\(settings.cookieName)=; Path=\(cookiePath); Max-Age=0; HttpOnly\(cookieAttributes)",
            "\(settings.cookieName)_expiry=; Path=\(cookiePath); Max-Age=0\(cookieAttributes)",
        ]
    }

    private var cookiePath: String { settings.basePath.isEmpty ? "/" : settings.basePath }

    private var cookieAttributes: String {
        var result = ""
        switch settings.cookieSameSite {
        case "strict": result += "; SameSite=Strict"
        case "none": result += "; SameSite=None"
        case "disabled": break
        default: result += "; SameSite=Lax"
        }
        if settings.cookieSecure || settings.usesTLS || settings.rootURL.hasPrefix("https://") {
            result += "; Secure"
        }
        return result
    }
}
