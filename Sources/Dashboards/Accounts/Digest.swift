import Crypto

/// SHA-256 of tokens, as they are stored.
enum Digest {
    static func sha256(_ text: String) -> String { Hex.text(SHA256.hash(data: Array(text.utf8))) }
}
