public import MetricModel

/// A run of samples of one series as two columns of equal length, in strictly ascending order of
/// time. Callers keep one and reuse it, so that reading a series allocates nothing.
public struct SampleColumns: Sendable {
    /// Milliseconds since 1970.
    public var timestamps: [Timestamp]
    /// Staleness markers included: see `Double.isStaleMarker`.
    public var values: [Double]

    public init() {
        timestamps = []
        values = []
    }

    public var count: Int { timestamps.count }

    @inlinable public mutating func append(_ timestamp: Timestamp, _ value: Double) {
        timestamps.append(timestamp)
        values.append(value)
    }

    public mutating func removeAll() {
        timestamps.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }
}
