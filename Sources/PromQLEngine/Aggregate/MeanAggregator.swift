import MetricModel

/// `avg`, compensated; from a sum as long as that does not overflow, then from mean to mean.
struct MeanAggregator: Aggregator {
    let steps: Int
    let place: Int
    private var sums: [KahanSum] = []
    /// Negative once the mean is kept instead of the sum.
    private var counts: [Double] = []
    private var histograms = HistogramGroups(isMean: true)

    init(steps: Int, place: Int) {
        self.steps = steps
        self.place = place
    }

    var heldCount: Int { sums.count * 3 + histograms.heldCount }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while sums.count < (group + 1) * steps {
            sums.append(contentsOf: repeatElement(KahanSum(), count: steps))
            counts.append(contentsOf: repeatElement(0, count: steps))
        }
        let steps = steps
        rows.values.withUnsafeBufferPointer { input in
            sums.withUnsafeMutableBufferPointer { sums in
                counts.withUnsafeMutableBufferPointer { counts in
                    for step in 0..<steps {
                        let value = input[row * steps + step]
                        if value.isAbsent { continue }
                        let index = group * steps + step
                        if counts[index] == 0 {
                            sums[index] = KahanSum(value)
                            counts[index] = 1
                            continue
                        }
                        let count = counts[index].magnitude + 1
                        if counts[index] > 0 {
                            var next = sums[index]
                            next.add(value)
                            if !next.sum.isInfinite {
                                sums[index] = next
                                counts[index] = count
                                continue
                            }
                            sums[index].sum /= count - 1
                            sums[index].compensation /= count - 1
                        }
                        let share = (count - 1) / count
                        sums[index].sum *= share
                        sums[index].compensation *= share
                        sums[index].add(value / count)
                        counts[index] = -count
                    }
                }
            }
        }
        if rows.histogramColumn(row) != nil {
            histograms.add(rows, row, group: group, place: place, &annotations)
        }
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        var values = [Double](repeating: .absent, count: sums.count)
        for index in sums.indices where counts[index] != 0 {
            let count = counts[index]
            values[index] =
                count < 0 ? sums[index].value : sums[index].sum / count + sums[index].compensation / count
        }
        var table = groupTable(groups, values, steps: steps)
        histograms.finish(&table, place: place, &annotations)
        return table
    }
}
