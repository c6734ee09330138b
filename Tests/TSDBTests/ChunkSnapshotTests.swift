import Foundation
import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing
import Wire

@testable import TSDB

/// A start from a snapshot of the head gives what reading the whole log gives.
@Suite struct ChunkSnapshotTests {
    /// Equal when nothing of it differs, NaN included; of the hints, which every full chunk writes anew, whether
    /// it is a gauge.
    private struct Exact: Equatable {
        var histogram: FloatHistogram

        static func == (a: Exact, b: Exact) -> Bool {
            if a.histogram.isStaleMarker && b.histogram.isStaleMarker { return true }
            return a.histogram.hasSameContent(as: b.histogram)
                && a.histogram.isInteger == b.histogram.isInteger
                && (a.histogram.counterResetHint == .gauge) == (b.histogram.counterResetHint == .gauge)
        }
    }

    /// All that a database tells, to be compared.
    private struct Picture: Equatable {
        var floats: [String: [Sample]] = [:]
        var histograms: [String: [Exact]] = [:]
        var histogramTimes: [String: [Int64]] = [:]
        var exemplars: [String: [Exemplar]] = [:]
        var times: [Int64] = []

        init(_ database: Database, expectsAll: Bool = true) throws {
            let set = try database.querier(from: .min, through: .max).select(
                [], hints: SelectHints(start: .min, end: .max))
            if expectsAll { #expect(set.warnings == []) }
            for i in 0..<set.count {
                var columns = SampleColumns()
                try set.read(i, from: .min, through: .max, into: &columns)
                let name = set.labels(at: i).description
                // Of series that are gone the log tells the names for longer.
                if columns.count == 0 { continue }
                floats[name] = columns.samples
                histograms[name] = columns.histograms.map(Exact.init)
                histogramTimes[name] = columns.histogramTimestamps
            }
            // Checkpoints drop what is older, a snapshot has it still.
            let first = database.head.store.pointee.minValidTime
            for series in try database.exemplars([[]], from: first, through: .max) {
                exemplars[series.seriesLabels.description] = series.exemplars
            }
            times = [database.head.minTime, database.head.maxTime]
        }

        /// Where two differ, in few words; nil when nowhere.
        func difference(_ other: Picture) -> String? {
            if self == other { return nil }
            for name in Set(floats.keys).union(other.floats.keys).sorted() {
                if floats[name] != other.floats[name] {
                    let (a, b) = (
                        Set((floats[name] ?? []).map(\.timestamp)),
                        Set((other.floats[name] ?? []).map(\.timestamp))
                    )
                    return "\(name): \(a.subtracting(b).sorted()) and \(b.subtracting(a).sorted())"
                }
                if histogramTimes[name] != other.histogramTimes[name] {
                    let (a, b) = (Set(histogramTimes[name] ?? []), Set(other.histogramTimes[name] ?? []))
                    return
                        "\(name): histograms at \(a.subtracting(b).sorted()) and \(b.subtracting(a).sorted())"
                }
                if histograms[name] != other.histograms[name] {
                    let pairs = zip(histograms[name] ?? [], other.histograms[name] ?? [])
                    return "\(name): "
                        + pairs.filter { $0 != $1 }.prefix(2).map { "\($0) and \($1)" }.joined()
                }
            }
            for name in Set(exemplars.keys).union(other.exemplars.keys).sorted() {
                let (a, b) = (exemplars[name] ?? [], other.exemplars[name] ?? [])
                if a == b { continue }
                return "\(name): exemplars \(a.filter { !b.contains($0) }.map(\.timestamp)) and "
                    + "\(b.filter { !a.contains($0) }.map(\.timestamp))"
            }
            if times.isEmpty || other.times.isEmpty || times == other.times { return nil }
            return "times \(times) and \(other.times)"
        }
    }

    /// The same directory twice: one that starts from the snapshot, and one that reads the whole log.
    private final class Pair {
        let folder = TemporaryFolder()
        var options: DatabaseOptions
        var whole: DatabaseOptions
        let clock = ManualClock(BlockTests.start)
        var databases: [Database] = []

        let seed: UInt64

        init(_ seed: UInt64, _ random: inout SeededGenerator) {
            self.seed = seed
            options = testOptions(folder, name: "a")
            options.retention = 0
            options.chunkRange = 600_000
            options.samplesPerChunk = [12, 30, 120].randomElement(using: &random) ?? 120
            options.walSegmentSize = 64 << 10
            options.outOfOrderWindow = 900_000
            options.walCompression = WALCompression.allCases.randomElement(using: &random) ?? .snappy
            whole = options
            whole.path = folder.path + "/b"
            whole.takesSnapshotOnClose = false
        }

        /// Opens the directory both ways.
        func open(expectsSnapshot: Bool) throws {
            let manager = FileManager.default
            if manager.fileExists(atPath: whole.path) { try manager.removeItem(atPath: whole.path) }
            if manager.fileExists(atPath: options.path) {
                try manager.copyItem(atPath: options.path, toPath: whole.path)
                if expectsSnapshot {
                    #expect(try ChunkSnapshot.all(disk: RealDisk(), path: options.path).count == 1)
                }
            }
            databases = [
                try Database(options, clock: clock), try Database(whole, clock: clock),
            ]
            for database in databases { #expect(database.damages == []) }
        }

        func expectSame(_ what: String) throws {
            let difference = try Picture(databases[0]).difference(try Picture(databases[1]))
            #expect(difference == nil, "seed \(seed) \(what): \(difference ?? "")")
        }

        func close() {
            for database in databases { database.close() }
        }

        func abandon() {
            for database in databases { database.abandon() }
        }
    }

    private static let names =
        (0..<8).map { "s\($0)" } + (0..<3).map { "h\($0)" } + (0..<2).map { "mixed\($0)" }

    private static func histogram(
        _ name: String, _ random: inout SeededGenerator, _ layouts: [FloatHistogram]
    )
        -> FloatHistogram
    {
        if Int.random(in: 0..<25, using: &random) == 0 {
            var marker = FloatHistogram(schema: 0)
            marker.sum = .staleMarker
            return marker
        }
        var histogram = HistogramChunkTests.random(
            &random, like: layouts[Int.random(in: 0..<12, using: &random) == 0 ? 1 : 0])
        histogram.isInteger = name != "h1"
        if name == "h2" { histogram.counterResetHint = .gauge }
        return histogram
    }

    /// Appends the same to both, and expects the same answers.
    private static func append(
        _ pair: Pair, _ random: inout SeededGenerator, _ time: inout Int64, _ round: Int
    )
        throws
    {
        // Even, and late samples at odd times: of two values at one time it is open which counts.
        time += 2 * Int64.random(in: 500...10_000, using: &random)
        pair.clock.set(time)
        var layout = FloatHistogram(schema: 2)
        layout.positiveSpans = [.init(offset: 1, length: 2), .init(offset: 2, length: 1)]
        layout.zeroThreshold = 0.001
        var custom = FloatHistogram(schema: FloatHistogram.customBucketsSchema)
        custom.customValues = [0.5, 1, 2.25]
        custom.positiveSpans = [.init(offset: 0, length: 4)]
        enum Item {
            case float(String, Int64, Double)
            case histogram(String, Int64, FloatHistogram)
            case exemplar(String, Exemplar)
        }
        var items: [Item] = []
        for name in names where Int.random(in: 0..<3, using: &random) > 0 {
            // Series that come and go.
            if name == "s6", (time / 3_000_000) % 2 == 0 { continue }
            let isHistogram = name.hasPrefix("h") || name.hasPrefix("mixed") && (time / 200_000) % 2 == 0
            if isHistogram {
                items.append(.histogram(name, time, histogram(name, &random, [layout, custom])))
            } else {
                let late = Int.random(in: 0..<6, using: &random) == 0 && name.hasPrefix("s")
                let moment = late ? time - Int64.random(in: 1...800_000, using: &random) | 1 : time
                items.append(.float(name, moment, Double(Int.random(in: 0..<50, using: &random))))
            }
            // The same again, and another value for the time.
            if Int.random(in: 0..<8, using: &random) == 0, let last = items.last { items.append(last) }
            if Int.random(in: 0..<4, using: &random) == 0 {
                let labels = Labels([("trace", "t\(round)")])
                items.append(.exemplar(name, Exemplar(labels: labels, value: Double(round), timestamp: time)))
            }
        }
        var answers: [[String]] = []
        for database in pair.databases {
            var batch = SampleBatch()
            for item in items {
                switch item {
                case .float(let name, let time, let value):
                    batch.append(try database.register(Labels([("__name__", name)])), time, value)
                case .histogram(let name, let time, let histogram):
                    batch.append(try database.register(Labels([("__name__", name)])), time, histogram)
                case .exemplar(let name, let exemplar):
                    batch.append(try database.register(Labels([("__name__", name)])), exemplar)
                }
            }
            // Series without a sample: the log does not know them.
            if round % 7 == 0 { _ = try database.register(Labels([("__name__", "never\(round)")])) }
            let result = try database.append(batch)
            answers.append(
                ["\(result.storedCount) \(result.exemplarCount)"]
                    + result.refused.map { "\($0.index) \($0.reason)" }.sorted())
        }
        #expect(answers[0] == answers[1])
    }

    /// Sends the newest sample of each series again, which is no error when it is the same.
    private static func repeatNewest(_ pair: Pair) throws {
        var answers: [[String]] = []
        for database in pair.databases {
            let picture = try Picture(database)
            var lines: [String] = []
            for name in picture.floats.keys.sorted() {
                let reference = try database.register(Labels([("__name__", name)]))
                let float = picture.floats[name]?.last
                let time = picture.histogramTimes[name]?.last
                for change in [0.0, 1.0] {
                    var batch = SampleBatch()
                    if let time, time > float?.timestamp ?? .min,
                        var last = picture.histograms[name]?.last?.histogram
                    {
                        last.sum += change
                        batch.append(reference, time, last)
                    } else if let float {
                        batch.append(reference, float.timestamp, float.value + change)
                    }
                    let result = try database.append(batch)
                    lines.append("\(name) \(change) \(result.storedCount) \(result.refused.map(\.reason))")
                }
            }
            answers.append(lines)
        }
        #expect(answers[0] == answers[1])
    }

    @Test(arguments: 0..<4) func givesWhatTheWholeLogGives(_: Int) throws {
        if let seed = ProcessInfo.processInfo.environment["MARTLET_SIMULATION_SEED"].flatMap(UInt64.init) {
            return try compare(seed)
        }
        let count = ProcessInfo.processInfo.environment["MARTLET_SIMULATION_SEEDS"].flatMap(Int.init) ?? 1
        for _ in 0..<max(1, count / 4) { try compare(.random(in: 0 ... .max)) }
    }

    private func compare(_ seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let pair = Pair(seed, &random)
        var time = BlockTests.start
        var round = 0
        try pair.open(expectsSnapshot: false)
        for start in 0..<8 {
            for _ in 0..<Int.random(in: 1...120, using: &random) {
                round += 1
                try Self.append(pair, &random, &time, round)
                switch Int.random(in: 0..<60, using: &random) {
                case 0:
                    for database in pair.databases { try database.maintain() }
                case 1:
                    let name = Self.names.randomElement(using: &random) ?? ""
                    let first = time - Int64.random(in: 0...400_000, using: &random)
                    for database in pair.databases {
                        try database.deleteSeries(
                            [LabelMatcher("__name__", equals: name)], from: first, through: first + 60_000)
                    }
                default: break
                }
            }
            try pair.expectSame("before start \(start)")
            var before = try Picture(pair.databases[0])
            // While a head runs, full chunks tell where it begins to the second only.
            before.times = []
            // A clean end, or the death of the process some time after a clean start.
            let isClean = Int.random(in: 0..<3, using: &random) > 0
            if isClean { pair.close() } else { pair.abandon() }
            try pair.open(expectsSnapshot: isClean)
            try pair.expectSame("after start \(start), \(isClean ? "clean" : "not clean")")
            for (i, database) in pair.databases.enumerated() {
                let difference = before.difference(try Picture(database))
                #expect(difference == nil, "seed \(seed) start \(start) database \(i): \(difference ?? "")")
            }
            try Self.repeatNewest(pair)
        }
        pair.close()
    }

    // MARK: - One at a time

    private struct Scene {
        let folder = TemporaryFolder()
        let disk = RealDisk()
        let options: DatabaseOptions
        let picture: Picture

        init() throws {
            var options = testOptions(folder)
            options.walCompression = .none
            options.samplesPerChunk = 20
            self.options = options
            let database = try Database(options)
            for step in 0..<90 {
                let time = BlockTests.start + Int64(step) * 15_000
                var batch = SampleBatch()
                for i in 0..<30 {
                    let labels = Labels([
                        ("__name__", "m"), ("i", "\(i)"), ("l", String(repeating: "x", count: 1200)),
                    ])
                    batch.append(try database.register(labels), time, Double(step * i))
                }
                _ = try database.append(batch)
            }
            picture = try Picture(database)
            database.close()
        }

        func snapshots() throws -> [String] {
            try disk.list(options.path).filter { $0.hasPrefix(ChunkSnapshot.prefix) }
        }

        func file(_ name: String) throws -> String {
            options.path + "/" + (try #require(try snapshots().first)) + "/" + name
        }

        func flip(_ path: String, at offset: Int64) throws {
            let file = try disk.open(path, .update)
            var byte: [UInt8] = [0]
            _ = try byte.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
            try [byte[0] ^ 0x10].withUnsafeBytes { try file.write($0, at: offset) }
        }

        /// It starts with everything, says why it did not use the snapshot, and the next start is fine.
        func expectSetAside(_ reason: String) throws {
            var readOnly = options
            readOnly.isReadOnly = true
            let reading = try Database(readOnly)
            #expect(try Picture(reading).difference(picture) == nil)
            reading.close()
            #expect(try snapshots().count == 1)
            let database = try Database(options)
            #expect(database.damages.count { $0.contains("the snapshot chunk_snapshot.000000.") } == 1)
            #expect(database.damages.contains { $0.contains(reason) }, "\(database.damages)")
            #expect(
                database.metrics().first { $0.name == "prometheus_tsdb_snapshot_replay_error_total" }?.value
                    == 1)
            #expect(try Picture(database).difference(picture) == nil)
            #expect(try snapshots().allSatisfy { $0.contains(".corrupt-") })
            database.close()
            let again = try Database(options)
            #expect(again.damages == [])
            #expect(try Picture(again).difference(picture) == nil)
            again.close()
        }
    }

    /// The log before the snapshot is not read, the one behind it is.
    @Test func onlyTheLogBehindItIsRead() throws {
        let scene = try Scene()
        let name = try #require(try scene.snapshots().first)
        let size = try #require(try scene.disk.status(scene.options.path + "/wal/00000000")).size
        #expect(name == ChunkSnapshot.name(segment: 0, offset: Int(size)))
        // Damage that a start which reads the log would tell.
        try scene.flip(scene.options.path + "/wal/00000000", at: 100)
        var database = try Database(scene.options)
        #expect(database.damages == [])
        #expect(try Picture(database).difference(scene.picture) == nil)
        let time = BlockTests.start + 100 * 15_000
        try database.add([("__name__", "later")], time, 1)
        database.abandon()
        // Killed: the same snapshot, and the segment behind it.
        database = try Database(scene.options)
        #expect(database.damages == [])
        #expect(try database.dump()["later"] == [Sample(timestamp: time, value: 1)])
        #expect(try Picture(database).floats.count == 31)
        database.close()
        // A newer one takes its place.
        #expect(try scene.snapshots().count == 1)
        #expect(try scene.snapshots() != [name])
    }

    /// A start from the log alone finds a series under the number that it had before it was gone, and writes
    /// on with that one, which the snapshot of before does not tell.
    @Test func oneThatTheLogHasLeftBehindIsSetAside() throws {
        let disk = MemoryDisk()
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.chunkRange = 60_000
        options.retention = 0
        let clock = ManualClock(0)
        var database = try Database(options, clock: clock, disk: disk)
        try database.add([("__name__", "away")], 1000, 1)
        for time in stride(from: Int64(1000), to: 200_000, by: 10_000) {
            clock.set(time)
            try database.add([("__name__", "there")], time, 1)
        }
        try database.maintain()
        #expect(database.head.statistics(limit: 1).numSeries == 1)
        try database.add([("__name__", "away")], 201_000, 2)
        database.close()
        options.takesSnapshotOnClose = false
        database = try Database(options, clock: clock, disk: disk)
        try database.add([("__name__", "away")], 202_000, 3)
        database.abandon()
        options.takesSnapshotOnClose = true
        database = try Database(options, clock: clock, disk: disk)
        #expect(database.damages.contains { $0.contains("names series that it does not tell; set aside") })
        #expect(try database.dump()["away"]?.map(\.value) == [1, 2, 3])
        database.close()
    }

    /// Head chunks of a time that is in blocks stay in their file beside newer ones. What they have counts no more:
    /// a start from the log, which still tells series that are gone, would bring back what was deleted since.
    @Test(arguments: [true, false]) func chunksOfTheTimeOfBlocksDoNotCount(takesSnapshot: Bool) throws {
        let disk = MemoryDisk()
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.chunkRange = 60_000
        options.samplesPerChunk = 4
        options.retention = 0
        options.takesSnapshotOnClose = takesSnapshot
        let clock = ManualClock(0)
        var database = try Database(options, clock: clock, disk: disk)
        for time in stride(from: Int64(0), to: 200_000, by: 1000) {
            clock.set(time)
            if time < 50_000 { try database.add([("__name__", "away")], time, 1) }
            try database.add([("__name__", "there")], time, 1)
        }
        try database.maintain()
        #expect(database.head.statistics(limit: 1).numSeries == 1)
        let start = database.head.minTime
        try database.deleteSeries([LabelMatcher("__name__", equals: "away")], from: .min, through: .max)
        #expect(try database.dump()["away"] ?? [] == [])
        database.close()
        database = try Database(options, clock: clock, disk: disk)
        #expect(database.damages == [])
        #expect(try database.dump()["away"] ?? [] == [])
        #expect(try database.dump()["there"]?.count == 200)
        #expect(database.head.minTime == start)
        database.close()
    }

    @Test func noneIsWrittenOrReadWhenSwitchedOff() throws {
        let scene = try Scene()
        var options = scene.options
        options.takesSnapshotOnClose = false
        try scene.flip(scene.options.path + "/wal/00000000", at: 100)
        let before = try scene.snapshots()
        let database = try Database(options)
        #expect(!database.damages.isEmpty)
        database.close()
        #expect(try scene.snapshots() == before)
    }

    @Test(arguments: ["00000000", ChunkSnapshotState.fileName], [0.0, 0.3, 0.999])
    func aDamagedOneIsSetAside(file: String, place: Double) throws {
        let scene = try Scene()
        let path = try scene.file(file)
        let size = try #require(try scene.disk.status(path)).size
        try scene.flip(path, at: Int64(Double(size) * place))
        try scene.expectSetAside(file == ChunkSnapshotState.fileName ? "the state" : "offset")
    }

    @Test(arguments: ["00000000", ChunkSnapshotState.fileName], [0.0, 0.4, 0.99])
    func aTornOneIsSetAside(file: String, part: Double) throws {
        let scene = try Scene()
        let path = try scene.file(file)
        let size = try #require(try scene.disk.status(path)).size
        try scene.disk.open(path, .update).truncate(to: Int64(Double(size) * part))
        try scene.expectSetAside("the snapshot")
    }

    /// Torn where a record ends: nothing but the count tells.
    @Test func oneThatEndsBetweenRecordsIsSetAside() throws {
        let scene = try Scene()
        let path = try scene.file("00000000")
        let bytes = try scene.disk.readFile(path)
        var end = 0
        bytes.withUnsafeBytes { bytes in
            var reader = WALReader(bytes)
            var record = ByteBuffer()
            for _ in 0..<20 { _ = reader.next(into: &record) }
            end = reader.soundEnd
        }
        try scene.disk.open(path, .update).truncate(to: Int64(end))
        try scene.expectSetAside("records of it are missing")
    }

    @Test func oneOfALaterFormatIsSetAside() throws {
        let scene = try Scene()
        let file = try scene.disk.open(try scene.file(ChunkSnapshotState.fileName), .update)
        try [UInt8(9)].withUnsafeBytes { try file.write($0, at: 4) }
        try scene.expectSetAside("its version is 9")
    }

    @Test func aRecordOfAnUnknownTypeSetsItAside() throws {
        let scene = try Scene()
        let folder = scene.options.path + "/" + (try #require(try scene.snapshots().first))
        let writer = try WALWriter(
            disk: scene.disk, folder: folder, segment: 1, segmentSize: 1 << 20, compression: .none)
        try [UInt8(77), 1, 2].withUnsafeBytes { try writer.add($0) }
        try writer.commit()
        try scene.expectSetAside("unknown type 77")
    }

    /// Its open chunks go on from full ones that are not there: the log has all.
    @Test(arguments: [true, false]) func withoutItsHeadChunksItIsSetAside(isGone: Bool) throws {
        let scene = try Scene()
        let chunks = scene.options.path + "/chunks_head"
        if isGone {
            try scene.disk.remove(chunks)
        } else {
            // A chunk less, and no sign of damage.
            let bytes = try scene.disk.readFile(chunks + "/000001")
            var end = HeadChunkFormat.headerSize
            try bytes.withUnsafeBytes { bytes in
                for _ in 0..<10 { end = try HeadChunkFormat.read(bytes, at: end).end }
            }
            try scene.disk.open(chunks + "/000001", .update).truncate(to: Int64(end))
        }
        try scene.expectSetAside("head chunks that it goes on from are missing")
    }

    /// What is newer than the log was never promised.
    @Test func oneThatIsNewerThanTheLogIsSetAside() throws {
        let scene = try Scene()
        let log = try scene.disk.open(scene.options.path + "/wal/00000000", .update)
        let size = try log.size()
        try log.truncate(to: size - 5000)
        let database = try Database(scene.options)
        #expect(database.damages.contains { $0.contains("the log is not the one it was made with") })
        let found = try Picture(database, expectsAll: false).floats
        #expect(found.values.allSatisfy { $0.count >= 80 && $0.count < 90 }, "\(found.values.map(\.count))")
        database.close()
    }

    /// A disk that fails while it is written leaves what was there before.
    @Test func everyCallOfTheEndMayFail() throws {
        var number = 1
        var isDone = false
        while !isDone, number < 200 {
            let memory = MemoryDisk()
            let disk = FaultyDisk(memory)
            var options = DatabaseOptions(path: "data")
            options.maintainsInBackground = false
            options.samplesPerChunk = 12
            var database = try Database(options, clock: ManualClock(0), disk: disk)
            for time in 0..<40 { try database.add([("__name__", "a")], Int64(time) * 10_000, Double(time)) }
            let before = try Picture(database)
            let failing = number
            disk.setJudge { count, _, _ in count == failing ? .io : nil }
            database.close()
            isDone = disk.callCount < number
            disk.setJudge(nil)
            memory.killProcess()
            database = try Database(options, clock: ManualClock(0), disk: disk)
            #expect(database.damages == [], "call \(number)")
            #expect(try Picture(database).difference(before) == nil, "call \(number)")
            database.close()
            number += 1
        }
        #expect(isDone)
    }
}
