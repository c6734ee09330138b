import Crypto
import HTTPTypes
import Hummingbird
import Platform
import Synchronization
import WebServer
import Wire

/// Asks for a user's password over everything but `/healthz`: Basic with an htpasswd file, or Digest
/// with an htdigest file.
struct Authentication: RouterMiddleware {
    private enum Scheme: Sendable {
        case basic(PasswordFile, realm: String)
        case digest(PasswordFile, realm: String, nonces: Nonces)
    }

    private let scheme: Scheme
    private let pagesOnly: Bool
    private let prefix: String
    /// Password hashes are slow on purpose.
    private let workers = WorkerThreads(name: "password", count: 1, queueLimit: 64)
    private let known = KnownPasswords()

    /// - Returns: nil when no file is named.
    /// - Throws: `passwordFile`.
    init?(_ options: ContainerServerOptions) throws(ContainerServerError) {
        if let path = options.basicAuthFile {
            scheme = .basic(try PasswordFile(path: path), realm: options.basicAuthRealm)
        } else if let path = options.digestAuthFile {
            scheme = .digest(try PasswordFile(path: path), realm: options.digestAuthRealm, nonces: Nonces())
        } else {
            return nil
        }
        pagesOnly = options.protectsPagesOnly
        prefix = options.pathPrefix
    }

    func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        if isOpen(request.uri.path) { return try await next(request, context) }
        let header = request.headers[.authorization] ?? ""
        switch scheme {
        case .basic(let file, let realm):
            if let (user, password) = Authentication.basic(header) {
                if known.has(user, password) { return try await next(request, context) }
                let isGood = try await workers.run { _ in file.allows(user, password) }
                if isGood {
                    known.add(user, password)
                    return try await next(request, context)
                }
            }
            return refusal("Basic realm=\"\(Authentication.quoted(realm))\"")
        case .digest(let file, let realm, let nonces):
            let answer = DigestAnswer(header)
            if let answer, answer.realm == realm, let hash = file.digestHash(answer.user, realm: realm),
                answer.isRight(hash: hash, method: request.method.rawValue, target: request.head.path ?? ""),
                nonces.use(answer.nonce, count: answer.count)
            {
                return try await next(request, context)
            }
            return refusal(
                "Digest realm=\"\(Authentication.quoted(realm))\", nonce=\"\(nonces.make())\", algorithm=MD5, qop=\"auth\""
            )
        }
    }

    private func isOpen(_ path: String) -> Bool {
        let path = path.hasPrefix(prefix) ? path.dropFirst(prefix.count) : path[...]
        if path == "/healthz" { return true }
        guard pagesOnly else { return false }
        return !["/containers", "/docker", "/podman", "/assets", "/static"].contains { path.hasPrefix($0) }
            && path != "/"
    }

    private func refusal(_ challenge: String) -> Response {
        var response = Response.text("401 Unauthorized\n", status: .unauthorized)
        response.headers[.wwwAuthenticate] = challenge
        return response
    }

    private static func quoted(_ text: String) -> String {
        text.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
    }

    private static func basic(_ header: String) -> (String, String)? {
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

/// Nonces that were given out, with the highest count that each was used with.
private final class Nonces: Sendable {
    private static let lifetime: UInt64 = 600_000_000_000
    private let given = Mutex<[String: (until: UInt64, count: UInt64)]>([:])

    func make() -> String {
        var random = SystemRandomNumberGenerator()
        let nonce = String(random.next(), radix: 16) + String(random.next(), radix: 16)
        let now = MonotonicTime.nanoseconds()
        given.withLock { given in
            if given.count > 5000 { given = given.filter { $0.value.until > now } }
            // A flood of requests without a password may push out others' nonces, not fill the memory.
            if given.count > 20_000 { given.removeAll() }
            given[nonce] = (now + Nonces.lifetime, 0)
        }
        return nonce
    }

    /// Whether the nonce is ours, not too old, and its count larger than before.
    func use(_ nonce: String, count: UInt64) -> Bool {
        let now = MonotonicTime.nanoseconds()
        return given.withLock { given in
            guard let entry = given[nonce], entry.until > now, count > entry.count else { return false }
            given[nonce] = (entry.until, count)
            return true
        }
    }
}

/// The header of a client that answers a Digest challenge (RFC 7616, MD5, qop=auth).
struct DigestAnswer {
    var user = ""
    var realm = ""
    var nonce = ""
    var count: UInt64 = 0
    private var uri = ""
    private var response = ""
    private var quality = ""
    private var countText = ""
    private var clientNonce = ""

    init?(_ header: String) {
        guard header.lowercased().hasPrefix("digest "), header.utf8.count < 8192 else { return nil }
        for (name, value) in DigestAnswer.parameters(header.dropFirst(7)) {
            switch name {
            case "username": user = value
            case "realm": realm = value
            case "nonce": nonce = value
            case "uri": uri = value
            case "response": response = value
            case "qop": quality = value
            case "nc":
                countText = value
                count = UInt64(value, radix: 16) ?? 0
            case "cnonce": clientNonce = value
            default: continue
            }
        }
        guard !user.isEmpty, !nonce.isEmpty, quality == "auth", count > 0 else { return nil }
    }

    /// - Parameters:
    ///   - hash: MD5 of `user:realm:password`, as the file has it.
    ///   - target: of the request, which the answer must be about.
    func isRight(hash: String, method: String, target: String) -> Bool {
        guard uri == target else { return false }
        let second = DigestAnswer.md5("\(method):\(uri)")
        let wanted = DigestAnswer.md5("\(hash):\(nonce):\(countText):\(clientNonce):\(quality):\(second)")
        return PasswordHash.isEqual(wanted, response)
    }

    static func md5(_ text: String) -> String {
        Insecure.MD5.hash(data: Array(text.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    /// `name=value, name="quoted value"`.
    private static func parameters(_ text: Substring) -> [(String, String)] {
        var result: [(String, String)] = []
        var rest = text[...]
        while let equals = rest.firstIndex(of: "="), result.count < 30 {
            let name = rest[..<equals].filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[rest.index(after: equals)...]
            var value = ""
            if rest.first == "\"" {
                rest.removeFirst()
                while let character = rest.popFirst(), character != "\"" {
                    if character == "\\", let next = rest.popFirst() {
                        value.append(next)
                    } else {
                        value.append(character)
                    }
                }
            } else {
                value = String(rest.prefix { $0 != "," && $0 != " " })
                rest = rest.dropFirst(value.count)
            }
            result.append((name, value))
        }
        return result
    }
}
