internal import AsyncHTTPClient
internal import EventLoops
internal import NIOCore
internal import Wire

#if canImport(Glibc)
    internal import Glibc
#endif

/// A request and its answer. Touched on the thread of its loop only, once it has begun.
///
/// The answer is received into the buffer that the caller gets: its head stays before the body, and the chunks of a body move
/// together.
final class Exchange: @unchecked Sendable {
    let request: [UInt8]
    let sizeLimit: Int
    var continuation: CheckedContinuation<OutgoingResponse, any Error>?
    var timer: SocketLoop.Timer?
    private(set) var isOver = false
    private(set) var reader: HTTPResponseReader
    private var buffer: NIOCore.ByteBuffer
    /// Of the body in the buffer. Once the head has been read, what is received next goes to the end.
    private var bodyStart = 0
    private var bodyEnd = 0

    /// What there must be room for before something is received whose length is not known.
    private static let room = 64 << 10

    init(_ request: [UInt8], buffer: consuming NIOCore.ByteBuffer, sizeLimit: Int, isHead: Bool) {
        self.request = request
        self.sizeLimit = sizeLimit
        reader = HTTPResponseReader(isBodiless: isHead)
        self.buffer = buffer
        self.buffer.clear()
    }

    // MARK: - Receiving

    /// Receives what there is, to be read next. Returns the count or -1, as `recv`.
    func receive(from socket: Int32) -> Int {
        // A claimed length within the limit is a hint, not a reason to take gigabytes.
        let wanted = Int(min(reader.announcedLength ?? UInt64(Self.room), 1 << 26))
        if buffer.capacity - bodyEnd < min(wanted, Self.room) { buffer.reserveCapacity(bodyEnd + wanted) }
        let end = bodyEnd
        return buffer.withVeryUnsafeMutableBytes { bytes in
            recv(socket, bytes.baseAddress?.advanced(by: end), bytes.count - end, 0)
        }
    }

    /// Reads what was received last. Returns whether something stands behind the end of the answer.
    ///
    /// - Throws: `bodyTooLarge`, `connection` for what is no answer.
    func read(_ count: Int) throws(WebClientError) -> Bool {
        var place = bodyEnd
        let end = place + count
        while place < end, !reader.isDone {
            var isTooLarge = false
            do throws(WireError) {
                place += try buffer.withVeryUnsafeMutableBytes { bytes throws(WireError) in
                    try reader.read(UnsafeRawBufferPointer(rebasing: bytes[place..<end])) { part in
                        isTooLarge = isTooLarge || !take(part, bytes)
                    }
                }
            } catch {
                throw WebClientError(.connection, error.message)
            }
            if let left = reader.announcedLength, left > UInt64(max(sizeLimit - (bodyEnd - bodyStart), 0)) {
                isTooLarge = true
            }
            if isTooLarge {
                throw WebClientError(.bodyTooLarge, "the body is larger than \(sizeLimit) bytes")
            }
        }
        return place < end
    }

    /// Appends a part of the body that lies behind its end. Returns whether the body is not too large.
    private func take(_ part: UnsafeRawBufferPointer, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        guard let source = part.baseAddress, let base = bytes.baseAddress else { return true }
        guard part.count <= sizeLimit - (bodyEnd - bodyStart) else { return false }
        if bodyEnd == bodyStart {
            bodyStart = source - UnsafeRawPointer(base)
            bodyEnd = bodyStart
        }
        if source != UnsafeRawPointer(base + bodyEnd) {
            (base + bodyEnd).copyMemory(from: source, byteCount: part.count)
        }
        bodyEnd += part.count
        return true
    }

    // MARK: - The end

    func end(_ result: Result<OutgoingResponse, any Error>) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        // The caller is to be the only owner of the buffer, so that it can reuse the room.
        buffer = NIOCore.ByteBuffer()
        continuation?.resume(with: result)
        continuation = nil
    }

    /// The connection has ended, and the answer with it.
    func finishAtEnd() {
        do throws(WireError) {
            try reader.end()
            finish()
        } catch {
            end(.failure(HTTPClientError.remoteConnectionClosed))
        }
    }

    /// Ends with the answer that has been read.
    func finish() {
        guard let head = reader.head else { return end(.failure(HTTPClientError.remoteConnectionClosed)) }
        buffer.moveWriterIndex(to: bodyEnd)
        buffer.moveReaderIndex(to: bodyStart)
        end(
            .success(
                OutgoingResponse(status: head.status, reason: head.reason, headers: head.fields, body: buffer)
            ))
    }
}
