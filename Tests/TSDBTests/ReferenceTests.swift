import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// A series that went and came back has two references in the log and in the head's chunks.
@Suite struct ReferenceTests {
    private static let hour = BlockTests.hour

    /// Full chunks of the later reference lie before those of the first, which goes on after a restart.
    @Test func chunksOfBothReferencesCount() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.samplesPerChunk = 4
        options.retention = 0
        let clock = ManualClock(0)
        var model: [Sample] = []
        var database = try Database(options, clock: clock)
        func add(_ name: String, _ time: Int64) throws {
            clock.set(time)
            #expect(try database.add([("__name__", name)], time, Double(time)).refused.isEmpty)
            if name == "a" { model.append(Sample(timestamp: time, value: Double(time))) }
        }
        try add("a", BlockTests.start)
        try add("other", BlockTests.start)
        // Until the head drops the series.
        try add("other", BlockTests.start + 4 * Self.hour)
        try database.maintain()
        #expect(database.seriesCount == 1)
        var time = BlockTests.start + 4 * Self.hour
        for _ in 0..<3 {
            for _ in 0..<10 {
                time += 10_000
                try add("a", time)
            }
            database.close()
            database = try Database(options, clock: clock)
            #expect(try database.dump()["a"] == model)
            #expect(database.damages.isEmpty)
        }
    }
}
