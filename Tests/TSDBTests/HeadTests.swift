import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct HeadTests {
    @Test func refusesAsPrometheusDoes() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        let hour: Int64 = 3_600_000
        let labels = [("__name__", "up"), ("job", "a")]
        #expect(try database.add(labels, 10 * hour, 1).storedCount == 1)
        // The same again counts as stored; another value does not.
        #expect(try database.add(labels, 10 * hour, 1).storedCount == 1)
        #expect(try database.add(labels, 10 * hour, 2).refused.map(\.reason) == [.duplicateTimestamp])
        #expect(try database.add(labels, 10 * hour - 1, 2).refused.map(\.reason) == [.outOfOrder])
        // Half a chunk range behind the newest is the bound for all series.
        #expect(try database.add([("__name__", "b")], 9 * hour, 2).storedCount == 1)
        #expect(
            try database.add([("__name__", "c")], 9 * hour - 1, 2).refused.map(\.reason) == [.outOfBounds])
        var batch = SampleBatch()
        batch.append(SeriesReference(999), 10 * hour, 1)
        batch.append(.none, 10 * hour, 1)
        #expect(try database.append(batch).refused.map(\.reason) == [.unknownSeries, .unknownSeries])
        #expect(try database.dump()["up{job=\"a\"}"] == [Sample(timestamp: 10 * hour, value: 1)])
    }

    @Test func repeatedSeriesInOneBatch() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        let reference = try database.register(Labels([("__name__", "a")]))
        var batch = SampleBatch()
        for (time, value) in [(1, 1.0), (2, 2.0), (2, 2.0), (2, 3.0), (1, 1.0), (3, 3.0)] {
            batch.append(reference, Int64(time), value)
        }
        let result = try database.append(batch)
        #expect(result.storedCount == 4)
        #expect(result.refused.map(\.index) == [3, 4])
        #expect(result.refused.map(\.reason) == [.duplicateTimestamp, .outOfOrder])
        #expect(try database.dump()["a"]?.map(\.timestamp) == [1, 2, 3])
    }

    @Test func manySamplesComeBackInAnyWindow() throws {
        var random = SeededGenerator.fresh()
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        var model: [String: [Sample]] = [:]
        let names = (0..<20).map { "metric_\($0)" }
        let references = try names.map { try database.register(Labels([("__name__", $0), ("x", "y")])) }
        var time: Int64 = 1_600_000_000_000
        for _ in 0..<1500 {
            var batch = SampleBatch()
            time += Int64.random(in: 1...30_000, using: &random)
            for i in names.indices where Bool.random(using: &random) {
                let value = Double.random(in: 0...100, using: &random)
                batch.append(references[i], time, value)
                model["\(names[i]){x=\"y\"}", default: []].append(Sample(timestamp: time, value: value))
            }
            #expect(try database.append(batch).refused.isEmpty)
        }
        #expect(try database.dump() == model)
        for _ in 0..<50 {
            let start = Int64.random(in: 1_600_000_000_000...time, using: &random)
            let end = Int64.random(in: start...time, using: &random)
            let wanted = model.mapValues { $0.filter { $0.timestamp >= start && $0.timestamp <= end } }
            let found = try database.dump(from: start, through: end)
            #expect(found.filter { !$0.value.isEmpty } == wanted.filter { !$0.value.isEmpty })
        }
    }

    @Test func matchersSelectAndSort() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        var model: [Labels] = []
        var random = SeededGenerator.fresh()
        for i in 0..<400 {
            var pairs = [("__name__", "m\(i % 7)")]
            if i % 2 == 0 { pairs.append(("job", "j\(i % 5)")) }
            if i % 3 == 0 { pairs.append(("pod", "pod-\(i)")) }
            pairs.append(("i", String(i)))
            try database.add(pairs, 1000, Double(i))
            model.append(Labels(pairs.map { (name: $0.0, value: $0.1) }))
        }
        let candidates: [LabelMatcher] = [
            LabelMatcher("__name__", equals: "m3"), LabelMatcher("job", equals: ""),
            LabelMatcher("job", equals: "j2"),
            try LabelMatcher("job", .notEqual, "j2"), try LabelMatcher("job", .notEqual, ""),
            try LabelMatcher("pod", .matches, "pod-.*"), try LabelMatcher("pod", .matches, ".*"),
            try LabelMatcher("pod", .notMatches, "pod-1.*"), try LabelMatcher("pod", .matches, ".+"),
            try LabelMatcher("__name__", .matches, "m1|m2|zz"), try LabelMatcher("nope", .matches, ""),
            try LabelMatcher("nope", .notEqual, "x"), try LabelMatcher("i", .matches, "[0-9]{2}"),
            try LabelMatcher("job", .matches, "j1|"), try LabelMatcher("nope", .matches, "x.*"),
        ]
        let querier = try database.querier(from: 0, through: 2000)
        for _ in 0..<300 {
            let matchers = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in
                candidates.randomElement(using: &random)
            }
            let set = try querier.select(matchers, hints: SelectHints(start: 0, end: 2000))
            let found = (0..<set.count).map { set.labels(at: $0) }
            let wanted = model.filter { labels in matchers.allSatisfy { $0.matches(labels) } }.sorted()
            #expect(found == wanted, "\(matchers)")
        }
        #expect(try querier.labelValues("job", [], limit: 0).items == ["j0", "j1", "j2", "j3", "j4"])
        #expect(try querier.labelValues("job", [LabelMatcher("i", equals: "4")], limit: 0).items == ["j4"])
        #expect(
            try querier.labelNames([LabelMatcher("i", equals: "1")], limit: 0).items == ["__name__", "i"])
        #expect(try querier.labelNames([], limit: 2).items == ["__name__", "i"])
    }

    @Test func seriesLimitRefusesNewOnesOnly() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.seriesLimit = 2
        let database = try Database(options)
        try database.add([("__name__", "a")], 1, 1)
        try database.add([("__name__", "b")], 1, 1)
        #expect { try database.add([("__name__", "c")], 1, 1) } throws: {
            ($0 as? StorageError)?.kind == .tooManySeries
        }
        #expect(try database.add([("__name__", "a")], 2, 1).storedCount == 1)
    }

    @Test func laterAppendsDoNotShowInAQuerier() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        try database.add([("__name__", "a")], 1, 1)
        let querier = try database.querier(from: 0, through: 100)
        for time in 2...50 { try database.add([("__name__", "a")], Int64(time), 1) }
        try database.add([("__name__", "b")], 5, 1)
        let set = try querier.select([], hints: SelectHints(start: 0, end: 100))
        #expect(set.count == 1)
        var columns = SampleColumns()
        try set.read(0, from: 0, through: 100, into: &columns)
        #expect(columns.timestamps == [1])
        #expect(try database.dump()["a"]?.count == 50)
    }
}
