public import MetricModel

/// The input series of a rule unit test: the language of `load`, with a place in time.
///
/// Samples come into a storage piece by piece, so that no query sees those that are still to come.
public struct InputSeries {
    private struct Entry {
        var labels: Labels
        var sample: QueryScript.LoadedSample
    }

    private var entries: [Entry] = []
    private var next = 0
    private let start: Timestamp
    private let interval: Int64

    /// - Parameters:
    ///   - start: the time of the first value of each series.
    ///   - interval: milliseconds between values.
    public init(from start: Timestamp, interval: Int64) {
        self.start = start
        self.interval = interval
    }

    /// - Parameters:
    ///   - series: `metric{label="value"}`.
    ///   - values: for instance `1 2+3x5 _ stale {{schema:1 …}}`.
    /// - Throws: ``ScriptError``.
    public mutating func add(_ series: String, values: String) throws(ScriptError) {
        let read = try SeriesDescription(series + " " + values)
        for (step, value) in read.values.enumerated() {
            let (gap, overflow) = interval.multipliedReportingOverflow(by: Int64(step))
            let (time, sumOverflow) = start.addingReportingOverflow(gap)
            if overflow || sumOverflow { throw ScriptError("cannot read a series: it ends outside of time") }
            let content: QueryScript.LoadedSample.Content
            switch value.content {
            case .omitted: continue
            case .float(let number): content = .float(number)
            case .histogram(let histogram): content = .histogram(histogram)
            }
            entries.append(
                Entry(
                    labels: read.labels, sample: .init(timestamp: time, content: content, startTimestamp: 0)))
        }
    }

    /// Puts what is not later than `time` into the storage. Times must not go back, and nothing be added after the
    /// first call.
    public mutating func load(through time: Timestamp, into storage: MemoryStorage) {
        if next == 0 { entries.sort { $0.sample.timestamp < $1.sample.timestamp } }
        while next < entries.count, entries[next].sample.timestamp <= time {
            let entry = entries[next]
            switch entry.sample.content {
            case .float(let value): storage.append(entry.labels, entry.sample.timestamp, value)
            case .histogram(let histogram): storage.append(entry.labels, entry.sample.timestamp, histogram)
            }
            next += 1
        }
    }
}

/// Single pieces of the language of scripts.
public enum SeriesText {
    /// The labels of `metric{label="value"}`; none for an empty text.
    ///
    /// - Throws: ``ScriptError``.
    public static func labels(_ text: String) throws(ScriptError) -> Labels {
        if text.allSatisfy({ $0 == " " }) { return .empty }
        var reader = SeriesReader(text)
        let labels = try reader.labels()
        guard reader.rest.allSatisfy({ $0 == " " }) else {
            throw ScriptError("cannot read a series: got \(LabelText.quoted(reader.rest)) behind it")
        }
        return labels
    }

    /// The histogram of `{{schema:1 sum:3 …}}`.
    ///
    /// - Throws: ``ScriptError``.
    public static func histogram(_ text: String) throws(ScriptError) -> FloatHistogram {
        let read = try SeriesDescription("{} " + text)
        guard read.values.count == 1 else { throw ScriptError("expected 1 value, got \(read.values.count)") }
        guard case .histogram(let histogram) = read.values[0].content else {
            throw ScriptError("expected histogram, got \(text)")
        }
        return histogram
    }

    /// A histogram in the form that ``histogram(_:)`` reads, the same text for the same content.
    public static func text(of histogram: FloatHistogram) -> String {
        let histogram = histogram.compacted()
        var parts: [String] = []
        func add(_ name: String, _ value: Double) {
            if value != 0 { parts.append("\(name):\(number(value))") }
        }
        if histogram.schema != 0 { parts.append("schema:\(histogram.schema)") }
        add("count", histogram.count)
        add("sum", histogram.sum)
        add("z_bucket", histogram.zeroCount)
        add("z_bucket_w", histogram.zeroThreshold)
        if histogram.usesCustomBuckets { parts.append("custom_values:\(list(histogram.customValues))") }
        switch histogram.counterResetHint {
        case .unknown: break
        case .reset: parts.append("counter_reset_hint:reset")
        case .notReset: parts.append("counter_reset_hint:not_reset")
        case .gauge: parts.append("counter_reset_hint:gauge")
        }
        addBuckets("offset", "buckets", histogram.positiveSpans, histogram.positiveBuckets, &parts)
        addBuckets("n_offset", "n_buckets", histogram.negativeSpans, histogram.negativeBuckets, &parts)
        return "{{\(parts.joined(separator: " "))}}"
    }

    private static func addBuckets(
        _ offsetName: String, _ name: String, _ spans: [FloatHistogram.Span], _ buckets: [Double],
        _ parts: inout [String]
    ) {
        guard let first = spans.first, !buckets.isEmpty else { return }
        if first.offset != 0 { parts.append("\(offsetName):\(first.offset)") }
        // The language has no gaps: they become empty buckets.
        var filled: [Double] = []
        var rest = buckets[...]
        for (index, span) in spans.enumerated() {
            if index > 0 { filled += Array(repeating: 0, count: Int(min(max(span.offset, 0), 10_000))) }
            filled += rest.prefix(Int(span.length))
            rest = rest.dropFirst(Int(span.length))
        }
        parts.append("\(name):\(list(filled))")
    }

    private static func list(_ values: [Double]) -> String {
        "[\(values.map(number).joined(separator: " "))]"
    }

    private static func number(_ value: Double) -> String { FloatText.string(value, style: .exposition) }
}
