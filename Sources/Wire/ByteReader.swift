/// Reads numbers and strings from a run of bytes, front to back. Every call checks the bounds.
///
/// The bytes are borrowed: the reader must not outlive them.
public struct ByteReader {
    public let bytes: UnsafeRawBufferPointer
    @usableFromInline var offset: Int

    @inlinable public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        offset = 0
    }

    /// Offset of the next byte, 0 ... `bytes.count`.
    @inlinable public var position: Int { offset }

    @inlinable public var remaining: Int { bytes.count - offset }

    @inlinable public var isAtEnd: Bool { offset >= bytes.count }

    /// Goes to an offset.
    ///
    /// - Throws: `truncated` when it lies outside the bytes.
    @inlinable public mutating func seek(to position: Int) throws(WireError) {
        guard position >= 0, position <= bytes.count else { throw ByteReader.truncated }
        offset = position
    }

    @inlinable public mutating func skip(_ count: Int) throws(WireError) {
        guard count >= 0, count <= remaining else { throw ByteReader.truncated }
        offset += count
    }

    @inlinable public mutating func byte() throws(WireError) -> UInt8 {
        guard offset < bytes.count else { throw ByteReader.truncated }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// A run of `count` bytes, borrowed from the source.
    @inlinable public mutating func run(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= remaining else { throw ByteReader.truncated }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    @inlinable mutating func load<T: FixedWidthInteger>(_: T.Type) throws(WireError) -> T {
        guard remaining >= MemoryLayout<T>.size else { throw ByteReader.truncated }
        defer { offset += MemoryLayout<T>.size }
        return bytes.loadUnaligned(fromByteOffset: offset, as: T.self)
    }

    @inlinable public mutating func bigEndian16() throws(WireError) -> UInt16 {
        try UInt16(bigEndian: load(UInt16.self))
    }

    @inlinable public mutating func bigEndian32() throws(WireError) -> UInt32 {
        try UInt32(bigEndian: load(UInt32.self))
    }

    @inlinable public mutating func bigEndian64() throws(WireError) -> UInt64 {
        try UInt64(bigEndian: load(UInt64.self))
    }

    @inlinable public mutating func littleEndian32() throws(WireError) -> UInt32 {
        try UInt32(littleEndian: load(UInt32.self))
    }

    @inlinable public mutating func littleEndian64() throws(WireError) -> UInt64 {
        try UInt64(littleEndian: load(UInt64.self))
    }

    /// An unsigned number in groups of seven bits, least significant first.
    @inlinable public mutating func unsignedVarint() throws(WireError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard offset < bytes.count else { throw ByteReader.truncated }
            let byte = bytes[offset]
            offset += 1
            if byte < 0x80 {
                guard shift < 63 || byte <= 1 else { throw ByteReader.overlong }
                return result | UInt64(byte) &<< shift
            }
            result |= UInt64(byte & 0x7F) &<< shift
            shift += 7
            guard shift < 70 else { throw ByteReader.overlong }
        }
    }

    /// A signed number, zig-zag then as ``unsignedVarint()``: Go's `binary.Varint`, protobuf's `sint64`.
    @inlinable public mutating func signedVarint() throws(WireError) -> Int64 {
        let raw = try unsignedVarint()
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// An ``unsignedVarint()`` that must fit 32 bits.
    @inlinable public mutating func unsignedVarint32() throws(WireError) -> UInt32 {
        let value = try unsignedVarint()
        guard value <= UInt64(UInt32.max) else { throw ByteReader.overlong }
        return UInt32(truncatingIfNeeded: value)
    }

    /// A length as ``unsignedVarint()`` and that many bytes, borrowed from the source.
    @inlinable public mutating func lengthPrefixed() throws(WireError) -> UnsafeRawBufferPointer {
        let length = try unsignedVarint()
        guard length <= UInt64(remaining) else { throw ByteReader.truncated }
        return try run(Int(length))
    }

    @usableFromInline static var truncated: WireError {
        WireError(.truncated, "cannot read a value: the bytes end before it does")
    }

    @usableFromInline static var overlong: WireError {
        WireError(.malformed, "cannot read a number: it does not fit its type")
    }
}
