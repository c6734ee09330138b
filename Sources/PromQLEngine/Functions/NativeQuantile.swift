import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Quantiles and fractions of native histograms. Within a bucket observations are taken to be spread
/// evenly: linearly for custom buckets and the zero bucket, else on a logarithmic scale.
enum NativeQuantile {
    static func value(
        _ quantile: Double, _ histogram: FloatHistogram, metric: String, place: Int,
        _ annotations: inout Annotations
    ) -> Double {
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        if histogram.count == 0 || quantile.isNaN { return .ordinaryNaN }
        // NaN observations are in no bucket, so that counting from the top would be wrong.
        let hasNaNs = histogram.sum.isNaN
        let isForward = hasNaNs || quantile < 0.5
        let buckets = isForward ? histogram.allBuckets : histogram.allBuckets.reversed()
        var rank = (isForward ? quantile : 1 - quantile) * histogram.count
        var count = 0.0
        var next = 0
        var bucket = FloatHistogram.Bucket(
            lower: 0, upper: 0, includesLower: false, includesUpper: false, count: 0)
        while next < buckets.count {
            bucket = buckets[next]
            next += 1
            if bucket.count == 0 { continue }
            count += bucket.count
            if count >= rank { break }
        }
        let isCustom = histogram.usesCustomBuckets
        if !isCustom, bucket.lower < 0, bucket.upper > 0 {
            if histogram.negativeBuckets.isEmpty, !histogram.positiveBuckets.isEmpty {
                bucket.lower = 0
            } else if histogram.positiveBuckets.isEmpty, !histogram.negativeBuckets.isEmpty {
                bucket.upper = 0
            }
        } else if isCustom {
            if bucket.lower == -.infinity {
                if bucket.upper <= 0 { return bucket.upper }
                bucket.lower = 0
            } else if bucket.upper == .infinity {
                return bucket.lower
            }
        }
        count = min(count, histogram.count)
        if count < rank {
            guard hasNaNs else { return bucket.upper }
            annotations.quantileIsNaN(metric: metric, at: place)
            return .ordinaryNaN
        }
        rank = isForward ? rank - (count - bucket.count) : count - rank
        if hasNaNs {
            // The original goes on with the last bucket that it looks at here; so do we.
            while next < buckets.count {
                bucket = buckets[next]
                count += bucket.count
                next += 1
            }
            if count < histogram.count { annotations.quantileIsSkewed(metric: metric, at: place) }
        }
        let fraction = rank / bucket.count
        if isCustom || (bucket.lower <= 0 && bucket.upper >= 0) {
            return bucket.lower + (bucket.upper - bucket.lower) * fraction
        }
        let lower: Double = log2(bucket.lower.magnitude)
        let upper: Double = log2(bucket.upper.magnitude)
        if bucket.lower > 0 { return exp2(lower + (upper - lower) * fraction) }
        return -exp2(upper + (lower - upper) * (1 - fraction))
    }

    /// The share of observations between two values.
    static func fraction(
        _ lower: Double, _ upper: Double, _ histogram: FloatHistogram, metric: String, place: Int,
        _ annotations: inout Annotations
    ) -> Double {
        if histogram.count == 0 || lower.isNaN || upper.isNaN { return .ordinaryNaN }
        if lower >= upper { return 0 }
        let buckets = histogram.allBuckets
        var lowerRank: Double?
        var upperRank: Double?
        var rank = 0.0
        for var bucket in buckets {
            var isZeroBucket = false
            if bucket.lower <= 0, bucket.upper >= 0 {
                isZeroBucket = true
                if histogram.negativeBuckets.isEmpty, !histogram.positiveBuckets.isEmpty {
                    bucket.lower = 0
                } else if histogram.positiveBuckets.isEmpty, !histogram.negativeBuckets.isEmpty {
                    bucket.upper = 0
                }
            }
            let isLinear = histogram.usesCustomBuckets || isZeroBucket
            func rankOf(_ value: Double) -> Double? {
                if bucket.lower >= value { return rank }
                guard bucket.upper > value else { return nil }
                if isLinear, bucket.lower == -.infinity { return bucket.count }
                return rank + bucket.count * bucket.fractionBelow(value, isLinear: isLinear)
            }
            lowerRank = lowerRank ?? rankOf(lower)
            upperRank = upperRank ?? rankOf(upper)
            if lowerRank != nil, upperRank != nil { break }
            rank += bucket.count
        }
        var count = histogram.count
        if histogram.sum.isNaN {
            count = buckets.reduce(0) { $0 + $1.count }
            if count < histogram.count { annotations.fractionHasNaNs(metric: metric, at: place) }
        }
        return (min(upperRank ?? count, count) - min(lowerRank ?? count, count)) / histogram.count
    }

    /// The variance of the observations, each bucket standing for its middle.
    static func variance(_ histogram: FloatHistogram) -> Double {
        let mean = histogram.sum / histogram.count
        var sum = KahanSum()
        for bucket in histogram.allBuckets where bucket.count != 0 {
            let value: Double
            if histogram.usesCustomBuckets {
                value = (bucket.upper + bucket.lower) / 2
            } else if bucket.lower <= 0, bucket.upper >= 0 {
                value = 0
            } else {
                let middle = (bucket.upper * bucket.lower).squareRoot()
                value = bucket.upper < 0 ? -middle : middle
            }
            let difference = value - mean
            sum.add(bucket.count * difference * difference)
        }
        return sum.value / histogram.count
    }
}
