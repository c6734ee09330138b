import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct LogTests {
    private func fill(_ database: Database, rounds: Range<Int>, series: Int = 10) throws {
        let references = try (0..<series).map {
            try database.register(Labels([("__name__", "m"), ("i", "\($0)")]))
        }
        for round in rounds {
            var batch = SampleBatch()
            for (i, reference) in references.enumerated() {
                batch.append(reference, Int64(round) * 15_000, Double(round * i))
            }
            #expect(try database.append(batch).refused.isEmpty)
        }
    }

    @Test(arguments: WALCompression.allCases)
    func everythingIsThereAfterReopening(_ compression: WALCompression) throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.walCompression = compression
        options.walSegmentSize = 128 << 10
        var wanted: [String: [Sample]] = [:]
        for opening in 0..<3 {
            let database = try Database(options)
            #expect(try database.dump() == wanted)
            #expect(database.damages == [])
            try fill(database, rounds: (opening * 400)..<(opening * 400 + 400), series: 30)
            wanted = try database.dump()
            database.close()
        }
        #expect(wanted.count == 30)
        #expect(wanted.values.allSatisfy { $0.count == 1200 })
    }

    @Test func secondProcessIsRefused() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        #expect(throws: StorageError.self) { try Database(testOptions(folder)) }
        database.close()
        try Database(testOptions(folder)).close()
    }

    @Test func tornTailCostsOnlyTheTornRecord() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.takesSnapshotOnClose = false
        let database = try Database(options)
        try fill(database, rounds: 0..<100)
        database.close()
        let segment = options.path + "/wal/00000000"
        let disk = RealDisk()
        let size = try #require(try disk.status(segment)).size
        try disk.open(segment, .update).truncate(to: size - 3)
        for _ in 0..<2 {
            let again = try Database(options)
            #expect(try again.dump().values.allSatisfy { $0.count == 99 })
            again.close()
        }
    }

    @Test func oneFlippedBitCostsOnlyItsRecords() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.takesSnapshotOnClose = false
        let database = try Database(options)
        try fill(database, rounds: 0..<3000)
        database.close()
        let segment = options.path + "/wal/00000000"
        let disk = RealDisk()
        let file = try disk.open(segment, .update)
        let size = Int(try file.size())
        #expect(size > 5 * WALFormat.pageSize)
        try [UInt8(0xFF), 0xFE].withUnsafeBytes {
            try file.write($0, at: Int64(2 * WALFormat.pageSize + 500))
        }
        // Full chunks would make up for the loss.
        try disk.remove(options.path + "/chunks_head")
        let again = try Database(options)
        let counts = Set(try again.dump().values.map(\.count))
        #expect(counts.count == 1)
        let kept = counts.first ?? 0
        // A page of a log of six pages.
        #expect(kept < 3000 && kept > 2000, "\(kept)")
        #expect(!again.damages.isEmpty)
        #expect(try disk.list(options.path + "/wal").contains { $0.contains(".corrupt-") })
        again.close()
        try disk.remove(options.path + "/chunks_head")
        // Repaired: the next start finds a sound log with the same samples.
        let third = try Database(options)
        #expect(third.damages == [])
        #expect(try third.dump().values.allSatisfy { $0.count == kept })
    }

    @Test func missingSegmentIsToldAndTheRestRead() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.takesSnapshotOnClose = false
        options.walSegmentSize = 64 << 10
        let database = try Database(options)
        try fill(database, rounds: 0..<4000, series: 5)
        database.close()
        try RealDisk().remove(options.path + "/wal/00000001")
        let again = try Database(options)
        #expect(again.damages.contains { $0.contains("missing") })
        #expect(try again.dump().values.allSatisfy { $0.count > 500 })
    }
}
