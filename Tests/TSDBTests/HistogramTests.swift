import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct HistogramTests {
    @Test(arguments: [false, true]) func histogramsAreSamplesLikeOthers(areIntegers: Bool) throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        var database = try Database(options)
        var random = SeededGenerator.fresh()
        let layout = HistogramChunkTests.random(&random)
        var model: [Int64: FloatHistogram] = [:]
        var floats: [Int64: Double] = [:]
        var time = BlockTests.start
        for round in 0..<(10 * 60) {
            var batch = SampleBatch()
            let pure = try database.register(Labels([("__name__", "h")]))
            let mixed = try database.register(Labels([("__name__", "mixed")]))
            var histogram = HistogramChunkTests.random(&random, like: layout)
            histogram.isInteger = areIntegers
            batch.append(pure, time, histogram)
            model[time] = histogram
            if round / 50 % 2 == 0 {
                batch.append(mixed, time, histogram)
            } else {
                batch.append(mixed, time, Double(round))
                floats[time] = Double(round)
            }
            #expect(try database.append(batch).refused.isEmpty)
            time += 60_000
            if round % 60 == 0 { try database.maintain() }
            if round == 300 {
                database.close()
                database = try Database(options)
            }
        }
        #expect(database.blockMetas.count >= 2)
        let set = try database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        #expect(set.count == 2)
        var columns = SampleColumns()
        try set.read(0, from: .min, through: .max, into: &columns)
        #expect(columns.histogramTimestamps == model.keys.sorted())
        for (time, found) in zip(columns.histogramTimestamps, columns.histograms) {
            #expect(model[time]?.hasSameContent(as: found) == true)
            #expect(found.isInteger == areIntegers)
        }
        columns.removeAll()
        try set.read(1, from: .min, through: .max, into: &columns)
        #expect(columns.timestamps == floats.keys.sorted())
        #expect(columns.histogramTimestamps.count == 600 - floats.count)
        // The newest again: the same counts as stored, another is refused.
        let last = time - 60_000
        var batch = SampleBatch()
        let pure = try database.register(Labels([("__name__", "h")]))
        batch.append(pure, last, model[last] ?? layout)
        batch.append(pure, last, HistogramChunkTests.random(&random, like: layout))
        batch.append(pure, last - 1, layout)
        let result = try database.append(batch)
        #expect(result.storedCount == 1)
        #expect(result.refused.map(\.index) == [1, 2])
    }
}
