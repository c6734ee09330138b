/// The name of a block: 48 bits of milliseconds and 80 random ones in Crockford's base 32.
enum ULID {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    static let length = 26

    static func make(now: Int64, random: (UInt64, UInt16)) -> String {
        // 128 bits, from the top: time, then the random part.
        let high = UInt64(bitPattern: now) << 16 | UInt64(random.1)
        let low = random.0
        var text: [UInt8] = []
        for i in 0..<length {
            // 26 digits are 130 bits: the first holds three.
            let shift = 125 - 5 * i
            let digit: UInt64 =
                if shift >= 64 {
                    high >> UInt64(shift - 64)
                } else if shift > 59 {
                    high << UInt64(64 - shift) | low >> UInt64(shift)
                } else {
                    low >> UInt64(shift)
                }
            text.append(alphabet[Int(digit & 31)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A name that no other block has.
    static func make(now: Int64) -> String {
        make(now: now, random: (UInt64.random(in: 0 ... .max), UInt16.random(in: 0 ... .max)))
    }

    static func isValid(_ name: String) -> Bool {
        name.utf8.count == length && name.utf8.allSatisfy { alphabet.contains($0) }
    }
}
