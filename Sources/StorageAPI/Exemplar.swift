public import MetricModel

/// One observation that stands for others of its series, with labels of its own, for instance the id of
/// a trace.
public struct Exemplar: Sendable, Hashable {
    public var labels: Labels
    public var value: Double
    /// Milliseconds since 1970.
    public var timestamp: Timestamp

    public init(labels: Labels, value: Double, timestamp: Timestamp) {
        self.labels = labels
        self.value = value
        self.timestamp = timestamp
    }

    /// The most characters that names and values of its labels may have together. Source: OpenMetrics.
    public static let labelLengthMax = 128
}

/// The exemplars of one series, ascending by time.
public struct SeriesExemplars: Sendable, Hashable {
    public var seriesLabels: Labels
    public var exemplars: [Exemplar]

    public init(seriesLabels: Labels, exemplars: [Exemplar]) {
        self.seriesLabels = seriesLabels
        self.exemplars = exemplars
    }
}

/// A storage whose exemplars can be read.
public protocol ExemplarQueryable: Sendable {
    /// The exemplars between the inclusive bounds of series that pass all matchers of one selector,
    /// ascending by labels of the series.
    ///
    /// - Throws: `notReady`.
    func exemplars(
        _ selectors: [[LabelMatcher]], from start: Timestamp, through end: Timestamp
    ) throws(StorageError) -> [SeriesExemplars]
}
