import Crypto
import Platform
import Synchronization

/// Remembers right passwords for ten minutes by a keyed hash, so that a scraper does not cost a bcrypt
/// each time.
public final class KnownPasswords: Sendable {
    private static let lifetime: UInt64 = 600_000_000_000
    private let key = SymmetricKey(size: .bits256)
    private let known = Mutex<[[UInt8]: UInt64]>([:])

    public init() {}

    public func has(_ user: String, _ password: String) -> Bool {
        let now = MonotonicTime.nanoseconds()
        return known.withLock { ($0[code(user, password)] ?? 0) > now }
    }

    public func add(_ user: String, _ password: String) {
        let now = MonotonicTime.nanoseconds()
        known.withLock { known in
            if known.count > 1000 { known = known.filter { $0.value > now } }
            known[code(user, password)] = now + KnownPasswords.lifetime
        }
    }

    /// After the users have changed.
    public func forget() {
        known.withLock { $0 = [:] }
    }

    private func code(_ user: String, _ password: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("\(user):\(password)".utf8), using: key))
    }
}
