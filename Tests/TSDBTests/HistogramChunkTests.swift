import MetricModel
import StorageAPI
import Testing
import Wire

@testable import TSDB

@Suite struct HistogramChunkTests {
    static func random(_ random: inout SeededGenerator, like layout: FloatHistogram? = nil) -> FloatHistogram
    {
        var histogram = layout ?? FloatHistogram(schema: Int32.random(in: -4...8, using: &random))
        if layout == nil {
            histogram.zeroThreshold = [0, 0x1p-128, 1, 0.1].randomElement(using: &random) ?? 0
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                histogram.positiveSpans.append(
                    .init(
                        offset: Int32.random(in: 0...50, using: &random),
                        length: UInt32.random(in: 0...5, using: &random)))
                histogram.negativeSpans.append(
                    .init(
                        offset: Int32.random(in: 0...5, using: &random),
                        length: UInt32.random(in: 0...3, using: &random)))
            }
        }
        let positive = histogram.positiveSpans.reduce(0) { $0 + Int($1.length) }
        let negative = histogram.negativeSpans.reduce(0) { $0 + Int($1.length) }
        histogram.positiveBuckets = (0..<positive).map { _ in Double(Int.random(in: 0...1000, using: &random))
        }
        histogram.negativeBuckets = (0..<negative).map { _ in Double(Int.random(in: 0...1000, using: &random))
        }
        histogram.zeroCount = Double(Int.random(in: 0...10, using: &random))
        histogram.count = (histogram.positiveBuckets + histogram.negativeBuckets).reduce(
            histogram.zeroCount, +)
        histogram.sum = Double.random(in: -1e6...1e6, using: &random)
        return histogram
    }

    @Test(arguments: [false, true]) func histogramsComeBack(areIntegers: Bool) throws {
        var random = SeededGenerator.fresh()
        for _ in 0..<200 {
            var times: [Int64] = []
            var histograms: [FloatHistogram] = []
            var time: Int64 = 1_600_000_000_000
            var layout = HistogramChunkTests.random(&random)
            for _ in 0..<Int.random(in: 1...200, using: &random) {
                time += Int64.random(in: 1...60_000, using: &random)
                times.append(time)
                if Int.random(in: 0..<20, using: &random) == 0 {
                    layout = HistogramChunkTests.random(&random)
                }
                var next = HistogramChunkTests.random(&random, like: layout)
                next.isInteger = areIntegers
                if Int.random(in: 0..<15, using: &random) == 0 {
                    next = FloatHistogram(schema: 0)
                    next.sum = .staleMarker
                    next.isInteger = areIntegers
                }
                histograms.append(next)
            }
            var columns = SampleColumns()
            for chunk in HistogramChunkBuilder(samplesPerChunk: 120).encode(times, histograms) {
                #expect(chunk.encoding == (areIntegers ? 2 : 3))
                try chunk.bytes.withUnsafeBytes {
                    try ChunkDecoder.decode(
                        chunk.encoding, $0, from: .min, through: .max, into: &columns)
                }
            }
            #expect(columns.histogramTimestamps == times)
            #expect(columns.histograms.allSatisfy { $0.isInteger == areIntegers })
            for (found, wanted) in zip(columns.histograms, histograms) {
                var found = found
                found.counterResetHint = wanted.counterResetHint
                if wanted.isStaleMarker { #expect(found.isStaleMarker) } else { #expect(found == wanted) }
            }
        }
    }

    @Test func customBoundsComeBack() throws {
        var histogram = FloatHistogram(schema: FloatHistogram.customBucketsSchema)
        histogram.customValues = [0.005, 0.1, 1, 33554.43, 1e9, -3, 0.12345]
        histogram.positiveSpans = [.init(offset: 0, length: 8)]
        histogram.positiveBuckets = [1, 2, 3, 4, 5, 6, 7, 8]
        histogram.count = 36
        histogram.sum = 5
        var columns = SampleColumns()
        for chunk in HistogramChunkBuilder(samplesPerChunk: 120).encode([5], [histogram]) {
            try chunk.bytes.withUnsafeBytes {
                try ChunkDecoder.decode(3, $0, from: 0, through: 9, into: &columns)
            }
        }
        #expect(columns.histograms == [histogram])
    }

    /// A histogram that says it is integer but has parts of observations is written as float.
    @Test func partsOfObservationsAreKept() throws {
        var histogram = FloatHistogram(schema: 1)
        histogram.isInteger = true
        histogram.positiveSpans = [.init(offset: 0, length: 1)]
        histogram.positiveBuckets = [1]
        histogram.count = 1
        var part = histogram
        part.positiveBuckets = [1.5]
        part.count = 0x1p60
        let chunks = HistogramChunkBuilder(samplesPerChunk: 120).encode(
            [1, 2, 3], [histogram, part, histogram])
        #expect(chunks.map(\.encoding) == [2, 3, 2])
        var columns = SampleColumns()
        for chunk in chunks {
            try chunk.bytes.withUnsafeBytes {
                try ChunkDecoder.decode(chunk.encoding, $0, from: 0, through: 9, into: &columns)
            }
        }
        #expect(columns.histograms == [histogram, part, histogram])
    }

    @Test func damagedBytesNeverTrap() {
        var random = SeededGenerator.fresh()
        let histograms = (0..<50).map { i in
            var histogram = HistogramChunkTests.random(&random)
            histogram.isInteger = i % 2 == 0
            return histogram
        }
        let chunks = HistogramChunkBuilder(samplesPerChunk: 120).encode(
            (0..<50).map { Int64($0) * 1000 }, histograms)
        for _ in 0..<3000 {
            var bytes = chunks.randomElement(using: &random)?.bytes ?? []
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            var columns = SampleColumns()
            bytes.withUnsafeBytes { bytes in
                try? ChunkDecoder.decode(3, bytes, from: .min, through: .max, into: &columns)
                try? ChunkDecoder.decode(2, bytes, from: .min, through: .max, into: &columns)
            }
        }
    }
}
