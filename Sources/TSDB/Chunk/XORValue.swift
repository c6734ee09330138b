internal import Wire

/// One float column written as XORs with the value before, as in ``XORChunk``.
struct XORValue {
    var value: UInt64
    var leading = 0xFF
    var trailing = 0

    init(_ value: Double) { self.value = value.bitPattern }

    mutating func put(_ new: Double, at position: inout Int, in base: UnsafeMutableRawPointer) {
        let change = new.bitPattern ^ value
        value = new.bitPattern
        if change == 0 {
            BitWriter.put(0, count: 1, at: &position, in: base)
            return
        }
        let newLeading = min(change.leadingZeroBitCount, 31)
        let newTrailing = change.trailingZeroBitCount
        if leading != 0xFF, newLeading >= leading, newTrailing >= trailing {
            BitWriter.put(0b10, count: 2, at: &position, in: base)
            BitWriter.put(change >> UInt64(trailing), count: 64 - leading - trailing, at: &position, in: base)
            return
        }
        leading = newLeading
        trailing = newTrailing
        let width = 64 - leading - trailing
        BitWriter.put(
            0b11 << 11 | UInt64(leading) << 6 | UInt64(width & 63), count: 13, at: &position, in: base)
        BitWriter.put(change >> UInt64(trailing), count: width, at: &position, in: base)
    }

    mutating func read(_ reader: inout BitReader) throws(WireError) -> Double {
        guard try reader.bit() else { return Double(bitPattern: value) }
        if try reader.bit() {
            leading = Int(try reader.bits(5))
            var width = Int(try reader.bits(6))
            if width == 0 { width = 64 }
            guard leading + width <= 64 else {
                throw WireError(.malformed, "cannot read a chunk: a value has \(leading + width) bits")
            }
            trailing = 64 - leading - width
        } else if leading == 0xFF {
            leading = 0
        }
        value ^= try reader.bits(64 - leading - trailing) << UInt64(trailing)
        return Double(bitPattern: value)
    }
}
