public import Exposition
import Synchronization

/// A value that only grows: requests served, bytes sent. Restarts at 0 with the process.
public final class Counter: Instrument {
    /// Whole increments, by far the most frequent, need no compare-and-swap loop.
    private let whole = Atomic<UInt64>(0)
    private let fraction = AtomicDouble(0)

    public init() {}

    /// Adds a whole number. Wraps after 2^64.
    @inline(__always)
    public func increment(by amount: UInt64 = 1) {
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Adds any amount; a negative amount or NaN, which a counter cannot take, is ignored.
    public func increment(by amount: Double) {
        guard amount >= 0 else { return }
        fraction.add(amount)
    }

    public var value: Double {
        Double(whole.load(ordering: .relaxed)) + fraction.value
    }

    public static var type: MetricType { .counter }

    public func write(labels: [UInt8], created: Double, to writer: inout ExpositionWriter) {
        writer.sample(suffix: "_total", labels: labels, value: value)
        if writer.format == .openMetrics {
            writer.sample(suffix: "_created", labels: labels, value: created)
        }
    }
}
