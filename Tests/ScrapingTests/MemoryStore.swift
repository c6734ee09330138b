import MetricModel
import StorageAPI
import Synchronization

/// A storage in memory that refuses what Prometheus' head refuses.
final class MemoryStore: SampleStore {
    struct State {
        var references: [Labels: SeriesReference] = [:]
        var labels: [UInt64: Labels] = [:]
        var samples: [Labels: [Sample]] = [:]
        var nextReference: UInt64 = 1
        var registrations = 0
        var appends = 0
        var failure: StorageError?
    }

    let state = Mutex(State())

    func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        state.withLock { state in
            state.registrations += 1
            if let known = state.references[labels] { return known }
            let reference = SeriesReference(state.nextReference)
            state.nextReference += 1
            state.references[labels] = reference
            state.labels[reference.number] = labels
            return reference
        }
    }

    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        let (series, timestamps, values) = (batch.series, batch.timestamps, batch.values)
        let result: Result<AppendResult, StorageError> = state.withLock { state in
            state.appends += 1
            if let failure = state.failure { return .failure(failure) }
            var result = AppendResult()
            for index in series.indices {
                guard let labels = state.labels[series[index].number] else {
                    result.refused.append((index, .unknownSeries))
                    continue
                }
                if let last = state.samples[labels]?.last {
                    if timestamps[index] < last.timestamp {
                        result.refused.append((index, .outOfOrder))
                        continue
                    }
                    if timestamps[index] == last.timestamp {
                        if values[index].bitPattern != last.value.bitPattern {
                            result.refused.append((index, .duplicateTimestamp))
                        } else {
                            result.storedCount += 1
                        }
                        continue
                    }
                }
                state.samples[labels, default: []].append(Sample(timestamp: timestamps[index], value: values[index]))
                result.storedCount += 1
            }
            return .success(result)
        }
        return try result.get()
    }

    /// Forgets all series, as a head does with those that get no samples.
    func forgetSeries() {
        state.withLock { state in
            state.references.removeAll()
            state.labels.removeAll()
        }
    }

    /// The samples of a series as text: `value@time`, `stale@time`.
    func samples(_ series: String) -> [String] {
        state.withLock { state in
            let found = state.samples.first { $0.key.description == series }
            return (found?.value ?? []).map { "\($0.value.isStaleMarker ? "stale" : "\($0.value)")@\($0.timestamp)" }
        }
    }

    /// The names of all series that are not about scrapes, sorted.
    var series: [String] {
        state.withLock { state in
            state.samples.keys.filter { !($0.metricName ?? "").hasPrefix("scrape_") && $0.metricName != "up" }
                .map(\.description).sorted()
        }
    }
}
