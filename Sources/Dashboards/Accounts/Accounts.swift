import Crypto
public import Platform
import Synchronization

/// Logging in and recognising who did.
public final class Accounts: Sendable {
    let store: DashboardStore
    let hash: PasswordHash
    let policy: LoginPolicy
    private let workers: WorkerThreads
    /// Passwords that were right a moment ago, so that clients with basic authentication do not cost
    /// a slow hash with each request.
    private let verified: Mutex<[String: Verified]>
    private let cacheKey: SymmetricKey

    private struct Verified {
        let userID: Int64
        let storedHash: String
        let until: Int64
    }

    /// - Parameter workers: threads for password hashes; few, so that logins cannot take all cores.
    public init(
        store: DashboardStore, hash: PasswordHash = PasswordHash(),
        policy: LoginPolicy = LoginPolicy(), workers: WorkerThreads
    ) {
        self.store = store
        self.hash = hash
        self.policy = policy
        self.workers = workers
        verified = Mutex([:])
        cacheKey = SymmetricKey(size: .bits256)
    }

    // MARK: - Passwords

    /// Hashes a password on the worker threads.
    public func makeHash(_ password: String) async throws(DashboardsError) -> String {
        let hash = hash
        return try await run { hash.make(password) }
    }

    /// - Throws: `invalidInput`.
    public static func checkStrength(_ password: String) throws(DashboardsError) {
        guard password.utf8.count >= 4 else {
            throw DashboardsError(.invalidInput, "New password is too short")
        }
        guard password.utf8.count <= 1024 else {
            throw DashboardsError(.invalidInput, "New password is too long")
        }
    }

    /// The user with this password. Failures are counted by name and address; whatever is wrong, the
    /// answer and the time it takes are the same.
    ///
    /// - Throws: `unauthorized`, `busy`, `storage`.
    public func authenticate(
        login: String, password: String, address: String
    ) async throws(DashboardsError) -> User {
        let wrong = DashboardsError(.unauthorized, "Invalid username or password")
        let name = String(login.lowercased().prefix(190))
        let address = Accounts.network(address)
        let failures = try await store.loginFailures(
            login: name, address: address, since: store.clock.now() - policy.failureWindow)
        let isRefused =
            failures.ofLogin >= policy.failuresMax || failures.ofAddress >= policy.addressFailuresMax
        let found = login.isEmpty ? nil : try await store.credentials(loginOrEmail: login)
        let cacheName = cacheName(login: name, password: password)
        if let found, !isRefused, let stored = found.password, !found.user.isDisabled,
            isVerified(cacheName, userID: found.user.id, storedHash: stored)
        {
            return found.user
        }
        let stored = isRefused ? nil : found?.password
        let hash = hash
        let isRight = try await run { hash.check(password, against: stored) }
        guard isRight, let found, let stored, !found.user.isDisabled else {
            try await store.addLoginFailure(login: name, address: address)
            throw wrong
        }
        if failures.ofLogin > 0 {
            try await store.clearLoginFailures(login: name, address: address)
        }
        if hash.needsRehash(stored) {
            let fresh = try await run { hash.make(password) }
            try await store.rehash(fresh, replacing: stored, userID: found.user.id)
        } else {
            remember(
                cacheName,
                Verified(
                    userID: found.user.id, storedHash: stored, until: store.clock.now() + 300_000))
        }
        return found.user
    }

    /// Changes one's own password.
    public func changePassword(
        of user: User, from old: String, to new: String, keeping session: Int64?
    ) async throws(DashboardsError) {
        let stored = try await store.storedPassword(userID: user.id)
        let hash = hash
        guard try await run({ hash.check(old, against: stored) }) else {
            throw DashboardsError(.unauthorized, "invalid old password")
        }
        try Accounts.checkStrength(new)
        let fresh = try await run { hash.make(new) }
        try await store.setPassword(fresh, userID: user.id, keeping: session)
    }

    private func run<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) async throws(DashboardsError) -> Value {
        do {
            return try await workers.run { _ in body() }
        } catch {
            throw DashboardsError(.busy, "Too many logins at once, try again")
        }
    }

    /// An address for counting: an IPv6 network of 64 bits is one neighbour.
    static func network(_ address: String) -> String {
        let groups = address.split(separator: ":", omittingEmptySubsequences: false)
        guard groups.count > 2, !address.hasPrefix("::ffff:") else { return address }
        return groups.prefix(4).joined(separator: ":") + "::/64"
    }

    private func cacheName(login: String, password: String) -> String {
        // The length in front keeps "a" + "bc" and "ab" + "c" apart.
        let text = "\(login.utf8.count):\(login)\(password)"
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: cacheKey)
        return Hex.text(code)
    }

    private func isVerified(_ name: String, userID: Int64, storedHash: String) -> Bool {
        let now = store.clock.now()
        return verified.withLock { verified in
            guard let entry = verified[name] else { return false }
            return entry.userID == userID && entry.storedHash == storedHash && entry.until > now
        }
    }

    private func remember(_ name: String, _ entry: Verified) {
        verified.withLock { verified in
            if verified.count >= 100 { verified.removeAll() }
            verified[name] = entry
        }
    }

    // MARK: - Tokens

    /// The owner of a service account's token; nil when it is not good.
    public func caller(bearerToken token: String) async throws(DashboardsError) -> Caller? {
        guard ServiceToken.isWellFormed(token),
            let user = try await store.user(tokenHash: Digest.sha256(token)), !user.isDisabled
        else { return nil }
        return Caller(user: user, means: .token)
    }

    // MARK: - Sessions

    /// A token for the browser of a user who has just logged in.
    public func openSession(
        for user: User, address: String, agent: String
    ) async throws(DashboardsError) -> String {
        let now = store.clock.now()
        try await store.purgeSessions(
            idleSince: now - policy.idleMax, createdBefore: now - policy.lifetimeMax)
        let token = store.random.hex(bytes: 32)
        _ = try await store.addSession(
            userID: user.id, tokenHash: Digest.sha256(token), address: address, agent: agent)
        return token
    }

    /// The owner of a session's token, and the token that the browser should use from now on when it
    /// is time for another; nil when the token is not good.
    public func caller(
        sessionToken token: String
    ) async throws(DashboardsError) -> (caller: Caller, freshToken: String?)? {
        guard token.utf8.count == 64 else { return nil }
        let tokenHash = Digest.sha256(token)
        guard let found = try await store.session(tokenHash: tokenHash), !found.user.isDisabled
        else { return nil }
        let (session, now) = (found.session, store.clock.now())
        guard now - session.lastSeen <= policy.idleMax, now - session.created <= policy.lifetimeMax
        else { return nil }
        let caller = Caller(user: found.user, means: .session(id: session.id))
        if !found.isCurrent {
            // The browser may never have got the new token: the old one counts until that is seen.
            let isGood = !found.seen || now - session.rotated <= policy.rotationGrace
            return isGood ? (caller, nil) : nil
        }
        if now - session.rotated > policy.rotationInterval {
            let fresh = store.random.hex(bytes: 32)
            let isRotated = try await store.rotateSession(
                id: session.id, from: tokenHash, to: Digest.sha256(fresh))
            return (caller, isRotated ? fresh : nil)
        }
        if !found.seen || now - session.lastSeen > 60_000 {
            try await store.touchSession(id: session.id)
        }
        return (caller, nil)
    }
}
