public import HTTPTypes
public import NIOCore

/// Answers requests that take microseconds, on the event loop of their connection, before decoder, tasks, router and
/// middleware see them: those take several times as long as the answer itself.
///
/// What it does not answer goes the ordinary way, so that it may refuse whatever is unusual. Both ways must answer the same.
public struct FastPath: Sendable {
    /// A request whose parameters have been read.
    public struct Request {
        /// GET or POST.
        public let method: HTTPRequest.Method
        /// As it was sent, without any escape.
        public let path: String
        public let form: FormValues
        /// The peer's IP address without port, or "".
        public let clientAddress: String
    }

    /// An answer of the type application/json.
    public struct Answer {
        public var status: HTTPResponse.Status
        public var body: ByteBuffer

        public init(status: HTTPResponse.Status = .ok, body: ByteBuffer) {
            self.status = status
            self.body = body
        }
    }

    /// Whether requests of this path may be answered now, asked before their parameters are read.
    let takes: @Sendable (_ path: String) -> Bool
    /// Nil leaves the request to others. Must not block.
    let answer: @Sendable (Request) -> Answer?
    /// Header lines of every answer, beside its type, length, coding and date.
    let headerLines: String

    /// - Parameters:
    ///   - takes: whether requests of this path may be answered now, asked before their parameters are read.
    ///   - headers: of every answer, beside its type, length, coding and date.
    ///   - answer: nil leaves the request to others. Must not block.
    public init(
        takes: @escaping @Sendable (_ path: String) -> Bool, headers: HTTPFields,
        answer: @escaping @Sendable (Request) -> Answer?
    ) {
        self.takes = takes
        self.answer = answer
        headerLines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    }
}
