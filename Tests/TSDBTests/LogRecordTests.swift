import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing
import Wire

@testable import TSDB

/// Records that other writers put into the log.
@Suite struct LogRecordTests {
    private static func histogram(_ i: Int, isInteger: Bool, isCustom: Bool = false) -> FloatHistogram {
        var histogram = FloatHistogram(schema: isCustom ? FloatHistogram.customBucketsSchema : 3)
        histogram.isInteger = isInteger
        if isCustom { histogram.customValues = [1, 2.5] } else { histogram.zeroThreshold = 0x1p-128 }
        histogram.positiveSpans = [.init(offset: 0, length: 2)]
        histogram.positiveBuckets = [Double(i), Double(2 * i)]
        histogram.count = Double(3 * i)
        histogram.sum = Double(i) / 3
        if !isInteger { histogram.positiveBuckets[0] += 0.5 }
        return histogram
    }

    /// The bytes of one histogram as a record of type 7 to 10 has them behind its header.
    private static func body(_ histogram: FloatHistogram) throws -> [UInt8] {
        let record = WALRecord.encodeHistograms([
            AcceptedHistogram(slot: 0, reference: 1, time: 0, histogram: histogram)
        ])
        // Type, base reference and time, two differences of zero.
        return Array(try #require(record.first).dropFirst(19))
    }

    private static func series(_ names: [String]) -> [UInt8] {
        var buffer = ByteBuffer()
        WALRecord.beginSeries(&buffer)
        for (i, name) in names.enumerated() {
            WALRecord.appendSeries(UInt64(i + 1), labelCount: 1, to: &buffer) { append in
                for text in ["__name__", name] { Array(text.utf8).withUnsafeBytes { append($0) } }
            }
        }
        return Array(buffer.bytes)
    }

    /// A record of type 12 or 13 with start timestamps of each form.
    private static func recordV2(_ kind: WALRecord.Kind, _ histograms: [FloatHistogram]) throws -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(kind.rawValue)
        buffer.appendSignedVarint(1)
        buffer.appendSignedVarint(1000)
        buffer.appendSignedVarint(500)
        for (i, histogram) in histograms.enumerated() {
            if i > 0 {
                buffer.appendSignedVarint(i == 1 ? 1 : -1)
                buffer.appendSignedVarint(Int64(i))
                buffer.append(UInt8(i % 3))
                if i % 3 == 2 { buffer.appendSignedVarint(-7) }
            }
            try body(histogram).withUnsafeBytes { buffer.append($0) }
        }
        return Array(buffer.bytes)
    }

    private static func write(_ records: [[UInt8]], to path: String) throws {
        let disk = RealDisk()
        try disk.makeFolder(path)
        let writer = try WALWriter(
            disk: disk, folder: path, segment: 0, segmentSize: 1 << 20, compression: .snappy)
        for record in records {
            try record.withUnsafeBytes { try writer.add($0) }
            try writer.commit()
        }
    }

    private static func histograms(_ database: Database) throws -> [[Int64: FloatHistogram]] {
        let set = try database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        return try (0..<set.count).map { i in
            var columns = SampleColumns()
            try set.read(i, from: .min, through: .max, into: &columns)
            return Dictionary(uniqueKeysWithValues: zip(columns.histogramTimestamps, columns.histograms))
        }
    }

    private static func samples(_ samples: [(reference: UInt64, time: Int64, value: Double)]) -> [UInt8] {
        var buffer = ByteBuffer()
        WALRecord.beginSamples(samples[0].reference, samples[0].time, &buffer)
        for sample in samples {
            WALRecord.appendSample(
                sample.reference, sample.time, sample.value.bitPattern, firstReference: samples[0].reference,
                firstTime: samples[0].time, to: &buffer)
        }
        return Array(buffer.bytes)
    }

    /// Records of a few bytes take more memory than those, and the thread that reads is ahead by memory.
    @Test func aBlockOfSmallRecordsCountsWhatItTakes() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/wal"
        let tombstones = [WALRecord.Kind.tombstones.rawValue]
        try Self.write(Array(repeating: tombstones, count: WALRecordBlock.recordCountMax + 1), to: path)
        let file = try RealDisk().open(path + "/00000000", .read)
        let reader = WALBlockReader(
            try file.map(length: Int(try file.size())), from: 0, decoding: .bySeries)
        let block = WALRecordBlock()
        reader.fill(block)
        #expect(block.records.count == WALRecordBlock.recordCountMax)
        let records = WALRecordBlock.recordCountMax * MemoryLayout<WALRecordBlock.Record>.stride
        #expect(block.size >= WALRecordBlock.byteCount + records)
        reader.fill(block)
        #expect(block.records.count == 1)
        #expect(block.isLast)
    }

    /// A series under two references, of which the lower one comes last, as after a start that read the log of
    /// before the series was gone.
    @Test func samplesOfACheckpointComeInItsOrder() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let order: [UInt64] = [2, 2, 1, 1]
        let record = Self.samples(order.enumerated().map { ($1, Int64($0) * 1000, Double($0)) })
        try Self.write(
            [Self.series(["a", "a"]), record], to: options.path + "/wal/checkpoint.00000000")
        let database = try Database(options)
        #expect(database.damages == [])
        #expect(try database.dump()["a"]?.map(\.value) == [0, 1, 2, 3])
        database.close()
    }

    /// Samples that lie months apart, in one record, and many of each series in turn.
    @Test func samplesFarApartAreRead() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        var wanted: [Sample] = []
        var records = [Self.series(["a", "b", "c"])]
        for round in 0..<200 {
            let time = Int64(round / 50) * 10_000_000_000 + Int64(round) * 1000
            wanted.append(Sample(timestamp: time, value: Double(round)))
            records.append(
                Self.samples((1...3).map { (UInt64($0), time, Double(round)) }))
        }
        let last = Sample(timestamp: 99_000_000_000_000, value: -1)
        records.append(Self.samples([(1, last.timestamp - 1, 7), (1, last.timestamp, -1)]))
        try Self.write(records, to: options.path + "/wal")
        let database = try Database(options, clock: ManualClock(last.timestamp))
        #expect(database.damages == [])
        #expect(
            try database.dump()["a"] == wanted + [Sample(timestamp: last.timestamp - 1, value: 7), last])
        #expect(try database.dump()["c"] == wanted)
        database.close()
    }

    /// What stands before the place where a record makes no sense is read, and the place is told.
    @Test func aRecordThatEndsInTheMiddleIsReadAsFarAsItGoes() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let torn = Self.samples([(1, 1000, 1), (1, 2000, 2)]).dropLast(3)
        try Self.write(
            [Self.series(["a"]), Array(torn), Self.samples([(1, 3000, 3)])], to: options.path + "/wal")
        let database = try Database(options)
        #expect(database.damages.count == 1)
        #expect(try database.dump()["a"]?.map(\.value) == [1, 3])
        database.close()
    }

    @Test(arguments: [true, false]) func histogramsWithStartTimestampsAreRead(areIntegers: Bool) throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        // Three samples: series a, b, a.
        let wanted = (0..<3).map { Self.histogram($0 + 1, isInteger: areIntegers, isCustom: $0 == 1) }
        let record = try Self.recordV2(areIntegers ? .histogramsV2 : .floatHistogramsV2, wanted)
        try Self.write([Self.series(["a", "b"]), record], to: options.path + "/wal")
        let database = try Database(options)
        let found = try Self.histograms(database)
        #expect(found == [[1000: wanted[0], 1002: wanted[2]], [1001: wanted[1]]])
        #expect(found.allSatisfy { $0.values.allSatisfy { $0.isInteger == areIntegers } })
        let set = try database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        var columns = SampleColumns()
        for i in 0..<set.count { try set.read(i, from: .min, through: .max, into: &columns) }
        #expect(columns.histogramStartTimestamps == [500, 493, 500])
        #expect(database.damages == [])
    }

    @Test func unknownRecordsAreToldNotHidden() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        try Self.write([[77, 1, 2], Self.series(["a"]), [77], [200, 0]], to: options.path + "/wal")
        let database = try Database(options)
        #expect(
            database.damages.map { $0.split(separator: ": ").last.map(String.init) ?? "" } == [
                "2 records of the unknown type 77 were skipped",
                "1 records of the unknown type 200 were skipped",
            ])
        #expect(try database.add([("__name__", "a")], 1, 1).storedCount == 1)
    }

    @Test(arguments: [
        WALRecord.Kind.histograms, .floatHistograms, .customBucketHistograms, .customBucketFloatHistograms,
        .histogramsV2, .floatHistogramsV2,
    ])
    func checkpointsDropOldHistograms(_ kind: WALRecord.Kind) throws {
        let isInteger = !kind.isFloatHistogram
        let isCustom = kind == .customBucketHistograms || kind == .customBucketFloatHistograms
        let histograms = (1...3).map { Self.histogram($0, isInteger: isInteger, isCustom: isCustom) }
        let record: [UInt8]
        if kind.rawValue >= WALRecord.Kind.histogramsV2.rawValue {
            record = try Self.recordV2(kind, histograms)
        } else {
            record = try #require(
                WALRecord.encodeHistograms(
                    histograms.enumerated().map {
                        AcceptedHistogram(
                            slot: 0, reference: [1, 2, 1][$0.offset], time: Int64(1000 + $0.offset),
                            histogram: $0.element)
                    }
                ).first)
        }
        #expect(record[0] == kind.rawValue)
        for (minTime, count) in [(Int64(0), 3), (1001, 2), (1002, 1), (1003, 0)] {
            var output = ByteBuffer()
            try record.withUnsafeBytes {
                try WALRecord.filterHistograms($0, kind, from: minTime, into: &output)
            }
            if count == 0 {
                #expect(output.count == 0)
                continue
            }
            var found: [WALRecord.FoundHistogram] = []
            var reader = ByteReader(output.bytes)
            #expect(try reader.byte() == kind.rawValue)
            try WALRecord.readHistograms(&reader, kind) { found.append($0) }
            #expect(found.map(\.reference) == [1, 2, 1].suffix(count))
            #expect(found.map(\.time) == [1000, 1001, 1002].suffix(count))
            #expect(found.map(\.histogram) == Array(histograms.suffix(count)))
            let hasStarts = kind.rawValue >= WALRecord.Kind.histogramsV2.rawValue
            let starts: [Int64] = hasStarts ? [500, 500, 493] : [0, 0, 0]
            #expect(found.map(\.start) == starts.suffix(count))
        }
    }
}
