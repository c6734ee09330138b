public import HTTPTypes
public import Hummingbird
public import Logging
public import NIOCore

/// Sends requests to a router of this program without a socket: for tests, and for a role that uses
/// another's interface.
public struct RouterClient: Sendable {
    /// A whole answer.
    public struct Answer: Sendable {
        public var status: HTTPResponse.Status
        public var headers: HTTPFields
        public var body: ByteBuffer

        /// The body as text.
        public var text: String { String(buffer: body) }
    }

    private let responder: RouterResponder<WebContext>
    private let logger: Logger

    public init(_ router: Router<WebContext>, logger: Logger) {
        responder = router.buildResponder()
        self.logger = logger
    }

    /// - Parameters:
    ///   - path: with its query string, percent-encoded.
    ///   - authority: what a Host header would say.
    /// - Throws: what no middleware of the router turned into an answer.
    public func send(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        body: ByteBuffer = ByteBuffer(),
        authority: String = "localhost"
    ) async throws -> Answer {
        let head = HTTPRequest(
            method: method, scheme: "http", authority: authority, path: path, headerFields: headers)
        let request = Request(head: head, body: RequestBody(buffer: body))
        let response = try await responder.respond(to: request, context: WebContext(logger: logger))
        let collected = CollectedBody()
        try await response.body.write(CollectingWriter(target: collected))
        return Answer(status: response.status, headers: response.headers, body: collected.buffer)
    }

    /// A form by POST.
    public func post(_ path: String, form: String, headers: HTTPFields = [:]) async throws -> Answer {
        var headers = headers
        headers[.contentType] = "application/x-www-form-urlencoded"
        return try await send(.post, path, headers: headers, body: ByteBuffer(string: form))
    }
}

private final class CollectedBody {
    var buffer = ByteBuffer()
}

private struct CollectingWriter: ResponseBodyWriter {
    let target: CollectedBody

    mutating func write(_ buffer: ByteBuffer) async throws {
        if target.buffer.readableBytes == 0 {
            target.buffer = buffer
        } else {
            target.buffer.writeImmutableBuffer(buffer)
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
