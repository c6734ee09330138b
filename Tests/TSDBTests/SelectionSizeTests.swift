import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// What head and blocks tell of a selection before it is read.
@Suite struct SelectionSizeTests {
    private static let hour: Int64 = 3_600_000
    private static let start: Int64 = 1_700_000_000_000

    private static func size(
        _ database: Database, _ matchers: [LabelMatcher] = [LabelMatcher("__name__", equals: "m")],
        from first: Int64 = start, through last: Int64 = start + hour, seriesMax: Int = 10
    ) throws -> SelectionSize? {
        try database.querier(from: first, through: last).sizeInMemory(
            of: matchers, hints: SelectHints(start: first, end: last), seriesMax: seriesMax)
    }

    @Test func openChunksAreCounted() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        for series in 0..<10 {
            for sample in 0..<3 {
                try database.add(
                    [("__name__", "m"), ("i", "\(series)")],
                    SelectionSizeTests.start + Int64(sample) * 1000, 1)
            }
        }
        #expect(
            try SelectionSizeTests.size(database) == SelectionSize(seriesCount: 10, sampleCount: 30))
        #expect(try SelectionSizeTests.size(database, seriesMax: 9) == nil)
        let one = [LabelMatcher("__name__", equals: "m"), LabelMatcher("i", equals: "3")]
        #expect(
            try SelectionSizeTests.size(database, one, seriesMax: 3)
                == SelectionSize(seriesCount: 1, sampleCount: 3))
        let none = SelectionSize(seriesCount: 0, sampleCount: 0)
        #expect(try SelectionSizeTests.size(database, [LabelMatcher("a", equals: "b")]) == none)
        #expect(
            try SelectionSizeTests.size(
                database, from: SelectionSizeTests.start - 100, through: SelectionSizeTests.start - 1)
                == none)
        // What is not equal takes a look at those that others leave.
        let unequal = [LabelMatcher("__name__", equals: "m"), try LabelMatcher("i", .notEqual, "3")]
        #expect(
            try SelectionSizeTests.size(database, unequal) == SelectionSize(seriesCount: 9, sampleCount: 27))
        #expect(try SelectionSizeTests.size(database, [unequal[1]]) == nil)
        // Nothing names postings.
        #expect(try SelectionSizeTests.size(database, []) == nil)
        let querier = try database.querier(from: 0, through: .max)
        #expect(querier.countInMemory(ofValuesOf: nil) == 2)
        #expect(querier.countInMemory(ofValuesOf: "i") == 10)
        #expect(querier.countInMemory(ofValuesOf: "none") == 0)
    }

    @Test func fullChunksOfTheHeadAreNotCounted() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        // More than a chunk takes.
        var time = SelectionSizeTests.start
        for _ in 0..<1000 {
            time += 15_000
            try database.add([("__name__", "m")], time, .random(in: 0...1))
        }
        #expect(try SelectionSizeTests.size(database, through: time) == nil)
        #expect(try SelectionSizeTests.size(database, from: time, through: time)?.seriesCount == 1)
    }

    @Test func whatBlocksHaveInMemoryIsCounted() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.decodedBytesMax = 1 << 20
        let database = try Database(options)
        // Three ranges and a half, of which two become blocks.
        let start = SelectionSizeTests.start / (2 * SelectionSizeTests.hour) * 2 * SelectionSizeTests.hour
        for step in 0..<(7 * 60) {
            for i in 0..<3 {
                try database.add(
                    [("__name__", "m"), ("i", "\(i)")], start + Int64(step) * 60_000, .random(in: 0...1))
            }
        }
        try database.maintain()
        #expect(database.blockMetas.count == 2)
        let end = start + 3 * SelectionSizeTests.hour + 1
        // Blocks were written a moment ago. Chunks count whole: 120 samples of the first block and 120 of the second.
        let size = try SelectionSizeTests.size(database, from: start, through: end)
        #expect(size == SelectionSize(seriesCount: 6, sampleCount: 6 * 120))
        #expect(try SelectionSizeTests.size(database, from: start, through: end, seriesMax: 5) == nil)
        let one = [LabelMatcher("__name__", equals: "m"), LabelMatcher("i", equals: "1")]
        #expect(
            try SelectionSizeTests.size(database, one, from: start, through: start)
                == SelectionSize(seriesCount: 1, sampleCount: 120))
        let none = SelectionSize(seriesCount: 0, sampleCount: 0)
        #expect(
            try SelectionSizeTests.size(database, [LabelMatcher("i", equals: "9")], from: start, through: end)
                == none)
        let others = [LabelMatcher("__name__", equals: "m"), try LabelMatcher("i", .notMatches, "[1-9]|x")]
        #expect(
            try SelectionSizeTests.size(database, others, from: start, through: end)
                == SelectionSize(seriesCount: 2, sampleCount: 240))
        #expect(try SelectionSizeTests.size(database, [others[1]], from: start, through: end) == nil)
        // Those that stay decoded are counted there.
        for _ in 0..<3 { _ = try database.dump(through: end) }
        #expect(database.decoded.byteCount > 0)
        #expect(try SelectionSizeTests.size(database, from: start, through: end) == size)

        let querier = try database.querier(from: start, through: end)
        #expect(querier.countInMemory(ofValuesOf: nil) == 6)
        #expect(querier.countInMemory(ofValuesOf: "i") == 9)
        #expect(querier.countInMemory(ofValuesOf: "none") == 0)
        // Deleted samples take a look.
        try database.deleteSeries(one, from: start, through: start)
        #expect(try SelectionSizeTests.size(database, from: start, through: end) == nil)
    }

    @Test func lateAndDeletedSamplesTakeALook() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.outOfOrderWindow = SelectionSizeTests.hour
        let database = try Database(options)
        let start = SelectionSizeTests.start
        try database.add([("__name__", "m")], start + 1000, 1)
        #expect(try SelectionSizeTests.size(database) != nil)
        try database.add([("__name__", "m")], start, 1)
        #expect(try SelectionSizeTests.size(database) == nil)

        let other = try Database(testOptions(folder, name: "other"))
        try other.add([("__name__", "m")], start, 1)
        try other.deleteSeries([LabelMatcher("__name__", equals: "m")], from: start, through: start)
        #expect(try SelectionSizeTests.size(other) == nil)
    }
}
