import HTTPTypes
import Hummingbird
import MetricModel
import NIOCore
import Platform
import PromQLEngine
import WebServer

/// One request of the HTTP API, read and ready to be answered on any thread.
struct APICall: Sendable {
    let services: QueryServices
    let instruments: ServerInstruments
    let form: FormValues
    /// The `:name` of the path, decoded.
    let name: String
    /// Milliseconds since 1970, when the request came.
    let now: Timestamp
    /// Set when the client leaves or its time is over.
    var cancellation: Cancellation
    /// Seconds that the request waited for a thread.
    var queueSeconds: Double
    /// Who asks, for the query log.
    let origin: QueryOrigin
    /// The place in the queue of large queries.
    let ticket: QueryTicket

    /// - Throws: `canceled`, `timeout`. Asked between pieces of work.
    func checkCancelled() throws(APIError) {
        if cancellation.isCancelled {
            throw APIError(.canceled, "query was canceled in expression evaluation")
        }
        if cancellation.isPastDeadline {
            throw APIError(.timeout, "query timed out in expression evaluation")
        }
    }

    /// `{"status":"success","data":…}`.
    ///
    /// - Parameters:
    ///   - data: writes one value.
    ///   - warnings: at most ten are shown, of `infos` too.
    ///   - memory: what the query holds; the answer takes it over.
    func success(
        warnings: [String] = [], infos: [String] = [], memory: MemoryLease? = nil,
        _ data: (inout AnswerWriter) throws(APIError) -> Void
    ) throws(APIError) -> APIAnswer {
        let document = try document(warnings: warnings, infos: infos, memory: memory, data)
        memory?.endRun(keeping: document.storageCapacity)
        return .json(document, memory)
    }

    /// The text of ``success(warnings:infos:memory:_:)``.
    func document(
        warnings: [String], infos: [String], memory: MemoryLease?,
        _ data: (inout AnswerWriter) throws(APIError) -> Void
    ) throws(APIError) -> ByteBuffer {
        var json = AnswerWriter(
            bytesMax: services.limits.answerBytesMax, memory: memory, cancellation: cancellation,
            ticket: ticket)
        try json.object { json throws(APIError) in
            json.member("status")
            json.string("success")
            json.member("data")
            try data(&json)
            if !warnings.isEmpty {
                json.member("warnings")
                json.strings(APICall.shortened(warnings, kind: "warning"))
            }
            if !infos.isEmpty {
                json.member("infos")
                json.strings(APICall.shortened(infos, kind: "info"))
            }
        }
        try json.checkSize()
        return json.buffer
    }

    private static func shortened(_ texts: [String], kind: String) -> [String] {
        texts.count <= 10
            ? texts : Array(texts.prefix(10)) + ["\(texts.count - 10) more \(kind) annotations omitted"]
    }
}

/// What a handler answers when it does not throw.
enum APIAnswer: Sendable {
    /// Status 200 with a whole document, and what it holds of the memory of all queries.
    case json(ByteBuffer, MemoryLease?)
    /// Status 200 with a document that is longer than one should hold.
    case streamed(StreamedAnswer)
    /// Status 204.
    case nothing

    var response: Response {
        switch self {
        case .json(let buffer, nil): .bytes(buffer, type: "application/json")
        case .json(let buffer, let memory):
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(contentLength: buffer.readableBytes) { writer in
                    try await writer.write(buffer)
                    try await writer.finish(nil)
                    withExtendedLifetime(memory) {}
                })
        case .streamed(let answer): answer.response
        case .nothing: Response(status: .noContent)
        }
    }
}

extension APIError {
    var response: Response {
        var response = Response.bytes(document, type: "application/json", status: status)
        if kind == .busy { response.headers[.retryAfter] = "1" }
        return response
    }

    /// `{"status":"error","errorType":"…","error":"…"}`.
    var document: ByteBuffer {
        var json = AnswerWriter(capacity: 256)
        json.object { json in
            json.member("status")
            json.string("error")
            json.member("errorType")
            json.string(errorType)
            json.member("error")
            json.string(message)
        }
        return json.buffer
    }
}
