import MetricModel

/// `sum`, compensated.
struct SumAggregator: Aggregator {
    let steps: Int
    let place: Int
    private var sums: [Double] = []
    private var compensations: [Double] = []
    private var histograms = HistogramGroups(isMean: false)

    init(steps: Int, place: Int) {
        self.steps = steps
        self.place = place
    }

    var heldCount: Int { sums.count * 2 + histograms.heldCount }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while sums.count < (group + 1) * steps {
            sums.append(contentsOf: repeatElement(.absent, count: steps))
            compensations.append(contentsOf: repeatElement(0, count: steps))
        }
        let steps = steps
        rows.values.withUnsafeBufferPointer { input in
            sums.withUnsafeMutableBufferPointer { sums in
                compensations.withUnsafeMutableBufferPointer { compensations in
                    for step in 0..<steps {
                        let value = input[row * steps + step]
                        if value.isAbsent { continue }
                        let index = group * steps + step
                        if sums[index].isAbsent {
                            sums[index] = value
                            continue
                        }
                        var sum = KahanSum(sums[index], compensation: compensations[index])
                        sum.add(value)
                        sums[index] = sum.sum
                        compensations[index] = sum.compensation
                    }
                }
            }
        }
        if rows.histogramColumn(row) != nil {
            histograms.add(rows, row, group: group, place: place, &annotations)
        }
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        for index in sums.indices where !sums[index].isAbsent { sums[index] += compensations[index] }
        var table = groupTable(groups, sums, steps: steps)
        histograms.finish(&table, place: place, &annotations)
        return table
    }
}
