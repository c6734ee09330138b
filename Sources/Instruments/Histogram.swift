public import Exposition
import Synchronization

/// Counts observations in buckets with fixed upper bounds: durations in seconds, sizes in bytes.
///
/// An observation touches one bucket and the sum; buckets are cumulated when they are written. A scrape
/// between the two sees a sum that is off by observations in flight, as with other client libraries.
public final class Histogram: Instrument {
    /// The buckets that Prometheus' client libraries use for durations in seconds.
    public static let defaultBuckets: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]

    /// Ascending upper bounds; +Inf is implied.
    public let bounds: [Double]
    /// One count per bound, and one for +Inf. At a stable address, freed in `deinit`; atomics may be
    /// shared between threads.
    nonisolated(unsafe) private let counts: UnsafeMutablePointer<Atomic<UInt64>>
    private let sum = AtomicDouble(0)

    /// - Parameter bounds: upper bounds of the buckets, strictly ascending and finite.
    /// - Throws: ``InstrumentError`` when they are not.
    public init(bounds: [Double] = Histogram.defaultBuckets) throws(InstrumentError) {
        let finite = bounds.last == .infinity ? Array(bounds.dropLast()) : bounds
        guard !finite.isEmpty, finite.allSatisfy(\.isFinite), zip(finite, finite.dropFirst()).allSatisfy(<)
        else {
            throw InstrumentError(
                .invalidBuckets,
                "cannot make a histogram: bucket bounds must be finite and ascending, got \(bounds)")
        }
        self.bounds = finite
        counts = .allocate(capacity: finite.count + 1)
        for i in 0...finite.count { (counts + i).initialize(to: Atomic(0)) }
    }

    deinit {
        counts.deinitialize(count: bounds.count + 1)
        counts.deallocate()
    }

    /// Counts a value. NaN is ignored.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.withUnsafeBufferPointer { bounds in
            // Few bounds: counting those that are below has no branch to mispredict.
            var below = 0
            for bound in bounds { below += value > bound ? 1 : 0 }
            return below
        }
        counts[bucket].wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    /// Observations so far.
    public var count: UInt64 {
        (0...bounds.count).reduce(0) { $0 &+ counts[$1].load(ordering: .relaxed) }
    }

    /// The sum of all observed values.
    public var total: Double { sum.value }

    public static var type: MetricType { .histogram }

    public func write(labels: [UInt8], created: Double, to writer: inout ExpositionWriter) {
        var cumulated: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            cumulated &+= counts[index].load(ordering: .relaxed)
            writer.sample(suffix: "_bucket", labels: labels, bound: "le", bound, value: Double(cumulated))
        }
        cumulated &+= counts[bounds.count].load(ordering: .relaxed)
        writer.sample(suffix: "_bucket", labels: labels, bound: "le", .infinity, value: Double(cumulated))
        writer.sample(suffix: "_sum", labels: labels, value: total)
        writer.sample(suffix: "_count", labels: labels, value: Double(cumulated))
        if writer.format == .openMetrics {
            writer.sample(suffix: "_created", labels: labels, value: created)
        }
    }
}
