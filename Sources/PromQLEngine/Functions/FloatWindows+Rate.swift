import MetricModel

/// The rate family over floats.
extension FloatWindows {
    /// `rate`, `increase` and `delta`: the difference over the window, extrapolated to its edges.
    ///
    /// Source: Prometheus' extrapolation rules (a gap of up to 1.1 average gaps is bridged, a larger one
    /// by half an average gap, a counter never below zero).
    func extrapolatedChange(isCounter: Bool, isRate: Bool) {
        let resets = isCounter ? resetIndexes() : []
        let rangeSeconds = windows.rangeSeconds
        var firstReset = 0
        var extrapolation = Extrapolation(
            Extrapolation.Shape(toStart: 0, toEnd: 0, covered: 0, count: 0), rangeSeconds: nil)
        func windowShape(_ step: Int, _ begin: Int, _ end: Int) -> Extrapolation.Shape {
            let windowEnd = windows.end(step)
            return Extrapolation.Shape(
                toStart: times[begin] - (windowEnd - windows.range), toEnd: windowEnd - times[end - 1],
                covered: times[end - 1] - times[begin], count: end - begin)
        }
        slide(
            resets.isEmpty ? EvenSamples(times, windows) : nil,
            evenly: { even in
                guard even.window.count >= 2 else { return }
                let all = Extrapolation(
                    windowShape(even.steps.lowerBound, even.window.lowerBound, even.window.upperBound),
                    rangeSeconds: isRate ? rangeSeconds : nil)
                var begin = even.window.lowerBound
                for step in even.steps {
                    let first = values[begin]
                    let change = values[begin &+ even.window.count &- 1] - first
                    output[step] = change * (isCounter ? all.factor(from: first, by: change) : all.factor)
                    begin &+= even.stride
                }
            }
        ) { step, begin, end in
            guard end - begin >= 2 else { return }
            let first = values[begin]
            var change = values[end - 1] - first
            if !resets.isEmpty {
                while firstReset < resets.count, resets[firstReset] <= begin { firstReset += 1 }
                var next = firstReset
                while next < resets.count, resets[next] < end {
                    change += values[resets[next] - 1]
                    next += 1
                }
            }
            let shape = windowShape(step, begin, end)
            if shape != extrapolation.shape {
                extrapolation = Extrapolation(shape, rangeSeconds: isRate ? rangeSeconds : nil)
            }
            output[step] =
                change * (isCounter ? extrapolation.factor(from: first, by: change) : extrapolation.factor)
        }
    }

    /// What the difference over a window is multiplied with.
    private struct Extrapolation {
        /// Milliseconds from the edges to the samples, and between them. The windows of a series that is scraped at even
        /// intervals have one shape or a few in turn.
        struct Shape: Equatable {
            var toStart: Int64
            var toEnd: Int64
            var covered: Int64
            var count: Int
        }

        let shape: Shape
        /// For a series that does not begin in the window.
        let factor: Double
        /// Seconds.
        private let covered: Double
        private let toStart: Double
        private let toEnd: Double
        private let rangeSeconds: Double?
        /// A counter that began at zero was above the start of the window for certain when its first value is larger than
        /// the change this many times.
        private let certainly: Double

        /// - Parameter rangeSeconds: what the result is divided by.
        init(_ shape: Shape, rangeSeconds: Double?) {
            self.shape = shape
            self.rangeSeconds = rangeSeconds
            var toStart = Double(shape.toStart) / 1000
            var toEnd = Double(shape.toEnd) / 1000
            covered = Double(shape.covered) / 1000
            let gap = covered / Double(shape.count - 1)
            let threshold = gap * 1.1
            if toStart >= threshold { toStart = gap / 2 }
            if toEnd >= threshold { toEnd = gap / 2 }
            self.toStart = toStart
            self.toEnd = toEnd
            certainly = toStart / covered * (1 + 1e-9)
            factor = Extrapolation.factor(covered, toStart, toEnd, rangeSeconds)
        }

        /// For a counter, which was not below zero before its first value in the window.
        @inline(__always)
        func factor(from first: Double, by change: Double) -> Double {
            if first > certainly * change { return factor }
            guard change > 0, first >= 0 else { return factor }
            let toZero = covered * (first / change)
            return toZero < toStart ? Extrapolation.factor(covered, toZero, toEnd, rangeSeconds) : factor
        }

        private static func factor(
            _ covered: Double, _ toStart: Double, _ toEnd: Double, _ rangeSeconds: Double?
        ) -> Double {
            var factor = 1.0
            if covered != 0 { factor = (covered + toStart + toEnd) / covered }
            if let rangeSeconds { factor /= rangeSeconds }
            return factor
        }
    }

    /// Where a value is smaller than the one before it: nearly always nowhere.
    private func resetIndexes() -> [Int] {
        var result: [Int] = []
        let bytes = UnsafeRawBufferPointer(values)
        var i = 1
        while i + 8 <= values.count {
            let place = i * MemoryLayout<Double>.stride
            let these = bytes.loadUnaligned(fromByteOffset: place, as: SIMD8<Double>.self)
            let before = bytes.loadUnaligned(
                fromByteOffset: place - MemoryLayout<Double>.stride, as: SIMD8<Double>.self)
            if any(these .< before) {
                for i in i..<i + 8 where values[i] < values[i - 1] { result.append(i) }
            }
            i += 8
        }
        while i < values.count {
            if values[i] < values[i - 1] { result.append(i) }
            i += 1
        }
        return result
    }

    /// `irate` and `idelta`: from the last two samples.
    func lastChange(isCounter: Bool) {
        slide { step, begin, end in
            guard end - begin >= 2 else { return }
            let interval = times[end - 1] - times[end - 2]
            guard interval != 0 else { return }
            var change = values[end - 1]
            if !isCounter || !(values[end - 1] < values[end - 2]) {
                change = values[end - 1] - values[end - 2]
            }
            output[step] = isCounter ? change / (Double(interval) / 1000) : change
        }
    }

    /// How often a value is smaller than the one before it.
    func resetCount(_ scratch: inout [Double]) {
        count(&scratch) { values[$0] < values[$0 - 1] }
    }

    /// How often a value differs from the one before it; NaN does not differ from NaN.
    func changeCount(_ scratch: inout [Double]) {
        count(&scratch) { i in
            let a = values[i - 1]
            let b = values[i]
            return b != a && !(a.isNaN && b.isNaN)
        }
    }

    /// Counts the samples (but the first of each window) that pass, by a running total.
    @inline(__always)
    private func count(_ totals: inout [Double], where passes: (Int) -> Bool) {
        totals.removeAll(keepingCapacity: true)
        var total = 0.0
        for i in 0..<values.count {
            if i > 0, passes(i) { total += 1 }
            totals.append(total)
        }
        totals.withUnsafeBufferPointer { totals in
            slide { step, begin, end in output[step] = totals[end - 1] - totals[begin] }
        }
    }
}
