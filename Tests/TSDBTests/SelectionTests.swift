import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// Selections of head and blocks against a look at every series: of few series, looked at one by one, and of many, by lists
/// of postings.
@Suite struct SelectionTests {
    private static let start: Int64 = 1_600_000_000_000 / 7_200_000 * 7_200_000
    private static let seriesCount = 2500

    private static func labels(_ i: Int) -> Labels {
        var pairs = [("__name__", "m\(i % 2)"), ("i", "\(i)"), ("tenth", "\(i % 10)")]
        if i % 3 == 0 { pairs.append(("third", i % 2 == 0 ? "even" : "odd")) }
        return Labels(pairs.map { (name: $0.0, value: $0.1) })
    }

    private static func matchers() throws -> [[LabelMatcher]] {
        let half = LabelMatcher("__name__", equals: "m1")
        let few = LabelMatcher("tenth", equals: "3")
        let others = [
            try LabelMatcher("i", .matches, "1.*7|3"), try LabelMatcher("i", .notMatches, "1.*"),
            try LabelMatcher("third", .notEqual, "odd"), try LabelMatcher("third", .equal, ""),
            try LabelMatcher("third", .notEqual, ""), try LabelMatcher("third", .matches, "odd|even"),
            try LabelMatcher("third", .matches, "odd|"), try LabelMatcher("third", .matches, ".*"),
            try LabelMatcher("third", .notMatches, ".+"), try LabelMatcher("none", .notMatches, "a"),
            try LabelMatcher("none", .matches, "a|b"), try LabelMatcher("tenth", .matches, "1|2|3|99"),
            LabelMatcher("i", equals: "7777"), LabelMatcher("i", equals: "33"),
        ]
        var result: [[LabelMatcher]] = [[], [half], [few], [half, few]]
        for other in others { result += [[other], [other, half], [few, other], [half, other, few]] }
        result.append([others[0], others[2], others[6]])
        return result
    }

    private static func check(_ database: Database) throws {
        let all = (0..<seriesCount).map(labels)
        let querier = try database.querier(from: start, through: start)
        for matchers in try matchers() {
            let expected = all.filter { labels in matchers.allSatisfy { $0.matches(labels) } }
            let set = try querier.select(matchers, hints: SelectHints(start: start, end: start))
            #expect((0..<set.count).map { set.labels(at: $0) } == expected.sorted(), "\(matchers)")
            for name in ["third", "tenth", "none"] {
                let values = Set(expected.compactMap { $0.value(of: name) }).sorted()
                #expect(
                    try querier.labelValues(name, matchers, limit: 0).items == values, "\(name) \(matchers)")
            }
            let names = Set(expected.flatMap { $0.pairs.map(\.name) }).sorted()
            #expect(try querier.labelNames(matchers, limit: 0).items == names, "\(matchers)")
        }
    }

    @Test func areThoseOfTheMatchers() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        for time in [Self.start, Self.start + 4 * 3_600_000] {
            var batch = SampleBatch()
            for i in 0..<Self.seriesCount { batch.append(try database.register(Self.labels(i)), time, 1) }
            _ = try database.append(batch)
            try Self.check(database)
        }
        try database.maintain()
        #expect(database.blockMetas.count == 1)
        try Self.check(database)
    }
}
