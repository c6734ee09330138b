import MetricModel
import PromQLEngine
import PromQLSyntax
import QueryScripts
import StorageAPI
import Synchronization
import Testing

/// Parts of a query that are written twice are evaluated once, and give what they gave.
@Suite struct SharingTests {
    /// Counts what is asked of the storage below it.
    private final class CountingStorage: Queryable {
        let base = MemoryStorage()
        let selects = Mutex(0)
        let reads = Mutex(0)

        func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
            CountingQuerier(base: try base.querier(from: start, through: end), storage: self)
        }
    }

    private struct CountingQuerier: Querier {
        let base: any Querier
        let storage: CountingStorage

        func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
            storage.selects.withLock { $0 += 1 }
            return CountingSet(base: try base.select(matchers, hints: hints), storage: storage)
        }

        func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
            try base.labelNames(matchers, limit: limit)
        }

        func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError)
            -> Listing
        {
            try base.labelValues(name, matchers, limit: limit)
        }
    }

    private struct CountingSet: SeriesSet {
        let base: any SeriesSet
        let storage: CountingStorage

        var count: Int { base.count }
        var warnings: [String] { base.warnings }

        func labels(at index: Int) -> Labels { base.labels(at: index) }

        func read(
            _ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns
        ) throws(StorageError) {
            storage.reads.withLock { $0 += 1 }
            try base.read(index, from: start, through: end, into: &columns)
        }
    }

    private func run(_ text: String, _ times: Query.Times) throws -> (
        selects: Int, reads: Int, infos: [String], rows: Int
    ) {
        let storage = CountingStorage()
        for series in 0..<3 {
            for sample in 0..<10 {
                storage.base.append(
                    Labels([("__name__", "m"), ("i", "\(series)")]), Int64(sample) * 10_000,
                    Double(sample * sample))
            }
        }
        let query = Query(try Expression.parse(text), at: times, text: text)
        let answer = try QueryEngine().evaluate(query, over: storage)
        let rows =
            switch answer.value {
            case .vector(let all): all.count
            case .matrix(let all): all.count
            default: 0
            }
        return (storage.selects.withLock { $0 }, storage.reads.withLock { $0 }, answer.infos, rows)
    }

    private static let range = Query.Times.range(start: 0, end: 90_000, step: 30_000)

    @Test func readsASharedSelectorOnce() throws {
        let result = try run("m / (m + m)", .instant(90_000))
        #expect(result.selects == 1 && result.reads == 3 && result.rows == 3)
    }

    @Test func evaluatesASharedAggregationOnce() throws {
        let result = try run("sum(rate(m[1m])) / (sum(rate(m[1m])) + 1)", SharingTests.range)
        #expect(result.selects == 1 && result.reads == 3 && result.rows == 1)
        // The place of the last one, as in the original.
        #expect(result.infos.count == 1 && result.infos[0].hasSuffix("(1:30)"))
    }

    /// Keeping all rows of a long range would cost more than reading them again; the selection is shared.
    @Test func selectsOnceForSeveralReaders() throws {
        let result = try run("sum(m) / count(m)", SharingTests.range)
        #expect(result.selects == 1 && result.reads == 6 && result.rows == 1)
    }

    @Test func keepsDifferentPartsApart() throws {
        let result = try run("sum(m) - sum(m offset 10s)", .instant(90_000))
        #expect(result.selects == 2 && result.rows == 1)
    }
}
