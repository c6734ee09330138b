import HTTPTypes
public import Hummingbird
import NIOCore

/// Compresses text answers with gzip or deflate when the client accepts it.
public struct ResponseCompression: RouterMiddleware {
    /// Bodies below this many bytes stay as they are: they fit a network packet.
    static let bytesMin = 1024
    /// The most bytes that are compressed without giving way to other work.
    static let pieceBytes = 128 * 1024

    public init() {}

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard Self.isCompressible(response.headers[.contentType]), response.headers[.contentEncoding] == nil
        else { return response }
        // One line of it, as clients take time for each.
        response.headers[.vary] = (response.headers[.vary].map { $0 + ", " } ?? "") + "Accept-Encoding"
        guard let coding = Self.coding(accepting: request.headers[.acceptEncoding]), request.method != .head,
            (response.body.contentLength ?? .max) >= Self.bytesMin
        else { return response }
        response.headers[.contentEncoding] = coding.rawValue
        response.headers[.contentLength] = nil
        // A strong tag names bytes; these are others.
        if let tag = response.headers[.eTag], !tag.hasPrefix("W/") { response.headers[.eTag] = "W/" + tag }
        let body = response.body
        response.body = ResponseBody { writer in
            guard let deflater = Deflater(coding) else { throw HTTPError(.serviceUnavailable) }
            try await body.write(CompressingWriter(parent: writer, deflater: deflater))
        }
        return response
    }

    static func isCompressible(_ type: String?) -> Bool {
        guard let type else { return false }
        if type.hasPrefix("text/event-stream") { return false }
        return ["text/", "application/json", "application/openmetrics-text", "image/svg+xml"].contains {
            type.hasPrefix($0)
        }
    }

    /// The first coding of the list that we make and that is not ruled out by `q=0`.
    static func coding(accepting list: String?) -> Deflater.Coding? {
        guard let list else { return nil }
        for item in list.split(separator: ",").prefix(32) {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let name = parts.first, let coding = Deflater.Coding(rawValue: name.lowercased()) else {
                continue
            }
            let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
            if !isRefused { return coding }
        }
        return nil
    }
}

private struct CompressingWriter: ResponseBodyWriter {
    var parent: any ResponseBodyWriter
    let deflater: Deflater

    mutating func write(_ buffer: ByteBuffer) async throws {
        var rest = buffer
        while let piece = rest.readSlice(length: min(rest.readableBytes, ResponseCompression.pieceBytes)),
            piece.readableBytes > 0
        {
            let output = deflater.compress(piece, finish: false)
            if output.readableBytes > 0 { try await parent.write(output) }
            await Task.yield()
        }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        try await parent.write(deflater.compress(ByteBuffer(), finish: true))
        try await parent.finish(trailingHeaders)
    }
}
