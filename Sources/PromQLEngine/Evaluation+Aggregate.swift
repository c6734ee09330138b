import MetricModel
import PromQLSyntax

/// Aggregations: rows stream in, and only groups are held.
extension Evaluation {
    func aggregate(_ aggregate: AggregatePlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        if aggregate.operation == .countValues {
            return TableSource(
                table: try releasing { () throws(QueryError) in try countValues(aggregate, steps) })
        }
        var parameter: [Double] = []
        if let plan = aggregate.parameter { parameter = try scalar(plan, steps) }
        var operand = try rows(aggregate.operand, steps)
        if var source = operand as? RangeFunctionSource, source.isOfOneMetric, aggregate.hasNoName,
            !aggregate.isWithout, aggregate.operation != .countValues
        {
            source.keepsNames = true
            operand = source
        }
        let table = try releasing { () throws(QueryError) in
            switch aggregate.operation {
            case .topk, .bottomk, .limitk:
                guard let limits = try counts(parameter) else { return Table(stepCount: steps.count) }
                return try reduce(
                    operand, aggregate,
                    RowChoice(aggregate.operation, limits: limits, steps: steps.count, place: aggregate.place)
                )
            case .limitRatio:
                guard try ratiosAreUsable(parameter, aggregate) else { return Table(stepCount: steps.count) }
                return try reduce(
                    operand, aggregate,
                    RowChoice(ratios: parameter, steps: steps.count, place: aggregate.place))
            case .quantile:
                warnAboutQuantiles(parameter, aggregate)
                return try reduce(
                    operand, aggregate,
                    QuantileAggregator(parameter, steps: steps.count, place: aggregate.operandPlace))
            case .sum:
                return try reduce(
                    operand, aggregate, SumAggregator(steps: steps.count, place: aggregate.operandPlace))
            case .avg:
                return try reduce(
                    operand, aggregate, MeanAggregator(steps: steps.count, place: aggregate.operandPlace))
            case .min, .max:
                return try reduce(
                    operand, aggregate,
                    ExtremeAggregator(
                        isMaximum: aggregate.operation == .max, steps: steps.count,
                        place: aggregate.operandPlace))
            case .stddev, .stdvar:
                return try reduce(
                    operand, aggregate,
                    VarianceAggregator(
                        isDeviation: aggregate.operation == .stddev, steps: steps.count,
                        place: aggregate.operandPlace))
            case .count, .group, .countValues:
                return try reduce(
                    operand, aggregate,
                    CountAggregator(isGroup: aggregate.operation == .group, steps: steps.count))
            }
        }
        return TableSource(table: table, isOfOneMetric: aggregate.hasNoName)
    }

    private func reduce<Work: Aggregator>(_ operand: any RowSource, _ aggregate: AggregatePlan, _ work: Work)
        throws(QueryError) -> Table
    {
        var work = work
        var groups = Grouping(aggregate)
        var counted = 0
        try drain(operand) { batch throws(QueryError) in
            for row in 0..<batch.rows.rowCount {
                let group = groups.group(of: batch.rows.labels[row], dropsName: batch.rows.dropsName[row])
                work.add(batch.rows, row, group: group, &annotations)
            }
            let held = work.heldCount
            try hold(held - counted, bytes: (held - counted) * 16)
            counted = held
        }
        return work.result(groups, &annotations)
    }

    // MARK: - Parameters

    /// The k of each step, or nil when all are below one.
    private func counts(_ values: [Double]) throws(QueryError) -> [Int]? {
        guard values.contains(where: { $0 >= 1 || $0.isNaN }) else { return nil }
        if values.contains(where: \.isNaN) { throw QueryError(.execution, "Parameter value is NaN") }
        for value in values where value <= -9_223_372_036_854_775_808 {
            throw QueryError(
                .execution, "Scalar value \(FloatText.string(value, style: .exposition)) underflows int64")
        }
        for value in values where value >= 9_223_372_036_854_775_808 {
            throw QueryError(
                .execution, "Scalar value \(FloatText.string(value, style: .exposition)) overflows int64")
        }
        return values.map { Int($0.rounded(.towardZero)) }
    }

    private func ratiosAreUsable(_ values: [Double], _ aggregate: AggregatePlan) throws(QueryError) -> Bool {
        guard values.contains(where: { $0 != 0 }) else { return false }
        if values.contains(where: \.isNaN) { throw QueryError(.execution, "Ratio value is NaN") }
        if let largest = values.max(), largest > 1 {
            annotations.invalidRatio(largest, cappedTo: 1, at: aggregate.parameterPlace)
        }
        if let smallest = values.min(), smallest < -1 {
            annotations.invalidRatio(smallest, cappedTo: -1, at: aggregate.parameterPlace)
        }
        return true
    }

    private func warnAboutQuantiles(_ values: [Double], _ aggregate: AggregatePlan) {
        if values.contains(where: \.isNaN) {
            annotations.invalidQuantile(.ordinaryNaN, at: aggregate.parameterPlace)
        }
        let numbers = values.filter { !$0.isNaN }
        if let largest = numbers.max(), largest > 1 {
            annotations.invalidQuantile(largest, at: aggregate.parameterPlace)
        }
        if let smallest = numbers.min(), smallest < 0 {
            annotations.invalidQuantile(smallest, at: aggregate.parameterPlace)
        }
    }

    // MARK: - count_values

    private func countValues(_ aggregate: AggregatePlan, _ steps: Steps) throws(QueryError) -> Table {
        guard case .string(let label, let invalid)? = aggregate.parameter?.evaluated else {
            throw QueryError(.execution, "cannot evaluate: want a label name")
        }
        guard !label.isEmpty, invalid == nil else {
            throw QueryError(.execution, "invalid label name \(invalid ?? LabelText.quoted(label))")
        }
        var names = aggregate.grouping
        if !aggregate.isWithout { names.append(label) }
        let keys = LabelNames(aggregate.isWithout ? names + [Labels.metricNameLabel] : names)
        var collector = RowCollector(stepCount: steps.count)
        var counted = 0
        try drain(try rows(aggregate.operand, steps)) { batch throws(QueryError) in
            for row in 0..<batch.rows.rowCount {
                var lastText = ""
                var target = -1
                for step in 0..<steps.count where batch.rows.isPresent(row, step) {
                    let text =
                        if let histogram = batch.rows.histogram(row, step) { histogram.description } else {
                            FloatText.plain(batch.rows.value(row, step))
                        }
                    if target < 0 || text != lastText {
                        var builder = LabelsBuilder(batch.rows.labels[row])
                        builder.set(label, text)
                        let labels = builder.labels()
                        target = collector.row(
                            aggregate.isWithout ? labels.dropping(keys) : labels.keeping(keys))
                        lastText = text
                    }
                    collector.count(target, step)
                }
                // Each value may have made a row of its own, with a place for every step.
                let held = collector.table.values.count
                try hold(held - counted, bytes: (held - counted) * 16)
                counted = held
            }
        }
        return collector.table
    }
}

extension AggregatePlan {
    /// Whether no group can have a metric name.
    fileprivate var hasNoName: Bool {
        switch operation {
        case .topk, .bottomk, .limitk, .limitRatio: false
        default:
            isWithout || !grouping.contains(where: { ["__name__", "__type__", "__unit__"].contains($0) })
        }
    }
}

extension RowCollector {
    mutating func count(_ row: Int, _ step: Int) {
        let index = row * table.stepCount + step
        add(1, at: index)
    }
}
