/// `count` and `group`.
struct CountAggregator: Aggregator {
    let isGroup: Bool
    let steps: Int
    private var values: [Double] = []

    init(isGroup: Bool, steps: Int) {
        self.isGroup = isGroup
        self.steps = steps
    }

    var heldCount: Int { values.count }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while values.count < (group + 1) * steps {
            values.append(contentsOf: repeatElement(.absent, count: steps))
        }
        let hasHistograms = rows.histogramColumn(row) != nil
        for step in 0..<steps {
            guard hasHistograms ? rows.isPresent(row, step) : !rows.values[row * steps + step].isAbsent else {
                continue
            }
            let index = group * steps + step
            values[index] = isGroup || values[index].isAbsent ? 1 : values[index] + 1
        }
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        groupTable(groups, values, steps: steps)
    }
}
