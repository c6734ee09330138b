import MetricModel

/// `quantile`: needs all values of a group at once.
struct QuantileAggregator: Aggregator {
    let quantiles: [Double]
    let steps: Int
    let place: Int
    /// The rows of each group, one behind the other.
    private var groups: [[Double]] = []
    private(set) var heldCount = 0

    init(_ quantiles: [Double], steps: Int, place: Int) {
        self.quantiles = quantiles
        self.steps = steps
        self.place = place
    }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while groups.count <= group { groups.append([]) }
        groups[group].append(contentsOf: rows.values[row * steps..<(row + 1) * steps])
        heldCount += steps
        if let column = rows.histogramColumn(row), column.contains(where: { $0 != nil }) {
            annotations.histogramIgnored(inAggregation: "quantile", at: place)
        }
    }

    mutating func result(_ grouping: Grouping, _ annotations: inout Annotations) -> Table {
        var values = [Double](repeating: .absent, count: groups.count * steps)
        var scratch: [Double] = []
        for (group, all) in groups.enumerated() {
            for step in 0..<steps {
                scratch.removeAll(keepingCapacity: true)
                for index in stride(from: step, to: all.count, by: steps) where !all[index].isAbsent {
                    scratch.append(all[index])
                }
                if !scratch.isEmpty {
                    values[group * steps + step] = Quantile.value(quantiles[step], &scratch)
                }
            }
        }
        return groupTable(grouping, values, steps: steps)
    }
}
