import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing
import Wire

@testable import TSDB

@Suite struct SeriesMetadataTests {
    static let seconds = SeriesMetadata(kind: .counter, unit: "seconds", help: "Time \"spent\", ü.")
    static let bytes = SeriesMetadata(kind: .gauge, unit: "bytes", help: "")

    static func options(_ folder: TemporaryFolder) -> DatabaseOptions {
        var options = testOptions(folder)
        options.keepsMetadata = true
        return options
    }

    /// Appends a sample to each series, with metadata where there is some.
    @discardableResult
    static func tell(
        _ database: Database, _ time: Int64, _ all: [(name: String, metadata: SeriesMetadata?)]
    ) throws -> AppendResult {
        var batch = SampleBatch()
        for (name, metadata) in all {
            let reference = try database.register(Labels([("__name__", name)]))
            batch.append(reference, time, 1)
            if let metadata { batch.append(reference, metadata) }
        }
        return try database.append(batch)
    }

    static func metadata(_ database: Database, _ name: String) throws -> SeriesMetadata? {
        database.metadata(of: try database.register(Labels([("__name__", name)])))
    }

    static func logSize(_ options: DatabaseOptions) throws -> Int64 {
        try RealDisk().sizeOfTree(options.path + "/wal")
    }

    @Test func recordsHaveTheBytesOfPrometheus() throws {
        var buffer = ByteBuffer()
        buffer.append(WALRecord.Kind.metadata.rawValue)
        WALRecord.appendMetadata(300, SeriesMetadata(kind: .info, unit: "s", help: "h"), to: &buffer)
        let wanted: [UInt8] =
            [6, 0xAC, 0x02, 6, 2, 4] + Array("UNIT".utf8) + [1] + Array("s".utf8) + [4] + Array("HELP".utf8)
            + [1] + Array("h".utf8)
        #expect(Array(buffer.bytes) == wanted)
    }

    @Test func fieldsAndTypesOfLaterWritersAreReadOver() throws {
        var buffer = ByteBuffer()
        func text(_ text: String) { Array(text.utf8).withUnsafeBytes { buffer.appendLengthPrefixed($0) } }
        for (kind, reference) in [(UInt8(2), UInt64(7)), (99, 8)] {
            buffer.appendUnsignedVarint(reference)
            buffer.append(kind)
            buffer.appendUnsignedVarint(3)
            for field in ["HELP", "a", "FUTURE", "b", "UNIT", "c"] { text(field) }
        }
        var found: [(UInt64, SeriesMetadata)] = []
        var reader = ByteReader(buffer.bytes)
        try WALRecord.readMetadata(&reader) { found.append(($0, $1)) }
        #expect(found.map(\.0) == [7, 8])
        #expect(
            found.map(\.1) == [
                SeriesMetadata(kind: .gauge, unit: "c", help: "a"),
                SeriesMetadata(kind: .unknown, unit: "c", help: "a"),
            ])
        // No prefix of it is read beyond its end.
        for length in 1..<buffer.count {
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<length]))
            try? WALRecord.readMetadata(&reader) { _, _ in }
        }
    }

    @Test func theNewestIsThereAfterReopening() throws {
        let folder = TemporaryFolder()
        let options = Self.options(folder)
        var database = try Database(options)
        try Self.tell(database, 1, [("a", Self.seconds), ("b", Self.seconds), ("c", nil)])
        #expect(try Self.metadata(database, "a") == Self.seconds)
        try Self.tell(database, 2, [("a", Self.bytes)])
        for _ in 0..<2 {
            #expect(try Self.metadata(database, "a") == Self.bytes)
            #expect(try Self.metadata(database, "b") == Self.seconds)
            #expect(try Self.metadata(database, "c") == nil)
            #expect(database.damages == [])
            database.close()
            database = try Database(options)
        }
        #expect(database.head.store.pointee.metadata.count == 2)
    }

    /// The log has what a snapshot lost.
    @Test func aSnapshotWithoutItsMetadataIsSetAside() throws {
        let folder = TemporaryFolder()
        let options = Self.options(folder)
        let first = try Database(options)
        try Self.tell(first, 1, [("a", Self.seconds)])
        first.close()
        let disk = RealDisk()
        let snapshot = try #require(try ChunkSnapshot.all(disk: disk, path: options.path).last)
        try disk.remove("\(options.path)/\(snapshot.name)/\(ChunkSnapshotState.metadataFolderName)")
        let second = try Database(options)
        defer { second.close() }
        #expect(try Self.metadata(second, "a") == Self.seconds)
        #expect(second.damages.contains { $0.contains("segments of it are missing") }, "\(second.damages)")
    }

    @Test func whatIsKnownIsNotLoggedAgain() throws {
        let folder = TemporaryFolder()
        let options = Self.options(folder)
        let database = try Database(options)
        try Self.tell(database, 1, [("a", Self.seconds)])
        let reference = try database.register(Labels([("__name__", "a")]))
        func tellOnly(_ metadata: SeriesMetadata) throws -> Int64 {
            var batch = SampleBatch()
            batch.append(reference, metadata)
            #expect(!batch.isEmpty)
            _ = try database.append(batch)
            return try Self.logSize(options)
        }
        let before = try Self.logSize(options)
        #expect(try tellOnly(Self.seconds) == before)
        #expect(try tellOnly(Self.bytes) > before)
        #expect(try Self.metadata(database, "a") == Self.bytes)
        // Of a series that is not known, or too long: left out.
        let after = try Self.logSize(options)
        var batch = SampleBatch()
        batch.append(SeriesReference(77), Self.seconds)
        batch.append(
            reference,
            SeriesMetadata(help: String(repeating: "x", count: SeriesMetadata.textLengthMax + 1)))
        #expect(try database.append(batch).refused.isEmpty)
        #expect(try Self.logSize(options) == after)
    }

    @Test func nothingIsTakenWhenItIsOff() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let database = try Database(options)
        #expect(!database.takesMetadata)
        try Self.tell(database, 1, [("a", nil)])
        let reference = try database.register(Labels([("__name__", "a")]))
        let before = try Self.logSize(options)
        var batch = SampleBatch()
        batch.append(reference, Self.seconds)
        _ = try database.append(batch)
        #expect(try Self.logSize(options) == before)
        #expect(database.metadata(of: reference) == nil)
    }

    /// The log is cut, so that the checkpoint alone tells it.
    @Test func checkpointsKeepTheNewest() throws {
        let folder = TemporaryFolder()
        var options = Self.options(folder)
        options.walSegmentSize = 64 << 10
        options.walCompression = .none
        let hour: Int64 = 3_600_000
        var database = try Database(options)
        let names = (0..<60).map { "m\($0)" }
        try Self.tell(database, 1, [("gone", Self.bytes)] + names.map { ($0, Self.bytes) })
        try Self.tell(database, 2, names.map { ($0, Self.seconds) })
        for step in 1..<700 {
            try Self.tell(database, Int64(step) * 60_000, names.map { ($0, nil) })
            if step % 60 == 0 { try database.maintain() }
        }
        #expect(database.head.minTime > 2 * hour)
        let log = WALFolder(disk: RealDisk(), path: options.path + "/wal")
        #expect(try log.checkpoints().count == 1)
        #expect(try (log.segments().first ?? 0) > 0)
        for _ in 0..<2 {
            for name in names { #expect(try Self.metadata(database, name) == Self.seconds) }
            #expect(database.head.store.pointee.metadata.count == 1)
            database.close()
            database = try Database(options)
            #expect(database.damages == [])
        }
        // A series that takes the place of one that went has none of its own.
        #expect(try Self.metadata(database, "gone") == nil)
    }

    @Test func aFullDiskLeavesTheOldOne() throws {
        let disk = FaultyDisk(MemoryDisk())
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.keepsMetadata = true
        options.walFsyncInterval = .max
        let database = try Database(options, disk: disk)
        try Self.tell(database, 1, [("a", Self.seconds)])
        disk.setJudge { _, call, _ in call == "write" ? .diskFull : nil }
        #expect(throws: StorageError.self) { try Self.tell(database, 2, [("a", Self.bytes)]) }
        disk.setJudge(nil)
        #expect(try Self.metadata(database, "a") == Self.seconds)
        try Self.tell(database, 2, [("a", Self.bytes)])
        #expect(try Self.metadata(database, "a") == Self.bytes)
    }

    /// Debian's reads our log with such records in it.
    @Test(.enabled(if: Promtool.isInstalled)) func promtoolReadsOverIt() throws {
        let folder = TemporaryFolder()
        let options = Self.options(folder)
        let database = try Database(options)
        for step in 0..<10 {
            try Self.tell(
                database, 1_600_000_000_000 + Int64(step) * 1000,
                (0..<50).map { ("m\($0)", step % 3 == 0 ? Self.seconds : Self.bytes) })
        }
        database.close()
        let lines = try Promtool.run(["tsdb", "dump", options.path]).split(separator: "\n")
        #expect(lines.count == 500, "\(lines.prefix(3))")
        #expect(DirectoryCheck(path: options.path).findings == [])
    }
}
