import CZlib
import NIOCore

/// Compresses a response body piece by piece.
final class Deflater {
    /// The forms of HTTP's Content-Encoding that zlib makes.
    enum Coding: String, Sendable {
        case gzip
        case deflate
    }

    private var stream = z_stream()

    /// - Returns: nil when zlib has no memory.
    init?(_ coding: Coding) {
        // Level 1: answers are made once and read once, mostly over a fast network.
        let windowBits: Int32 = coding == .gzip ? 15 + 16 : 15
        let status = deflateInit2_(
            &stream, 1, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return nil }
    }

    deinit { deflateEnd(&stream) }

    /// What comes out after `input` went in, which may be nothing yet.
    func compress(_ input: ByteBuffer, finish: Bool) -> ByteBuffer {
        var output = ByteBuffer()
        input.withUnsafeReadableBytes { bytes in
            // zlib reads through a pointer that it takes for mutable and does not write to.
            let start = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
            stream.next_in = start?.assumingMemoryBound(to: Bytef.self)
            stream.avail_in = uInt(truncatingIfNeeded: bytes.count)
            var isDone = false
            while !isDone {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 16 * 1024) { room in
                    let count = min(room.count, 1 << 20)
                    stream.next_out = room.baseAddress?.assumingMemoryBound(to: Bytef.self)
                    stream.avail_out = uInt(count)
                    let status = deflate(&stream, finish ? Z_FINISH : Z_NO_FLUSH)
                    isDone = finish ? status != Z_OK : stream.avail_out > 0
                    return count - Int(stream.avail_out)
                }
            }
            stream.next_in = nil
        }
        return output
    }
}
