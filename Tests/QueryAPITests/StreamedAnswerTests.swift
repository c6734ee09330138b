import MetricModel
import NIOCore
import PromQLEngine
import StorageAPI
import Testing

@testable import QueryAPI

/// Answers that are written piece by piece.
@Suite struct StreamedAnswerTests {
    private static func labels(_ number: Int) -> Labels {
        Labels([("__name__", "load"), ("number", "\(number)"), ("text", "ü\"<\n")])
    }

    private static let matrix = QueryValue.matrix(
        (0..<300).map { number in
            var samples = SampleColumns()
            for point in 0..<200 { samples.append(Int64(point) * 15_000, Double(point * number) / 7) }
            return RangeSeries(labels: labels(number), samples: samples)
        })
    private static let vector = QueryValue.vector(
        (0..<20_000).map {
            InstantSeries(labels: labels($0), sample: Sample(timestamp: 1000, value: Double($0)))
        })

    private static func document(_ value: QueryValue, place: inout Int) throws -> ByteBuffer {
        var json = AnswerWriter()
        try json.object { json throws(APIError) in
            try json.members(of: value)
            place = json.buffer.readableBytes - 1
            json.member("stats")
            json.string("x")
        }
        return json.buffer
    }

    /// The pieces are the document that would be written at once, and none is much longer than the others.
    @Test(arguments: [matrix, vector, .matrix([]), .vector([])]) func piecesMakeTheWhole(value: QueryValue)
        throws
    {
        var place = 0
        let whole = try Self.document(value, place: &place)
        let empty: QueryValue = if case .vector = value { .vector([]) } else { .matrix([]) }
        let frame = try Self.document(empty, place: &place)
        let answer = StreamedAnswer(value: value, frame: frame, place: place, memory: nil)
        var text = ByteBuffer()
        var next: Int? = 0
        var sizes: [Int] = []
        while let start = next {
            var piece = answer.piece(from: start)
            sizes.append(piece.text.readableBytes)
            text.writeBuffer(&piece.text)
            next = piece.next
        }
        #expect(text == whole)
        #expect(sizes.allSatisfy { $0 < 300_000 })
        #expect(sizes.count > (value.seriesCount == 0 ? 0 : 3))
    }
}
