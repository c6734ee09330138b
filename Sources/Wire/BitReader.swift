/// Reads bits, most significant first, from a borrowed run of bytes. Every call checks the bounds.
public struct BitReader {
    @usableFromInline let base: UnsafeRawPointer
    @usableFromInline let bitCount: Int
    /// The bit that is read next.
    public var position: Int

    /// - Parameter position: the first bit to read.
    @inlinable public init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        // An empty buffer may have no address; no bit of it is ever loaded.
        base = bytes.baseAddress ?? BitReader.nowhere
        bitCount = bytes.count &* 8
        self.position = position
    }

    @inlinable public var remaining: Int { bitCount &- position }

    /// The next 57 or more bits at the top of a word, zeros behind the end; does not move.
    @inlinable public func peek() -> UInt64 {
        let byte = position &>> 3
        let left = (bitCount &>> 3) &- byte
        var word: UInt64 = 0
        if left >= 8 {
            word = UInt64(bigEndian: base.loadUnaligned(fromByteOffset: byte, as: UInt64.self))
        } else if left > 0 {
            var i = 0
            while i < left {
                word |= UInt64(base.load(fromByteOffset: byte &+ i, as: UInt8.self)) &<< UInt64(56 &- 8 &* i)
                i &+= 1
            }
        }
        return word &<< UInt64(position & 7)
    }

    /// 57 or more bits from any position on at the top of a word.
    ///
    /// - Precondition: the eight bytes from that of `position` on are there; it is not checked.
    @inlinable public func word(uncheckedAt position: Int) -> UInt64 {
        UInt64(bigEndian: base.loadUnaligned(fromByteOffset: position &>> 3, as: UInt64.self))
            &<< UInt64(position & 7)
    }

    /// The bytes from one on; none behind the end.
    @inlinable public func bytes(from start: Int) -> UnsafeRawBufferPointer {
        let count = bitCount &>> 3
        let all = UnsafeRawBufferPointer(start: base, count: count)
        return UnsafeRawBufferPointer(rebasing: all[min(max(start, 0), count)...])
    }

    /// All bits there are.
    @inlinable public var count: Int { bitCount }

    /// The next `count` (0 ... 64) bits as a number.
    @inlinable public mutating func bits(_ count: Int) throws(WireError) -> UInt64 {
        guard count <= remaining else { throw ByteReader.truncated }
        if count == 0 { return 0 }
        if count <= 57 {
            let value = peek() &>> UInt64(64 &- count)
            position &+= count
            return value
        }
        let high = peek() &>> 32
        position &+= 32
        let low = peek() &>> UInt64(96 &- count)
        position &+= count &- 32
        return high &<< UInt64(count &- 32) | low
    }

    @inlinable public mutating func bit() throws(WireError) -> Bool {
        guard position < bitCount else { throw ByteReader.truncated }
        let byte = base.load(fromByteOffset: position &>> 3, as: UInt8.self)
        defer { position &+= 1 }
        return byte & (0x80 &>> UInt8(truncatingIfNeeded: position & 7)) != 0
    }

    @inlinable public mutating func byte() throws(WireError) -> UInt8 {
        UInt8(truncatingIfNeeded: try bits(8))
    }

    /// Go's `binary.ReadUvarint` over bits: bytes that need not lie on byte borders.
    @inlinable public mutating func unsignedVarint() throws(WireError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            if next < 0x80 {
                guard shift < 63 || next <= 1 else { throw ByteReader.overlong }
                return result | UInt64(next) &<< shift
            }
            result |= UInt64(next & 0x7F) &<< shift
            shift += 7
            guard shift < 70 else { throw ByteReader.overlong }
        }
    }

    @inlinable public mutating func signedVarint() throws(WireError) -> Int64 {
        let raw = try unsignedVarint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }
}

extension BitReader {
    /// Stands in for the address of an empty buffer.
    @usableFromInline static var nowhere: UnsafeRawPointer {
        UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    }
}
