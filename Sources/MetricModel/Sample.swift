/// Milliseconds since 1970-01-01T00:00:00Z, as Prometheus stores and sends them.
public typealias Timestamp = Int64

/// One value of one series at one time.
public struct Sample: Sendable, Equatable {
    /// Milliseconds since 1970.
    public var timestamp: Timestamp
    public var value: Double

    public init(timestamp: Timestamp, value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

extension Double {
    /// The bit pattern that marks the end of a series: it is stored like a value and never shown.
    /// Compare bits, never `isNaN`. Source: Prometheus `model/value`.
    public static let staleMarkerBits: UInt64 = 0x7ff0_0000_0000_0002

    /// The bit pattern of every NaN that is read from text.
    public static let ordinaryNaNBits: UInt64 = 0x7ff8_0000_0000_0001

    /// A staleness marker: see ``staleMarkerBits``.
    public static let staleMarker = Double(bitPattern: staleMarkerBits)

    /// The NaN that a text `NaN` becomes.
    public static let ordinaryNaN = Double(bitPattern: ordinaryNaNBits)

    /// Whether these are the bits of a staleness marker.
    @inlinable public var isStaleMarker: Bool { bitPattern == Double.staleMarkerBits }
}
