#if canImport(Glibc)
    import Glibc
#endif

extension FloatHistogram {
    /// Without the observations above a value (`</`), or below it (`>/`). A bucket that the value cuts
    /// keeps its share; count and sum are estimated anew from the buckets, unless nothing was cut off.
    public func trimmed(at value: Double, keepsLower: Bool) -> FloatHistogram {
        var trim = Trim(value: value, keepsLower: keepsLower, isLinear: usesCustomBuckets)
        var positive = positiveSide
        var negative = negativeSide
        for i in positive.indexes.indices where positive.counts[i] != 0 {
            positive.counts[i] = trim.keep(
                positiveBucket(positive.indexes[i], positive.counts[i]), isPositive: true)
        }
        for i in negative.indexes.indices where negative.counts[i] != 0 {
            negative.counts[i] = trim.keep(
                negativeBucket(negative.indexes[i], negative.counts[i]), isPositive: false)
        }
        var result = self
        if zeroCount > 0 {
            result.zeroCount = trim.keepOfZeroBucket(
                zeroBucket, hasNegative: negativeBuckets.contains { $0 != 0 },
                hasPositive: positiveBuckets.contains { $0 != 0 })
        }
        guard trim.hasChanged else { return self }
        result.positiveSide = positive
        result.negativeSide = negative
        result.count = trim.count
        result.sum = trim.sum
        result.compact()
        return result
    }

    /// The share of a bucket's observations below a value that lies in it.
    static func fractionBelow(_ value: Double, in bucket: Bucket, isLinear: Bool) -> Double {
        if isLinear { return (value - bucket.lower) / (bucket.upper - bucket.lower) }
        let lower = log2(bucket.lower.magnitude)
        let upper = log2(bucket.upper.magnitude)
        let position = log2(value.magnitude)
        return value > 0 ? (position - lower) / (upper - lower) : 1 - (position - upper) / (lower - upper)
    }
}

extension FloatHistogram.Bucket {
    /// The share of the observations below a value that lies in the bucket: spread evenly, or evenly on a
    /// logarithmic scale.
    public func fractionBelow(_ value: Double, isLinear: Bool) -> Double {
        FloatHistogram.fractionBelow(value, in: self, isLinear: isLinear)
    }
}

/// A trim at work: what is kept so far.
private struct Trim {
    let value: Double
    let keepsLower: Bool
    /// Observations are spread evenly within a bucket.
    let isLinear: Bool
    var count = 0.0
    var sum = 0.0
    var hasChanged = false

    mutating func keep(_ bucket: FloatHistogram.Bucket, isPositive: Bool) -> Double {
        let isWithin = keepsLower ? bucket.upper <= value : bucket.lower >= value
        if isWithin {
            count += bucket.count
            sum += middle(bucket.lower, bucket.upper, isPositive: isPositive) * bucket.count
            return bucket.count
        }
        let isCut = keepsLower ? bucket.lower < value : bucket.upper > value
        guard isCut else {
            hasChanged = true
            return 0
        }
        let (kept, middle) = part(bucket, isPositive: isPositive)
        count += kept
        sum += middle * kept
        if kept != bucket.count { hasChanged = true }
        return kept
    }

    mutating func keepOfZeroBucket(_ bucket: FloatHistogram.Bucket, hasNegative: Bool, hasPositive: Bool)
        -> Double
    {
        let lower = hasPositive && !hasNegative ? 0 : bucket.lower
        let upper = hasNegative && !hasPositive ? 0 : bucket.upper
        let kept: Double
        let middle: Double
        if value <= lower {
            (kept, middle) = keepsLower ? (0, 0) : (bucket.count, (lower + upper) / 2)
        } else if value >= upper {
            (kept, middle) = keepsLower ? (bucket.count, (lower + upper) / 2) : (0, 0)
        } else if keepsLower {
            (kept, middle) = (bucket.count * ((value - lower) / (upper - lower)), (lower + value) / 2)
        } else {
            (kept, middle) = (bucket.count * ((upper - value) / (upper - lower)), (value + upper) / 2)
        }
        if kept != bucket.count { hasChanged = true }
        count += kept
        sum += middle * kept
        return kept
    }

    /// What is kept of a bucket that the value cuts, and the value that stands for it.
    private func part(_ bucket: FloatHistogram.Bucket, isPositive: Bool) -> (Double, Double) {
        if bucket.lower == -.infinity || bucket.upper == .infinity { return partOfEndless(bucket) }
        let below =
            value <= bucket.lower
            ? 0
            : value >= bucket.upper
                ? bucket.count : bucket.count * bucket.fractionBelow(value, isLinear: isLinear)
        if keepsLower { return (below, middle(bucket.lower, value, isPositive: isPositive)) }
        return (bucket.count - below, middle(value, bucket.upper, isPositive: isPositive))
    }

    /// A bucket without a lower or upper end cannot be interpolated; one that reaches above zero is taken
    /// to begin there.
    private func partOfEndless(_ bucket: FloatHistogram.Bucket) -> (Double, Double) {
        func finite(_ value: Double) -> Double { value.isInfinite ? 0 : value }
        if bucket.lower == -.infinity {
            if keepsLower {
                if value >= bucket.upper { return (bucket.count, 0) }
                if value > 0, bucket.upper > 0, bucket.upper != .infinity {
                    return (bucket.count * value / bucket.upper, value / 2)
                }
                return bucket.upper <= 0 ? (bucket.count, value) : (0, finite(bucket.upper))
            }
            if value <= bucket.lower { return (bucket.count, 0) }
            if value >= 0, bucket.upper > value, bucket.upper != .infinity {
                return (bucket.count * (1 - value / bucket.upper), (value + bucket.upper) / 2)
            }
            return (0, finite(bucket.upper))
        }
        if keepsLower { return (0, finite(bucket.lower)) }
        return value >= bucket.lower ? (bucket.count, value) : (0, finite(bucket.lower))
    }

    private func middle(_ lower: Double, _ upper: Double, isPositive: Bool) -> Double {
        if lower.isInfinite {
            if upper.isInfinite { return 0 }
            return upper > 0 ? upper / 2 : upper
        }
        if upper.isInfinite { return lower }
        if isLinear { return (lower + upper) / 2 }
        let mean = (lower * upper).magnitude.squareRoot()
        return isPositive ? mean : -mean
    }
}
