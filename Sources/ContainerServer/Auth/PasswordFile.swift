import Crypto
#if canImport(Glibc)
    import Glibc
#endif
import Synchronization

/// Users and hashes of an htpasswd file (`name:hash`) or an htdigest file (`name:realm:hash`).
struct PasswordFile: Sendable {
    /// The largest file that is read.
    private static let bytesMax = 4 << 20

    private let lines: [[Substring]]

    /// - Throws: `passwordFile`.
    init(path: String) throws(ContainerServerError) {
        guard let file = fopen(path, "re") else {
            throw ContainerServerError(.passwordFile, "cannot read the password file \(path): \(String(cString: strerror(errno)))")
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
        // A hash that is a known scheme's, never a password as it is.
        guard hash.hasPrefix("$"), let made = SystemCrypt.hash(password, hash) else { return false }
        return isEqual(made, hash)
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
        for index in 0..<5 { add(digest[index], digest[index + 6], index == 4 ? digest[5] : digest[index + 12], 4) }
        add(0, 0, digest[11], 2)
        return "$apr1$" + String(decoding: salt, as: UTF8.self) + "$" + String(decoding: result, as: UTF8.self)
    }
}

/// crypt(3) of the system's libcrypt, which every Debian has; looked up at run time, so that the program
/// starts without it.
private enum SystemCrypt {
    private typealias Crypt = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?

    // crypt(3) keeps its answer in memory of its own.
    private static let lock = Mutex(())

    private static let function: Crypt? = {
        guard let library = dlopen("libcrypt.so.1", RTLD_NOW), let symbol = dlsym(library, "crypt") else { return nil }
        // The symbol's address is the function: <crypt.h> declares it with this type.
        return withUnsafePointer(to: symbol) { UnsafeRawPointer($0).load(as: Crypt.self) }
    }()

    static func hash(_ password: String, _ setting: String) -> String? {
        guard let function else { return nil }
        return lock.withLock { _ in function(password, setting).map { String(cString: $0) } }
    }
}

/// Base64 (RFC 4648).
enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let value = UInt32(bytes[index]) << 16 | (left > 1 ? UInt32(bytes[index + 1]) << 8 : 0) | (left > 2 ? UInt32(bytes[index + 2]) : 0)
            for place in 0..<4 {
                result.append(place <= left ? letters[Int(value >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// nil for another alphabet.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var result: [UInt8] = []
        var value: UInt32 = 0
        var bits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let digit = letters.firstIndex(of: byte) else { return nil }
            value = value << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(value >> UInt32(bits) & 255))
            }
        }
        return result
    }
}
