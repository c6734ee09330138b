/// Where secrets come from; tests give a seeded one.
public struct RandomSource: Sendable {
    /// Fills an array of the given count.
    public let bytes: @Sendable (Int) -> [UInt8]

    public init(bytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.bytes = bytes
    }

    /// The operating system's generator.
    public static let system = RandomSource { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Lower-case hexadecimal, two digits a byte.
    public func hex(bytes count: Int) -> String { Hex.text(bytes(count)) }

    /// Letters and digits, all equally likely.
    public func alphanumeric(_ count: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
        var result: [UInt8] = []
        while result.count < count {
            // 248 is the largest multiple of 62 in a byte; above it the first letters would be likelier.
            for byte in bytes(count) where byte < 248 && result.count < count {
                result.append(letters[Int(byte) % letters.count])
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
