import MetricModel

/// Classic histograms of a load as native ones with custom buckets: `load_with_nhcb`.
struct HistogramConversion {
    private struct Point {
        /// Cumulative counts by bound.
        var buckets: [(bound: Double, count: Double)] = []
        var count: Double?
        var sum = 0.0
    }

    private var points: [Labels: [Timestamp: Point]] = [:]

    init(_ load: QueryScript.Load) {
        for series in load.series {
            guard let name = series.labels.metricName else { continue }
            if name.hasSuffix("_bucket") {
                guard let bound = FloatText.parse(series.labels.value(of: "le") ?? ""), !bound.isNaN else {
                    continue
                }
                collect(series, name.dropLast(7)) { $0.buckets.append((bound, $1)) }
            } else if name.hasSuffix("_count") {
                collect(series, name.dropLast(6)) { $0.count = $1 }
            } else if name.hasSuffix("_sum") {
                collect(series, name.dropLast(4)) { $0.sum = $1 }
            }
        }
    }

    private mutating func collect(
        _ series: QueryScript.Load.Series, _ name: Substring, _ change: (inout Point, Double) -> Void
    ) {
        var builder = LabelsBuilder(series.labels)
        builder.set(Labels.metricNameLabel, String(name))
        builder.remove("le")
        let labels = builder.labels()
        for sample in series.samples {
            guard case .float(let value) = sample.content else { continue }
            change(&points[labels, default: [:]][sample.timestamp, default: Point()], value)
        }
    }

    func append(to storage: MemoryStorage) {
        for (labels, byTime) in points {
            for (time, point) in byTime { storage.append(labels, time, histogram(point)) }
        }
    }

    private func histogram(_ point: Point) -> FloatHistogram {
        var buckets = point.buckets.sorted { $0.bound < $1.bound }
        let count = point.count ?? buckets.last?.count ?? 0
        if buckets.last?.bound != .infinity { buckets.append((.infinity, count)) }
        var result = FloatHistogram(schema: FloatHistogram.customBucketsSchema)
        result.count = count
        result.sum = point.sum
        result.customValues = buckets.dropLast().map(\.bound)
        var before = 0.0
        for bucket in buckets {
            result.positiveBuckets.append(bucket.count - before)
            before = bucket.count
        }
        result.positiveSpans = [.init(offset: 0, length: UInt32(result.positiveBuckets.count))]
        result.compact()
        return result
    }
}
