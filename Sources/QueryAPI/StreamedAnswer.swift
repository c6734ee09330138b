import HTTPTypes
import Hummingbird
import NIOCore
import PromQLEngine
import StorageAPI

/// The answer to a query whose value is written as text while it is sent, piece by piece: in memory are the values, which
/// take less than half of their text, and one piece.
struct StreamedAnswer: Sendable {
    /// Bytes after which a piece is sent: what the next series writes comes on top.
    static let pieceBytes = 64 << 10

    /// A vector or a matrix.
    let value: QueryValue
    /// The whole document around the empty list.
    let frame: ByteBuffer
    /// Where the elements of the list go.
    let place: Int
    /// What the values hold of the memory of all queries.
    let memory: MemoryLease?

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody { writer in
                try await write { try await writer.write($0) }
                try await writer.finish(nil)
                withExtendedLifetime(memory) {}
            })
    }

    private func write(_ send: (ByteBuffer) async throws -> Void) async throws {
        var json = AnswerWriter(
            continuing: frame.getSlice(at: frame.readerIndex, length: place) ?? ByteBuffer(),
            capacity: StreamedAnswer.pieceBytes * 2)
        switch value {
        case .vector(let elements):
            for element in elements {
                json.instantSeries(element)
                try await json.flush(beyond: StreamedAnswer.pieceBytes, to: send)
            }
        case .matrix(let series):
            for one in series {
                json.rangeSeries(one)
                try await json.flush(beyond: StreamedAnswer.pieceBytes, to: send)
            }
        case .scalar, .string: break
        }
        var rest = frame
        rest.moveReaderIndex(forwardBy: min(place, rest.readableBytes))
        json.json(rest.readableBytesView)
        try await json.flush(beyond: 0, to: send)
    }
}

extension QueryValue {
    /// About the bytes that it takes in memory.
    var bytesHeld: Int {
        switch self {
        case .scalar, .string: 0
        case .vector(let elements): elements.reduce(0) { $0 + ($1.histogram == nil ? 64 : 1024) }
        case .matrix(let series):
            series.reduce(0) {
                $0 + 128 + 16 * $1.samples.timestamps.count + 1024 * $1.samples.histograms.count
            }
        }
    }
}
