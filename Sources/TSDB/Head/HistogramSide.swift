internal import MetricModel

/// The native histograms of a series that are not in a full chunk yet. Few series have any, so they
/// are kept beside the flat tables, and encoded when the chunk is full.
struct HistogramSide {
    var times: [Int64] = []
    var histograms: [FloatHistogram] = []
    /// A sample at or after this time begins a new chunk.
    var nextCut: Int64 = .max
}
