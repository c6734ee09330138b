/// Base 64 of RFC 4648.
public enum Base64 {
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// With padding.
    public static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            var word: UInt32 = 0
            for byte in part { word = word << 8 | UInt32(byte) }
            word <<= UInt32(8 * (3 - part.count))
            for i in 0..<4 {
                let digit = letters[Int(word >> UInt32(18 - 6 * i) & 63)]
                result.append(i <= part.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Nil for another alphabet. Padding may be absent.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var result: [UInt8] = []
        var value: UInt32 = 0
        var bits = 0
        for byte in text.utf8 where byte != UInt8(ascii: "=") {
            guard let digit = letters.firstIndex(of: byte) else { return nil }
            value = (value << 6 | UInt32(digit)) & 0xFFFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(value >> UInt32(bits) & 255))
            }
        }
        return result
    }
}
