import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// Bounds on disk and memory.
@Suite struct LimitTests {
    @Test func aShareOfTheDiskBoundsTheBlocks() throws {
        let memory = MemoryDisk()
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.retention = 0
        options.blockRangeMax = 2 * BlockTests.hour
        let database = try Database(options, clock: ManualClock(BlockTests.start), disk: memory)
        for hour in 0..<12 {
            try database.add([("__name__", "a")], BlockTests.start - Int64(12 - hour) * BlockTests.hour, 1)
            try database.maintain()
        }
        database.close()
        let before = database.blockMetas.count
        #expect(before > 2)
        let total = try memory.capacity("data").total
        let used = try memory.sizeOfTree("data")
        // Half of what is there, and a size that would allow all, which it takes the place of.
        options.retentionPercentage = 100 * Double(used) / 2 / Double(total)
        options.retentionBytes = .max
        let again = try Database(options, clock: ManualClock(BlockTests.start), disk: memory)
        try again.maintain()
        #expect((1..<before).contains(again.blockMetas.count))
        #expect(try again.dump()["a"]?.last?.timestamp == BlockTests.start - BlockTests.hour)
        again.close()
    }

    @Test func controlGroupsBoundTheMemory() {
        let files = [
            "/memory.max": "max\n", "/a/memory.max": "2000000000\n", "/a/b/memory.max": "3000000000\n",
            "/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/memory/x/memory.limit_in_bytes": "1000000\n",
        ]
        func limit(_ membership: String) -> Int64? {
            MemoryLimit.groupLimit(membership: membership, file: { files[$0] })
        }
        #expect(limit("0::/a/b\n") == 2_000_000_000)
        #expect(limit("0::/\n") == nil)
        #expect(limit("0::/elsewhere/on/the/host\n") == nil)
        #expect(limit("4:cpu,memory:/x/y\n3:cpuset:/\n0::/\n") == 1_000_000)
        #expect(limit("4:memory:/\n") == nil)
        #expect(limit("") == nil)
        #expect(limit("nonsense\n4:memory\n") == nil)
        #expect(MemoryLimit.current() > 1 << 20)
    }

    @Test func theMemoryBoundsTheSeries() throws {
        #expect(DatabaseOptions.seriesLimit(memory: 4 << 30) == 2 << 20)
        #expect(DatabaseOptions.seriesLimit(memory: 1) == 10_000)
        #expect(DatabaseOptions.seriesLimit(memory: .max) > 1 << 50)
    }

    private static func overLimit(_ database: Database) -> Double? {
        database.metrics().first { $0.name == "prometheus_tsdb_head_series_over_limit_at_start" }?.value
    }

    /// What was answered comes back, also when the bound is lower now.
    @Test func theLogMayHoldMoreThanTheLimit() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        var database = try Database(options)
        for i in 0..<20 { try database.add([("__name__", "m\(i)")], BlockTests.start, 1) }
        #expect(database.notices == [] && Self.overLimit(database) == 0)
        let before = try database.dump()
        database.close()
        options.seriesLimit = 15
        database = try Database(options)
        #expect(database.damages == [])
        #expect(try database.dump() == before)
        #expect(
            database.notices.count == 1
                && database.notices[0].contains("20 series, more than the limit of 15"))
        #expect(Self.overLimit(database) == 5)
        let error = #expect(throws: StorageError.self) {
            try database.add([("__name__", "new")], BlockTests.start + 1, 1)
        }
        #expect(error?.kind == .tooManySeries)
        for i in 0..<20 {
            #expect(try database.add([("__name__", "m\(i)")], BlockTests.start + 1, 2).storedCount == 1)
        }
        database.close()
    }

    /// The log tells series for longer than the head had them: they take no room from new ones.
    @Test func seriesThatAreGoneDoNotCountAgainstTheLimit() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.takesSnapshotOnClose = false
        options.retention = 0
        var database = try Database(options)
        for i in 0..<20 { try database.add([("__name__", "gone\(i)")], BlockTests.start, 1) }
        for step in 0..<10 {
            try database.add(
                [("__name__", "live")], BlockTests.start + Int64(step) * BlockTests.hour / 2, Double(step))
            try database.maintain()
        }
        let before = try database.dump()
        #expect(before.count == 21)
        #expect(database.seriesCount == 1)
        database.close()
        database = try Database(options)
        #expect(database.seriesCount > 10, "the log does not tell them")
        database.close()
        options.seriesLimit = 10
        for _ in 0..<2 {
            database = try Database(options)
            #expect(database.notices == [])
            #expect(database.seriesCount < 10)
            let time = BlockTests.start + 5 * BlockTests.hour
            #expect(try database.add([("__name__", "new")], time, 1).storedCount == 1)
            database.close()
        }
        database = try Database(options)
        var wanted = before
        wanted["new"] = [Sample(timestamp: BlockTests.start + 5 * BlockTests.hour, value: 1)]
        #expect(try database.dump() == wanted)
        database.close()
    }
}
