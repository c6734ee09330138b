import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct OutOfOrderTests {
    @Test func lateSamplesAreStoredAndMerged() throws {
        var random = SeededGenerator.fresh()
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.outOfOrderWindow = 3 * BlockTests.hour
        var database = try Database(options)
        var model: [Int64: Double] = [:]
        var time = BlockTests.start
        for round in 0..<700 {
            time += 60_000
            try database.add([("__name__", "a")], time, Double(time))
            model[time] = Double(time)
            let late = time - Int64.random(in: 1...(2 * BlockTests.hour), using: &random) / 7 * 7 - 13
            if late > BlockTests.start, model[late] == nil {
                #expect(try database.add([("__name__", "a")], late, Double(late)).storedCount == 1)
                model[late] = Double(late)
            }
            if round % 60 == 0 {
                try database.maintain()
                let found = try database.dump()["a"] ?? []
                #expect(found.map(\.timestamp) == model.keys.sorted())
            }
            if round % 250 == 0 {
                database.close()
                database = try Database(options)
            }
        }
        let found = try database.dump()["a"] ?? []
        #expect(found.map(\.timestamp) == model.keys.sorted())
        #expect(found.allSatisfy { $0.value == Double($0.timestamp) })
        #expect(
            try database.add([("__name__", "a")], time - 4 * BlockTests.hour, 1).refused.map(\.reason) == [
                .outOfBounds
            ])
        // Blocks do not overlap for long.
        try database.maintain()
        #expect(try RealDisk().list(options.path + "/wbl").count <= 3)
    }

    /// A power cut may leave late samples alone: the head itself is empty.
    @Test func lateSamplesAloneDoNotStopMaintenance() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        let reference = try database.register(Labels([("__name__", "a")]))
        database.head.stateLock.withWriteLock {
            if let slot = database.head.store.pointee.slot(of: reference.number) {
                database.head.storeLate(1000, 1, start: 0, in: slot)
            }
        }
        #expect(database.head.maxTime == .min)
        try database.maintain()
        #expect(try database.dump()["a"]?.map(\.timestamp) == [1000])
        #expect(database.head.rangeEnd(.min) < 0)
        #expect(database.head.rangeEnd(.max) == .max)
    }

    @Test(arguments: [false, true]) func lateHistogramsAreStoredAndMerged(areIntegers: Bool) throws {
        var random = SeededGenerator.fresh()
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.outOfOrderWindow = 3 * BlockTests.hour
        var database = try Database(options)
        let layout = HistogramChunkTests.random(&random)
        var model: [Int64: FloatHistogram] = [:]
        func append(_ time: Int64) throws -> AppendResult {
            var histogram = HistogramChunkTests.random(&random, like: layout)
            histogram.isInteger = areIntegers
            var batch = SampleBatch()
            batch.append(try database.register(Labels([("__name__", "h")])), time, histogram)
            let result = try database.append(batch)
            if result.storedCount == 1 { model[time] = histogram }
            return result
        }
        func found() throws -> SampleColumns {
            let set = try database.querier(from: .min, through: .max).select(
                [], hints: SelectHints(start: .min, end: .max))
            var columns = SampleColumns()
            try set.read(0, from: .min, through: .max, into: &columns)
            return columns
        }
        var time = BlockTests.start
        for round in 0..<500 {
            time += 60_000
            #expect(try append(time).storedCount == 1)
            let late = time - Int64.random(in: 1...(2 * BlockTests.hour), using: &random) / 7 * 7 - 13
            if late > BlockTests.start, model[late] == nil {
                #expect(try append(late).storedCount == 1)
                // Another one of the same time.
                let known = model[late]
                #expect(try append(late).refused.map(\.reason) == [.duplicateTimestamp])
                #expect(known != nil)
            }
            if round % 60 == 0 { try database.maintain() }
            if round % 110 == 0 {
                database.close()
                database = try Database(options)
                #expect(database.damages.isEmpty)
            }
            if round % 50 == 49 { #expect(try found().histogramTimestamps == model.keys.sorted()) }
        }
        let columns = try found()
        #expect(columns.histogramTimestamps == model.keys.sorted())
        for (place, (time, histogram)) in zip(columns.histogramTimestamps, columns.histograms).enumerated() {
            #expect(model[time]?.hasSameContent(as: histogram) == true)
            #expect(histogram.isInteger == areIntegers)
            // A hint that there was no reset holds for the one that stands before it now.
            if place > 0, histogram.counterResetHint == .notReset {
                #expect(!histogram.isReset(since: columns.histograms[place - 1]))
            }
        }
        #expect(try append(time - 4 * BlockTests.hour).refused.map(\.reason) == [.outOfBounds])
        // A float at the time of a late histogram is another sample of that time.
        time += 60_000
        try database.add([("__name__", "h")], time, 1)
        #expect(try append(time - 1).storedCount == 1)
        #expect(
            try database.add([("__name__", "h")], time - 1, 1).refused.map(\.reason) == [.duplicateTimestamp])
    }

    /// Found by fuzzing: no series has the number 0, and there is none at all.
    @Test func aLateSampleOfTheSeriesZeroIsToldAsLost() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let disk = RealDisk()
        try disk.makeFolder(options.path + "/wbl")
        let writer = try WALWriter(
            disk: disk, folder: options.path + "/wbl", segment: 0, segmentSize: 1 << 20, compression: .none)
        // Start timestamps: type, reference 0, time 0, start 0, value.
        let record: [UInt8] = [11, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
        try record.withUnsafeBytes { try writer.add($0) }
        try writer.commit(syncs: true)
        let database = try Database(options)
        #expect(try database.dump().isEmpty)
        #expect(
            database.damages.contains {
                $0.contains("1 late samples belong to series that the log does not tell")
            })
    }
}
