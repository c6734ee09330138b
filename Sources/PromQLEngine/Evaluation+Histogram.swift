import MetricModel
import PromQLSyntax

/// Functions of histograms, classic and native.
extension Evaluation {
    func histogramStatistic(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let statistic: @Sendable (FloatHistogram) -> Double
        switch call.name {
        case "histogram_count": statistic = { $0.count }
        case "histogram_sum": statistic = { $0.sum }
        case "histogram_avg": statistic = { $0.sum / $0.count }
        case "histogram_stdvar": statistic = { NativeQuantile.variance($0) }
        default: statistic = { NativeQuantile.variance($0).squareRoot() }
        }
        return try mapped(try rows(call.arguments[0], steps), dropsName: true, duplicates: .merge) {
            batch, first in
            let stepCount = batch.rows.stepCount
            for row in first..<batch.rows.rowCount {
                let column = batch.rows.histogramColumn(row)
                batch.rows.clear(row)
                guard let column else { continue }
                for (step, histogram) in column.enumerated() {
                    if let histogram { batch.rows.values[row * stepCount + step] = statistic(histogram) }
                }
            }
        }
    }

    func bucketFunction(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let isFraction = call.name == "histogram_fraction"
        let isMany = call.name == "histogram_quantiles"
        let operand = isMany ? 0 : isFraction ? 2 : 1
        var parameters: [[Double]] = []
        for (index, argument) in call.arguments.enumerated() where argument.type == .scalar {
            let values = try scalar(argument, steps)
            if !isFraction {
                for value in values where !(value >= 0 && value <= 1) {
                    annotations.invalidQuantile(value, at: call.argumentPlaces[index])
                }
            }
            parameters.append(values)
        }
        var quantileLabel = ""
        if isMany, case .string(let text, _) = call.arguments[1].evaluated { quantileLabel = text }
        let place = call.argumentPlaces[operand]
        let table = try releasing { () throws(QueryError) in
            let input = try collect(try rows(call.arguments[operand], steps))
            var work = BucketFunction(input, steps, rules: rules, place: place) { () throws(QueryError) in
                try self.checkCancellation()
            }
            if isFraction {
                try work.fractions(parameters[0], parameters[1])
            } else if isMany {
                for values in parameters { try work.quantiles(values, label: quantileLabel) }
            } else {
                try work.quantiles(parameters[0], label: nil)
            }
            annotations.merge(work.annotations)
            return rules.delaysNameRemoval ? work.output : try work.output.withUniqueLabels(.merge)
        }
        return TableSource(table: table, isOfOneMetric: !rules.delaysNameRemoval)
    }
}
