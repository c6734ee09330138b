/// A growing run of bytes in one block of memory, to be filled, handed out and reused.
public struct ByteBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var filled: Int
    @usableFromInline var capacity: Int

    public init(capacity: Int = 256) {
        let capacity = max(capacity, 16)
        base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        filled = 0
        self.capacity = capacity
    }

    deinit { base.deallocate() }

    @inlinable public var count: Int { filled }

    /// The bytes written so far; valid until the next change.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: filled) }

    public mutating func removeAll() { filled = 0 }

    /// Forgets the bytes from `count` on.
    public mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= filled, "BUG: truncation outside the buffer")
        filled = count
    }

    /// Makes room for `extra` more bytes.
    @inlinable public mutating func reserve(_ extra: Int) {
        if capacity - filled < extra { grow(extra) }
    }

    @usableFromInline mutating func grow(_ extra: Int) {
        let wanted = max(capacity * 2, filled + extra)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        moved.copyMemory(from: base, byteCount: filled)
        base.deallocate()
        base = moved
        capacity = wanted
    }

    @inlinable public mutating func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: filled, as: UInt8.self)
        filled += 1
    }

    public mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress else { return }
        reserve(source.count)
        (base + filled).copyMemory(from: start, byteCount: source.count)
        filled += source.count
    }

    public mutating func append(_ source: [UInt8]) {
        source.withUnsafeBytes { append($0) }
    }

    public mutating func append(zeros count: Int) {
        reserve(count)
        (base + filled).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        filled += count
    }

    @inlinable public mutating func appendBigEndian<T: FixedWidthInteger>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        base.storeBytes(of: value.bigEndian, toByteOffset: filled, as: T.self)
        filled += MemoryLayout<T>.size
    }

    @inlinable public mutating func appendLittleEndian<T: FixedWidthInteger>(_ value: T) {
        reserve(MemoryLayout<T>.size)
        base.storeBytes(of: value.littleEndian, toByteOffset: filled, as: T.self)
        filled += MemoryLayout<T>.size
    }

    /// See ``ByteReader/unsignedVarint()``; 1 to 10 bytes.
    @inlinable public mutating func appendUnsignedVarint(_ value: UInt64) {
        reserve(10)
        var rest = value
        let target = base
        while rest >= 0x80 {
            target.storeBytes(
                of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: filled, as: UInt8.self)
            filled += 1
            rest >>= 7
        }
        target.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: filled, as: UInt8.self)
        filled += 1
    }

    /// See ``ByteReader/signedVarint()``; 1 to 10 bytes.
    @inlinable public mutating func appendSignedVarint(_ value: Int64) {
        appendUnsignedVarint(UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    /// The length as unsigned varint, then the bytes.
    public mutating func appendLengthPrefixed(_ source: UnsafeRawBufferPointer) {
        appendUnsignedVarint(UInt64(source.count))
        append(source)
    }

    /// Overwrites bytes that were written before.
    public mutating func overwriteBigEndian<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        precondition(
            offset >= 0 && offset + MemoryLayout<T>.size <= filled, "BUG: overwrite outside the buffer")
        base.storeBytes(of: value.bigEndian, toByteOffset: offset, as: T.self)
    }

    /// Lets `fill` write up to `room` bytes at the end; it returns how many it wrote.
    public mutating func appendRaw<Failure: Error>(
        room: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        reserve(room)
        let written = try fill(UnsafeMutableRawBufferPointer(start: base + filled, count: room))
        precondition(written >= 0 && written <= room, "BUG: more written than there was room for")
        filled += written
    }
}
