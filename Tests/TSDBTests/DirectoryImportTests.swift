import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct DirectoryImportTests {
    static let hour: Int64 = 3_600_000

    /// Ten hours of minutes of five series: blocks, and a head with metadata, exemplars, late samples and a
    /// deletion.
    static func fill(
        _ options: DatabaseOptions, from start: Int64 = BlockTests.start, minutes: Int = 600,
        maintains: Bool = true, name: String = "m"
    ) throws {
        var options = options
        options.keepsMetadata = true
        options.outOfOrderWindow = hour
        options.retention = 0
        let database = try Database(options)
        defer { database.close() }
        let references = try (0..<5).map {
            try database.register(Labels([("__name__", name), ("i", "\($0)")]))
        }
        for step in 0..<minutes {
            var batch = SampleBatch()
            for (i, reference) in references.enumerated() {
                batch.append(reference, start + Int64(step) * 60_000, Double(step * i))
                if step == 0 { batch.append(reference, SeriesMetadataTests.seconds) }
            }
            #expect(try database.append(batch).refused.isEmpty)
            if maintains, step % 60 == 0 { try database.maintain() }
        }
        let end = start + Int64(minutes - 1) * 60_000
        var late = SampleBatch()
        late.append(references[0], end - 30_500, 7)
        late.append(
            references[1], Exemplar(labels: Labels([("trace_id", "x")]), value: 1, timestamp: end))
        #expect(try database.append(late).refused.isEmpty)
        try database.deleteSeries(
            [try LabelMatcher("i", .equal, "4")], from: end - 120_000, through: end - 60_000)
    }

    static func dump(_ path: String) throws -> String { try OpenMetricsImportTests.dump(path) }

    /// Each file with its bytes.
    static func contents(_ path: String) throws -> [String: [UInt8]] {
        let disk = RealDisk()
        var found: [String: [UInt8]] = [:]
        for name in try disk.list(path) {
            let child = path + "/" + name
            if try disk.status(child)?.isFolder == true {
                found.merge(try contents(child)) { $1 }
            } else {
                found[child] = try disk.readFile(child)
            }
        }
        return found
    }

    @Test func anEmptyTargetGetsAllAndTheSourceStays() throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "a/target"))
        try Self.fill(source)
        let before = try Self.contents(source.path)
        let wanted = try Self.dump(source.path)
        let result = try DirectoryImport(source.path + "/", into: target.path)
        #expect(result.blocks.count >= 2)
        #expect(result.hasLog && result.headBlocks.isEmpty)
        #expect(result.headSeriesCount == 5)
        #expect(result.warnings == [])
        // The block of late samples, made by the deletion, ends with its range.
        let last = BlockTests.start + 599 * 60_000
        let rangeEnd = (last / source.chunkRange + 1) * source.chunkRange
        #expect(result.times?.upperBound == rangeEnd - 1)
        #expect(try Self.contents(source.path) == before)
        #expect(try Self.dump(target.path) == wanted)
        #expect(DirectoryCheck(path: target.path).findings == [])
        // The server that goes on with it has all of it, and what it does leaves the source alone.
        var options = target
        options.retention = 0
        options.keepsMetadata = true
        let database = try Database(options)
        #expect(database.damages == [])
        let reference = try database.register(Labels([("__name__", "m"), ("i", "1")]))
        #expect(database.metadata(of: reference) == SeriesMetadataTests.seconds)
        #expect(
            try database.exemplars([[]], from: .min, through: .max).first?.exemplars.count == 1)
        for step in 600..<900 {
            var batch = SampleBatch()
            batch.append(reference, BlockTests.start + Int64(step) * 60_000, 1)
            #expect(try database.append(batch).refused.isEmpty)
        }
        try database.maintain()
        try database.deleteSeries([], from: .min, through: .max)
        try database.cleanTombstones()
        database.close()
        #expect(try Self.contents(source.path) == before)
        #expect(try Self.dump(source.path) == wanted)
    }

    @Test func takingOverAgainAddsNothing() throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "target"))
        try Self.fill(source)
        let first = try DirectoryImport(source.path, into: target.path)
        // As if the first had ended between the blocks and the log.
        for name in ["wal", "wbl", "chunks_head"] { try RealDisk().remove(target.path + "/" + name) }
        let again = try DirectoryImport(source.path, into: target.path)
        #expect(again.blocks.isEmpty && again.knownBlockCount == first.blocks.count)
        #expect(again.hasLog)
        #expect(try Self.dump(target.path) == Self.dump(source.path))
    }

    /// The target's own head must not lose what is older than the blocks that come.
    @Test(arguments: [false, true]) func aTargetWithAHeadKeepsIt(isReversed: Bool) throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "target"))
        try Self.fill(isReversed ? target : source)
        // The last hours only, without a block.
        try Self.fill(
            isReversed ? source : target, from: BlockTests.start + 7 * Self.hour, minutes: 180,
            maintains: false, name: "n")
        let wanted = try Self.dump(source.path) + Self.dump(target.path)
        let error = #expect(throws: StorageError.self) {
            try DirectoryImport(source.path, into: target.path)
        }
        #expect(error?.message.contains("overlap") == true, "\(String(describing: error))")
        var options = DirectoryImport.Options()
        options.mergesOverlaps = true
        let before = try Self.contents(source.path)
        let result = try DirectoryImport(source.path, into: target.path, options: options)
        #expect(!result.hasLog && !result.headBlocks.isEmpty)
        #expect(try Self.contents(source.path) == before)
        let lines = { (text: String) in text.split(separator: "\n").map(String.init).sorted() }
        #expect(try lines(Self.dump(target.path)) == lines(wanted))
        var opened = target
        opened.retention = 0
        let database = try Database(opened)
        let reference = try database.register(Labels([("__name__", "m"), ("i", "1")]))
        for step in 600..<1100 {
            var batch = SampleBatch()
            batch.append(reference, BlockTests.start + Int64(step) * 60_000, 1)
            #expect(try database.append(batch).refused.isEmpty)
            if step % 100 == 0 { try database.maintain() }
        }
        database.close()
        let after = try Self.dump(target.path).split(separator: "\n").count
        #expect(after == lines(wanted).count + 500)
    }

    @Test func otherTimesNeedNoMerging() throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "target"))
        try Self.fill(source)
        try Self.fill(target, from: BlockTests.start + 48 * Self.hour, minutes: 100, maintains: false)
        let wanted = try [source, target].map {
            try Self.dump($0.path).split(separator: "\n").count
        }.reduce(0, +)
        let result = try DirectoryImport(source.path, into: target.path)
        #expect(!result.hasLog)
        #expect(try Self.dump(target.path).split(separator: "\n").count == wanted)
    }

    @Test func runningServersAreRefused() throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "target"))
        try Self.fill(source, minutes: 10)
        for options in [source, target] {
            let running = try Database(options)
            let error = #expect(throws: StorageError.self) {
                try DirectoryImport(source.path, into: target.path)
            }
            #expect(
                error?.message.contains("a server runs on \(options.path)") == true,
                "\(String(describing: error))")
            running.close()
        }
        _ = try DirectoryImport(source.path, into: target.path)
    }

    @Test func whatIsNoDataDirectoryIsRefused() throws {
        let folder = TemporaryFolder()
        let source = testOptions(folder, name: "source")
        try RealDisk().makeFolder(source.path)
        for (from, to) in [
            (source.path, folder.path + "/target"), (folder.path + "/missing", folder.path + "/target"),
        ] {
            #expect(throws: StorageError.self) { try DirectoryImport(from, into: to) }
        }
        try Self.fill(source, minutes: 10)
        for to in [source.path, source.path + "/", source.path + "/inside"] {
            #expect(throws: StorageError.self) { try DirectoryImport(source.path, into: to) }
        }
        #expect(try RealDisk().status(folder.path + "/target") == nil)
    }

    @Test func damagedBlocksMustBeAccepted() throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "target"))
        try Self.fill(source)
        let disk = RealDisk()
        let block = try #require(try BlockSummary.list(source.path).first)
        let file = try disk.open(source.path + "/" + block.ulid + "/chunks/000001", .update)
        try [UInt8(0x55), 0x55].withUnsafeBytes { try file.write($0, at: 60) }
        let error = #expect(throws: StorageError.self) { try DirectoryImport(source.path, into: target.path) }
        #expect(error?.kind == .corruption)
        #expect(try BlockSummary.list(target.path).isEmpty)
        var options = DirectoryImport.Options()
        options.acceptsDamage = true
        let result = try DirectoryImport(source.path, into: target.path, options: options)
        #expect(result.warnings.count == 1, "\(result.warnings)")
        #expect(result.blocks.contains { $0.ulid == block.ulid })
        #expect(try Self.dump(target.path) == Self.dump(source.path))
    }

    /// What a killed server left is taken over as it is.
    @Test func aTornLogIsTakenOver() throws {
        let folder = TemporaryFolder()
        let (source, target) = (testOptions(folder, name: "source"), testOptions(folder, name: "target"))
        try Self.fill(source, minutes: 50, maintains: false)
        let disk = RealDisk()
        let segment = source.path + "/wal/00000000"
        try disk.open(segment, .update).truncate(to: try #require(try disk.status(segment)).size - 3)
        let result = try DirectoryImport(source.path, into: target.path)
        #expect(!result.warnings.isEmpty)
        #expect(try disk.readFile(segment) == disk.readFile(target.path + "/wal/00000000"))
        #expect(try Self.dump(target.path) == Self.dump(source.path))
    }

    /// When a call fails, the target is as it was, or has blocks that are whole, and the next try ends well.
    @Test func whicheverCallFailsNothingIsLost() throws {
        let disk = MemoryDisk()
        var source = DatabaseOptions(path: "source")
        source.maintainsInBackground = false
        source.retention = 0
        let database = try Database(source, disk: disk)
        let reference = try database.register(Labels([("__name__", "a")]))
        for step in 0..<500 {
            var batch = SampleBatch()
            batch.append(reference, BlockTests.start + Int64(step) * 60_000, Double(step))
            _ = try database.append(batch)
        }
        try database.maintain()
        database.close()
        func count(_ path: String) throws -> Int {
            var options = DatabaseOptions(path: path)
            options.isReadOnly = true
            let database = try Database(options, disk: disk)
            defer { database.close() }
            return try database.dump().values.first?.count ?? 0
        }
        #expect(try count("source") == 500)
        let faulty = FaultyDisk(disk)
        var failures = 0
        for number in stride(from: 1, to: 10_000, by: 3) {
            try disk.remove("target")
            faulty.setJudge { call, _, _ in call == number ? .diskFull : nil }
            do {
                _ = try DirectoryImport("source", into: "target", disk: faulty)
                if faulty.callCount < number { break }
            } catch {
                failures += 1
            }
            faulty.setJudge(nil)
            _ = try DirectoryImport("source", into: "target", disk: faulty)
            #expect(try count("target") == 500, "call \(number)")
        }
        #expect(failures > 20)
    }
}
