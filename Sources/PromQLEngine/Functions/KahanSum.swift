/// A sum with Neumaier's compensation, step for step as Prometheus adds.
struct KahanSum: Sendable {
    var sum: Double
    var compensation: Double

    @inline(__always)
    init(_ sum: Double = 0, compensation: Double = 0) {
        self.sum = sum
        self.compensation = compensation
    }

    @inline(__always)
    mutating func add(_ value: Double) {
        let total = sum + value
        if total.isInfinite {
            compensation = 0
        } else if sum.magnitude >= value.magnitude {
            compensation += (sum - total) + value
        } else {
            compensation += (value - total) + sum
        }
        sum = total
    }

    /// The compensated sum.
    @inline(__always)
    var value: Double { sum + compensation }
}

/// A mean by compensated sum; when the sum would overflow, by compensated steps from mean to mean.
struct KahanMean: Sendable {
    private var total: KahanSum
    private var count = 1.0
    private var isIncremental = false

    init(first: Double) {
        total = KahanSum(first)
    }

    mutating func add(_ value: Double) {
        count += 1
        if !isIncremental {
            var next = total
            next.add(value)
            if !next.sum.isInfinite {
                total = next
                return
            }
            isIncremental = true
            total.sum /= count - 1
            total.compensation /= count - 1
        }
        let share = (count - 1) / count
        total.sum *= share
        total.compensation *= share
        total.add(value / count)
    }

    var mean: Double {
        isIncremental ? total.value : total.sum / count + total.compensation / count
    }
}
