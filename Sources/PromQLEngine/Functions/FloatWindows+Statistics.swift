import MetricModel

/// The `*_over_time` functions over floats.
extension FloatWindows {
    func sums() {
        if overlapsMuch, let totals = RunningSums(values) {
            slide { step, begin, end in
                guard let sum = totals.sum(begin, end) else {
                    output[step] = directSum(begin, end)
                    return
                }
                output[step] = sum.value
            }
            return
        }
        slideSlowly { step, begin, end in output[step] = directSum(begin, end) }
    }

    private func directSum(_ begin: Int, _ end: Int) -> Double {
        var sum = KahanSum()
        for i in begin..<end { sum.add(values[i]) }
        return sum.sum.isInfinite ? sum.sum : sum.value
    }

    func means() {
        if overlapsMuch, let totals = RunningSums(values) {
            slide { step, begin, end in
                guard let sum = totals.sum(begin, end) else {
                    output[step] = directMean(begin, end)
                    return
                }
                let count = Double(end - begin)
                output[step] = sum.sum / count + sum.compensation / count
            }
            return
        }
        slideSlowly { step, begin, end in output[step] = directMean(begin, end) }
    }

    private func directMean(_ begin: Int, _ end: Int) -> Double {
        var mean = KahanMean(first: values[begin])
        for i in begin + 1..<end { mean.add(values[i]) }
        return mean.mean
    }

    func counts() {
        slide { step, begin, end in output[step] = Double(end - begin) }
    }

    func ones() {
        slide { step, _, _ in output[step] = 1 }
    }

    func firsts() {
        slide { step, begin, _ in output[step] = values[begin] }
    }

    func lasts() {
        slide { step, _, end in output[step] = values[end - 1] }
    }

    func firstTimes() {
        slide { step, begin, _ in output[step] = Double(times[begin]) / 1000 }
    }

    func lastTimes() {
        slide { step, _, end in output[step] = Double(times[end - 1]) / 1000 }
    }

    /// The largest (smallest) value of each window, or when it was; NaN only when there is nothing else.
    /// A queue of candidates keeps this linear however much the windows overlap.
    func extremes(isMaximum: Bool, givesTime: Bool) {
        var candidates: [Int] = []
        var head = 0
        var added = 0
        slide { step, begin, end in
            while added < end {
                let value = values[added]
                if !value.isNaN {
                    while candidates.count > head {
                        let last = values[candidates[candidates.count - 1]]
                        guard isMaximum ? last <= value : last >= value else { break }
                        candidates.removeLast()
                    }
                    candidates.append(added)
                }
                added += 1
            }
            while head < candidates.count, candidates[head] < begin { head += 1 }
            if head > 1024 {
                candidates.removeFirst(head)
                head = 0
            }
            // All NaN: the last one counts for the time.
            let index = head < candidates.count ? candidates[head] : end - 1
            output[step] = givesTime ? Double(times[index]) / 1000 : values[index]
        }
    }

    func variances(isDeviation: Bool) {
        slideSlowly { step, begin, end in
            var count = 0.0
            var mean = KahanSum()
            var squares = KahanSum()
            for i in begin..<end {
                count += 1
                let difference = values[i] - mean.value
                mean.add(difference / count)
                squares.add(difference * (values[i] - mean.value))
            }
            let variance = squares.value / count
            output[step] = isDeviation ? variance.squareRoot() : variance
        }
    }

    /// - Parameter quantiles: φ of each step.
    func quantiles(_ quantiles: [Double], _ scratch: inout [Double]) {
        if overlapsMuch {
            var sorted = SortedWindow()
            var first = 0
            var last = 0
            slideSlowly { step, begin, end in
                while last < end {
                    sorted.insert(values[last])
                    last += 1
                }
                while first < begin {
                    sorted.remove(values[first])
                    first += 1
                }
                output[step] = sorted.quantile(quantiles[step])
            }
            return
        }
        var copy = scratch
        slideSlowly { step, begin, end in
            copy.removeAll(keepingCapacity: true)
            copy.append(contentsOf: values[begin..<end])
            output[step] = Quantile.value(quantiles[step], &copy)
        }
        scratch = copy
    }

    /// The median of the distances from the median; NaN when any value is.
    func medianDeviations(_ scratch: inout [Double]) {
        var copy = scratch
        slideSlowly { step, begin, end in
            copy.removeAll(keepingCapacity: true)
            copy.append(contentsOf: values[begin..<end])
            if copy.contains(where: \.isNaN) {
                output[step] = .ordinaryNaN
                return
            }
            let median = Quantile.value(0.5, &copy)
            for i in copy.indices { copy[i] = (copy[i] - median).magnitude }
            output[step] = Quantile.value(0.5, &copy)
        }
        scratch = copy
    }
}

/// Quantiles of plain numbers.
enum Quantile {
    /// The φ-quantile, between two values a weighted mean of them; -Inf and +Inf for φ outside of 0...1,
    /// NaN for no values or φ = NaN. Sorts the values, NaN first.
    static func value(_ quantile: Double, _ values: inout [Double]) -> Double {
        if values.isEmpty || quantile.isNaN { return .ordinaryNaN }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        values.sort { $0.isNaN ? !$1.isNaN : $0 < $1 }
        return ofSorted(quantile, values)
    }

    /// - Parameter values: sorted, NaN first, not empty.
    static func ofSorted(_ quantile: Double, _ values: [Double]) -> Double {
        let rank = quantile * Double(values.count - 1)
        let lower = max(0, Int(rank))
        let upper = min(values.count - 1, lower + 1)
        let weight = rank - rank.rounded(.down)
        return values[lower] * (1 - weight) + values[upper] * weight
    }
}
