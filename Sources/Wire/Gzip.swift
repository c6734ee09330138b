internal import CZlib

/// Gzip and zlib streams.
public enum Gzip {
    /// Appends the inflated bytes of a gzip or zlib stream to `buffer`.
    ///
    /// - Parameter limit: the most bytes wanted; inflating stops there, so that a bomb costs no more.
    /// - Throws: `malformed`, `truncated`, `tooLarge`.
    public static func decompress(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into buffer: inout ByteBuffer
    ) throws(WireError) {
        let inflater = Inflater()
        try inflater.inflate(bytes, limit: limit, into: &buffer)
        guard inflater.isFinished else {
            throw WireError(.truncated, "cannot decompress: the gzip stream does not end")
        }
    }

    /// Compresses to the end of `buffer` as one gzip member.
    ///
    /// - Parameter level: 1 (fast) ... 9 (small).
    public static func compress(
        _ bytes: UnsafeRawBufferPointer, level: Int32 = 6, into buffer: inout ByteBuffer
    ) {
        var stream = z_stream()
        let status = deflateInit2_(
            &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "BUG: zlib refuses the settings")
        defer { deflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(
            mutating: bytes.assumingMemoryBound(to: UInt8.self).baseAddress)
        var left = bytes.count
        while true {
            if stream.avail_in == 0, left > 0 {
                let piece = min(left, 1 << 30)
                stream.avail_in = UInt32(piece)
                left -= piece
            }
            var result: Int32 = Z_OK
            buffer.appendRaw(room: 1 << 15) { room in
                stream.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
                stream.avail_out = UInt32(room.count)
                result = deflate(&stream, left == 0 ? Z_FINISH : Z_NO_FLUSH)
                return room.count - Int(stream.avail_out)
            }
            if result == Z_STREAM_END { return }
        }
    }
}

/// Inflates a gzip or zlib stream piece by piece. Not for use from several threads at once.
public final class Inflater {
    private var stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    /// Whether the end of the stream has been read.
    public private(set) var isFinished = false
    private var produced = 0

    public init() {
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "BUG: zlib refuses the settings")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Appends what the next piece of the stream inflates to. Concatenated gzip members are read as one.
    ///
    /// - Parameter limit: the most bytes that all pieces together may give.
    /// - Throws: `malformed`, `tooLarge`.
    public func inflate(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into buffer: inout ByteBuffer
    ) throws(WireError) {
        var left = bytes
        while !left.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: left.prefix(1 << 30))
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: piece.assumingMemoryBound(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(piece.count)
            try drain(limit: limit, into: &buffer)
            left = UnsafeRawBufferPointer(rebasing: left.dropFirst(piece.count))
        }
    }

    private func drain(limit: Int, into buffer: inout ByteBuffer) throws(WireError) {
        while true {
            if isFinished {
                // Another member may follow; zero bytes behind the last one are padding.
                guard stream.pointee.avail_in > 0 else { return }
                inflateReset(stream)
                isFinished = false
            }
            var status: Int32 = Z_OK
            var isFull = false
            buffer.appendRaw(room: 1 << 15) { room in
                stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
                stream.pointee.avail_out = UInt32(room.count)
                status = CZlib.inflate(stream, Z_NO_FLUSH)
                isFull = stream.pointee.avail_out == 0
                let count = room.count - Int(stream.pointee.avail_out)
                produced += count
                return count
            }
            guard produced <= limit else {
                throw WireError(.tooLarge, "cannot decompress: got more than \(limit) bytes")
            }
            switch status {
            case Z_STREAM_END: isFinished = true
            case Z_OK, Z_BUF_ERROR:
                if stream.pointee.avail_in == 0, !isFull { return }
                if status == Z_BUF_ERROR, !isFull { return }
            default: throw WireError(.malformed, "cannot decompress: the gzip stream is damaged")
            }
        }
    }
}
