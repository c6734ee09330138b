import Crypto

#if canImport(Glibc)
    import Glibc
#endif

/// Encrypts data sources' passwords and tokens with AES-256-GCM under a key of this installation, so
/// that a copy of the database alone reveals nothing.
public struct SecretBox: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: 32 bytes.
    init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// Reads the key file, or makes one that only this user may read.
    ///
    /// - Throws: `storage` when the file cannot be read or written, or is not 32 bytes.
    public static func open(
        path: String, random: RandomSource = .system
    ) throws(DashboardsError) -> SecretBox {
        let file = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        if file >= 0 {
            defer { close(file) }
            var key = [UInt8](repeating: 0, count: 33)
            guard read(file, &key, 33) == 32 else {
                throw DashboardsError(.storage, "cannot use \(path): want a key of 32 bytes")
            }
            return SecretBox(key: Array(key[..<32]))
        }
        guard errno == ENOENT else { throw failure("read", path) }
        let made = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard made >= 0 else { throw failure("write", path) }
        defer { close(made) }
        let key = random.bytes(32)
        guard write(made, key, 32) == 32, fsync(made) == 0 else { throw failure("write", path) }
        return SecretBox(key: key)
    }

    private static func failure(_ verb: String, _ path: String) -> DashboardsError {
        DashboardsError(.storage, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    /// - Parameter context: what the secret belongs to; it opens only with the same.
    func seal(_ secret: String, context: String) -> [UInt8] {
        guard
            let box = try? AES.GCM.seal(
                Array(secret.utf8), using: key, authenticating: Array(context.utf8)),
            let combined = box.combined
        else { return [] }
        return Array(combined)
    }

    /// nil when the bytes were not sealed with this key and context.
    func open(_ sealed: [UInt8], context: String) -> String? {
        guard let box = try? AES.GCM.SealedBox(combined: sealed),
            let bytes = try? AES.GCM.open(box, using: key, authenticating: Array(context.utf8))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
