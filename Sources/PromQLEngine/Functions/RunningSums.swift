import MetricModel

/// Sums of any run of numbers from running totals of twice the precision: each number is looked at once,
/// however many runs it is in.
struct RunningSums {
    /// `high[i] + low[i]` is the sum of the first i numbers.
    private var high: [Double]
    private var low: [Double]
    private var largest = 0.0

    /// Nil when some number is not finite or the sum comes near to overflow.
    init?(_ values: UnsafeBufferPointer<Double>) {
        high = []
        low = []
        high.reserveCapacity(values.count + 1)
        low.reserveCapacity(values.count + 1)
        high.append(0)
        low.append(0)
        var sum = 0.0
        var rest = 0.0
        for value in values {
            let (total, error) = RunningSums.exact(sum, value)
            let (normal, remainder) = RunningSums.exact(total, rest + error)
            sum = normal
            rest = remainder
            high.append(sum)
            low.append(rest)
            largest = max(largest, sum.magnitude)
        }
        guard sum.isFinite, largest < 1e300 else { return nil }
    }

    /// The sum of the numbers `begin ..< end`; nil when it is so small beside the totals that it would not
    /// be exact.
    func sum(_ begin: Int, _ end: Int) -> KahanSum? {
        let (difference, error) = RunningSums.exact(high[end], -high[begin])
        let (total, rest) = RunningSums.exact(difference, error + (low[end] - low[begin]))
        // The totals are good to 2^-104 of the largest of them, a result wants 2^-64 of itself.
        guard total.magnitude > largest * 1e-12 || largest == 0 else { return nil }
        return KahanSum(total, compensation: rest)
    }

    /// Knuth's sum without error: the rounded sum and what was rounded off.
    private static func exact(_ a: Double, _ b: Double) -> (Double, Double) {
        let sum = a + b
        let part = sum - a
        return (sum, (a - (sum - part)) + (b - part))
    }
}

/// The numbers of a sliding window in order.
struct SortedWindow {
    /// Without NaN.
    private var values: [Double] = []
    private var nanCount = 0

    mutating func insert(_ value: Double) {
        if value.isNaN {
            nanCount += 1
        } else {
            values.insert(value, at: place(of: value))
        }
    }

    /// Takes out a number that is in the window.
    mutating func remove(_ value: Double) {
        if value.isNaN {
            nanCount -= 1
            return
        }
        let index = place(of: value)
        if index < values.count { values.remove(at: index) }
    }

    /// The φ-quantile; see ``Quantile``.
    func quantile(_ quantile: Double) -> Double {
        if quantile.isNaN || values.count + nanCount == 0 { return .ordinaryNaN }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        if nanCount > 0 {
            return Quantile.ofSorted(quantile, Array(repeating: .ordinaryNaN, count: nanCount) + values)
        }
        return Quantile.ofSorted(quantile, values)
    }

    /// The index of the first number that is not smaller.
    private func place(of value: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
