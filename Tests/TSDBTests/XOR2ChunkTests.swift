import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// Chunks put together bit by bit from the description of the format.
@Suite struct XOR2ChunkTests {
    private static func bytes(_ bits: String) -> [UInt8] {
        let digits = Array(bits.filter { $0 != " " })
        return stride(from: 0, to: digits.count, by: 8).map { start in
            let byte = String(digits[start..<min(start + 8, digits.count)])
            return UInt8(byte + String(repeating: "0", count: 8 - byte.count), radix: 2) ?? 0
        }
    }

    private static func binary(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 2)
        return String(repeating: "0", count: width - digits.count) + digits
    }

    private static func decode(
        _ encoding: UInt8, _ bytes: [UInt8], from start: Int64 = .min, through end: Int64 = .max
    )
        throws -> SampleColumns
    {
        var columns = SampleColumns()
        try bytes.withUnsafeBytes {
            try ChunkDecoder.decode(encoding, $0, from: start, through: end, into: &columns)
        }
        return columns
    }

    /// One sample of each prefix.
    private static func chunk(startTimes: Bool) -> [UInt8] {
        let one = binary(Double(1).bitPattern, 64)
        // 1 XOR 2 is eleven ones behind one zero: 0x7FF << 52.
        let window = binary(1, 5) + binary(11, 6) + String(repeating: "1", count: 11)
        let change = startTimes ? "10 010" : ""
        return bytes(
            binary(9, 16) + (startTimes ? "10000010" : "00000000")
                + "11001000 00000001" + one  // 100, 1
                + (startTimes ? "00000110" : "")  // 3 before it
                + "00001010" + "0"  // 110, 1
                + "10 1" + window + change  // 120, 2
                + "10 0" + String(repeating: "1", count: 11) + change  // 130, 1
                + "0" + change  // 140, 1
                + "11111" + change  // 150, stale
                + "110" + binary(UInt64(bitPattern: -5) & 0x1FFF, 13) + "0" + change  // 155, 1
                + "1110" + binary(5000, 20) + "10" + String(repeating: "1", count: 11) + change  // 5160, 2
                + "11110" + binary(UInt64(bitPattern: -5000), 64) + "111" + change)  // 5165, stale
    }

    @Test(arguments: [false, true]) func readsEveryPrefix(_ startTimes: Bool) throws {
        let columns = try Self.decode(4, Self.chunk(startTimes: startTimes))
        #expect(columns.timestamps == [100, 110, 120, 130, 140, 150, 155, 5160, 5165])
        let stale = Double.staleMarker.bitPattern
        let one = Double(1).bitPattern
        let two = Double(2).bitPattern
        #expect(columns.values.map(\.bitPattern) == [one, one, two, one, one, stale, one, two, stale])
        let some = try Self.decode(4, Self.chunk(startTimes: startTimes), from: 120, through: 155)
        #expect(some.timestamps == [120, 130, 140, 150, 155])
        // Of the first 3 before it, the same for the second; from the third on 2 before the sample before it, 4, 6, …
        #expect(columns.startTimestamps == (startTimes ? [97, 97, 108, 116, 124, 132, 140, 143, 5146] : []))
        #expect(some.startTimestamps == (startTimes ? [108, 116, 124, 132, 140] : []))
    }

    @Test func aChunkThatEndsEarlyThrows() {
        let whole = Self.chunk(startTimes: true)
        for count in 0..<(whole.count - 1) {
            #expect(throws: (any Error).self) { try Self.decode(4, Array(whole[..<count])) }
        }
    }

    /// A histogram chunk of the older encoding with the start timestamps added by hand.
    @Test(arguments: [2, 3] as [UInt8]) func histogramsWithStartTimes(_ encoding: UInt8) throws {
        // Threshold 0, schema 0, no negative spans, one positive span of length 1 at 0.
        let layout = "00000000" + "0" + "10 001" + "10 001 0" + "0"
        func head(_ st: Bool) -> String {
            st ? "11" + Self.binary(2, 14) + "10000001" : Self.binary(2, 16) + "11000000"
        }
        let sum = Self.binary(Double(3).bitPattern, 64)
        let first =
            encoding == 2
            ? "10 001" + "0" + sum + "10 001"  // count, zeros, sum, bucket
            : Self.binary(Double(1).bitPattern, 64) + Self.binary(0, 64) + sum
                + Self.binary(Double(1).bitPattern, 64)
        let second = encoding == 2 ? "10 001" + "0" + "0" + "10 001" : "0000"
        let plain = Self.bytes(head(false) + layout + "10 010" + first + "10 011" + second)
        let extended = Self.bytes(
            head(true) + layout + "10 010" + first + "00000100" + "10 011" + second + "110 000101")
        let wanted = try Self.decode(encoding, plain)
        let got = try Self.decode(encoding + 3, extended)
        #expect(wanted.histogramTimestamps == [2, 5])
        #expect(got.histogramTimestamps == wanted.histogramTimestamps)
        // 2 before the first, then 5 before the first.
        #expect(got.histogramStartTimestamps == [0, -3])
        #expect(got.histograms == wanted.histograms)
        #expect(got.histograms.map(\.counterResetHint) == [.gauge, .gauge])
        #expect(got.histograms.map(\.positiveBuckets) == (encoding == 2 ? [[1], [2]] : [[1], [1]]))
    }

    /// Random samples with start timestamps that are not known, stay, jump and go away.
    private static func starts(_ times: [Int64], _ random: inout SeededGenerator) -> [Int64] {
        var start: Int64 = Bool.random(using: &random) ? times[0] - 5 : 0
        let changesAt = Int.random(in: 0...200, using: &random)
        return times.indices.map { i in
            if i >= changesAt, Int.random(in: 0..<4, using: &random) == 0 {
                start =
                    Bool.random(using: &random)
                    ? 0 : times[i] - Int64.random(in: 1...1_000_000, using: &random)
            }
            return start
        }
    }

    @Test func whatIsWrittenIsReadAgain() throws {
        var random = SeededGenerator.fresh()
        for _ in 0..<300 {
            let count = Int.random(in: 1...300, using: &random)
            var columns = SampleColumns()
            var time = Int64.random(in: -1_000_000...2_000_000_000_000, using: &random)
            var value = 1.0
            var times: [Int64] = []
            for _ in 0..<count {
                time +=
                    [15_000, 15_000, 15_001, Int64.random(in: 1...1 << 40, using: &random)].randomElement(
                        using: &random) ?? 1
                times.append(time)
            }
            let starts = Self.starts(times, &random)
            for i in 0..<count {
                switch Int.random(in: 0..<6, using: &random) {
                case 0: value = .staleMarker
                case 1: value = Double.random(in: -1e9...1e9, using: &random)
                case 2: value = Double(Int.random(in: 0...100, using: &random))
                default: break
                }
                columns.append(times[i], value, start: starts[i])
            }
            var got = SampleColumns()
            var encodings: Set<ChunkEncoding> = []
            try XORChunkBuilder(samplesPerChunk: 300).encode(columns) { encoding, bytes, first, last in
                encodings.insert(encoding)
                #expect((first, last) == (times[0], times[count - 1]))
                try ChunkDecoder.decode(encoding.rawValue, bytes, from: .min, through: .max, into: &got)
            }
            #expect(encodings == [starts.contains { $0 != 0 } ? .xor2 : .xor])
            #expect(got.timestamps == columns.timestamps)
            #expect(got.values.map(\.bitPattern) == columns.values.map(\.bitPattern))
            #expect(got.startTimestamps == columns.startTimestamps)
        }
    }

    @Test(arguments: [false, true]) func histogramsThatAreWrittenAreReadAgain(areIntegers: Bool) throws {
        var random = SeededGenerator.fresh()
        for _ in 0..<50 {
            let layout = HistogramChunkTests.random(&random)
            let count = Int.random(in: 1...200, using: &random)
            let times = (0..<Int64(count)).map { 1_000_000 + $0 * 15_000 }
            let histograms = times.map { _ in
                var histogram = HistogramChunkTests.random(&random, like: layout)
                histogram.isInteger = areIntegers
                return histogram
            }
            let starts = Self.starts(times, &random)
            var got = SampleColumns()
            for chunk in HistogramChunkBuilder(samplesPerChunk: 120).encode(times, histograms, starts: starts)
            {
                try chunk.bytes.withUnsafeBytes {
                    try ChunkDecoder.decode(chunk.encoding, $0, from: .min, through: .max, into: &got)
                }
            }
            #expect(got.histogramTimestamps == times)
            #expect(zip(got.histograms, histograms).allSatisfy { $0.hasSameContent(as: $1) })
            #expect(got.histogramStartTimestamps == (starts.contains { $0 != 0 } ? starts : []))
        }
    }

    /// A block whose samples have start timestamps keeps them when it is written anew around what was deleted.
    @Test func mergingKeepsStartTimes() throws {
        let folder = TemporaryFolder()
        let disk = RealDisk()
        let options = testOptions(folder)
        try disk.makeFolder(options.path)
        var columns = SampleColumns()
        for i in 0..<Int64(200) { columns.append(i * 15_000, Double(i), start: i < 100 ? 5 : 1_400_000) }
        var meta = BlockMeta(ulid: ULID.make(now: 0), minTime: 0, maxTime: 2 * BlockTests.hour)
        meta.sources = [meta.ulid]
        var writer = try BlockWriter(
            disk: disk, folder: options.path, meta: meta, symbols: [Array("__name__".utf8), Array("a".utf8)])
        try writer.addSamples(columns, XORChunkBuilder())
        try writer.endSeries([(0, 1)])
        _ = try writer.finish()
        let database = try Database(options)
        func read() throws -> SampleColumns {
            let set = try database.querier(from: .min, through: .max).select(
                [], hints: SelectHints(start: .min, end: .max))
            var columns = SampleColumns()
            try set.read(0, from: .min, through: .max, into: &columns)
            return columns
        }
        #expect(try read().startTimestamps == columns.startTimestamps)
        try database.deleteSeries([], from: 30_000, through: 59_999)
        try database.cleanTombstones()
        #expect(try !disk.list(options.path).contains(meta.ulid))
        let kept = columns.timestamps.indices.filter { !(2..<4).contains($0) }
        #expect(try read().timestamps == kept.map { columns.timestamps[$0] })
        #expect(try read().startTimestamps == kept.map { columns.startTimestamps[$0] })
    }
}
