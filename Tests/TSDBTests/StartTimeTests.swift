import MetricModel
import Platform
import StorageAPI
import Synchronization
import TestKit
import Testing
import Wire

@testable import TSDB

/// Start timestamps of samples on their way through log, head, snapshot, head chunks and blocks.
@Suite struct StartTimeTests {
    private static func histogram(_ count: Int, isInteger: Bool) -> FloatHistogram {
        var histogram = FloatHistogram(schema: 0)
        histogram.isInteger = isInteger
        histogram.positiveSpans = [.init(offset: 0, length: 1)]
        histogram.positiveBuckets = [Double(count) + (isInteger ? 0 : 0.5)]
        histogram.count = histogram.positiveBuckets[0]
        histogram.sum = Double(count)
        return histogram
    }

    private static func columns(
        _ database: Database, from start: Int64 = .min, through end: Int64 = .max
    ) throws -> [String: SampleColumns] {
        let set = try database.querier(from: start, through: end).select(
            [], hints: SelectHints(start: start, end: end))
        #expect(set.warnings == [])
        var result: [String: SampleColumns] = [:]
        for i in 0..<set.count {
            var columns = SampleColumns()
            try set.read(i, from: start, through: end, into: &columns)
            if columns.count > 0 { result[set.labels(at: i).value(of: "__name__") ?? ""] = columns }
        }
        return result
    }

    private static func register(_ database: Database, _ name: String) throws -> SeriesReference {
        try database.register(Labels([("__name__", name)]))
    }

    // MARK: - Parts

    @Test func runsGiveWhatWasNoted() {
        var random = SeededGenerator.fresh()
        for _ in 0..<200 {
            var runs = StartTimeRuns()
            var wanted: [Int64] = []
            for place in 0..<Int.random(in: 1...240, using: &random) {
                wanted.append(
                    [0, wanted.last ?? 7, Int64.random(in: 1...3, using: &random)].randomElement(
                        using: &random) ?? 0)
                if wanted[place] != 0 { runs.note(wanted[place], at: place) }
            }
            #expect(runs.expanded(wanted.count) == wanted)
            #expect(runs.expanded(wanted.count / 2) == Array(wanted.prefix(wanted.count / 2)))
        }
    }

    @Test func seriesWithoutNeedNoMemoryForThem() {
        #expect(MemoryLayout<SeriesRecord>.size == 64)
    }

    /// The bytes that Prometheus' `record.Encoder` writes for these samples.
    @Test func aRecordHasTheBytesOfTheFormat() throws {
        let samples: [(reference: UInt64, time: Int64, start: Int64, value: Double)] = [
            (1, 100, 90, 1), (2, 101, 90, 1), (1, 99, 0, 1), (3, 100, 85, 1),
        ]
        var record = ByteBuffer()
        var heads = WALStartTimeWriter()
        for sample in samples {
            heads.put(sample.reference, sample.time, sample.start, to: &record)
            record.appendBigEndian(sample.value.bitPattern)
        }
        let one: [UInt8] = [0x3F, 0xF0, 0, 0, 0, 0, 0, 0]
        let parts: [[UInt8]] = [
            [2, 200, 1, 180, 1] + one, [2, 2, 1] + one, [1, 1, 0] + one, [4, 0, 2, 9] + one,
        ]
        #expect(Array(record.bytes) == parts.flatMap(\.self))
        var reader = ByteReader(record.bytes)
        var found: [[Int64]] = []
        try WALRecord.readSamplesV2(&reader) { reference, time, _, start in
            found.append([Int64(reference), time, start])
        }
        #expect(found == samples.map { [Int64($0.reference), $0.time, $0.start] })
    }

    @Test(arguments: [(Int64(0), 0), (100, 0), (101, 1), (102, 4)])
    func checkpointsKeepThem(_ minTime: Int64, _ dropped: Int) throws {
        let samples: [[Int64]] = [[1, 100, 90], [2, 101, 90], [1, 101, 0], [3, 101, 85]]
        var record = ByteBuffer()
        record.append(WALRecord.Kind.samplesV2.rawValue)
        var heads = WALStartTimeWriter()
        for sample in samples {
            heads.put(UInt64(sample[0]), sample[1], sample[2], to: &record)
            record.appendBigEndian(Double(sample[0]).bitPattern)
        }
        var output = ByteBuffer()
        try Checkpoint.filter(record.bytes, minTime, { _ in true }, into: &output)
        if dropped == samples.count {
            #expect(output.count == 0)
            return
        }
        var reader = ByteReader(output.bytes)
        #expect(try reader.byte() == WALRecord.Kind.samplesV2.rawValue)
        var found: [[Int64]] = []
        try WALRecord.readSamplesV2(&reader) { reference, time, value, start in
            #expect(Double(bitPattern: value) == Double(reference))
            found.append([Int64(reference), time, start])
        }
        #expect(found == Array(samples.dropFirst(dropped)))
    }

    // MARK: - Databases

    /// Series whose samples have some make chunks of the encodings with room for them; others do not.
    @Test func onlyTheirChunksHaveRoomForThem() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.samplesPerChunk = 20
        options.keepsStartTimestamps = true
        options.chunkRange = 600_000
        let clock = ManualClock(0)
        let database = try Database(options, clock: clock)
        for step in 0..<200 {
            let time = Int64(step) * 10_000
            clock.set(time)
            var batch = SampleBatch()
            batch.append(try Self.register(database, "plain"), time, Double(step))
            batch.append(try Self.register(database, "counter"), time, Double(step), start: 5)
            let integer = Self.histogram(step, isInteger: true)
            batch.append(try Self.register(database, "plain_histogram"), time, integer)
            batch.append(try Self.register(database, "histogram"), time, integer, start: 6)
            let float = Self.histogram(step, isInteger: false)
            batch.append(try Self.register(database, "float_histogram"), time, float, start: 7)
            #expect(try database.append(batch).storedCount == 5)
        }
        let wanted: [String: ChunkEncoding] = [
            "plain": .xor, "counter": .xor2, "plain_histogram": .histogram, "histogram": .histogramST,
            "float_histogram": .floatHistogramST,
        ]
        let snapshot = HeadSnapshot(database.head)
        for (name, encoding) in wanted {
            let references = snapshot.select(
                [LabelMatcher("__name__", equals: name)], from: .min, through: .max)
            let chunks = snapshot.chunks(try #require(references.first), from: .min, through: .max)
            #expect(chunks.count > 1)
            #expect(chunks.allSatisfy { $0.encoding == encoding.rawValue }, "\(name)")
        }
        let before = try Self.columns(database)
        #expect(before["plain"]?.startTimestamps == [])
        #expect(before["counter"]?.startTimestamps == Array(repeating: 5, count: 200))
        #expect(before["histogram"]?.histogramStartTimestamps == Array(repeating: 6, count: 200))
        #expect(before["float_histogram"]?.histogramStartTimestamps == Array(repeating: 7, count: 200))
        try database.maintain()
        let block = try #require(database.blocks.withLock { $0.first })
        for number in try block.index.allSeries() {
            let name = try block.index.labels(number).value(of: "__name__") ?? ""
            for chunk in try block.index.chunks(number) {
                #expect(try block.chunks.chunk(chunk.reference).encoding == wanted[name]?.rawValue, "\(name)")
            }
        }
        database.close()
    }

    @Test func withoutTheOptionThoseOfBatchesAreDropped() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.outOfOrderWindow = 10_000
        let database = try Database(options, clock: ManualClock(5000))
        #expect(!database.takesStartTimestamps)
        var batch = SampleBatch()
        let reference = try Self.register(database, "a")
        batch.append(reference, 5000, 1, start: 4)
        batch.append(reference, 4000, 1, start: 4)
        batch.append(
            try Self.register(database, "h"), 5000, Self.histogram(1, isInteger: true), start: 4)
        #expect(try database.append(batch).storedCount == 3)
        let columns = try Self.columns(database)
        #expect(columns["a"]?.startTimestamps == [])
        #expect(columns["h"]?.histogramStartTimestamps == [])
        database.close()
    }

    /// Random samples of all kinds, also late ones, through restarts with a snapshot and by the log, blocks, merges and
    /// checkpoints.
    @Test(arguments: 0..<4) func whatIsAppendedIsReadAgain(_: Int) throws {
        var random = SeededGenerator.fresh()
        var scene = try Scene(&random)
        for _ in 0..<10 {
            for _ in 0..<Int.random(in: 20...100, using: &random) { try scene.append(&random) }
            if Bool.random(using: &random) { try scene.database.maintain() }
            try scene.expectAll(&random)
            try scene.restart(&random)
            try scene.expectAll(&random)
        }
        scene.database.close()
    }

    private struct Scene {
        struct Sample: Equatable {
            var value: Double
            var start: Int64
            var isHistogram: Bool
        }

        let folder = TemporaryFolder()
        var options: DatabaseOptions
        let clock = ManualClock(BlockTests.start)
        var database: Database
        var time = BlockTests.start
        var wanted: [String: [Int64: Sample]] = [:]
        /// The newest start of counters.
        var starts: [String: Int64] = [:]

        init(_ random: inout SeededGenerator) throws {
            options = testOptions(folder)
            options.retention = 0
            options.chunkRange = 600_000
            options.samplesPerChunk = [12, 30, 120].randomElement(using: &random) ?? 120
            options.walSegmentSize = 32 << 10
            options.outOfOrderWindow = 900_000
            options.walCompression = WALCompression.allCases.randomElement(using: &random) ?? .snappy
            options.keepsStartTimestamps = true
            database = try Database(options, clock: clock)
        }

        private mutating func start(of name: String, _ random: inout SeededGenerator) -> Int64 {
            switch name.last {
            // None, one that stays until the counter begins anew, that of the sample before, any.
            case "0": return 0
            case "1":
                if Int.random(in: 0..<40, using: &random) == 0 { starts[name] = time - 1 }
                return starts[name] ?? 1000
            case "2":
                defer { starts[name] = time }
                return starts[name] ?? time - 1
            default: return Bool.random(using: &random) ? 0 : Int64.random(in: 1...time, using: &random)
            }
        }

        mutating func append(_ random: inout SeededGenerator) throws {
            // Even, late ones odd: which of two values at one time counts is open.
            time += 2 * Int64.random(in: 500...10_000, using: &random)
            clock.set(time)
            var batch = SampleBatch()
            var floats: [(name: String, time: Int64, sample: Sample)] = []
            var histograms: [(name: String, time: Int64, sample: Sample)] = []
            for name in ["f0", "f1", "f2", "f3", "h0", "h1", "h2", "h3", "m1", "m3"]
            where Int.random(in: 0..<4, using: &random) > 0 {
                let reference = try StartTimeTests.register(database, name)
                let isHistogram = name.hasPrefix("h") || name.hasPrefix("m") && (time / 200_000) % 2 == 0
                let isLate = Int.random(in: 0..<8, using: &random) == 0
                let moment = isLate ? time - Int64.random(in: 1...800_000, using: &random) | 1 : time
                if wanted[name]?[moment] != nil { continue }
                let start = start(of: name, &random)
                let count = Int.random(in: 0..<50, using: &random)
                var sample = Sample(value: Double(count), start: start, isHistogram: isHistogram)
                if isHistogram {
                    let histogram = StartTimeTests.histogram(count, isInteger: name != "h3")
                    batch.append(reference, moment, histogram, start: start)
                } else {
                    batch.append(reference, moment, Double(count), start: start)
                }
                if !options.keepsStartTimestamps { sample.start = 0 }
                if isHistogram {
                    histograms.append((name, moment, sample))
                } else {
                    floats.append((name, moment, sample))
                }
            }
            let refused = Set(try database.append(batch).refused.map(\.index))
            for (i, item) in (floats + histograms).enumerated() where !refused.contains(i) {
                wanted[item.name, default: [:]][item.time] = item.sample
            }
        }

        mutating func restart(_ random: inout SeededGenerator) throws {
            if Int.random(in: 0..<3, using: &random) > 0 { database.close() } else { database.abandon() }
            options.takesSnapshotOnClose = Int.random(in: 0..<3, using: &random) > 0
            // What was stored before stays.
            options.keepsStartTimestamps = Int.random(in: 0..<4, using: &random) > 0
            database = try Database(options, clock: clock)
            #expect(database.damages == [])
        }

        func expectAll(_ random: inout SeededGenerator) throws {
            try expect(from: .min, through: .max)
            let first = Int64.random(in: BlockTests.start...time, using: &random)
            try expect(from: first, through: first + Int64.random(in: 0...900_000, using: &random))
        }

        private func expect(from first: Int64, through last: Int64) throws {
            let found = try StartTimeTests.columns(database, from: first, through: last)
            for (name, samples) in wanted {
                var got: [Int64: Sample] = [:]
                let columns = found[name] ?? SampleColumns()
                let starts = columns.startTimestamps
                for (i, time) in columns.timestamps.enumerated() {
                    got[time] = Sample(
                        value: columns.values[i], start: starts.isEmpty ? 0 : starts[i], isHistogram: false)
                }
                let histogramStarts = columns.histogramStartTimestamps
                for (i, time) in columns.histogramTimestamps.enumerated() {
                    got[time] = Sample(
                        value: columns.histograms[i].sum,
                        start: histogramStarts.isEmpty ? 0 : histogramStarts[i], isHistogram: true)
                }
                let chosen = samples.filter { $0.key >= first && $0.key <= last }
                let different = Set(chosen.keys).union(got.keys).filter { chosen[$0] != got[$0] }.sorted()
                #expect(
                    different.isEmpty,
                    """
                    \(name): \(different.prefix(3).map {
                        "\($0): \(String(describing: got[$0])), not \(String(describing: chosen[$0]))" })
                    """)
            }
        }
    }
}
