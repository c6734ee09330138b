import Crypto

/// SHA-256 in hexadecimal: of tokens, as they are stored, and of files.
enum Digest {
    static func sha256(_ text: String) -> String { sha256(Array(text.utf8)) }

    static func sha256(_ bytes: [UInt8]) -> String { Hex.text(SHA256.hash(data: bytes)) }
}
