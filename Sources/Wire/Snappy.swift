internal import CSnappy

/// Snappy's block format.
public enum Snappy {
    /// The most bytes that compressing `count` bytes can give.
    public static func compressedCountMax(_ count: Int) -> Int { snappy_max_compressed_length(count) }

    /// Compresses to the end of `buffer`.
    public static func compress(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        let input = bytes.assumingMemoryBound(to: CChar.self)
        buffer.appendRaw(room: compressedCountMax(bytes.count)) { room in
            var length = room.count
            let status = snappy_compress(
                input.baseAddress, input.count, room.assumingMemoryBound(to: CChar.self).baseAddress, &length)
            precondition(status == SNAPPY_OK, "BUG: snappy was given too little room")
            return length
        }
    }

    /// Appends the decompressed bytes to `buffer`.
    ///
    /// - Parameter limit: the most bytes wanted; a block that claims more is refused before anything
    ///   is allocated.
    /// - Throws: `malformed`, `tooLarge`.
    public static func decompress(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into buffer: inout ByteBuffer
    ) throws(WireError) {
        let input = bytes.assumingMemoryBound(to: CChar.self)
        var length = 0
        guard snappy_uncompressed_length(input.baseAddress, input.count, &length) == SNAPPY_OK else {
            throw WireError(.malformed, "cannot decompress: the bytes are not a snappy block")
        }
        guard length >= 0, length <= limit else {
            throw WireError(.tooLarge, "cannot decompress: got \(length) bytes, want at most \(limit)")
        }
        // No format of snappy expands further than this: 64 bytes for a copy of 3.
        guard length <= bytes.count * 32 + 64 else {
            throw WireError(.malformed, "cannot decompress: the claimed length cannot be reached")
        }
        try buffer.appendRaw(room: length) { (room) throws(WireError) in
            var written = room.count
            let target = room.assumingMemoryBound(to: CChar.self).baseAddress
            guard snappy_uncompress(input.baseAddress, input.count, target, &written) == SNAPPY_OK else {
                throw WireError(.malformed, "cannot decompress: the snappy block is damaged")
            }
            return written
        }
    }
}
