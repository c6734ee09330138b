extension Labels {
    /// XXH64 of ``packed``: the hash of Prometheus' default build, the same in every run and on every
    /// machine. `limit_ratio` picks series by it.
    public var stableHash: UInt64 {
        packed.withUnsafeBufferPointer { Labels.stableHash($0) }
    }

    /// XXH64 with seed 0. Source: the xxHash specification.
    public static func stableHash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(bytes)
        var position = 0
        var hash: UInt64
        if raw.count >= 32 {
            var a = prime1 &+ prime2
            var b = prime2
            var c: UInt64 = 0
            var d = 0 &- prime1
            while position + 32 <= raw.count {
                a = round(a, word(raw, position))
                b = round(b, word(raw, position + 8))
                c = round(c, word(raw, position + 16))
                d = round(d, word(raw, position + 24))
                position += 32
            }
            hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
            for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
        } else {
            hash = prime5
        }
        hash = hash &+ UInt64(raw.count)
        while position + 8 <= raw.count {
            hash = rotate(hash ^ round(0, word(raw, position)), 27) &* prime1 &+ prime4
            position += 8
        }
        if position + 4 <= raw.count {
            let half = UInt64(
                UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
            hash = rotate(hash ^ (half &* prime1), 23) &* prime2 &+ prime3
            position += 4
        }
        while position < raw.count {
            hash = rotate(hash ^ (UInt64(raw[position]) &* prime5), 11) &* prime1
            position += 1
        }
        hash = (hash ^ (hash >> 33)) &* prime2
        hash = (hash ^ (hash >> 29)) &* prime3
        return hash ^ (hash >> 32)
    }

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    private static func word(_ raw: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value << count | value >> (64 - count)
    }

    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotate(lane &+ input &* prime2, 31) &* prime1
    }
}
