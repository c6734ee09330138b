internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// Gathers an answer on its event loop, so that a body of thousands of parts costs no task switch.
///
/// Safe to share: the client calls it on the event loop of the request only, one call at a time.
final class BodyCollector: HTTPClientResponseDelegate, @unchecked Sendable {
    private let sizeLimit: Int
    private var head: HTTPResponseHead?
    private var body: ByteBuffer

    init(buffer: consuming ByteBuffer, sizeLimit: Int) {
        self.sizeLimit = sizeLimit
        body = buffer
        body.clear()
    }

    func didReceiveHead(task: HTTPClient.Task<OutgoingResponse>, _ head: HTTPResponseHead) -> EventLoopFuture<
        Void
    > {
        self.head = head
        if let text = head.headers.first(name: "content-length"), let length = Int(text), length > 0 {
            // A claimed length is a hint, not a reason to take gigabytes.
            body.reserveCapacity(min(length, 1 << 26, sizeLimit))
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<OutgoingResponse>, _ part: ByteBuffer) -> EventLoopFuture<
        Void
    > {
        guard body.readableBytes + part.readableBytes <= sizeLimit else {
            return task.eventLoop.makeFailedFuture(
                WebClientError(.bodyTooLarge, "the body is larger than \(sizeLimit) bytes"))
        }
        var part = part
        body.writeBuffer(&part)
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didFinishRequest(task: HTTPClient.Task<OutgoingResponse>) throws -> OutgoingResponse {
        guard let head else { throw WebClientError(.connection, "the server closed the connection") }
        let result = OutgoingResponse(
            status: Int(head.status.code), reason: head.status.reasonPhrase,
            headers: head.headers.map { ($0.name, $0.value) }, body: body)
        // The caller is to be the only owner, so that it can reuse the room.
        body = ByteBuffer()
        return result
    }
}
