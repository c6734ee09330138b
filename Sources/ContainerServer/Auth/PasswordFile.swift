import Crypto
import Platform
import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// Users and hashes of an htpasswd file (`name:hash`) or an htdigest file (`name:realm:hash`).
struct PasswordFile: Sendable {
    /// The largest file that is read.
    private static let bytesMax = 4 << 20

    private let lines: [[Substring]]

    /// - Throws: `passwordFile`.
    init(path: String) throws(ContainerServerError) {
        guard let file = fopen(path, "re") else {
            throw ContainerServerError(
                .passwordFile, "cannot read the password file \(path): \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: PasswordFile.bytesMax)
        let count = fread(&bytes, 1, bytes.count, file)
        self.init(text: String(decoding: bytes[..<count], as: UTF8.self))
    }

    init(text: String) {
        lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
    }

    /// Whether a user has this password. May take long, as hashes for passwords are made to.
    func allows(_ user: String, _ password: String) -> Bool {
        guard let line = lines.first(where: { $0.count >= 2 && $0[0] == user }) else {
            // As long as for a user who exists.
            _ = PasswordHash.matches(password, "$apr1$xxxxxxxx$dOYb7tHBf2MNkEHjCBgWT0")
            return false
        }
        return PasswordHash.matches(password, String(line[1]).trimmedEnd)
    }

    /// The digest hash of a user in a realm.
    func digestHash(_ user: String, realm: String) -> String? {
        lines.first { $0.count >= 3 && $0[0] == user && $0[1] == realm }.map { String($0[2]).trimmedEnd }
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var copy = self
        while copy.last?.isWhitespace == true { copy.removeLast() }
        return copy
    }
}

/// The ways in which htpasswd writes passwords.
enum PasswordHash {
    /// `$apr1$`, `{SHA}`, or anything the system's crypt(3) knows: bcrypt (`$2y$`), `$5$`, `$6$`, `$1$`.
    static func matches(_ password: String, _ hash: String) -> Bool {
        if hash.hasPrefix("{SHA}") {
            let digest = Array(Insecure.SHA1.hash(data: Array(password.utf8)))
            return isEqual("{SHA}" + Base64.encode(digest), hash)
        }
        if hash.hasPrefix("$apr1$") {
            let salt = hash.dropFirst(6).prefix { $0 != "$" }.prefix(8)
            return isEqual(apr1(password, salt: String(salt)), hash)
        }
        return SystemCrypt.matches(password, hash)
    }

    /// Compares in a time that does not tell where the difference is.
    static func isEqual(_ a: String, _ b: String) -> Bool {
        let a = Array(a.utf8), b = Array(b.utf8)
        guard a.count == b.count else { return false }
        var difference: UInt8 = 0
        for (x, y) in zip(a, b) { difference |= x ^ y }
        return difference == 0
    }

    /// Apache's variant of the MD5 scheme: a thousand rounds over password and salt.
    private static func apr1(_ password: String, salt: String) -> String {
        let password = Array(password.utf8.prefix(1024)), salt = Array(salt.utf8)
        func md5(_ bytes: [UInt8]) -> [UInt8] { Array(Insecure.MD5.hash(data: bytes)) }
        let alternate = md5(password + salt + password)
        var text = password + Array("$apr1$".utf8) + salt
        var left = password.count
        while left > 0 {
            text += alternate.prefix(left)
            left -= 16
        }
        var bits = password.count
        while bits > 0 {
            text.append(bits & 1 == 1 ? 0 : password[0])
            bits >>= 1
        }
        var digest = md5(text)
        for round in 0..<1000 {
            var next = round & 1 == 1 ? password : digest
            if round % 3 != 0 { next += salt }
            if round % 7 != 0 { next += password }
            next += round & 1 == 1 ? digest : password
            digest = md5(next)
        }
        let letters = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var result: [UInt8] = []
        func add(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ count: Int) {
            var value = UInt32(a) << 16 | UInt32(b) << 8 | UInt32(c)
            for _ in 0..<count {
                result.append(letters[Int(value & 63)])
                value >>= 6
            }
        }
        for index in 0..<5 {
            add(digest[index], digest[index + 6], index == 4 ? digest[5] : digest[index + 12], 4)
        }
        add(0, 0, digest[11], 2)
        return "$apr1$" + String(decoding: salt, as: UTF8.self) + "$"
            + String(decoding: result, as: UTF8.self)
    }
}
