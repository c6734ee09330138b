import MetricModel
import StorageAPI
import Synchronization

/// A storage in memory that refuses what Prometheus' head refuses.
final class MemoryStore: SampleStore {
    struct State {
        var references: [Labels: SeriesReference] = [:]
        var labels: [UInt64: Labels] = [:]
        var samples: [Labels: [Sample]] = [:]
        /// Of floats and histograms, as text: start@time; only those that have one.
        var starts: [Labels: [String]] = [:]
        var takesStartTimestamps = false
        var histograms: [Labels: [(timestamp: Timestamp, histogram: FloatHistogram)]] = [:]
        var exemplars: [Labels: [Exemplar]] = [:]
        var told: [(name: String, metadata: SeriesMetadata)] = []
        var nextReference: UInt64 = 1
        var registrations = 0
        var seriesLimit = Int.max
        var appends = 0
        var failure: StorageError?
    }

    let state = Mutex(State())

    func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        let result: Result<SeriesReference, StorageError> = state.withLock { state in
            state.registrations += 1
            if let known = state.references[labels] { return .success(known) }
            if state.references.count >= state.seriesLimit {
                return .failure(StorageError(.tooManySeries, "full"))
            }
            let reference = SeriesReference(state.nextReference)
            state.nextReference += 1
            state.references[labels] = reference
            state.labels[reference.number] = labels
            return .success(reference)
        }
        return try result.get()
    }

    var takesExemplars: Bool { true }
    var takesMetadata: Bool { true }
    var takesStartTimestamps: Bool { state.withLock { $0.takesStartTimestamps } }

    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        let (series, timestamps, values) = (batch.series, batch.timestamps, batch.values)
        let (histogramSeries, histogramTimestamps, histograms) = (
            batch.histogramSeries, batch.histogramTimestamps, batch.histograms
        )
        let (starts, histogramStarts) = (batch.startTimestamps, batch.histogramStartTimestamps)
        let metadata = zip(batch.metadataSeries, batch.metadata).map { ($0, $1) }
        let exemplars = zip(batch.exemplarSeries, batch.exemplars).map { ($0, $1) }
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
                state.samples[labels, default: []].append(
                    Sample(timestamp: timestamps[index], value: values[index]))
                if index < starts.count, starts[index] != 0 {
                    state.starts[labels, default: []].append("\(starts[index])@\(timestamps[index])")
                }
                result.storedCount += 1
            }
            for index in histogramSeries.indices {
                guard let labels = state.labels[histogramSeries[index].number] else {
                    result.refused.append((series.count + index, .unknownSeries))
                    continue
                }
                if let last = state.histograms[labels]?.last, histogramTimestamps[index] <= last.timestamp {
                    result.refused.append((series.count + index, .outOfOrder))
                    continue
                }
                state.histograms[labels, default: []].append((histogramTimestamps[index], histograms[index]))
                if index < histogramStarts.count, histogramStarts[index] != 0 {
                    state.starts[labels, default: []].append(
                        "\(histogramStarts[index])@\(histogramTimestamps[index])")
                }
                result.storedCount += 1
            }
            for (reference, exemplar) in exemplars {
                guard let labels = state.labels[reference.number] else { continue }
                state.exemplars[labels, default: []].append(exemplar)
            }
            for (reference, metadata) in metadata {
                guard let name = state.labels[reference.number]?.metricName else { continue }
                state.told.append((name, metadata))
            }
            return .success(result)
        }
        return try result.get()
    }

    /// The metadata that came since the last call, as text: `name: type unit help`; of series about
    /// scrapes or of all others.
    func toldMetadata(ofScrapes: Bool = false) -> [String] {
        state.withLock { state in
            let isWanted = { (name: String) in (name == "up" || name.hasPrefix("scrape_")) == ofScrapes }
            let told = state.told.filter { isWanted($0.name) }
            state.told.removeAll { isWanted($0.name) }
            return told.map { "\($0.name): \($0.metadata.kind) \($0.metadata.unit) \($0.metadata.help)" }
        }
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
            return (found?.value ?? []).map {
                "\($0.value.isStaleMarker ? "stale" : "\($0.value)")@\($0.timestamp)"
            }
        }
    }

    /// The native histograms of a series as text: `count/sum/buckets@time`.
    func histograms(_ series: String) -> [String] {
        state.withLock { state in
            let found = state.histograms.first { $0.key.description == series }
            return (found?.value ?? []).map { time, histogram in
                "\(histogram.count)/\(histogram.sum)/\(histogram.schema)/\(histogram.positiveBuckets)@\(time)"
            }
        }
    }

    /// The start timestamps of the samples that have one as text, `series start@time`, sorted.
    var starts: [String] {
        state.withLock { state in
            state.starts.flatMap { series in series.value.map { "\(series.key) \($0)" } }.sorted()
        }
    }

    /// The exemplars of a series as text: `labels value@time`.
    func exemplars(_ series: String) -> [String] {
        state.withLock { state in
            let found = state.exemplars.first { $0.key.description == series }
            return (found?.value ?? []).map { "\($0.labels) \($0.value)@\($0.timestamp)" }
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
