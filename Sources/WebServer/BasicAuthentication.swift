import HTTPTypes
public import Hummingbird
import Platform
import Synchronization
import Wire

/// Asks for a user's password over everything: Basic, with hashes that crypt(3) knows.
public struct BasicAuthentication: RouterMiddleware {
    private final class Memory: Sendable {
        let known = KnownPasswords()
        let users = Mutex<[String: String]>([:])
    }

    /// Of a password that nobody knows, so that unknown users take as long as others.
    private static let decoy = "$2b$10$ThzQxJMeWRWpMvrKnGkpfuU/oPIBRLnlrzLgjBAilUTq6fm78fv9."

    private let users: @Sendable () -> [String: String]
    private let memory = Memory()
    /// Password hashes are slow on purpose.
    private let workers = WorkerThreads(name: "password", count: 1, queueLimit: 64)

    /// - Parameter users: hashes by name, asked at each request; none let everybody in.
    public init(users: @escaping @Sendable () -> [String: String]) {
        self.users = users
    }

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let users = users()
        if users.isEmpty { return try await next(request, context) }
        forgetChanged(users)
        guard let (user, password) = BasicAuthentication.credentials(request.headers[.authorization] ?? "")
        else {
            return BasicAuthentication.refusal
        }
        if !memory.known.has(user, password) {
            let hash = users[user] ?? BasicAuthentication.decoy
            let matches: Bool
            do { matches = try await workers.run { _ in SystemCrypt.matches(password, hash) } } catch {
                return .text("too many wrong passwords, try again later\n", status: .serviceUnavailable)
            }
            guard matches, users[user] != nil else { return BasicAuthentication.refusal }
            memory.known.add(user, password)
        }
        return try await next(request, context)
    }

    private func forgetChanged(_ users: [String: String]) {
        let hasChanged = memory.users.withLock { old in
            if old == users { return false }
            old = users
            return true
        }
        if hasChanged { memory.known.forget() }
    }

    private static var refusal: Response {
        var response = Response.text("Unauthorized\n", status: .unauthorized)
        response.headers[.wwwAuthenticate] = "Basic"
        return response
    }

    /// The user and password of an Authorization header.
    static func credentials(_ header: String) -> (user: String, password: String)? {
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "basic", words[1].utf8.count < 4096,
            let bytes = Base64.decode(words[1].filter { !$0.isWhitespace }),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return (
            String(decoding: bytes[..<colon], as: UTF8.self),
            String(decoding: bytes[(colon + 1)...], as: UTF8.self)
        )
    }
}

/// Adds headers to every answer, in the place of those it has under these names.
public struct AddedHeaders: RouterMiddleware {
    private let headers: @Sendable () -> [String: String]

    /// - Parameter headers: asked at each request.
    public init(_ headers: @escaping @Sendable () -> [String: String]) {
        self.headers = headers
    }

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for (name, value) in headers() {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }
}
