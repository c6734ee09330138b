import Exposition
import MetricModel
import StorageAPI

/// What one scrape came to, for the series about it and for the counters.
struct ScrapeCounts: Equatable {
    /// Samples in the body.
    var scraped = 0
    /// Samples after relabeling.
    var kept = 0
    /// Series that were not known.
    var seriesAdded = 0
    /// New series that the storage has no room for.
    var refusedSeries = 0
    var duplicates = 0
    var outOfOrder = 0
    var outOfBounds = 0
}

/// The state of reading one body.
struct ScrapePass {
    /// The number of this scrape of the target; never 0.
    let generation: UInt32
    /// The time of samples without their own, milliseconds since 1970.
    let time: Timestamp
    /// Samples after this time are refused.
    let timeMax: Timestamp
    let honorsTimestamps: Bool
    /// Whether samples with their own timestamp go stale, too.
    let tracksTimestamps: Bool
    let histogramLimits: HistogramLimits
    /// How many more samples may be kept.
    var samplesLeft: Int
    var isOverLimit = false
    /// Where in the known order we are.
    var cursor = 0
    /// Whether the body has left the known order, so that a new one is recorded in `visited`.
    var isRecording = false
    var visited: [UInt32] = []
    /// The code of the type that the last `TYPE` comment set.
    var typeCode: UInt8 = 0
    var counts = ScrapeCounts()
    /// The start timestamps of the samples of the body in its order, 0 = not known; samples behind the last of
    /// them have none.
    var starts: [Timestamp] = []
    /// Whether exemplars are wanted.
    let takesExemplars: Bool
    /// Where in the body exemplars stand and which slots they belong to.
    var exemplars: [(slot: UInt32, text: Range<Int>)] = []

    init(
        generation: UInt32, time: Timestamp, now: Timestamp, configuration: ScrapeConfiguration,
        takesExemplars: Bool = false
    ) {
        self.takesExemplars = takesExemplars
        self.generation = generation
        self.time = time
        timeMax = now + 600_000
        honorsTimestamps = configuration.honorTimestamps
        tracksTimestamps = configuration.trackTimestampsStaleness
        histogramLimits = HistogramLimits(configuration.limits)
        samplesLeft = configuration.limits.samples > 0 ? configuration.limits.samples : .max
    }

    var type: MetricType? { MetricType(code: typeCode) }

    /// Adds the sample that was counted last to a batch.
    @inline(__always)
    func add(_ value: Double, at time: Timestamp, of reference: UInt64, to batch: inout SampleBatch) {
        if counts.scraped <= starts.count {
            batch.append(SeriesReference(reference), time, value, start: starts[counts.scraped - 1])
        } else {
            batch.append(SeriesReference(reference), time, value)
        }
    }
}

extension MetricType {
    /// 0 for none.
    init?(code: UInt8) {
        let all = Self.allCases
        guard code > 0, Int(code) <= all.count else { return nil }
        self = all[Int(code) - 1]
    }

    var code: UInt8 {
        for (index, type) in Self.allCases.enumerated() where type == self { return UInt8(index + 1) }
        return 0
    }
}
