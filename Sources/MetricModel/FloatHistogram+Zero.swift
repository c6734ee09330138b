extension FloatHistogram {
    /// What the zero bucket holds when it grows to a larger threshold: the threshold grows further when
    /// it would cut a bucket that is not empty.
    func zeroBucket(widenedTo wanted: Double) -> (count: Double, threshold: Double) {
        var threshold = wanted
        guard threshold > zeroThreshold else { return (zeroCount, threshold) }
        let positive = positiveSide
        let negative = negativeSide
        while true {
            var total = KahanSum(zeroCount)
            if let grown = FloatHistogram.take(positive, schema, threshold, &total) { threshold = grown }
            if let grown = FloatHistogram.take(negative, schema, threshold, &total) {
                threshold = grown
                continue
            }
            return (total.sum, threshold)
        }
    }

    /// Adds the buckets of one side that lie below a threshold. Returns the upper bound of the bucket
    /// that the threshold cuts, if that is not empty.
    private static func take(_ side: Side, _ schema: Int32, _ threshold: Double, _ total: inout KahanSum)
        -> Double?
    {
        for (index, count) in zip(side.indexes, side.counts) {
            if exponentialBound(index &- 1, schema: schema) >= threshold { return nil }
            total.add(count)
            let upper = exponentialBound(index, schema: schema)
            if upper > threshold { return count != 0 ? upper : nil }
        }
        return nil
    }

    /// Widens the zero bucket to a threshold and takes what falls into it out of the other buckets.
    mutating func widenZeroBucket(to wanted: Double) {
        let (count, threshold) = zeroBucket(widenedTo: wanted)
        zeroCount = count
        zeroThreshold = threshold
        positiveSide = FloatHistogram.emptied(positiveSide, schema, threshold)
        negativeSide = FloatHistogram.emptied(negativeSide, schema, threshold)
    }

    private static func emptied(_ side: Side, _ schema: Int32, _ threshold: Double) -> Side {
        var result = Side()
        for (index, count) in zip(side.indexes, side.counts)
        where count != 0 && exponentialBound(index &- 1, schema: schema) >= threshold {
            result.indexes.append(index)
            result.counts.append(count)
        }
        return result
    }
}
