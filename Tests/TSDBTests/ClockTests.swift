import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// A clock that was wrong, here or at a sender, costs nobody else a sample.
@Suite struct ClockTests {
    private static let now = BlockTests.start
    private static let ahead: Int64 = 600_000

    private static func refused(_ database: Database) -> Double? {
        database.metrics().first { $0.name == "prometheus_tsdb_too_far_ahead_samples_total" }?.value
    }

    @Test(arguments: [0, 3 * BlockTests.hour]) func refusesAheadAndTakesTheRest(window: Int64) throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.outOfOrderWindow = window
        let clock = ManualClock(Self.now)
        var database = try Database(options, clock: clock)
        let references = try ["a", "b", "c", "h"].map { try database.register(Labels([("__name__", $0)])) }
        var batch = SampleBatch()
        batch.append(references[0], Self.now, 1)
        batch.append(references[1], Self.now + Self.ahead + 1, 2)
        batch.append(references[1], .max, 3)
        batch.append(references[2], Self.now + Self.ahead, 4)
        batch.append(references[3], Self.now + Self.ahead + 1, FloatHistogram(schema: 0))
        batch.append(references[3], Self.now, FloatHistogram(schema: 0))
        let result = try database.append(batch)
        #expect(result.refused.map(\.index) == [1, 2, 4])
        #expect(result.refused.allSatisfy { $0.reason == .tooFarAhead })
        #expect(result.storedCount == 3)
        #expect(Self.refused(database) == 3)
        #expect(database.headStatistics().maxTime == Self.now + Self.ahead)
        // Nothing of it is in the log either.
        database.close()
        database = try Database(options, clock: clock)
        #expect(database.headStatistics().maxTime == Self.now + Self.ahead)
        #expect(try database.dump()["b"]?.isEmpty != false)
        // The time comes.
        clock.advance(milliseconds: 1)
        #expect(try database.add([("__name__", "b")], Self.now + Self.ahead + 1, 2).storedCount == 1)
    }

    @Test func atomicBatchIsRefusedWhole() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder), clock: ManualClock(Self.now))
        var batch = SampleBatch()
        batch.isAtomic = true
        batch.append(try database.register(Labels([("__name__", "a")])), Self.now, 1)
        batch.append(try database.register(Labels([("__name__", "b")])), .max, 1)
        #expect(try database.append(batch).storedCount == 0)
        #expect(try database.dump().values.allSatisfy { $0.isEmpty })
    }

    /// The clock of this machine ran ten years ahead for a while; a head and a block remember.
    @Test func storedFutureStopsNobody() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        // By that clock everything else was due for deletion.
        options.retention = 0
        let clock = ManualClock(Self.now)
        var database = try Database(options, clock: clock)
        var model: [String: [Sample]] = [:]
        let future = Self.now + 10 * 365 * 24 * BlockTests.hour
        func add(_ name: String, _ time: Int64) throws {
            #expect(try database.add([("__name__", name)], time, 1).refused.isEmpty, "\(name) at \(time)")
            model[name, default: []].append(Sample(timestamp: time, value: 1))
        }
        try add("a", Self.now)
        clock.set(future)
        // Enough for blocks of that time to be made.
        for step in 0..<8 {
            clock.set(future + Int64(step) * BlockTests.hour)
            try add("future", clock.now())
        }
        try database.maintain()
        // Back in the range after the one that became a block when the clock ran ahead.
        clock.set(Self.now + 2 * BlockTests.hour)
        try database.maintain()
        for isReopened in [false, true] {
            if isReopened {
                database.close()
                database = try Database(options, clock: clock)
            }
            for step in 3..<12 {
                clock.set(Self.now + Int64((isReopened ? 12 : 0) + step) * BlockTests.hour)
                try add("a", clock.now())
                try add("new\(clock.now())", clock.now() - 60_000)
                try database.maintain()
            }
        }
        let found = try database.dump()
        #expect(found.keys.sorted() == model.keys.sorted())
        for (name, samples) in model { #expect(found[name] == samples, "\(name)") }
    }

    /// The retention by time while this machine's clock runs years ahead and samples with its time come in,
    /// and after it was set right.
    @Test func retentionFollowsNoClockAhead() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.retention = 24 * BlockTests.hour
        let clock = ManualClock(Self.now)
        var database = try Database(options, clock: clock)
        var wanted: [Sample] = []
        func add(_ name: String, hours: Int, from start: Int64) throws {
            for step in 0..<hours {
                let time = start + Int64(step) * BlockTests.hour
                clock.set(time)
                try database.add([("__name__", name)], time, 1)
                if name == "a" { wanted.append(Sample(timestamp: time, value: 1)) }
                try database.maintain()
            }
        }
        try add("a", hours: 10, from: Self.now)
        let future = Self.now + 1000 * 24 * BlockTests.hour
        // Ahead without new samples, then with a night of them.
        clock.set(future)
        try database.maintain()
        #expect(try database.dump()["a"] == wanted)
        try add("future", hours: 12, from: future)
        #expect(database.blockMetas.count > 5)
        #expect(try database.dump()["a"] == wanted)
        database.close()
        // Right again: what lies ahead stays and does not count.
        clock.set(Self.now + 10 * BlockTests.hour)
        database = try Database(options, clock: clock)
        try add("a", hours: 40, from: Self.now + 10 * BlockTests.hour)
        let kept = try #require(try database.dump()["a"])
        #expect(kept == wanted.suffix(kept.count))
        #expect(kept.count < wanted.count && kept.count >= 24)
        #expect(try database.dump()["future"]?.count == 12)
        database.close()
    }

    /// The bounds of blocks in hours, the latest time, and where the retention of a day begins.
    private static let retentions: [(blocks: [(Int64, Int64)], last: Int64, start: Int64)] = [
        ([(0, 10)], 100, -14), ([(0, 30)], 100, 6), ([(0, 30), (30, 40)], 100, 16),
        // A pause that the retention outlasts, and one that it does not.
        ([(0, 30), (50, 52)], 100, 28), ([(0, 30), (55, 60)], 100, 6), ([(0, 30), (55, 79)], 100, 55),
        // Two steps ahead in a row.
        ([(0, 30), (200, 202), (900, 905)], 1000, 6),
        // Later than samples may be.
        ([(0, 30), (200, 240)], 100, 6), ([(0, 30), (30, 240)], 40, 16),
    ]

    @Test func whereTheRetentionBegins() {
        for (blocks, last, start) in Self.retentions {
            let found = Database.retentionStart(
                blocks.map { (minTime: $0.0, maxTime: $0.1) }, retention: 24, last: last)
            #expect(found == start, "\(blocks)")
        }
    }

    @Test func extremeTimesDoNotTrapTheRetention() {
        #expect(Database.retentionStart([], retention: 1, last: 0) == .min)
        #expect(Database.retentionStart([(.min, .max)], retention: .max, last: .max) == 0)
        #expect(Database.retentionStart([(.min, .min), (.max, .max)], retention: 5, last: .max) == .min)
    }
}
