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
            if let step = step(time, value, &state) { return put(step, at: &state.bitCount, in: base) }
            let delta = UInt64(bitPattern: time &- state.time)
            BitWriter.put(0b1111, count: 4, at: &state.bitCount, in: base)
            BitWriter.put(delta &- state.delta, count: 64, at: &state.bitCount, in: base)
            state.delta = delta
            putValue(value, to: &state, at: base)
        }
        state.time = time
        state.value = value
        state.count &+= 1
    }

    /// The bits of one more sample, before it is known where they go: those of the time and the control bits
    /// of the value, then the value's own.
    struct Step {
        var head: UInt64
        var headCount: Int
        var value: UInt64
        var valueCount: Int

        @inline(__always)
        var bitCount: Int { headCount &+ valueCount }
    }

    /// What ``append(_:_:to:at:)`` would write of a sample behind two others; nil for a change of the distance
    /// between samples of more than nine minutes. `state` is moved on, all but its `bitCount`.
    @inline(__always)
    static func step(_ time: Int64, _ value: UInt64, _ state: inout State) -> Step? {
        let delta = UInt64(bitPattern: time &- state.time)
        let change = Int64(bitPattern: delta &- state.delta)
        var step: Step
        if change == 0 {
            step = Step(head: 0, headCount: 1, value: 0, valueCount: 0)
        } else {
            guard change >= -524287, change <= 524288 else { return nil }
            let bits = UInt64(bitPattern: change)
            if change >= -8191 && change <= 8192 {
                step = Step(head: 0b10 << 14 | bits & 0x3FFF, headCount: 16, value: 0, valueCount: 0)
            } else if change >= -65535 && change <= 65536 {
                step = Step(head: 0b110 << 17 | bits & 0x1FFFF, headCount: 20, value: 0, valueCount: 0)
            } else {
                step = Step(head: 0b1110 << 20 | bits & 0xFFFFF, headCount: 24, value: 0, valueCount: 0)
            }
        }
        let difference = value ^ state.value
        if difference == 0 {
            step.head <<= 1
            step.headCount &+= 1
        } else {
            let leading = min(difference.leadingZeroBitCount, 31)
            let trailing = difference.trailingZeroBitCount
            if state.leading != 0xFF, leading >= Int(state.leading), trailing >= Int(state.trailing) {
                step.head = step.head &<< 2 | 0b10
                step.headCount &+= 2
                step.value = difference &>> UInt64(state.trailing)
                step.valueCount = 64 &- Int(state.leading) &- Int(state.trailing)
            } else {
                let width = 64 &- leading &- trailing
                step.head = step.head &<< 13 | 0b11 << 11 | UInt64(leading) &<< 6 | UInt64(width & 63)
                step.headCount &+= 13
                step.value = difference &>> UInt64(trailing)
                step.valueCount = width
                state.leading = UInt8(truncatingIfNeeded: leading)
                state.trailing = UInt8(truncatingIfNeeded: trailing)
            }
        }
        state.delta = delta
        state.time = time
        state.value = value
        state.count &+= 1
        return step
    }

    /// Writes a step behind `position` bits.
    @inline(__always)
    static func put(_ step: Step, at position: inout Int, in base: UnsafeMutableRawPointer) {
        BitWriter.put(step.head, count: step.headCount, at: &position, in: base)
        if step.valueCount > 0 { BitWriter.put(step.value, count: step.valueCount, at: &position, in: base) }
    }

    /// How many bits ``append(_:_:to:at:)`` would write at most for a sample that has no step.
    static func bitsMax(_ time: Int64, _ value: UInt64, _ state: State) -> Int {
        switch state.count {
        case 0: return varintBits(UInt64(bitPattern: (time << 1) ^ (time >> 63))) + 64
        case 1:
            let difference = value ^ state.value
            let width = 64 - min(difference.leadingZeroBitCount, 31) - difference.trailingZeroBitCount
            return varintBits(UInt64(bitPattern: time &- state.time)) + (difference == 0 ? 1 : 13 + width)
        default: return sampleBitsMax
        }
    }

    private static func varintBits(_ value: UInt64) -> Int {
        max(1, (70 - value.leadingZeroBitCount) / 7) * 8
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
