import MetricModel

/// `stddev` and `stdvar`, by Welford's steps.
struct VarianceAggregator: Aggregator {
    private struct State {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0
    }

    let isDeviation: Bool
    let steps: Int
    let place: Int
    private var states: [State] = []

    init(isDeviation: Bool, steps: Int, place: Int) {
        self.isDeviation = isDeviation
        self.steps = steps
        self.place = place
    }

    var heldCount: Int { states.count * 3 }

    mutating func add(_ rows: borrowing Table, _ row: Int, group: Int, _ annotations: inout Annotations) {
        while states.count < (group + 1) * steps {
            states.append(contentsOf: repeatElement(State(), count: steps))
        }
        for step in 0..<steps {
            let value = rows.values[row * steps + step]
            if value.isAbsent { continue }
            let index = group * steps + step
            if states[index].count == 0 {
                states[index] = State(count: 1, mean: value, squares: value.isFinite ? 0 : .ordinaryNaN)
                continue
            }
            states[index].count += 1
            let difference = value - states[index].mean
            states[index].mean += difference / states[index].count
            states[index].squares += difference * (value - states[index].mean)
        }
        if let column = rows.histogramColumn(row), column.contains(where: { $0 != nil }) {
            annotations.histogramIgnored(inAggregation: isDeviation ? "stddev" : "stdvar", at: place)
        }
    }

    mutating func result(_ groups: Grouping, _ annotations: inout Annotations) -> Table {
        let values = states.map { state -> Double in
            if state.count == 0 { return .absent }
            let variance = state.squares / state.count
            return isDeviation ? variance.squareRoot() : variance
        }
        return groupTable(groups, values, steps: steps)
    }
}
