import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct BlockTests {
    static let hour: Int64 = 3_600_000
    static let start: Int64 = 1_600_000_000_000 / 7_200_000 * 7_200_000

    /// Twelve hours of samples with maintenance in between; returns the model.
    static func fill(
        _ database: Database, hours: Int64 = 12, series: Int = 20, from first: Int64 = start
    ) throws -> [String: [Sample]] {
        var model: [String: [Sample]] = [:]
        var time = first
        while time < first + hours * hour {
            for i in 0..<series where i % 4 != 0 || (time / hour) % 5 < 3 {
                let value = Double(time % 1000 + Int64(i))
                try database.add([("__name__", "m\(i % 3)"), ("i", "\(i)")], time, value)
                model["m\(i % 3){i=\"\(i)\"}", default: []].append(Sample(timestamp: time, value: value))
            }
            time += 60_000
            if time % (hour / 2) == 0 { try database.maintain() }
        }
        return model
    }

    @Test func headBecomesBlocksAndNothingIsLost() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        var database = try Database(options)
        let model = try BlockTests.fill(database)
        #expect(database.blockMetas.count >= 2)
        #expect(try database.dump() == model)
        // The head keeps little more than a range and a half.
        let statistics = database.headStatistics()
        #expect(statistics.maxTime - statistics.minTime <= 3 * BlockTests.hour + 60_000)
        for _ in 0..<2 {
            database.close()
            database = try Database(options)
            #expect(database.damages == [])
            #expect(try database.dump() == model)
        }
        let middle = BlockTests.start + 5 * BlockTests.hour
        let part = try database.dump([LabelMatcher("i", equals: "5")], from: middle, through: middle + 60_000)
        #expect(
            part == [
                "m2{i=\"5\"}": model["m2{i=\"5\"}"]?.filter { middle...(middle + 60_000) ~= $0.timestamp }
                    ?? []
            ])
        let querier = try database.querier(from: 0, through: .max)
        #expect(try querier.labelValues("__name__", [], limit: 0).items == ["m0", "m1", "m2"])
        #expect(
            try querier.labelNames([try LabelMatcher("i", .matches, "1.*")], limit: 0).items == [
                "__name__", "i",
            ])
    }

    @Test func logIsCutAndSeriesAreForgotten() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.walSegmentSize = 64 << 10
        let database = try Database(options)
        var time = BlockTests.start
        for round in 0..<(20 * 60) {
            try database.add([("__name__", "steady")], time, 1)
            try database.add([("__name__", "short"), ("pod", "pod-\(round / 30)")], time, 1)
            time += 60_000
            if round % 30 == 0 { try database.maintain() }
        }
        #expect(database.seriesCount < 15)
        #expect(database.headStatistics().numLabelPairs < 20)
        let disk = RealDisk()
        let names = try disk.list(options.path + "/wal")
        #expect(names.contains { $0.hasPrefix("checkpoint.") })
        let count = try database.dump().values.reduce(0) { $0 + $1.count }
        #expect(count == 2400)
        database.close()
        let again = try Database(options)
        #expect(again.damages == [])
        #expect(try again.dump().values.reduce(0) { $0 + $1.count } == 2400)
    }

    @Test func retentionDeletesOldBlocks() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.retention = 6 * BlockTests.hour
        let database = try Database(options)
        _ = try BlockTests.fill(database, hours: 30, series: 3)
        let oldest = try database.dump().values.compactMap { $0.first?.timestamp }.min() ?? 0
        #expect(oldest >= BlockTests.start + 14 * BlockTests.hour)
        #expect(database.blockMetas.count <= 5)
    }

    /// A series that lags behind others gets samples before their newest.
    @Test func whatASeriesGetsAfterADeletionIsNotDeleted() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        var database = try Database(options)
        let start = BlockTests.start
        for (name, time) in [("ahead", 60_000), ("lagging", 0), ("lagging", 10_000)] {
            try database.add([("__name__", name)], start + Int64(time), 1)
        }
        try database.deleteSeries([], from: .min, through: .max)
        #expect(try database.dump().values.allSatisfy(\.isEmpty))
        try database.add([("__name__", "lagging")], start + 20_000, 2)
        let wanted = [Sample(timestamp: start + 20_000, value: 2)]
        #expect(try database.dump()["lagging"] == wanted)
        database.abandon()
        database = try Database(options)
        #expect(try database.dump()["lagging"] == wanted)
        #expect(try database.dump()["ahead"] ?? [] == [])
        database.close()
    }

    @Test func deletedSamplesStayDeleted() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        var database = try Database(options)
        let model = try BlockTests.fill(database, hours: 8, series: 6)
        let from = BlockTests.start + BlockTests.hour
        let through = BlockTests.start + 7 * BlockTests.hour + 600_000
        try database.deleteSeries([LabelMatcher("__name__", equals: "m1")], from: from, through: through)
        let wanted = model.mapValues { $0 }.reduce(into: [String: [Sample]]()) { result, item in
            result[item.key] = item.value.filter {
                !item.key.hasPrefix("m1") || $0.timestamp < from || $0.timestamp > through
            }
        }
        #expect(try database.dump() == wanted)
        database.close()
        database = try Database(options)
        #expect(try database.dump() == wanted)
        let before = database.blockMetas
        try database.cleanTombstones()
        #expect(database.blockMetas != before)
        #expect(try database.dump() == wanted)
        // Blocks made later of the head leave them out too.
        var time = BlockTests.start + 8 * BlockTests.hour
        for _ in 0..<8 {
            try database.add([("__name__", "x")], time, 1)
            time += BlockTests.hour
            try database.maintain()
        }
        var found = try database.dump()
        found["x"] = nil
        #expect(found == wanted)
    }

    @Test func snapshotIsADatabase() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let database = try Database(options)
        let model = try BlockTests.fill(database, hours: 7, series: 6)
        let name = try database.snapshot()
        let copy = try Database(DatabaseOptions(path: options.path + "/snapshots/" + name))
        #expect(try copy.dump() == model)
        copy.close()
    }

    @Test func damagedBlockIsSetAsideAndTold() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        var database = try Database(options)
        let model = try BlockTests.fill(database, hours: 9, series: 4)
        database.close()
        let disk = RealDisk()
        let block = try #require(try disk.list(options.path).first { ULID.isValid($0) })
        try disk.open(options.path + "/" + block + "/index", .update).truncate(to: 100)
        for _ in 0..<2 {
            database = try Database(options)
            let set = try database.querier(from: .min, through: .max).select(
                [], hints: SelectHints(start: .min, end: .max))
            #expect(set.count > 0)
            #expect(set.warnings.contains { $0.contains(block) })
            let newest = try database.querier(from: .max - 1, through: .max)
                .select([], hints: SelectHints(start: .max - 1, end: .max))
            #expect(newest.warnings.isEmpty)
            let found = try database.dump().values.reduce(0) { $0 + $1.count }
            #expect(found > 0 && found < model.values.reduce(0) { $0 + $1.count })
            database.close()
        }
        #expect(try disk.list(options.path).contains { $0.hasPrefix(block + ".bad-") })
    }

    @Test func planMergesFullRanges() {
        let range: Int64 = 100
        func meta(_ start: Int64, _ end: Int64) -> BlockMeta {
            BlockMeta(ulid: "\(start)-\(end)", minTime: start, maxTime: end)
        }
        let plan = CompactionPlan(smallest: range, max: 900)
        #expect(plan.ranges == [100, 300, 900])
        #expect(plan.next([meta(0, 100), meta(100, 200), meta(200, 300)]) == [])
        #expect(
            plan.next([meta(0, 100), meta(100, 200), meta(200, 300), meta(300, 400)]) == [
                "0-100", "100-200", "200-300",
            ])
        #expect(plan.next([meta(0, 100), meta(50, 150), meta(200, 300)]) == ["0-100", "50-150"])
    }
}
