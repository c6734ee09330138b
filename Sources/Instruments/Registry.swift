public import Exposition
import MetricModel
public import Platform
import Synchronization

/// The instruments of a program, and their text for a scrape.
///
/// ```swift
/// let registry = Registry()
/// let requests = try registry.counters("app_requests", help: "Requests served.", labels: ["code"])
/// let ok = try requests.labels("200")
/// ok.increment()
/// let body = registry.render(as: .text)
/// ```
///
/// Families are written sorted by name, label sets sorted by their text. A counter is named without
/// `_total`, which is added (a given `_total` is taken off first).
public final class Registry: Sendable {
    private struct State {
        var collectors: [(name: String, collector: any Collector)] = []
        var isSorted = true
    }

    private let state = Mutex(State())
    private let clock: any WallClock
    private let dropped: Family<Counter>

    /// The most label sets of a family unless the caller says otherwise.
    public static let labelSetLimit = 200

    public init(clock: any WallClock = SystemClock()) {
        self.clock = clock
        dropped = Family(
            name: "metrics_dropped_labelsets",
            help: "Look-ups of label sets beyond the limit of their family.",
            unit: "", labelNames: ["metric"], limit: 1000, clock: clock, onOverflow: {}, make: { Counter() })
        state.withLock { $0.collectors.append((dropped.name, dropped)) }
    }

    // MARK: - Making instruments

    public func counter(_ name: String, help: String) throws(InstrumentError) -> Counter {
        try counters(name, help: help, labels: []).labels([])
    }

    public func counters(
        _ name: String, help: String, labels: [String], limit: Int = Registry.labelSetLimit
    ) throws(InstrumentError) -> Family<Counter> {
        let base = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
        return try add(base, help, labels, limit) { Counter() }
    }

    public func gauge(_ name: String, help: String) throws(InstrumentError) -> Gauge {
        try gauges(name, help: help, labels: []).labels([])
    }

    public func gauges(
        _ name: String, help: String, labels: [String], limit: Int = Registry.labelSetLimit
    ) throws(InstrumentError) -> Family<Gauge> {
        try add(name, help, labels, limit) { Gauge() }
    }

    public func histogram(
        _ name: String, help: String, buckets: [Double] = Histogram.defaultBuckets
    ) throws(InstrumentError) -> Histogram {
        try histograms(name, help: help, labels: [], buckets: buckets).labels([])
    }

    /// - Throws: `invalidBuckets` beside `invalidName` and `duplicateName`.
    public func histograms(
        _ name: String, help: String, labels: [String], buckets: [Double] = Histogram.defaultBuckets,
        limit: Int = Registry.labelSetLimit
    ) throws(InstrumentError) -> Family<Histogram> {
        let bounds = try Histogram(bounds: buckets).bounds
        return try add(name, help, labels, limit) {
            do {
                return try Histogram(bounds: bounds)
            } catch {
                preconditionFailure("BUG: bucket bounds were checked: \(error)")
            }
        }
    }

    /// A gauge whose value is asked for at each scrape.
    public func gauge(
        _ name: String, help: String, value: @escaping @Sendable () -> Double
    ) throws(InstrumentError) {
        try register(ComputedFamily(name: name, type: .gauge, help: help, value: value))
    }

    /// A counter whose value is asked for at each scrape; it must never go down.
    public func counter(
        _ name: String, help: String, value: @escaping @Sendable () -> Double
    ) throws(InstrumentError) {
        let base = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
        try register(ComputedFamily(name: base, type: .counter, help: help, value: value))
    }

    /// Adds something that writes whole families.
    ///
    /// - Throws: `invalidName`, `duplicateName`.
    public func register(_ collector: some Collector) throws(InstrumentError) {
        for name in collector.familyNames where !MetricName.isLegacyName(name) {
            throw InstrumentError(.invalidName, "cannot register \"\(name)\": not a metric name")
        }
        let duplicate: String? = state.withLock { state in
            let known = Set(state.collectors.map(\.name))
            if let duplicate = collector.familyNames.first(where: known.contains) { return duplicate }
            for name in collector.familyNames { state.collectors.append((name, collector)) }
            state.isSorted = false
            return nil
        }
        if let duplicate {
            throw InstrumentError(.duplicateName, "cannot register \"\(duplicate)\": the name is taken")
        }
    }

    private func add<Child: Instrument>(
        _ name: String, _ help: String, _ labels: [String], _ limit: Int,
        make: @escaping @Sendable () -> Child
    ) throws(InstrumentError) -> Family<Child> {
        for label in labels
        where !MetricName.isLegacyLabelName(label) || label.hasPrefix("__") || label == "le"
            || label == "quantile"
        {
            throw InstrumentError(
                .invalidName, "cannot register \(name): \"\(label)\" is not a label name for it")
        }
        guard Set(labels).count == labels.count else {
            throw InstrumentError(.invalidName, "cannot register \(name): a label is named twice")
        }
        let family = Family(
            name: name, help: help, unit: Registry.unit(of: name), labelNames: labels, limit: limit,
            clock: clock,
            onOverflow: { [dropped] in try? dropped.labels([name]).increment() }, make: make)
        try register(family)
        return family
    }

    /// The unit that OpenMetrics names, which is the last word of the family's name.
    static func unit(of name: String) -> String {
        ["seconds", "bytes", "ratio", "celsius", "meters", "volts", "amperes", "joules", "grams"]
            .first { name.hasSuffix("_" + $0) } ?? ""
    }

    // MARK: - Writing

    /// The body of a scrape.
    public func render(as format: ExpositionFormat) -> [UInt8] {
        var writer = ExpositionWriter(format: format)
        write(to: &writer)
        writer.end()
        return writer.output
    }

    /// Writes all families without ending the body.
    public func write(to writer: inout ExpositionWriter) {
        let collectors = state.withLock { state in
            if !state.isSorted {
                state.collectors.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
                state.isSorted = true
            }
            return state.collectors
        }
        for (name, collector) in collectors { collector.write(name, to: &writer) }
    }
}

/// One series without labels whose value is asked for.
private struct ComputedFamily: Collector {
    let name: String
    let type: MetricType
    let help: String
    let value: @Sendable () -> Double

    var familyNames: [String] { [name] }

    func write(_ familyName: String, to writer: inout ExpositionWriter) {
        writer.begin(name, type, help: help, unit: Registry.unit(of: name))
        if type == .counter {
            writer.sample(suffix: "_total", labels: [], value: value())
        } else {
            writer.sample(labels: [], value: value())
        }
    }
}
