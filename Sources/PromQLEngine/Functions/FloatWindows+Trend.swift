import MetricModel

/// Functions that fit a line or smooth.
extension FloatWindows {
    func slopes() {
        slideSlowly { step, begin, end in
            guard end - begin >= 2 else { return }
            output[step] = line(begin, end, around: times[begin]).slope
        }
    }

    /// - Parameter seconds: how far ahead of each step.
    func predictions(_ seconds: [Double]) {
        slideSlowly { step, begin, end in
            guard end - begin >= 2 else { return }
            let line = line(begin, end, around: windows.steps.time(step))
            output[step] = line.slope * seconds[step] + line.intercept
        }
    }

    /// - Parameter origin: the moment that the intercept is for, milliseconds since 1970.
    private func line(_ begin: Int, _ end: Int, around origin: Timestamp) -> (
        slope: Double, intercept: Double
    ) {
        Regression.line(times: times, values: values, begin..<end, around: origin)
    }

    /// - Parameters:
    ///   - smoothing: 0 < factor < 1, of each step.
    ///   - trend: 0 < factor < 1, of each step.
    func smoothed(_ smoothing: [Double], trend: [Double]) {
        slideSlowly { step, begin, end in
            guard end - begin >= 2 else { return }
            let factor = smoothing[step]
            let trendFactor = trend[step]
            var previous = 0.0
            var current = values[begin]
            var slope = values[begin + 1] - values[begin]
            for i in begin + 1..<end {
                if i > begin + 1 { slope = trendFactor * (current - previous) + (1 - trendFactor) * slope }
                let next = factor * values[i] + (1 - factor) * (current + slope)
                previous = current
                current = next
            }
            output[step] = current
        }
    }
}

/// Least squares with compensated sums.
enum Regression {
    static func line(
        times: UnsafeBufferPointer<Timestamp>, values: UnsafeBufferPointer<Double>, _ range: Range<Int>,
        around origin: Timestamp
    ) -> (slope: Double, intercept: Double) {
        let first = values[range.lowerBound]
        var isConstant = true
        var count = 0.0
        var x = KahanSum()
        var y = KahanSum()
        var xy = KahanSum()
        var xx = KahanSum()
        for i in range {
            if values[i] != first { isConstant = isConstant && i == range.lowerBound }
            count += 1
            let distance = Double(times[i] - origin) / 1e3
            x.add(distance)
            y.add(values[i])
            xy.add(distance * values[i])
            xx.add(distance * distance)
        }
        if isConstant { return first.isInfinite ? (.ordinaryNaN, .ordinaryNaN) : (0, first) }
        let covariance = xy.value - x.value * y.value / count
        let variance = xx.value - x.value * x.value / count
        let slope = covariance / variance
        return (slope, y.value / count - slope * x.value / count)
    }
}
