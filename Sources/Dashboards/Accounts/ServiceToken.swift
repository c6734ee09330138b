/// Tokens of service accounts: `glsa_<32 letters and digits>_<CRC-32 in hexadecimal>`.
public enum ServiceToken {
    static func make(random: RandomSource) -> String {
        let secret = random.alphanumeric(32)
        return "glsa_\(secret)_\(checksum(secret))"
    }

    /// Whether the checksum fits, so that mistyped ones never reach the database.
    static func isWellFormed(_ token: String) -> Bool {
        let parts = token.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 3 && parts[0] == "glsa" && parts[1].utf8.count == 32
            && parts[2] == checksum(parts[1])
    }

    private static func checksum(_ text: String) -> String {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in text.utf8 {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        let digits = String(~crc, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}
