public import Exposition

/// A value that goes up and down: requests in flight, temperature.
public final class Gauge: Instrument {
    private let storage = AtomicDouble(0)

    public init() {}

    public func set(_ value: Double) { storage.store(value) }
    public func add(_ amount: Double) { storage.add(amount) }
    public func increment() { storage.add(1) }
    public func decrement() { storage.add(-1) }
    public var value: Double { storage.value }

    public static var type: MetricType { .gauge }

    public func write(labels: [UInt8], created: Double, to writer: inout ExpositionWriter) {
        writer.sample(labels: labels, value: value)
    }
}
