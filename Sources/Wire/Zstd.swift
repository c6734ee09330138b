internal import CZstd

/// Zstandard frames.
public enum Zstd {
    /// Compresses to the end of `buffer` as one frame that states its size.
    public static func compress(
        _ bytes: UnsafeRawBufferPointer, level: Int32 = 3, into buffer: inout ByteBuffer
    ) {
        buffer.appendRaw(room: ZSTD_compressBound(bytes.count)) { room in
            let length = ZSTD_compress(room.baseAddress, room.count, bytes.baseAddress, bytes.count, level)
            precondition(ZSTD_isError(length) == 0, "BUG: zstd was given too little room")
            return length
        }
    }

    /// Appends the decompressed bytes of all frames to `buffer`.
    ///
    /// - Parameter limit: the most bytes wanted.
    /// - Throws: `malformed`, `tooLarge`, `truncated`.
    public static func decompress(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into buffer: inout ByteBuffer
    ) throws(WireError) {
        guard let stream = ZSTD_createDStream() else {
            throw WireError(.tooLarge, "cannot decompress: no memory for the window")
        }
        defer { ZSTD_freeDStream(stream) }
        ZSTD_initDStream(stream)
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var written = 0
        var hint = 0
        var isFull = false
        while input.pos < input.size || isFull {
            let failure: Bool = buffer.appendRaw(piece: 1 << 16) { room in
                var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                hint = ZSTD_decompressStream(stream, &output, &input)
                isFull = output.pos == output.size
                written += output.pos
                return ZSTD_isError(hint) != 0 ? nil : output.pos
            }
            if failure { throw WireError(.malformed, "cannot decompress: the zstd frame is damaged") }
            if written > limit {
                throw WireError(.tooLarge, "cannot decompress: got more than \(limit) bytes")
            }
        }
        if hint != 0 { throw WireError(.truncated, "cannot decompress: the zstd frame does not end") }
    }
}

extension ByteBuffer {
    /// Lets `fill` write up to `piece` bytes; nil means that it failed. Returns whether it did.
    mutating func appendRaw(piece: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int?) -> Bool {
        var failed = false
        appendRaw(room: piece) { room in
            guard let count = fill(room) else {
                failed = true
                return 0
            }
            return count
        }
        return failed
    }
}
