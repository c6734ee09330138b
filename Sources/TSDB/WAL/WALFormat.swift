/// The framing of the write-ahead log: `docs/format/wal.md`.
enum WALFormat {
    static let pageSize = 32 << 10
    /// Type, length (2 bytes), CRC-32C (4 bytes).
    static let headerSize = 7

    /// What a fragment is of its record; the low three bits of the type byte.
    enum Fragment: UInt8 {
        /// The rest of the page is zeros.
        case padding = 0
        case full = 1
        case first = 2
        case middle = 3
        case last = 4
    }

    static let fragmentMask: UInt8 = 0x07
    static let snappyFlag: UInt8 = 0x08
    static let zstdFlag: UInt8 = 0x10

    /// The name of a segment: eight digits.
    static func segmentName(_ number: Int) -> String { padded(number, 8) }

    /// The number of a file name that is a segment's; nil for others (checkpoints, damaged ones set
    /// aside, temporary ones).
    static func segmentNumber(_ name: String) -> Int? {
        guard !name.isEmpty, name.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(name)
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
