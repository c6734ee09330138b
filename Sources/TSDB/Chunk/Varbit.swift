internal import Wire

/// Prometheus' variable-length bit integers, used by histogram chunks: a prefix of ones tells the width.
enum Varbit {
    private static let widths = [3, 6, 9, 12, 18, 25, 56]

    static func putUnsigned(_ value: UInt64, at position: inout Int, in base: UnsafeMutableRawPointer) {
        if value == 0 {
            BitWriter.put(0, count: 1, at: &position, in: base)
            return
        }
        for (i, width) in widths.enumerated() where value >> UInt64(width) == 0 {
            putPrefix(i, at: &position, in: base)
            BitWriter.put(value, count: width, at: &position, in: base)
            return
        }
        BitWriter.put(0xFF, count: 8, at: &position, in: base)
        BitWriter.put(value, count: 64, at: &position, in: base)
    }

    static func putSigned(_ value: Int64, at position: inout Int, in base: UnsafeMutableRawPointer) {
        if value == 0 {
            BitWriter.put(0, count: 1, at: &position, in: base)
            return
        }
        for (i, width) in widths.enumerated() {
            let limit = Int64(1) << Int64(width - 1)
            guard value > -limit, value <= limit else { continue }
            putPrefix(i, at: &position, in: base)
            BitWriter.put(
                UInt64(bitPattern: value) & (1 << UInt64(width) - 1), count: width, at: &position, in: base)
            return
        }
        BitWriter.put(0xFF, count: 8, at: &position, in: base)
        BitWriter.put(UInt64(bitPattern: value), count: 64, at: &position, in: base)
    }

    /// `i` + 1 ones and, but for the last two classes, a zero.
    private static func putPrefix(_ i: Int, at position: inout Int, in base: UnsafeMutableRawPointer) {
        BitWriter.put((1 << UInt64(i + 1) - 1) << 1, count: i + 2, at: &position, in: base)
    }

    static func readUnsigned(_ reader: inout BitReader) throws(WireError) -> UInt64 {
        let width = try readWidth(&reader)
        return try reader.bits(width)
    }

    static func readSigned(_ reader: inout BitReader) throws(WireError) -> Int64 {
        let width = try readWidth(&reader)
        let bits = try reader.bits(width)
        guard width > 0, width < 64 else { return Int64(bitPattern: bits) }
        // The range is asymmetric: half and below is positive.
        return bits > 1 << UInt64(width - 1) ? Int64(bits) - (1 << Int64(width)) : Int64(bits)
    }

    private static func readWidth(_ reader: inout BitReader) throws(WireError) -> Int {
        var ones = 0
        while ones < 8, try reader.bit() { ones += 1 }
        return ones == 0 ? 0 : ones == 8 ? 64 : widths[ones - 1]
    }
}
