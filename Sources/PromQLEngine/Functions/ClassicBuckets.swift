import MetricModel

/// The cumulative buckets of a classic histogram at one moment.
struct ClassicBuckets {
    /// Sorted by upper bound.
    private(set) var bounds: [Double] = []
    private(set) var counts: [Double] = []

    /// Counts this near to each other, relatively, differ by rounding only.
    private static let tolerance = 1e-12

    var isEmpty: Bool { bounds.isEmpty }

    mutating func removeAll() {
        bounds.removeAll(keepingCapacity: true)
        counts.removeAll(keepingCapacity: true)
    }

    /// Buckets come in ascending order of bounds; those with the same bound are added up.
    mutating func append(_ bound: Double, _ count: Double) {
        if let last = bounds.last, last == bound {
            counts[counts.count - 1] += count
        } else {
            bounds.append(bound)
            counts.append(count)
        }
    }

    /// The φ-quantile, linear within a bucket, with what had to be repaired in counts that decrease.
    mutating func quantile(_ quantile: Double) -> (value: Double, repair: MonotonicityRepair?) {
        if quantile.isNaN { return (.ordinaryNaN, nil) }
        if quantile < 0 { return (-.infinity, nil) }
        if quantile > 1 { return (.infinity, nil) }
        guard bounds.last == .infinity else { return (.ordinaryNaN, nil) }
        let repair = makeMonotonic()
        let last = bounds.count - 1
        guard last >= 1 else { return (.ordinaryNaN, repair) }
        let observations = counts[last]
        if observations == 0 { return (.ordinaryNaN, repair) }
        var rank = quantile * observations
        // The first bucket that reaches the rank; the last one if none before does.
        var low = 0
        var high = last
        while low < high {
            let middle = (low + high) / 2
            if counts[middle] >= rank { high = middle } else { low = middle + 1 }
        }
        if low == last { return (bounds[last - 1], repair) }
        if low == 0, bounds[0] <= 0 { return (bounds[0], repair) }
        var start = 0.0
        var count = counts[low]
        if low > 0 {
            start = bounds[low - 1]
            count -= counts[low - 1]
            rank -= counts[low - 1]
        }
        return (start + (bounds[low] - start) * (rank / count), repair)
    }

    /// The share of observations between two values.
    func fraction(_ lower: Double, _ upper: Double) -> Double {
        guard bounds.last == .infinity, let count = counts.last else { return .ordinaryNaN }
        if count == 0 || lower.isNaN || upper.isNaN { return .ordinaryNaN }
        if lower >= upper { return 0 }
        let lowerRank = min(rank(lower) ?? count, count)
        let upperRank = min(rank(upper) ?? count, count)
        return (upperRank - lowerRank) / count
    }

    /// How many observations are below a value; nil when it is above all finite bounds.
    private func rank(_ value: Double) -> Double? {
        var rank = 0.0
        var lowerBound = bounds[0] <= 0 ? -Double.infinity : 0
        for (index, upperBound) in bounds.enumerated() {
            if index > 0 { lowerBound = bounds[index - 1] }
            if lowerBound >= value { return rank }
            if upperBound > value {
                if lowerBound == -.infinity { return counts[index] }
                return rank + (counts[index] - rank) * (value - lowerBound) / (upperBound - lowerBound)
            }
            rank = counts[index]
        }
        return nil
    }

    private mutating func makeMonotonic() -> MonotonicityRepair? {
        var repair: MonotonicityRepair?
        var previous = counts[0]
        for i in 1..<max(counts.count, 1) {
            let current = counts[i]
            if current == previous { continue }
            if previous.isAlmostEqual(to: current, tolerance: ClassicBuckets.tolerance) {
                counts[i] = previous
            } else if current < previous {
                counts[i] = previous
                let one = MonotonicityRepair(
                    firstTime: 0, lastTime: 0, lowestBound: bounds[i], highestBound: bounds[i],
                    largestDifference: previous - current)
                var merged = repair?.merged(one) ?? one
                merged.count = 1
                repair = merged
            } else {
                previous = current
            }
        }
        return repair
    }
}
