/// A sum with Neumaier's compensation, step for step as Prometheus adds.
@frozen public struct KahanSum: Sendable, Hashable {
    public var sum: Double
    public var compensation: Double

    @inlinable @inline(__always)
    public init(_ sum: Double = 0, compensation: Double = 0) {
        self.sum = sum
        self.compensation = compensation
    }

    @inlinable @inline(__always)
    public mutating func add(_ value: Double) {
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

    @inlinable @inline(__always)
    public mutating func scale(by factor: Double) {
        sum *= factor
        compensation *= factor
    }

    @inlinable @inline(__always)
    public mutating func divide(by divisor: Double) {
        sum /= divisor
        compensation /= divisor
    }

    /// The compensated sum.
    @inlinable @inline(__always)
    public var value: Double { sum + compensation }
}

/// A mean by compensated sum; when the sum would overflow, by compensated steps from mean to mean.
public struct KahanMean: Sendable {
    private var total: KahanSum
    private var count = 1.0
    private var isIncremental = false

    public init(first: Double) {
        total = KahanSum(first)
    }

    public mutating func add(_ value: Double) {
        count += 1
        if !isIncremental {
            var next = total
            next.add(value)
            if !next.sum.isInfinite {
                total = next
                return
            }
            isIncremental = true
            total.divide(by: count - 1)
        }
        total.scale(by: (count - 1) / count)
        total.add(value / count)
    }

    public var mean: Double {
        isIncremental ? total.value : total.sum / count + total.compensation / count
    }
}
