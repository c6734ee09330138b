public import MetricModel
public import StorageAPI
import Synchronization

/// A storage that keeps samples in memory as they were given: for scripts and tests.
public final class MemoryStorage: Queryable {
    private struct State {
        var series: [Labels: SampleColumns] = [:]
        /// The series ascending by labels, until something is added.
        var sorted: [(labels: Labels, samples: SampleColumns)]?
        /// What references stand for; the first is 1.
        var registered: [Labels] = []
        var references: [Labels: UInt64] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// Adds a sample, also between older ones. One at a time that is taken already is ignored.
    public func append(
        _ labels: Labels, _ timestamp: Timestamp, _ value: Double, startTimestamp: Timestamp = 0
    ) {
        state.withLock { state in
            state.sorted = nil
            state.series[labels, default: SampleColumns()].insert(timestamp, value, startTimestamp)
        }
    }

    /// Adds a native histogram, also between older samples.
    public func append(
        _ labels: Labels, _ timestamp: Timestamp, _ histogram: FloatHistogram, startTimestamp: Timestamp = 0
    ) {
        state.withLock { state in
            state.sorted = nil
            state.series[labels, default: SampleColumns()].insert(timestamp, histogram, startTimestamp)
        }
    }

    func reference(of labels: Labels) -> SeriesReference {
        state.withLock { state in
            if let known = state.references[labels] { return SeriesReference(known) }
            state.registered.append(labels)
            state.references[labels] = UInt64(state.registered.count)
            return SeriesReference(UInt64(state.registered.count))
        }
    }

    func labels(of reference: SeriesReference) -> Labels? {
        state.withLock { state in
            guard reference.number >= 1, reference.number <= UInt64(state.registered.count) else {
                return nil
            }
            return state.registered[Int(reference.number - 1)]
        }
    }

    public func removeAll() {
        state.withLock { $0 = State() }
    }

    public func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        let sorted = state.withLock { state -> [(labels: Labels, samples: SampleColumns)] in
            if let sorted = state.sorted { return sorted }
            let sorted = state.series.sorted { $0.key < $1.key }.map { (labels: $0.key, samples: $0.value) }
            state.sorted = sorted
            return sorted
        }
        return MemoryQuerier(series: sorted, start: start, end: end)
    }
}

extension SampleColumns {
    fileprivate mutating func insert(_ timestamp: Timestamp, _ value: Double, _ start: Timestamp) {
        guard !histogramTimestamps.contains(timestamp) else { return }
        let index = timestamps.partition(before: timestamp)
        if index < timestamps.count, timestamps[index] == timestamp { return }
        timestamps.insert(timestamp, at: index)
        values.insert(value, at: index)
        if start != 0, startTimestamps.isEmpty {
            startTimestamps = Array(repeating: 0, count: timestamps.count - 1)
        }
        if start != 0 || !startTimestamps.isEmpty { startTimestamps.insert(start, at: index) }
    }

    fileprivate mutating func insert(_ timestamp: Timestamp, _ histogram: FloatHistogram, _ start: Timestamp)
    {
        guard !timestamps.contains(timestamp) else { return }
        let index = histogramTimestamps.partition(before: timestamp)
        if index < histogramTimestamps.count, histogramTimestamps[index] == timestamp { return }
        histogramTimestamps.insert(timestamp, at: index)
        histograms.insert(hinted(histogram, timestamp, after: index - 1), at: index)
        if start != 0, histogramStartTimestamps.isEmpty {
            histogramStartTimestamps = Array(repeating: 0, count: histogramTimestamps.count - 1)
        }
        if start != 0 || !histogramStartTimestamps.isEmpty {
            histogramStartTimestamps.insert(start, at: index)
        }
    }
}

extension SampleColumns {
    /// With the hint that reading it back from Prometheus' storage gives: chunks hold gauges only or
    /// counters without a reset, and of the first sample of a chunk nothing is known.
    private func hinted(_ histogram: FloatHistogram, _ timestamp: Timestamp, after index: Int)
        -> FloatHistogram
    {
        guard histogram.counterResetHint != .gauge else { return histogram }
        var result = histogram
        let hint = histogram.counterResetHint
        result.counterResetHint = .unknown
        guard hint != .reset, index >= 0 else { return result }
        let previous = histograms[index]
        let isInterrupted = timestamps.last.map { $0 > histogramTimestamps[index] } ?? false
        if !isInterrupted, previous.counterResetHint != .gauge, !previous.isStaleMarker,
            previous.schema == histogram.schema,
            previous.zeroThreshold == histogram.zeroThreshold,
            previous.customValues == histogram.customValues,
            histogram.isStaleMarker || !result.isReset(since: previous)
        {
            result.counterResetHint = .notReset
        }
        return result
    }
}

/// A view of a ``MemoryStorage``.
private struct MemoryQuerier: Querier {
    let series: [(labels: Labels, samples: SampleColumns)]
    let start: Timestamp
    let end: Timestamp

    func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
        MemorySeriesSet(
            series: series.filter { one in matchers.allSatisfy { $0.matches(one.labels) } }, start: start,
            end: end)
    }

    func sizeInMemory(of matchers: [LabelMatcher], hints: SelectHints, seriesMax: Int) -> SelectionSize? {
        let selected = series.filter { one in matchers.allSatisfy { $0.matches(one.labels) } }
        guard selected.count <= seriesMax else { return nil }
        return SelectionSize(
            seriesCount: selected.count, sampleCount: selected.reduce(0) { $0 + $1.samples.count })
    }

    func countInMemory(ofValuesOf name: String?) -> Int? {
        Set(
            series.lazy.flatMap(\.labels.pairs).compactMap { pair in
                name == nil ? pair.name : pair.name == name ? pair.value : nil
            }
        ).count
    }

    func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
        listing(matchers, limit) { labels in labels.pairs.map(\.name) }
    }

    func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
        listing(matchers, limit) { labels in labels.value(of: name).map { [$0] } ?? [] }
    }

    private func listing(_ matchers: [LabelMatcher], _ limit: Int, _ items: (Labels) -> [String]) -> Listing {
        var all: Set<String> = []
        for one in series where matchers.allSatisfy({ $0.matches(one.labels) }) {
            all.formUnion(items(one.labels))
        }
        let sorted = all.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return Listing(items: limit > 0 ? Array(sorted.prefix(limit)) : sorted)
    }
}

private struct MemorySeriesSet: SeriesSet {
    let series: [(labels: Labels, samples: SampleColumns)]
    let start: Timestamp
    let end: Timestamp

    var count: Int { series.count }
    var warnings: [String] { [] }

    func labels(at index: Int) -> Labels { series[index].labels }

    /// Also checks the bounds of the querier: reading outside of them would show in a real storage.
    func read(
        _ index: Int, from first: Timestamp, through last: Timestamp, into columns: inout SampleColumns
    ) throws(StorageError) {
        let samples = series[index].samples
        let first = max(first, start)
        let last = min(last, end)
        guard first <= last else { return }
        let floats =
            samples.timestamps.partition(before: first)..<samples.timestamps.partition(before: last + 1)
        columns.timestamps.append(contentsOf: samples.timestamps[floats])
        columns.values.append(contentsOf: samples.values[floats])
        if !samples.startTimestamps.isEmpty {
            columns.startTimestamps.append(contentsOf: samples.startTimestamps[floats])
        }
        let histograms =
            samples.histogramTimestamps.partition(
                before: first)..<samples.histogramTimestamps.partition(before: last + 1)
        columns.histogramTimestamps.append(contentsOf: samples.histogramTimestamps[histograms])
        columns.histograms.append(contentsOf: samples.histograms[histograms])
        if !samples.histogramStartTimestamps.isEmpty {
            columns.histogramStartTimestamps.append(contentsOf: samples.histogramStartTimestamps[histograms])
        }
    }
}
