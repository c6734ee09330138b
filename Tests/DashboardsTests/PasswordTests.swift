import Testing

@testable import Dashboards

@Suite struct PasswordTests {
    @Test func takesAtLeastSixHundredThousandRounds() throws {
        let stored = PasswordHash().make("a password")
        let rounds = try #require(Int(stored.split(separator: "$")[1]))
        #expect(rounds >= 600_000)
        #expect(PasswordHash().check("a password", against: stored))
    }

    @Test func tellsPasswordsApart() {
        let hash = PasswordHash(rounds: 1000)
        let stored = hash.make("right")
        #expect(hash.check("right", against: stored))
        #expect(!hash.check("wrong", against: stored))
        #expect(!hash.check("", against: stored))
        #expect(!hash.check("right", against: nil))
        #expect(!hash.check("right", against: "pbkdf2-sha256$1000$00$"))
        #expect(!hash.check("right", against: "plain"))
        #expect(stored != hash.make("right"))
    }

    @Test func readsTheOriginalsHashes() {
        // Python: hashlib.pbkdf2_hmac("sha256", b"foobar", b"0123456789", 10000, 50).hex()
        let stored = PasswordHash.fromGrafana(
            password: PasswordTests.original, salt: "0123456789")
        let hash = PasswordHash(rounds: 20_000)
        #expect(hash.check("foobar", against: stored))
        #expect(!hash.check("foobaz", against: stored))
        #expect(hash.needsRehash(stored))
        #expect(!hash.needsRehash(hash.make("foobar")))
    }

    private static let original =
        "bfa73af1d1b04fa6027f694dee2c69f4ceec36c4ba8e1fdd94409679f9c6adef8a48879b9f763891019dc35663198a99650d"

    @Test func opensOnlyWhatItSealed() throws {
        let box = SecretBox(key: [UInt8](repeating: 7, count: 32))
        var sealed = box.seal("secret", context: "a")
        #expect(box.open(sealed, context: "a") == "secret")
        #expect(box.open(sealed, context: "b") == nil)
        #expect(SecretBox(key: [UInt8](repeating: 8, count: 32)).open(sealed, context: "a") == nil)
        sealed[sealed.count - 1] ^= 1
        #expect(box.open(sealed, context: "a") == nil)
        #expect(box.open([], context: "a") == nil)
    }
}
