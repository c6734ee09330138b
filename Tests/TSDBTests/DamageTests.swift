import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// What is damaged or refused costs only what it held, and is told.
@Suite struct DamageTests {
    /// A directory with blocks, a checkpoint, several segments and head chunks, and what is in it.
    private struct Scene {
        let folder = TemporaryFolder()
        let disk = RealDisk()
        let options: DatabaseOptions
        let model: [String: [Sample]]

        /// - Parameter takesSnapshot: false for damage of the log that a start from a snapshot would not meet.
        init(takesSnapshot: Bool = true) throws {
            var options = testOptions(folder)
            options.takesSnapshotOnClose = takesSnapshot
            options.retention = 0
            options.walSegmentSize = 64 << 10
            options.walCompression = .none
            options.blockRangeMax = options.chunkRange
            options.samplesPerChunk = 20
            self.options = options
            let database = try Database(options)
            model = try BlockTests.fill(database, hours: 13, series: 5)
            database.close()
            #expect(try !disk.list(options.path + "/wal").filter { $0.hasPrefix("checkpoint.") }.isEmpty)
            #expect(try disk.list(options.path).count { ULID.isValid($0) } >= 4)
        }

        var wal: String { options.path + "/wal" }

        func checkpoint() throws -> String {
            wal + "/" + (try #require(try disk.list(wal).last { $0.hasPrefix("checkpoint.") }))
        }

        /// Changes bytes from an offset on; counted from the end when it is negative.
        func flip(_ path: String, at offset: Int, count: Int = 8) throws {
            let file = try disk.open(path, .update)
            let start = offset < 0 ? Int(try file.size()) + offset : offset
            var bytes = [UInt8](repeating: 0, count: count)
            _ = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: Int64(start)) }
            try bytes.map { $0 ^ 0xA5 }.withUnsafeBytes { try file.write($0, at: Int64(start)) }
        }

        /// Blocks of the model up to here hold all of it.
        func blockEnd() throws -> Int64 {
            try disk.list(options.path).filter(ULID.isValid).map {
                try Block.readMeta(disk: disk, path: options.path + "/" + $0).maxTime
            }.max() ?? .min
        }
    }

    private static func count(_ samples: [String: [Sample]]) -> Int {
        samples.values.reduce(0) { $0 + $1.count }
    }

    /// New samples are taken, and the next start finds nothing wrong any more.
    private static func expectHealed(_ database: Database, _ scene: Scene) throws {
        let time = BlockTests.start + 14 * BlockTests.hour
        #expect(try database.add([("__name__", "new")], time, 1).storedCount == 1)
        let before = try database.dump()
        database.close()
        let again = try Database(scene.options)
        #expect(again.damages == [])
        #expect(try again.dump() == before)
        again.close()
    }

    @Test func aDamagedCheckpointCostsWhatItHeld() throws {
        let scene = try Scene(takesSnapshot: false)
        // The series records stand at the front: nothing of the log has a name without them.
        try scene.flip(scene.checkpoint() + "/00000000", at: 40)
        let database = try Database(scene.options)
        #expect(database.damages.contains { $0.contains("checkpoint.") && $0.contains("offset ") })
        let end = try scene.blockEnd()
        let found = try database.dump()
        for (name, samples) in scene.model {
            let inBlocks = samples.filter { $0.timestamp < end }
            #expect(found[name]?.prefix(inBlocks.count) == inBlocks[...])
        }
        #expect(
            Self.count(found) == Self.count(scene.model)
                || database.damages.contains { $0.contains("series that the log does not tell") })
        database.close()
    }

    @Test func anEmptyCheckpointIsTold() throws {
        let scene = try Scene(takesSnapshot: false)
        for name in try scene.disk.list(scene.checkpoint()) {
            try scene.disk.remove(scene.checkpoint() + "/" + name)
        }
        let database = try Database(scene.options)
        #expect(database.damages.contains { $0.contains("segments of the checkpoint are missing") })
        #expect(Self.count(try database.dump()) > 0)
        database.close()
    }

    @Test(arguments: [8, 200, -20]) func damagedHeadChunksCostNothing(offset: Int) throws {
        let scene = try Scene()
        let folder = scene.options.path + "/chunks_head"
        let name = try #require(try scene.disk.list(folder).last)
        try scene.flip(folder + "/" + name, at: offset)
        let database = try Database(scene.options)
        #expect(database.damages.contains { $0.contains("chunks_head/" + name) && $0.contains("offset") })
        #expect(try database.dump() == scene.model)
        try Self.expectHealed(database, scene)
    }

    @Test func headChunksThatAreGoneCostNothing() throws {
        let scene = try Scene()
        try scene.disk.remove(scene.options.path + "/chunks_head")
        let database = try Database(scene.options)
        #expect(try database.dump() == scene.model)
        try Self.expectHealed(database, scene)
    }

    /// Any file of a block but the chunks themselves.
    @Test(arguments: [
        ("meta.json", 0), ("meta.json", 30), ("index", 0), ("index", -30), ("tombstones", 0),
        ("tombstones", -2),
        ("chunks/000001", 0),
    ]) func aDamagedBlockIsSetAside(file: String, offset: Int) throws {
        let scene = try Scene()
        let block = try #require(try scene.disk.list(scene.options.path).first(where: ULID.isValid))
        let path = scene.options.path + "/" + block
        let meta = try Block.readMeta(disk: scene.disk, path: path)
        try scene.flip(path + "/" + file, at: offset, count: file == "tombstones" ? 2 : 8)
        let database = try Database(scene.options)
        let damage = try #require(database.damages.first { $0.contains(block) })
        #expect(damage.contains(file.split(separator: "/").first ?? ""), "\(damage)")
        #expect(try scene.disk.list(scene.options.path).contains { $0.hasPrefix(block + ".bad-") })
        let wanted = scene.model.mapValues { $0.filter { $0.timestamp >= meta.maxTime } }
        #expect(try database.dump() == wanted)
        // Every query that touches the time says so; others do not.
        func warnings(_ start: Int64, _ end: Int64) throws -> [String] {
            try database.querier(from: start, through: end).select(
                [], hints: SelectHints(start: start, end: end)
            ).warnings
        }
        #expect(try warnings(meta.minTime, meta.maxTime).contains { $0.contains(block) })
        if file != "meta.json" { #expect(try warnings(meta.maxTime, .max).isEmpty) }
        try Self.expectHealed(database, scene)
    }

    /// The warnings of a selection over this time that reads all it selects.
    private static func warnings(
        _ database: Database, _ matchers: [LabelMatcher] = [], from start: Int64, through end: Int64
    ) throws -> [String] {
        let set = try database.querier(from: start, through: end).select(
            matchers, hints: SelectHints(start: start, end: end))
        var columns = SampleColumns()
        for i in 0..<set.count { try set.read(i, from: start, through: end, into: &columns) }
        return set.warnings
    }

    /// A chunk of a block: queries answer the rest and say where, merges leave the block alone.
    @Test func aDamagedChunkCostsItsSamplesAndIsTold() throws {
        let scene = try Scene()
        let block = try #require(try scene.disk.list(scene.options.path).first(where: ULID.isValid))
        let path = scene.options.path + "/" + block
        let meta = try Block.readMeta(disk: scene.disk, path: path)
        let index = try IndexReader(disk: scene.disk, path: path + "/index")
        var damaged: [(name: String, chunk: ChunkMeta)] = []
        for number in try index.allSeries() {
            for chunk in try index.chunks(number) where chunk.reference == 8 {
                damaged.append((try index.labels(number).description, chunk))
            }
        }
        let (name, chunk) = try #require(damaged.first)
        try scene.flip(path + "/chunks/000001", at: 14)
        var options = scene.options
        options.blockRangeMax = 3 * options.chunkRange
        options.retention = 100 * BlockTests.hour
        var database = try Database(options)
        #expect(database.damages == [])
        // Everything else is answered.
        var rest = scene.model
        rest[name]?.removeAll { chunk.minTime <= $0.timestamp && $0.timestamp <= chunk.maxTime }
        #expect(Self.count(rest) < Self.count(scene.model))
        #expect(try database.dump() == rest)
        // Each query that touches the time says so, whatever it selects; others do not.
        let other = [LabelMatcher("i", equals: "no such series")]
        for matchers in [[], other] {
            let told = try Self.warnings(
                database, matchers, from: chunk.maxTime, through: chunk.maxTime + 1)
            #expect(told.count == 1)
            #expect(
                told.first?.contains("(\(path)/chunks/000001, offset 8)") == true
                    && told.first?.contains("checksum mismatch") == true, "\(told)")
            #expect(try Self.warnings(database, matchers, from: chunk.maxTime + 1, through: .max).isEmpty)
            #expect(try Self.warnings(database, matchers, from: .min, through: chunk.minTime - 1).isEmpty)
        }
        #expect(
            try database.querier(from: meta.minTime, through: meta.maxTime).labelNames([], limit: 0).warnings
                .count == 1)
        #expect(database.damages.count == 1)
        #expect(database.metrics().first { $0.name == "prometheus_tsdb_damaged_places" }?.value == 1)
        #expect(DirectoryCheck(path: options.path).findings.contains { $0.contains(block) })
        // A merge that meets it is given up, once, and the other blocks merge.
        for _ in 0..<3 { try? database.maintain() }
        #expect(try scene.disk.list(options.path).contains(block))
        #expect(try database.dump() == rest)
        database.close()
        // Retention takes it like any other, and then nobody is told any more.
        options.retention = 6 * BlockTests.hour
        database = try Database(options)
        #expect(try Self.warnings(database, from: .min, through: .max).count == 1)
        try database.maintain()
        #expect(try !scene.disk.list(options.path).contains(block))
        #expect(try Self.warnings(database, from: .min, through: .max) == [])
        database.close()
    }

    /// A merge tells of a chunk that no query has read yet.
    @Test func aMergeTellsOfADamagedChunk() throws {
        let scene = try Scene()
        let block = try #require(try scene.disk.list(scene.options.path).first(where: ULID.isValid))
        try scene.flip(scene.options.path + "/" + block + "/chunks/000001", at: 14)
        var options = scene.options
        options.blockRangeMax = 3 * options.chunkRange
        options.retention = 100 * BlockTests.hour
        let database = try Database(options)
        for _ in 0..<3 { try? database.maintain() }
        let set = try database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        #expect(set.warnings.contains { $0.contains(block + "/chunks/000001, offset 8") }, "\(set.warnings)")
        database.close()
    }

    /// The entry of a series and the postings, which are checked when they are needed.
    @Test(arguments: ["series", "postings"]) func aDamagedPartOfAnIndexCostsOnlyItself(part: String) throws {
        let scene = try Scene()
        let block = try #require(try scene.disk.list(scene.options.path).first(where: ULID.isValid))
        let path = scene.options.path + "/" + block
        let meta = try Block.readMeta(disk: scene.disk, path: path)
        let index = try IndexReader(disk: scene.disk, path: path + "/index")
        let number = try #require(try index.allSeries().first)
        let name = try index.labels(number).description
        let isSeries = part == "series"
        try scene.flip(
            path + "/index", at: isSeries ? Int(number) * 16 + 3 : index.contents.postings + 5, count: 2)
        let database = try Database(scene.options)
        #expect(database.damages == [])
        var wanted = scene.model
        if isSeries { wanted[name]?.removeAll { $0.timestamp < meta.maxTime } }
        #expect(try database.dump() == wanted)
        #expect(
            try database.dump([LabelMatcher("__name__", equals: "m0")])
                == wanted.filter { $0.key.hasPrefix("m0") })
        let told = try Self.warnings(database, from: meta.minTime, through: meta.minTime)
        #expect(
            told.count == 1 && told[0].contains(path + "/index") && told[0].contains("checksum"), "\(told)")
        #expect(try Self.warnings(database, from: meta.maxTime, through: .max) == [])
        database.close()
    }

    /// Full chunks of the head that go bad while the database is open.
    @Test func aHeadChunkThatGoesBadCostsItsSamplesAndIsTold() throws {
        let scene = try Scene()
        let database = try Database(scene.options)
        let folder = scene.options.path + "/chunks_head"
        let name = try #require(try scene.disk.list(folder).last)
        try scene.flip(folder + "/" + name, at: 40)
        let found = try database.dump()
        let lost = Self.count(scene.model) - Self.count(found)
        #expect((1...30).contains(lost), "\(lost)")
        let told = try Self.warnings(database, from: scene.blockEnd(), through: .max)
        #expect(told.count == 1 && told[0].contains("chunks_head/" + name + ", offset 8"), "\(told)")
        #expect(database.damages.count == 1)
        database.close()
        // The log still has them.
        let again = try Database(scene.options)
        #expect(try again.dump() == scene.model)
        again.close()
    }

    /// The time that damage of the log covers: from the record before to the record behind.
    @Test(arguments: [true, false]) func damageOfTheLogIsToldToQueries(wholePage: Bool) throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.takesSnapshotOnClose = false
        options.walCompression = .none
        let disk = RealDisk()
        var database = try Database(options)
        let label = String(repeating: "x", count: 3000)
        for step in 0..<100 {
            let time = BlockTests.start + Int64(step) * 10_000
            try database.add([("__name__", "m"), ("l", label)], time, 1)
            // Fills pages.
            try database.add([("__name__", "f\(step)"), ("l", label)], time, 1)
        }
        let before = try database.dump()
        database.close()
        let file = options.path + "/wal/00000000"
        let opened = try disk.open(file, .update)
        let offset = wholePage ? WALFormat.pageSize : 5 * WALFormat.pageSize - 500
        try [UInt8](repeating: 0x5A, count: wholePage ? WALFormat.pageSize : 1).withUnsafeBytes {
            try opened.write($0, at: Int64(offset))
        }
        database = try Database(options)
        let after = try database.dump()
        let lost = before.flatMap { name, samples in
            samples.map(\.timestamp).filter { time in after[name]?.contains { $0.timestamp == time } != true }
        }.sorted()
        let first = try #require(lost.first)
        let last = try #require(lost.last)
        #expect(lost.count < 25)
        let told = try Self.warnings(database, from: first, through: first)
        #expect(told.contains { $0.contains(file + ", offset ") }, "\(told)")
        #expect(try !Self.warnings(database, from: last, through: last).isEmpty)
        #expect(try Self.warnings(database, from: .min, through: first - 10_001) == [])
        #expect(try Self.warnings(database, from: last + 10_001, through: .max) == [])
        database.close()
        // The log is repaired now; what is missing stays missing, until the retention has passed it.
        for _ in 0..<2 {
            database = try Database(options)
            #expect(!database.damages.contains { $0.contains("offset ") })
            #expect(try Self.warnings(database, from: first, through: first) == told)
            #expect(try Self.warnings(database, from: last + 10_001, through: .max) == [])
            database.close()
        }
        database = try Database(options)
        let later = BlockTests.start + options.retention + 24 * BlockTests.hour
        try database.add([("__name__", "m")], later, 1)
        database.close()
        database = try Database(options)
        #expect(
            try !Self.warnings(database, from: .min, through: .max).contains { $0.contains("offset ") })
        database.close()
    }

    @Test func whatWasMissingBeforeIsReadBack() throws {
        let memory = MemoryDisk()
        try memory.makeFolder("data")
        let file = LostTimes(disk: memory, path: "data/damages.json")
        #expect(try file.read() == [])
        let entries = [
            LostTimes.Entry(text: "a \"quoted\" one", times: 5...9), LostTimes.Entry(text: "b", times: nil),
            LostTimes.Entry(text: "c", times: .min...3), LostTimes.Entry(text: "d", times: -3 ... .max),
        ]
        try file.write(entries)
        #expect(try file.read() == entries)
        for bytes in ["", "{", "[]", "{\"missing\": 1}"] {
            try memory.replaceFile("data/damages.json", with: Array(bytes.utf8))
            #expect(throws: TSDBError.self, "\(bytes)") { try file.read() }
        }
        try memory.replaceFile(
            "data/damages.json",
            with: Array("{\"missing\": [1, {}, {\"text\": \"x\", \"from\": 9, \"through\": -1e400}]}".utf8))
        _ = try file.read()
        try file.write([])
        #expect(try memory.status("data/damages.json") == nil)
    }

    /// A record that no sound one follows: up to when the log was written last.
    @Test func aTornEndOfTheLogIsTold() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let clock = ManualClock(SystemClock().now())
        let start = clock.now() - 60_000
        var database = try Database(options, clock: clock)
        for step in 0..<5 { try database.add([("__name__", "m")], start + Int64(step) * 1000, 1) }
        database.close()
        let disk = RealDisk()
        let file = options.path + "/wal/00000000"
        let opened = try disk.open(file, .update)
        try opened.truncate(to: try opened.size() - 3)
        clock.advance(milliseconds: 3_600_000)
        database = try Database(options, clock: clock)
        #expect(try database.dump()["m"]?.count == 4)
        let told = try Self.warnings(database, from: start + 4000, through: start + 4000)
        #expect(told.count == 1 && told[0].contains(file + ", offset "), "\(told)")
        #expect(try Self.warnings(database, from: .min, through: start + 2999) == [])
        #expect(try Self.warnings(database, from: clock.now() - 1_800_000, through: .max) == [])
        database.close()
    }

    @Test func aMissingSegmentIsToldToQueries() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.takesSnapshotOnClose = false
        options.walSegmentSize = 64 << 10
        options.walCompression = .none
        let disk = RealDisk()
        var database = try Database(options)
        let label = String(repeating: "x", count: 3000)
        for step in 0..<100 {
            let time = BlockTests.start + Int64(step) * 10_000
            try database.add([("__name__", "m\(step)"), ("l", label)], time, 1)
        }
        let before = try database.dump()
        database.close()
        try disk.remove(options.path + "/wal/00000002")
        database = try Database(options)
        let after = try database.dump()
        let lost = before.filter { after[$0.key] == nil }.values.compactMap(\.first?.timestamp).sorted()
        let first = try #require(lost.first)
        let last = try #require(lost.last)
        let told = try Self.warnings(database, from: first, through: last)
        #expect(told.contains { $0.contains("segments 2 to 2 are missing") }, "\(told)")
        #expect(try Self.warnings(database, from: .min, through: first - 10_001) == [])
        #expect(try Self.warnings(database, from: last + 10_001, through: .max) == [])
        database.close()
    }

    @Test func aMissingChunkSegmentIsTold() throws {
        let scene = try Scene()
        let block = try #require(try scene.disk.list(scene.options.path).first(where: ULID.isValid))
        let chunks = scene.options.path + "/" + block + "/chunks"
        try scene.disk.rename(chunks + "/000001", to: chunks + "/000002")
        let database = try Database(scene.options)
        #expect(database.damages.contains { $0.contains(block) && $0.contains("segment 1 is missing") })
        database.close()
    }

    // MARK: - Refusals

    /// As another user, who may read and write nothing.
    private func withoutRights(_ body: () throws -> Void) throws {
        if geteuid() == 0 { _ = setFileUser(65534) }
        defer { if geteuid() == 0 { _ = setFileUser(0) } }
        try body()
    }

    @Test func aDirectoryThatMayNotBeWrittenIsRefused() throws {
        let scene = try Scene()
        chmod(scene.folder.path, 0o755)
        chmod(scene.options.path, 0o555)
        chmod(scene.options.path + "/lock", 0o444)
        defer { chmod(scene.options.path, 0o755) }
        try withoutRights {
            let error = #expect(throws: StorageError.self) { try Database(scene.options) }
            #expect(error?.kind == .io)
            #expect(error?.message.contains(scene.options.path) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("permission denied") == true, "\(error?.message ?? "")")
            // Reading it goes.
            var options = scene.options
            options.isReadOnly = true
            let database = try Database(options)
            #expect(try database.dump() == scene.model)
            #expect(throws: StorageError.self) { try database.add([("__name__", "x")], 1, 1) }
            database.close()
        }
        // Nothing was changed by it.
        let database = try Database(scene.options)
        #expect(database.damages == [])
        #expect(try database.dump() == scene.model)
        database.close()
    }

    @Test func filesThatMayNotBeReadAreToldAndStay() throws {
        let scene = try Scene()
        let block = try #require(try scene.disk.list(scene.options.path).first(where: ULID.isValid))
        let index = scene.options.path + "/" + block + "/index"
        chmod(scene.folder.path, 0o755)
        chmod(index, 0)
        try withoutRights {
            var options = scene.options
            options.isReadOnly = true
            let database = try Database(options)
            #expect(database.damages.contains { $0.contains(index) && $0.contains("permission denied") })
            database.close()
        }
        chmod(index, 0o644)
        // No right is no damage: the block is not set aside.
        let database = try Database(scene.options)
        #expect(try database.dump() == scene.model)
        database.close()
    }
}

/// The user that file access of this thread is checked for; Linux only.
@_silgen_name("setfsuid") private func setFileUser(_ user: UInt32) -> Int32
