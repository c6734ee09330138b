import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import PromQLEngine
import StorageAPI

/// The answer to a query whose value is written as text while it is sent, piece by piece: in memory are the values, which
/// take less than half of their text, and one piece.
struct StreamedAnswer: Sendable {
    /// Bytes of values above which an answer is streamed.
    static let bytesHeldMin = 64 << 10
    /// Bytes after which a piece is sent: what the series that ends it writes comes on top.
    private static let pieceBytes = 256 << 10
    /// All answers take turns on one thread, a piece at a time, so that neither event loops nor the other cores are theirs.
    private static let threads = WorkerThreads(name: "answers", count: 1)

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
                var place: Int? = 0
                while let start = place {
                    let piece = try await StreamedAnswer.threads.run { _ in self.piece(from: start) }
                    try await writer.write(piece.text)
                    place = piece.next
                }
                try await writer.finish(nil)
            })
    }

    /// The text from an element on, and the element that the next piece begins with; nil behind the last.
    func piece(from start: Int) -> (text: ByteBuffer, next: Int?) {
        let head = start == 0 ? frame.getSlice(at: frame.readerIndex, length: place) : nil
        var json = AnswerWriter(
            continuing: head ?? ByteBuffer(), isBehindElement: start > 0,
            capacity: StreamedAnswer.pieceBytes * 2)
        let count = value.seriesCount
        for index in start..<max(count, start) {
            switch value {
            case .vector(let elements): json.instantSeries(elements[index])
            case .matrix(let series): json.rangeSeries(series[index])
            case .scalar, .string: break
            }
            if json.buffer.readableBytes > StreamedAnswer.pieceBytes, index + 1 < count {
                return (json.buffer, index + 1)
            }
        }
        var rest = frame
        rest.moveReaderIndex(forwardBy: min(place, rest.readableBytes))
        json.json(rest.readableBytesView)
        return (json.buffer, nil)
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
