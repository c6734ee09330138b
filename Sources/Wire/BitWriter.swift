/// Writes bits, most significant first, into memory that has at least 16 bytes of slack behind the
/// last bit: words are stored whole.
///
/// Stateless, so that a chunk can be continued after a long time from nothing but its bit length.
public enum BitWriter {
    /// Bytes that must be writable behind the end of the written bits.
    public static let slack = 16

    /// Writes the low `count` (1 ... 64) bits of `value` at bit `position` and moves it on. The bits of
    /// `value` above `count` must be 0, the bits in memory behind `position` are overwritten.
    @inlinable public static func put(
        _ value: UInt64, count: Int, at position: inout Int, in base: UnsafeMutableRawPointer
    ) {
        let byte = position &>> 3
        let used = position & 7
        let kept = UInt64(base.load(fromByteOffset: byte, as: UInt8.self)) & ~(0xFF &>> UInt64(used))
        if used &+ count <= 64 {
            let word = kept &<< 56 | value &<< UInt64(64 &- used &- count)
            base.storeBytes(of: word.bigEndian, toByteOffset: byte, as: UInt64.self)
        } else {
            let tail = used &+ count &- 64
            let word = kept &<< 56 | value &>> UInt64(tail)
            base.storeBytes(of: word.bigEndian, toByteOffset: byte, as: UInt64.self)
            base.storeBytes(
                of: UInt8(truncatingIfNeeded: value &<< UInt64(8 &- tail)), toByteOffset: byte &+ 8,
                as: UInt8.self)
        }
        position &+= count
    }
}
