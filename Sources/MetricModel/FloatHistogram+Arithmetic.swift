extension FloatHistogram {
    /// What adding two histograms brought up.
    public struct Encounter: Sendable {
        /// One said that a counter reset came before it, the other that none did.
        public var hasResetCollision = false
        /// Custom bounds differed: the result has those that both have.
        public var hasReconciledBounds = false

        public init() {}
    }

    /// All counts and the sum times a factor; a gauge when that is negative.
    public mutating func scale(by factor: Double) {
        isInteger = false
        zeroCount *= factor
        count *= factor
        sum *= factor
        for i in positiveBuckets.indices { positiveBuckets[i] *= factor }
        for i in negativeBuckets.indices { negativeBuckets[i] *= factor }
        if factor < 0 { counterResetHint = .gauge }
    }

    /// All counts and the sum by a divisor; without buckets when that is zero.
    public mutating func divide(by divisor: Double) {
        isInteger = false
        zeroCount /= divisor
        count /= divisor
        sum /= divisor
        if divisor == 0 {
            positiveSpans = []
            positiveBuckets = []
            negativeSpans = []
            negativeBuckets = []
            return
        }
        for i in positiveBuckets.indices { positiveBuckets[i] /= divisor }
        for i in negativeBuckets.indices { negativeBuckets[i] /= divisor }
        if divisor < 0 { counterResetHint = .gauge }
    }

    /// Adds a histogram, at the coarser of the two resolutions.
    ///
    /// - Returns: nil, and nothing is changed, when one has custom buckets and the other exponential ones.
    public mutating func add(_ other: FloatHistogram) -> Encounter? {
        combine(other, sign: 1)
    }

    /// Subtracts a histogram; like ``add(_:)``.
    public mutating func subtract(_ other: FloatHistogram) -> Encounter? {
        combine(other, sign: -1)
    }

    private mutating func combine(_ other: FloatHistogram, sign: Double) -> Encounter? {
        guard usesCustomBuckets == other.usesCustomBuckets else { return nil }
        isInteger = false
        var encounter = Encounter()
        encounter.hasResetCollision = adjustHint(other.counterResetHint)
        if hasSameLayout(as: other) {
            zeroCount += sign * other.zeroCount
            count += sign * other.count
            sum += sign * other.sum
            for i in positiveBuckets.indices { positiveBuckets[i] += sign * other.positiveBuckets[i] }
            for i in negativeBuckets.indices { negativeBuckets[i] += sign * other.negativeBuckets[i] }
            return encounter
        }
        if usesCustomBuckets {
            count += sign * other.count
            sum += sign * other.sum
            if customValues == other.customValues {
                positiveSide = FloatHistogram.merged(positiveSide, other.positiveSide, sign)
            } else {
                encounter.hasReconciledBounds = true
                let shared = FloatHistogram.sharedBounds(customValues, other.customValues)
                var totals = [KahanSum](repeating: KahanSum(), count: shared.count + 1)
                FloatHistogram.pour(positiveSide, customValues, into: &totals, shared, sign: 1)
                FloatHistogram.pour(other.positiveSide, other.customValues, into: &totals, shared, sign: sign)
                customValues = shared
                var side = Side()
                for (index, total) in totals.enumerated() where total.sum != 0 {
                    side.indexes.append(Int32(index))
                    side.counts.append(total.sum)
                }
                positiveSide = side
            }
            return encounter
        }
        var otherZero = (count: other.zeroCount, threshold: other.zeroThreshold)
        // A threshold that is no number never becomes equal.
        while otherZero.threshold > zeroThreshold || otherZero.threshold < zeroThreshold {
            if zeroThreshold > otherZero.threshold { otherZero = other.zeroBucket(widenedTo: zeroThreshold) }
            if otherZero.threshold > zeroThreshold { widenZeroBucket(to: otherZero.threshold) }
        }
        zeroCount += sign * otherZero.count
        count += sign * other.count
        sum += sign * other.sum
        let target = min(schema, other.schema)
        func combined(_ a: Side, _ b: Side) -> Side {
            FloatHistogram.merged(
                a.reduced(from: schema, to: target),
                b.reduced(from: other.schema, to: target).droppingBuckets(
                    within: zeroThreshold, schema: target), sign)
        }
        let positive = combined(positiveSide, other.positiveSide)
        let negative = combined(negativeSide, other.negativeSide)
        schema = target
        positiveSide = positive
        negativeSide = negative
        return encounter
    }

    /// Whether both have the same buckets, so that counts can be added place by place.
    private func hasSameLayout(as other: FloatHistogram) -> Bool {
        schema == other.schema && zeroThreshold == other.zeroThreshold && positiveSpans == other.positiveSpans
            && negativeSpans == other.negativeSpans && positiveBuckets.count == other.positiveBuckets.count
            && negativeBuckets.count == other.negativeBuckets.count && customValues == other.customValues
            && !hasBucketsInZeroBucket
    }

    private var hasBucketsInZeroBucket: Bool {
        guard !usesCustomBuckets, zeroThreshold > 0 else { return false }
        for span in [positiveSpans.first, negativeSpans.first] {
            if let span, FloatHistogram.exponentialBound(span.offset, schema: schema) <= zeroThreshold {
                return true
            }
        }
        return false
    }

    /// Two sides added up bucket by bucket.
    private static func merged(_ a: Side, _ b: Side, _ sign: Double) -> Side {
        var result = Side()
        result.indexes.reserveCapacity(max(a.indexes.count, b.indexes.count))
        var i = 0
        var j = 0
        while i < a.indexes.count || j < b.indexes.count {
            if j == b.indexes.count || (i < a.indexes.count && a.indexes[i] < b.indexes[j]) {
                result.indexes.append(a.indexes[i])
                result.counts.append(a.counts[i])
                i += 1
            } else if i == a.indexes.count || b.indexes[j] < a.indexes[i] {
                result.indexes.append(b.indexes[j])
                result.counts.append(sign * b.counts[j])
                j += 1
            } else {
                result.indexes.append(a.indexes[i])
                result.counts.append(a.counts[i] + sign * b.counts[j])
                i += 1
                j += 1
            }
        }
        return result
    }

    // MARK: - Custom bounds

    /// The bounds that both have, ascending.
    static func sharedBounds(_ a: [Double], _ b: [Double]) -> [Double] {
        var result: [Double] = []
        var j = 0
        for bound in a {
            while j < b.count, b[j] < bound { j += 1 }
            if j < b.count, b[j] == bound { result.append(bound) }
        }
        return result
    }

    /// Adds the buckets of a side to those with fewer bounds that contain them.
    static func pour(
        _ side: Side, _ bounds: [Double], into totals: inout [KahanSum], _ shared: [Double], sign: Double
    ) {
        for (index, count) in zip(side.indexes, side.counts) {
            totals[place(index, bounds, shared)].add(sign * count)
        }
    }

    /// The bucket among `shared` that contains bucket `index` of `bounds`.
    static func place(_ index: Int32, _ bounds: [Double], _ shared: [Double]) -> Int {
        guard index >= 0, Int(index) < bounds.count else { return shared.count }
        let bound = bounds[Int(index)]
        return shared.firstIndex { $0 >= bound } ?? shared.count
    }

    // MARK: - Counter resets

    /// Joins the hints of two histograms that are added. Returns whether they contradict each other.
    mutating func adjustHint(_ other: CounterResetHint) -> Bool {
        if other == counterResetHint || counterResetHint == .gauge { return false }
        if other == .gauge {
            counterResetHint = .gauge
            return false
        }
        let isCollision = counterResetHint != .unknown && other != .unknown
        counterResetHint = .unknown
        return isCollision
    }

    /// Whether a counter was reset between `previous` and this histogram: the hint says so, or a count
    /// went down, or the buckets became finer.
    public func isReset(since previous: FloatHistogram) -> Bool {
        switch counterResetHint {
        case .reset: return true
        case .notReset: return false
        case .unknown, .gauge: break
        }
        if count < previous.count { return true }
        if usesCustomBuckets {
            guard previous.usesCustomBuckets else { return true }
            if customValues != previous.customValues { return isResetBySharedBounds(since: previous) }
            return FloatHistogram.isLower(positiveSide, than: previous.positiveSide)
        }
        if previous.usesCustomBuckets || schema > previous.schema || zeroThreshold < previous.zeroThreshold {
            return true
        }
        let (previousZero, threshold) = previous.zeroBucket(widenedTo: zeroThreshold)
        if threshold != zeroThreshold || zeroCount < previousZero { return true }
        func comparable(_ side: Side, _ from: Int32) -> Side {
            side.reduced(from: from, to: schema).droppingBuckets(within: zeroThreshold, schema: schema)
        }
        return FloatHistogram.isLower(
            comparable(positiveSide, schema), than: comparable(previous.positiveSide, previous.schema))
            || FloatHistogram.isLower(
                comparable(negativeSide, schema), than: comparable(previous.negativeSide, previous.schema))
    }

    /// Whether any bucket of `previous` has more than the same one of `current`.
    private static func isLower(_ current: Side, than previous: Side) -> Bool {
        var i = 0
        for (index, count) in zip(previous.indexes, previous.counts) {
            while i < current.indexes.count, current.indexes[i] < index { i += 1 }
            if i < current.indexes.count, current.indexes[i] == index {
                if current.counts[i] < count { return true }
            } else if count != 0 {
                return true
            }
        }
        return false
    }

    private func isResetBySharedBounds(since previous: FloatHistogram) -> Bool {
        let shared = FloatHistogram.sharedBounds(customValues, previous.customValues)
        var current = [KahanSum](repeating: KahanSum(), count: shared.count + 1)
        var before = current
        FloatHistogram.pour(positiveSide, customValues, into: &current, shared, sign: 1)
        FloatHistogram.pour(previous.positiveSide, previous.customValues, into: &before, shared, sign: 1)
        return zip(current, before).contains { $0.sum < $1.sum }
    }
}
