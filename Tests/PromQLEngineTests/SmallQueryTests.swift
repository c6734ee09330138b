import MetricModel
import Platform
import PromQLSyntax
import QueryScripts
import StorageAPI
import TestKit
import Testing

@testable import PromQLEngine

/// Which queries may run where nothing may wait.
@Suite struct SmallQueryTests {
    private static func storage(seriesCount: Int = 4) -> MemoryStorage {
        let storage = MemoryStorage()
        for series in 0..<seriesCount {
            for sample in 0..<20 {
                storage.append(
                    Labels([("__name__", "m_total"), ("i", "\(series)")]), Int64(sample) * 1000,
                    Double(sample * series))
            }
        }
        return storage
    }

    private static func small(
        _ text: String, _ times: Query.Times = .instant(20_000), engine: QueryEngine = .init(),
        over storage: any Queryable = storage()
    ) throws -> QueryValue? {
        try engine.evaluateSmall(
            Query(try Expression.parse(text, options: .all), at: times, text: text), over: storage)?.value
    }

    @Test(arguments: [
        "1", "vector(1) + time()", "\"text\"", "m_total", "m_total[5m]", #"m_total{i="2"} * 2"#,
        "absent(m_none)", #"m_total{i=~"1|2"}"#, #"m_total{i!~"1"}"#,
        "sum by (i) (rate(m_total[1m]))", "m_total / on (i) m_total", "topk(2, m_total)",
        "m_total @ end() offset 1s",
    ])
    func areAnsweredAsOthers(_ text: String) throws {
        let storage = SmallQueryTests.storage()
        for times in [Query.Times.instant(20_000), .range(start: 0, end: 20_000, step: 500)] {
            let query = Query(try Expression.parse(text, options: .all), at: times, text: text)
            guard let expected = try? QueryEngine().evaluate(query, over: storage).value else { continue }
            let value = try #require(try SmallQueryTests.small(text, times, over: storage))
            #expect("\(value)" == "\(expected)")
        }
    }

    @Test(arguments: [
        "max_over_time(m_total[1m:1s])",
        #"abs(label_join(m_total, "a", "b", "i"))"#, #"label_replace(m_total, "a", "b", "i", ".*") > 1"#,
        "sum(info(m_total))", "m_total + " + String(repeating: "0 + ", count: 128) + "1",
    ])
    func noneIsWhatMayTakeLong(_ text: String) throws {
        #expect(try SmallQueryTests.small(text) == nil)
    }

    @Test func noneIsWhatReadsOrComputesMuch() throws {
        // 256 series are the most; 100 of 20 samples at 62 steps give 8,262 values and samples.
        #expect(try SmallQueryTests.small("m_total", over: SmallQueryTests.storage(seriesCount: 256)) != nil)
        #expect(try SmallQueryTests.small("m_total", over: SmallQueryTests.storage(seriesCount: 257)) == nil)
        let storage = SmallQueryTests.storage(seriesCount: 100)
        #expect(
            try SmallQueryTests.small("m_total", .range(start: 0, end: 60, step: 1), over: storage) != nil)
        #expect(
            try SmallQueryTests.small("m_total", .range(start: 0, end: 61, step: 1), over: storage) == nil)
        #expect(try SmallQueryTests.small("vector(1)", .range(start: 0, end: 8191, step: 1)) != nil)
        #expect(try SmallQueryTests.small("vector(1)", .range(start: 0, end: 8192, step: 1)) == nil)
    }

    /// A storage that does not say what is in memory.
    private struct Unknown: Queryable, Querier {
        func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
            self
        }
        func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
            throw StorageError(.io, "read")
        }
        func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
            throw StorageError(.io, "read")
        }
        func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError)
            -> Listing
        { throw StorageError(.io, "read") }
    }

    @Test func noneReadsWhatMayNotBeInMemory() throws {
        #expect(try SmallQueryTests.small("vector(1)", over: Unknown()) != nil)
        #expect(try SmallQueryTests.small("m_total", over: Unknown()) == nil)
    }

    @Test func noneWhileThereIsAQueryLog() throws {
        let folder = TemporaryFolder()
        let journal = QueryJournal()
        let engine = QueryEngine(journal: journal)
        #expect(try SmallQueryTests.small("1", engine: engine) != nil)
        try journal.log(to: folder.path + "/log")
        #expect(try SmallQueryTests.small("1", engine: engine) == nil)
    }

    /// Waiting for room would hold up whatever else its thread does.
    @Test func noneWaitsForMemory() throws {
        var options = QueryEngine.Options()
        let budget = MemoryBudget(limit: 10, patience: 60)
        options.budget = budget
        let other = budget.lease()
        other.change(by: 1000)
        #expect(try SmallQueryTests.small("m_total", engine: QueryEngine(options: options)) != nil)
        #expect(budget.used == 1000)
        other.endRun(keeping: 0)
    }
}
