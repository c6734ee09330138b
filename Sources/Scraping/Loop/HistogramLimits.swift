import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// How fine native histograms may be.
struct HistogramLimits {
    /// 0 is no bound.
    private let bucketsMax: Int
    private let schemaMax: Int32

    init(_ limits: ScrapeLimits) {
        bucketsMax = limits.nativeHistogramBuckets
        schemaMax = HistogramLimits.schema(factorMin: limits.nativeHistogramMinimumBucketFactor)
    }

    /// The finest schema whose buckets grow by at least the factor.
    static func schema(factorMin factor: Double) -> Int32 {
        guard factor > 1 else { return FloatHistogram.exponentialSchemas.upperBound }
        let schema = -log2(log2(factor)).rounded(.down)
        let range = FloatHistogram.exponentialSchemas
        return Int32(min(max(schema, Double(range.lowerBound)), Double(range.upperBound)))
    }

    /// The histogram at a resolution within the bounds.
    ///
    /// - Throws: `bucketLimit` when even the coarsest has too many buckets.
    func applied(to histogram: FloatHistogram) throws(ScrapingError) -> FloatHistogram {
        var result = histogram
        // Only of sound buckets a coarser histogram can be made; others are refused later.
        guard histogram.fault == nil else { return histogram }
        if !result.usesCustomBuckets, result.schema > schemaMax { result = result.reduced(to: schemaMax) }
        guard bucketsMax > 0 else { return result }
        while result.positiveBuckets.count + result.negativeBuckets.count > bucketsMax {
            guard !result.usesCustomBuckets, result.schema > FloatHistogram.exponentialSchemas.lowerBound
            else {
                throw ScrapingError(.bucketLimit, "histogram bucket limit exceeded")
            }
            result = result.reduced(to: result.schema - 1)
        }
        return result
    }
}
