/// A sum of native histograms, compensated in every bucket.
public struct HistogramSum: Sendable {
    fileprivate struct Side {
        var indexes: [Int32]
        var sums: [KahanSum]

        init(_ side: FloatHistogram.Side) {
            indexes = side.indexes
            sums = side.counts.map { KahanSum($0) }
        }
    }

    /// Schema, bounds and hint; its counts are not used.
    private var frame: FloatHistogram
    private var zero: KahanSum
    private var count: KahanSum
    private var sum: KahanSum
    private var positive: Side
    private var negative: Side

    public init(_ first: FloatHistogram) {
        frame = first
        zero = KahanSum(first.zeroCount)
        count = KahanSum(first.count)
        sum = KahanSum(first.sum)
        positive = Side(first.positiveSide)
        negative = Side(first.negativeSide)
    }

    /// - Returns: nil, and nothing is changed, when one has custom buckets and the other exponential ones.
    public mutating func add(_ other: FloatHistogram) -> FloatHistogram.Encounter? {
        guard frame.usesCustomBuckets == other.usesCustomBuckets else { return nil }
        var encounter = FloatHistogram.Encounter()
        encounter.hasResetCollision = frame.adjustHint(other.counterResetHint)
        if frame.usesCustomBuckets {
            count.add(other.count)
            sum.add(other.sum)
            if frame.customValues == other.customValues {
                positive.add(other.positiveSide)
            } else {
                encounter.hasReconciledBounds = true
                reconcile(other)
            }
            return encounter
        }
        var otherZero = (count: other.zeroCount, threshold: other.zeroThreshold)
        // A threshold that is no number never becomes equal.
        while otherZero.threshold > frame.zeroThreshold || otherZero.threshold < frame.zeroThreshold {
            if frame.zeroThreshold > otherZero.threshold {
                otherZero = other.zeroBucket(widenedTo: frame.zeroThreshold)
            }
            if otherZero.threshold > frame.zeroThreshold { widenZeroBucket(to: otherZero.threshold) }
        }
        zero.add(otherZero.count)
        count.add(other.count)
        sum.add(other.sum)
        let target = min(frame.schema, other.schema)
        positive.reduce(from: frame.schema, to: target)
        negative.reduce(from: frame.schema, to: target)
        func comparable(_ side: FloatHistogram.Side) -> FloatHistogram.Side {
            side.reduced(from: other.schema, to: target).droppingBuckets(
                within: frame.zeroThreshold, schema: target)
        }
        positive.add(comparable(other.positiveSide))
        negative.add(comparable(other.negativeSide))
        frame.schema = target
        return encounter
    }

    public mutating func scale(by factor: Double) {
        change { $0.scale(by: factor) }
    }

    public mutating func divide(by divisor: Double) {
        change { $0.divide(by: divisor) }
    }

    /// Whether any count has become infinite.
    public var hasOverflow: Bool {
        zero.sum.isInfinite || count.sum.isInfinite || sum.sum.isInfinite
            || positive.sums.contains { $0.sum.isInfinite }
            || negative.sums.contains { $0.sum.isInfinite }
    }

    /// The sum so far, compact.
    public var histogram: FloatHistogram {
        var result = frame
        result.zeroCount = zero.value
        result.count = count.value
        result.sum = sum.value
        result.positiveSide = positive.side
        result.negativeSide = negative.side
        return result
    }

    // MARK: - Parts

    private mutating func change(_ body: (inout KahanSum) -> Void) {
        body(&zero)
        body(&count)
        body(&sum)
        for i in positive.sums.indices { body(&positive.sums[i]) }
        for i in negative.sums.indices { body(&negative.sums[i]) }
    }

    private mutating func reconcile(_ other: FloatHistogram) {
        let shared = FloatHistogram.sharedBounds(frame.customValues, other.customValues)
        var totals = [KahanSum](repeating: KahanSum(), count: shared.count + 1)
        for (index, old) in zip(positive.indexes, positive.sums) {
            let place = FloatHistogram.place(index, frame.customValues, shared)
            totals[place].add(old.sum)
            totals[place].add(old.compensation)
        }
        FloatHistogram.pour(other.positiveSide, other.customValues, into: &totals, shared, sign: 1)
        positive = Side(FloatHistogram.Side())
        for (index, total) in totals.enumerated() where total.sum != 0 || total.compensation != 0 {
            positive.indexes.append(Int32(index))
            positive.sums.append(total)
        }
        frame.customValues = shared
    }

    private mutating func widenZeroBucket(to wanted: Double) {
        var threshold = wanted
        while true {
            var total = zero
            if let grown = positive.take(frame.schema, threshold, &total) { threshold = grown }
            if let grown = negative.take(frame.schema, threshold, &total) {
                threshold = grown
                continue
            }
            zero = total
            break
        }
        frame.zeroThreshold = threshold
        positive.empty(below: threshold, frame.schema)
        negative.empty(below: threshold, frame.schema)
    }
}

extension HistogramSum.Side {
    var side: FloatHistogram.Side {
        var result = FloatHistogram.Side()
        for (index, sum) in zip(indexes, sums) where sum.value != 0 {
            result.indexes.append(index)
            result.counts.append(sum.value)
        }
        return result
    }

    mutating func add(_ other: FloatHistogram.Side) {
        if indexes == other.indexes {
            for i in sums.indices { sums[i].add(other.counts[i]) }
            return
        }
        var newIndexes: [Int32] = []
        var newSums: [KahanSum] = []
        newIndexes.reserveCapacity(indexes.count + other.indexes.count)
        newSums.reserveCapacity(indexes.count + other.indexes.count)
        var i = 0
        var j = 0
        while i < indexes.count || j < other.indexes.count {
            if j == other.indexes.count || (i < indexes.count && indexes[i] < other.indexes[j]) {
                newIndexes.append(indexes[i])
                newSums.append(sums[i])
                i += 1
            } else if i == indexes.count || other.indexes[j] < indexes[i] {
                newIndexes.append(other.indexes[j])
                newSums.append(KahanSum(other.counts[j]))
                j += 1
            } else {
                var sum = sums[i]
                sum.add(other.counts[j])
                newIndexes.append(indexes[i])
                newSums.append(sum)
                i += 1
                j += 1
            }
        }
        indexes = newIndexes
        sums = newSums
    }

    mutating func reduce(from schema: Int32, to target: Int32) {
        guard target < schema else { return }
        let shift = schema - target
        var newIndexes: [Int32] = []
        var newSums: [KahanSum] = []
        for (index, sum) in zip(indexes, sums) {
            let coarse = ((index &- 1) >> shift) &+ 1
            if newIndexes.last == coarse {
                newSums[newSums.count - 1].add(sum.sum)
                newSums[newSums.count - 1].add(sum.compensation)
            } else {
                newIndexes.append(coarse)
                newSums.append(sum)
            }
        }
        indexes = newIndexes
        sums = newSums
    }

    /// Adds the buckets below a threshold to a total. Returns the upper bound of the bucket that the
    /// threshold cuts, if that is not empty.
    func take(_ schema: Int32, _ threshold: Double, _ total: inout KahanSum) -> Double? {
        for (index, sum) in zip(indexes, sums) {
            if FloatHistogram.exponentialBound(index &- 1, schema: schema) >= threshold { return nil }
            total.add(sum.sum)
            total.add(sum.compensation)
            let upper = FloatHistogram.exponentialBound(index, schema: schema)
            if upper > threshold { return sum.sum != 0 ? upper : nil }
        }
        return nil
    }

    mutating func empty(below threshold: Double, _ schema: Int32) {
        let kept =
            indexes.firstIndex { FloatHistogram.exponentialBound($0 &- 1, schema: schema) >= threshold }
            ?? indexes.count
        indexes.removeFirst(kept)
        sums.removeFirst(kept)
    }
}

/// A mean of native histograms: from a sum as long as that does not overflow, then from mean to mean.
public struct HistogramMean: Sendable {
    private var total: HistogramSum
    private var count = 1.0
    private var isIncremental = false

    public init(first: FloatHistogram) {
        total = HistogramSum(first)
    }

    /// - Returns: nil when one has custom buckets and the other exponential ones.
    public mutating func add(_ other: FloatHistogram) -> FloatHistogram.Encounter? {
        count += 1
        if !isIncremental {
            var next = total
            guard let encounter = next.add(other) else { return nil }
            if !next.hasOverflow {
                total = next
                return encounter
            }
            isIncremental = true
            total.divide(by: count - 1)
        }
        total.scale(by: (count - 1) / count)
        var part = other
        part.divide(by: count)
        return total.add(part)
    }

    public var histogram: FloatHistogram {
        if isIncremental { return total.histogram }
        var result = total
        result.divide(by: count)
        return result.histogram
    }
}
