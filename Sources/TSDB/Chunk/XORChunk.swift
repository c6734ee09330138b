internal import MetricModel
internal import Wire

/// Prometheus' XOR encoding of float samples: two bytes of count (big-endian), the first time and value
/// in full, then deltas of deltas of times and XORs of values as bits. Format:
/// `docs/format/chunks.md`.
enum XORChunk {
    /// Bytes before the bits.
    static let headerBytes = 2
    /// The most bits one more sample takes: 4 + 64 of time, 2 + 5 + 6 + 64 of value.
    static let sampleBitsMax = 145

    /// What must be known of the samples so far to write one more.
    struct State {
        var count = 0
        var time: Int64 = 0
        var value: UInt64 = 0
        var delta: UInt64 = 0
        var leading: UInt8 = 0xFF
        var trailing: UInt8 = 0
        /// Bits written so far, header included.
        var bitCount = headerBytes * 8
    }

    /// Writes one more sample behind `state.bitCount` bits from `base`, where there must be room for
    /// ``sampleBitsMax`` more and ``Wire/BitWriter/slack``. Times must ascend. The count in the header
    /// is the caller's to write.
    @inline(__always)
    static func append(
        _ time: Int64, _ value: UInt64, to state: inout State, at base: UnsafeMutableRawPointer
    ) {
        switch state.count {
        case 0:
            putVarint(UInt64(bitPattern: (time << 1) ^ (time >> 63)), at: &state.bitCount, in: base)
            BitWriter.put(value, count: 64, at: &state.bitCount, in: base)
        case 1:
            state.delta = UInt64(bitPattern: time &- state.time)
            putVarint(state.delta, at: &state.bitCount, in: base)
            putValue(value, to: &state, at: base)
        default:
            let delta = UInt64(bitPattern: time &- state.time)
            let change = Int64(bitPattern: delta &- state.delta)
            state.delta = delta
            if change == 0, value == state.value {
                BitWriter.put(0, count: 2, at: &state.bitCount, in: base)
            } else {
                putChange(change, to: &state, at: base)
                putValue(value, to: &state, at: base)
            }
        }
        state.time = time
        state.value = value
        state.count &+= 1
    }

    /// How many bits ``append(_:_:to:at:)`` would write.
    @inline(__always)
    static func bitsNeeded(_ time: Int64, _ value: UInt64, _ state: State) -> Int {
        var bits: Int
        switch state.count {
        case 0: return varintBits(UInt64(bitPattern: (time << 1) ^ (time >> 63))) + 64
        case 1: bits = varintBits(UInt64(bitPattern: time &- state.time))
        default:
            let change = Int64(bitPattern: UInt64(bitPattern: time &- state.time) &- state.delta)
            bits =
                change == 0
                ? 1
                : change >= -8191 && change <= 8192
                    ? 16
                    : change >= -65535 && change <= 65536
                        ? 20 : change >= -524287 && change <= 524288 ? 24 : 68
        }
        let difference = value ^ state.value
        if difference == 0 { return bits + 1 }
        let leading = min(difference.leadingZeroBitCount, 31)
        let trailing = difference.trailingZeroBitCount
        if state.leading != 0xFF, leading >= Int(state.leading), trailing >= Int(state.trailing) {
            bits += 2 + 64 - Int(state.leading) - Int(state.trailing)
        } else {
            bits += 13 + 64 - leading - trailing
        }
        return bits
    }

    private static func varintBits(_ value: UInt64) -> Int {
        max(1, (70 - value.leadingZeroBitCount) / 7) * 8
    }

    @inline(__always)
    private static func putChange(_ change: Int64, to state: inout State, at base: UnsafeMutableRawPointer) {
        let bits = UInt64(bitPattern: change)
        if change == 0 {
            BitWriter.put(0, count: 1, at: &state.bitCount, in: base)
        } else if change >= -8191 && change <= 8192 {
            BitWriter.put(0b10 << 14 | bits & 0x3FFF, count: 16, at: &state.bitCount, in: base)
        } else if change >= -65535 && change <= 65536 {
            BitWriter.put(0b110 << 17 | bits & 0x1FFFF, count: 20, at: &state.bitCount, in: base)
        } else if change >= -524287 && change <= 524288 {
            BitWriter.put(0b1110 << 20 | bits & 0xFFFFF, count: 24, at: &state.bitCount, in: base)
        } else {
            BitWriter.put(0b1111, count: 4, at: &state.bitCount, in: base)
            BitWriter.put(bits, count: 64, at: &state.bitCount, in: base)
        }
    }

    @inline(__always)
    private static func putValue(_ value: UInt64, to state: inout State, at base: UnsafeMutableRawPointer) {
        let change = value ^ state.value
        if change == 0 {
            BitWriter.put(0, count: 1, at: &state.bitCount, in: base)
            return
        }
        let leading = min(change.leadingZeroBitCount, 31)
        let trailing = change.trailingZeroBitCount
        if state.leading != 0xFF, leading >= Int(state.leading), trailing >= Int(state.trailing) {
            let width = 64 &- Int(state.leading) &- Int(state.trailing)
            BitWriter.put(0b10, count: 2, at: &state.bitCount, in: base)
            BitWriter.put(change &>> UInt64(state.trailing), count: width, at: &state.bitCount, in: base)
            return
        }
        let width = 64 &- leading &- trailing
        state.leading = UInt8(truncatingIfNeeded: leading)
        state.trailing = UInt8(truncatingIfNeeded: trailing)
        // A width of 64 is written as 0: it does not fit six bits and 0 cannot occur.
        BitWriter.put(
            0b11 << 11 | UInt64(leading) << 6 | UInt64(width & 63), count: 13, at: &state.bitCount, in: base)
        BitWriter.put(change &>> UInt64(trailing), count: width, at: &state.bitCount, in: base)
    }

    /// Seven bits a byte, the lowest first, at any bit.
    @inline(__always)
    static func putVarint(_ value: UInt64, at position: inout Int, in base: UnsafeMutableRawPointer) {
        var rest = value
        while rest >= 0x80 {
            BitWriter.put(rest & 0x7F | 0x80, count: 8, at: &position, in: base)
            rest >>= 7
        }
        BitWriter.put(rest, count: 8, at: &position, in: base)
    }

    /// Bytes that `bitCount` bits take.
    static func byteCount(_ bitCount: Int) -> Int { (bitCount + 7) / 8 }
}
