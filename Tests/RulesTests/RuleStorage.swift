import MetricModel
import StorageAPI
import Synchronization

/// A storage in memory that rules can read and write.
final class RuleStorage: SampleStore, Queryable {
    private struct State {
        var references: [Labels: UInt64] = [:]
        var series: [(labels: Labels, samples: [Sample])] = []
    }

    private let state = Mutex(State())

    func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        state.withLock { state in
            if let known = state.references[labels] { return SeriesReference(known) }
            state.series.append((labels, []))
            state.references[labels] = UInt64(state.series.count)
            return SeriesReference(UInt64(state.series.count))
        }
    }

    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        let (series, timestamps, values) = (batch.series, batch.timestamps, batch.values)
        return state.withLock { state in
            for index in series.indices {
                state.series[Int(series[index].number) - 1].samples.append(
                    Sample(timestamp: timestamps[index], value: values[index]))
            }
            return AppendResult(storedCount: series.count)
        }
    }

    func set(_ labels: [(name: String, value: String)], _ value: Double, at time: Timestamp) {
        guard let reference = try? register(Labels(labels)) else { return }
        var batch = SampleBatch()
        batch.append(reference, time, value)
        _ = try? append(batch)
    }

    /// The samples of a series as text: `value@time`, `stale@time`.
    func samples(_ series: String) -> [String] {
        state.withLock { state in
            state.series.first { $0.labels.description == series }.map { entry in
                entry.samples.map { "\($0.value.isStaleMarker ? "stale" : "\($0.value)")@\($0.timestamp)" }
            } ?? []
        }
    }

    func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        View(
            all: state.withLock { $0.series }.map { series in
                (series.labels, series.samples.filter { (start...end).contains($0.timestamp) })
            }.filter { !$0.1.isEmpty }.sorted { $0.0 < $1.0 })
    }

    private struct View: Querier {
        let all: [(labels: Labels, samples: [Sample])]

        func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
            Found(found: all.filter { series in matchers.allSatisfy { $0.matches(series.labels) } })
        }

        func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
            Listing(items: [])
        }
        func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError)
            -> Listing
        { Listing(items: []) }
    }

    private struct Found: SeriesSet {
        let found: [(labels: Labels, samples: [Sample])]

        var count: Int { found.count }
        var warnings: [String] { [] }

        func labels(at index: Int) -> Labels { found[index].labels }

        func read(
            _ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns
        ) throws(StorageError) {
            for sample in found[index].samples where (start...end).contains(sample.timestamp) {
                columns.append(sample.timestamp, sample.value)
            }
        }
    }
}
