import Crypto
import CryptoExtras

/// Makes and checks stored passwords: `pbkdf2-sha256$<rounds>$<salt>$<key>` in hexadecimal.
///
/// The original's hashes (PBKDF2-HMAC-SHA256, 10,000 rounds, 50 bytes, the salt as text) are read as
/// `grafana$<salt>$<key>` and made anew at the next login.
///
/// All of it is slow by intent: call it on worker threads.
public struct PasswordHash: Sendable {
    /// OWASP's minimum for PBKDF2-HMAC-SHA256.
    public static let roundsMin = 600_000

    let rounds: Int
    let random: RandomSource

    public init(random: RandomSource = .system) {
        self.init(rounds: PasswordHash.roundsMin, random: random)
    }

    /// Fewer rounds than ``roundsMin`` are for tests only.
    package init(rounds: Int, random: RandomSource = .system) {
        self.rounds = rounds
        self.random = random
    }

    /// The text to store.
    public func make(_ password: String) -> String {
        let salt = random.bytes(16)
        let key = derive(password, salt: salt, rounds: rounds, count: 32)
        return "pbkdf2-sha256$\(rounds)$\(Hex.text(salt))$\(Hex.text(key))"
    }

    /// Whether the password belongs to the stored text. With no stored text (nobody of that name) the
    /// same work is done, so that the time tells nothing.
    public func check(_ password: String, against stored: String?) -> Bool {
        guard let stored, let parsed = Parsed(stored) else {
            _ = derive(password, salt: [UInt8](repeating: 0, count: 16), rounds: rounds, count: 32)
            return false
        }
        let key = derive(
            password, salt: parsed.salt, rounds: parsed.rounds, count: parsed.key.count)
        return ConstantTime.equal(key, parsed.key)
    }

    /// Whether the stored text is weaker than what ``make(_:)`` writes.
    public func needsRehash(_ stored: String) -> Bool {
        guard let parsed = Parsed(stored) else { return true }
        return parsed.rounds < rounds
    }

    /// The stored form of the original's columns `password` and `salt`.
    public static func fromGrafana(password: String, salt: String) -> String {
        "grafana$\(Hex.text(salt.utf8))$\(password)"
    }

    private func derive(_ password: String, salt: [UInt8], rounds: Int, count: Int) -> [UInt8] {
        // It fails only for parameters that are checked before: an empty key never equals a stored one.
        let key = try? KDF.Insecure.PBKDF2.deriveKey(
            from: Array(password.utf8), salt: salt, using: .sha256, outputByteCount: count,
            unsafeUncheckedRounds: rounds)
        return key?.withUnsafeBytes { Array($0) } ?? []
    }

    private struct Parsed {
        let rounds: Int
        let salt: [UInt8]
        let key: [UInt8]

        init?(_ stored: String) {
            let parts = stored.split(separator: "$", omittingEmptySubsequences: false).map(String.init)
            switch (parts.first, parts.count) {
            case ("pbkdf2-sha256", 4):
                guard let rounds = Int(parts[1]), (1...10_000_000).contains(rounds),
                    let salt = Hex.bytes(parts[2]), let key = Hex.bytes(parts[3])
                else { return nil }
                (self.rounds, self.salt, self.key) = (rounds, salt, key)
            case ("grafana", 3):
                guard let salt = Hex.bytes(parts[1]), let key = Hex.bytes(parts[2]) else { return nil }
                (rounds, self.salt, self.key) = (10_000, salt, key)
            default: return nil
            }
            guard (16...128).contains(key.count) else { return nil }
        }
    }
}
