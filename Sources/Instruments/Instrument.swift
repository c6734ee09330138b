public import Exposition

/// One series, or the few series of one label set, that a program keeps up to date.
public protocol Instrument: AnyObject, Sendable {
    static var type: MetricType { get }

    /// Writes the samples of the current value.
    ///
    /// - Parameters:
    ///   - labels: rendered by `ExpositionWriter.renderLabels`.
    ///   - created: when the instrument was made, in seconds since 1970.
    func write(labels: [UInt8], created: Double, to writer: inout ExpositionWriter)
}

/// Something that writes whole families when it is scraped.
public protocol Collector: Sendable {
    /// The names of the families that it writes, without `_total` and the like; for the order of the
    /// body and for finding duplicates.
    var familyNames: [String] { get }

    /// Writes one of the families, or nothing when there is nothing to say.
    func write(_ familyName: String, to writer: inout ExpositionWriter)
}
