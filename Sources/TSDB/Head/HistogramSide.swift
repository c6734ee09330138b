internal import MetricModel

/// The native histograms of a series that are not in a full chunk yet. Few series have any, so they
/// are kept beside the flat tables, and encoded when the chunk is full.
struct HistogramSide {
    var times: [Int64] = []
    var histograms: [FloatHistogram] = []
    /// Start timestamps, milliseconds since 1970, 0 = not known: one per histogram, or none at all.
    var starts: [Int64] = []
    /// A sample at or after this time begins a new chunk.
    var nextCut: Int64 = .max

    mutating func append(_ time: Int64, _ histogram: FloatHistogram, start: Int64) {
        if start != 0, starts.isEmpty { starts = [Int64](repeating: 0, count: times.count) }
        if start != 0 || !starts.isEmpty { starts.append(start) }
        times.append(time)
        histograms.append(histogram)
    }

    mutating func removeFirst(_ count: Int) {
        times.removeFirst(count)
        histograms.removeFirst(count)
        if !starts.isEmpty { starts.removeFirst(count) }
    }

    func start(_ place: Int) -> Int64 { place < starts.count ? starts[place] : 0 }
}
