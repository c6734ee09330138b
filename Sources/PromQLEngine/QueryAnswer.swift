public import MetricModel
public import StorageAPI

/// What a query evaluated to.
public struct QueryAnswer: Sendable {
    public var value: QueryValue
    /// Whole texts with their place, for instance `PromQL warning: … (1:7)`; unique, in order of
    /// appearance.
    public var warnings: [String]
    public var infos: [String]
    public var statistics: QueryStatistics
    /// What the values hold of the memory of all queries: to be kept until they are gone, and told of what is made of them.
    public let memory: MemoryLease?

    public init(
        value: QueryValue, warnings: [String] = [], infos: [String] = [],
        statistics: QueryStatistics = .init(), memory: MemoryLease? = nil
    ) {
        self.value = value
        self.warnings = warnings
        self.infos = infos
        self.statistics = statistics
        self.memory = memory
    }
}

/// The value of a query. Range queries always give `matrix`.
public enum QueryValue: Sendable {
    case scalar(Sample)
    case string(Timestamp, String)
    /// In the order of the expression (sorted by it, else as Prometheus orders).
    case vector([InstantSeries])
    /// Ascending by labels.
    case matrix([RangeSeries])
}

/// One element of an instant vector.
public struct InstantSeries: Sendable {
    public var labels: Labels
    /// The value is 0 when the element is a native histogram.
    public var sample: Sample
    /// The native histogram, when the element is one.
    public var histogram: FloatHistogram?

    public init(labels: Labels, sample: Sample, histogram: FloatHistogram? = nil) {
        self.labels = labels
        self.sample = sample
        self.histogram = histogram
    }
}

/// One series with its values over time.
public struct RangeSeries: Sendable {
    public var labels: Labels
    /// Floats and native histograms, no staleness markers.
    public var samples: SampleColumns

    public init(labels: Labels, samples: SampleColumns) {
        self.labels = labels
        self.samples = samples
    }
}

/// What a query cost. Times are seconds of wall clock.
public struct QueryStatistics: Sendable {
    public var prepareSeconds = 0.0
    public var evaluateSeconds = 0.0
    public var sortSeconds = 0.0
    /// Samples looked at, as Prometheus counts `totalQueryableSamples`: a sample counts once for each
    /// step whose window it is in.
    public var samples: Int = 0
    /// The most samples that were in memory at once.
    public var peakSamples: Int = 0
    /// Samples read from the storage.
    public var samplesRead: Int = 0
    /// `samples` by step, with the option ``QueryEngine/Options/countsSamplesPerStep``; else empty.
    public var samplesPerStep: [(timestamp: Timestamp, samples: Int)] = []

    public init() {}
}
