/// A fast hash of bytes for tables in memory. Not stable between versions, never stored.
enum ByteHash {
    @inline(__always)
    private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        let product = a.multipliedFullWidth(by: b)
        return product.high ^ product.low
    }

    /// wyhash-like: two words a step, folded by the 128-bit product.
    static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let k0: UInt64 = 0xa076_1d64_78bd_642f
        let k1: UInt64 = 0xe703_7ed1_a0b4_28db
        var seed = k0 ^ UInt64(bytes.count)
        var offset = 0
        while bytes.count &- offset >= 16 {
            let a = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let b = bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self)
            seed = mix(a ^ k1, b ^ seed)
            offset &+= 16
        }
        var a: UInt64 = 0
        var b: UInt64 = 0
        let rest = bytes.count &- offset
        if rest >= 8 {
            a = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            b = bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self)
        } else {
            var i = 0
            while i < rest {
                a |= UInt64(bytes[offset &+ i]) &<< UInt64(8 &* i)
                i &+= 1
            }
        }
        return mix(k1 ^ mix(a ^ k1, b ^ seed), UInt64(bytes.count) ^ k0)
    }

    static func hash(_ a: UInt32, _ b: UInt32) -> UInt64 {
        mix((UInt64(a) << 32 | UInt64(b)) ^ 0x9e37_79b9_7f4a_7c15, 0xa076_1d64_78bd_642f)
    }
}
