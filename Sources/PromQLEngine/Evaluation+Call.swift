import MetricModel
import PromQLSyntax

/// Functions.
extension Evaluation {
    func call(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        if let function = RangeFunction(rawValue: call.name) {
            return try rangeFunction(function, call, steps)
        }
        if let function = ElementFunction.table[call.name] {
            if call.arguments.isEmpty {
                return constantRow(
                    (0..<steps.count).map { function((Double(steps.time($0)) / 1000).rounded(.down)) })
            }
            return try elementwise(try rows(call.arguments[0], steps)) { value, _ in function(value) }
        }
        switch call.name {
        case "vector": return constantRow(try scalar(call.arguments[0], steps))
        case "timestamp": return try timestamps(call, steps)
        case "start_timestamp": return try startTimestamps(call, steps)
        case "round":
            let nearest =
                call.arguments.count > 1
                ? try scalar(call.arguments[1], steps) : Array(repeating: 1, count: steps.count)
            let inverse = nearest.map { 1.0 / $0 }
            return try elementwise(try rows(call.arguments[0], steps)) { value, step in
                (value * inverse[step] + 0.5).rounded(.down) / inverse[step]
            }
        case "clamp":
            return try clamp(
                call, try scalar(call.arguments[1], steps), try scalar(call.arguments[2], steps), steps)
        case "clamp_min":
            return try clamp(
                call, try scalar(call.arguments[1], steps), Array(repeating: .infinity, count: steps.count),
                steps)
        case "clamp_max":
            return try clamp(
                call, Array(repeating: -.infinity, count: steps.count), try scalar(call.arguments[1], steps),
                steps)
        case "label_replace": return try labelReplace(call, steps)
        case "label_join": return try labelJoin(call, steps)
        case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc": return try sort(call, steps)
        case "absent": return try absent(call, steps)
        case "histogram_quantile", "histogram_fraction", "histogram_quantiles":
            return try bucketFunction(call, steps)
        case "histogram_count", "histogram_sum", "histogram_avg", "histogram_stddev", "histogram_stdvar":
            return try histogramStatistic(call, steps)
        case "info": return try info(call, steps)
        default: throw QueryError(.execution, "cannot evaluate: function \(call.name) is not known")
        }
    }

    func scalarCall(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> [Double] {
        switch call.name {
        case "time": return (0..<steps.count).map { Double(steps.time($0)) / 1000 }
        case "scalar": return try onlyValue(call.arguments[0], steps)
        case "max_of", "min_of":
            let a = try scalar(call.arguments[0], steps)
            let b = try scalar(call.arguments[1], steps)
            let isMaximum = call.name == "max_of"
            return (0..<steps.count).map { step in
                if a[step].isNaN || b[step].isNaN { return extremeOfNaN(a[step], b[step], isMaximum) }
                return isMaximum ? max(a[step], b[step]) : min(a[step], b[step])
            }
        default: throw QueryError(.execution, "cannot evaluate: function \(call.name) is not known")
        }
    }

    /// Go's `math.Max` and `math.Min`: an infinity of the right sign wins over NaN.
    private func extremeOfNaN(_ a: Double, _ b: Double, _ isMaximum: Bool) -> Double {
        let limit = isMaximum ? Double.infinity : -.infinity
        return a == limit || b == limit ? limit : .ordinaryNaN
    }

    private func onlyValue(_ plan: Plan, _ steps: Steps) throws(QueryError) -> [Double] {
        var values = [Double](repeating: .ordinaryNaN, count: steps.count)
        var counts = [Int](repeating: 0, count: steps.count)
        try drain(try rows(plan, steps)) { batch throws(QueryError) in
            for row in 0..<batch.rows.rowCount {
                for step in 0..<steps.count where !batch.rows.value(row, step).isAbsent {
                    counts[step] += 1
                    values[step] = counts[step] == 1 ? batch.rows.value(row, step) : .ordinaryNaN
                }
            }
        }
        return values
    }

    func constantRow(_ values: [Double]) -> any RowSource {
        var table = Table(stepCount: values.count)
        table.appendRow(.empty)
        table.values = values
        return TableSource(table: table, isOfOneMetric: true)
    }

    /// A function of each float; native histograms are left out, and so is the metric name.
    func elementwise(
        _ base: any RowSource, _ function: @escaping @Sendable (_ value: Double, _ step: Int) -> Double
    ) throws(QueryError) -> any RowSource {
        try mapped(base, dropsName: true, duplicates: .merge) { batch, first in
            let stepCount = batch.rows.stepCount
            for row in first..<batch.rows.rowCount {
                if batch.rows.hasHistograms { batch.rows.setHistograms(nil, row: row) }
                for step in 0..<stepCount {
                    let index = row * stepCount + step
                    let value = batch.rows.values[index]
                    if !value.isAbsent { batch.rows.values[index] = function(value, step) }
                }
            }
        }
    }

    private func clamp(_ call: CallPlan, _ low: [Double], _ high: [Double], _ steps: Steps) throws(QueryError)
        -> any RowSource
    {
        try elementwise(try rows(call.arguments[0], steps)) { value, step in
            if high[step] < low[step] { return .absent }
            if value.isNaN || low[step].isNaN || high[step].isNaN {
                // Go's math.Min and math.Max on NaN.
                let capped =
                    value == -.infinity || high[step] == -.infinity
                    ? -.infinity : value.isNaN || high[step].isNaN ? .ordinaryNaN : min(value, high[step])
                return capped == .infinity || low[step] == .infinity
                    ? .infinity : capped.isNaN || low[step].isNaN ? .ordinaryNaN : max(low[step], capped)
            }
            return max(low[step], min(high[step], value))
        }
    }

    // MARK: - Times

    private func timestamps(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        if case .selector(let selector) = call.arguments[0].evaluated, selector.extended == nil {
            return try mapped(try select(selector, steps, .timestamps), dropsName: true, duplicates: .merge) {
                _, _ in
            }
        }
        return try mapped(try rows(call.arguments[0], steps), dropsName: true, duplicates: .merge) {
            batch, first in
            for row in first..<batch.rows.rowCount {
                for step in 0..<steps.count where batch.rows.isPresent(row, step) {
                    batch.rows.values[row * steps.count + step] = Double(steps.time(step)) / 1000
                }
                if batch.rows.hasHistograms { batch.rows.setHistograms(nil, row: row) }
            }
        }
    }

    private func startTimestamps(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        guard rules.usesStartTimestamps, case .selector(let selector) = call.arguments[0].evaluated,
            selector.extended == nil
        else {
            return TableSource(table: Table(stepCount: steps.count))
        }
        return try mapped(try select(selector, steps, .startTimestamps), dropsName: true, duplicates: .merge)
        { _, _ in }
    }

    // MARK: - Range vectors

    private func rangeFunction(_ function: RangeFunction, _ call: CallPlan, _ steps: Steps) throws(QueryError)
        -> any RowSource
    {
        var matrix: (index: Int, input: RangeInput, windows: WindowTimes, isOfOneMetric: Bool)?
        var parameters: [[Double]] = []
        for (index, argument) in call.arguments.enumerated() {
            if argument.type == .matrix {
                let range = try rangeInput(argument.evaluated, steps)
                matrix = (index, range.input, range.windows, range.isOfOneMetric)
            } else {
                parameters.append(try scalar(argument, steps))
            }
        }
        guard let matrix else { throw QueryError(.execution, "cannot evaluate: want a range vector") }
        if function == .doubleExponentialSmoothing { try checkFactors(parameters) }
        let extended = try reachOf(function, call.arguments[matrix.index].evaluated)
        let source = RangeFunctionSource(
            input: matrix.input, function: function, windows: matrix.windows, parameters: parameters,
            isOfOneMetric: matrix.isOfOneMetric, rules: rules, extended: extended,
            place: call.argumentPlaces[matrix.index],
            quantilePlace: call.argumentPlaces[0])
        if function == .absent { return try absentOverTime(source, call.arguments[matrix.index], steps) }
        if function.keepsName || rules.delaysNameRemoval || matrix.isOfOneMetric { return source }
        return TableSource(table: try collect(source).withUniqueLabels(.refuse), isOfOneMetric: true)
    }

    /// How far beyond its range the selector of a function looks.
    private func reachOf(_ function: RangeFunction, _ plan: Plan) throws(QueryError) -> ExtendedWindow {
        guard case .window(let window) = plan, let kind = window.selector.extended else {
            return ExtendedWindow()
        }
        let fitting: [RangeFunction] =
            kind == .anchored ? [.changes, .delta, .increase, .rate, .resets] : [.delta, .increase, .rate]
        guard fitting.contains(function) else {
            throw QueryError(
                .execution,
                "\(kind.rawValue) modifier can only be used with: \(fitting.map(\.rawValue).joined(separator: ", ")) - not with \(function.rawValue)"
            )
        }
        return window.extended(lookback)
    }

    private func checkFactors(_ parameters: [[Double]]) throws(QueryError) {
        for (name, values) in zip(["smoothing", "trend"], parameters) {
            let letter = name == "smoothing" ? "sf" : "tf"
            for value in values where value <= 0 || value >= 1 {
                throw QueryError(
                    .execution,
                    "invalid \(name) factor. Expected: 0 < \(letter) < 1, got: \(FixedText.sixDigits(value))")
            }
        }
    }

    // MARK: - Absence

    private func absent(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        var isPresent = [Bool](repeating: false, count: steps.count)
        try drain(try rows(call.arguments[0], steps)) { batch throws(QueryError) in
            for row in 0..<batch.rows.rowCount {
                for step in 0..<steps.count where batch.rows.isPresent(row, step) { isPresent[step] = true }
            }
        }
        return absentRow(isPresent, call.arguments[0])
    }

    private func absentOverTime(_ source: any RowSource, _ argument: Plan, _ steps: Steps) throws(QueryError)
        -> any RowSource
    {
        var isPresent = [Bool](repeating: false, count: steps.count)
        try drain(source) { batch throws(QueryError) in
            for row in 0..<batch.rows.rowCount {
                for step in 0..<steps.count where !batch.rows.value(row, step).isAbsent {
                    isPresent[step] = true
                }
            }
        }
        return absentRow(isPresent, argument)
    }

    private func absentRow(_ isPresent: [Bool], _ argument: Plan) -> any RowSource {
        var table = Table(stepCount: isPresent.count)
        if isPresent.contains(false) {
            table.appendRow(argument.absentLabels, dropsName: true)
            table.values = isPresent.map { $0 ? .absent : 1 }
        }
        return TableSource(table: table, isOfOneMetric: true)
    }
}

extension Plan {
    /// The labels that every series of a selector would have: those compared for equality, once each.
    fileprivate var absentLabels: Labels {
        let matchers: [LabelMatcher]
        switch evaluated {
        case .selector(let selector): matchers = selector.matchers
        case .window(let window): matchers = window.selector.matchers
        default: return .empty
        }
        var builder = LabelsBuilder()
        var seen: Set<String> = []
        for matcher in matchers where matcher.name != Labels.metricNameLabel {
            if matcher.kind == .equal, !seen.contains(matcher.name) {
                builder.set(matcher.name, matcher.value)
                seen.insert(matcher.name)
            } else {
                builder.remove(matcher.name)
            }
        }
        return builder.labels()
    }
}
