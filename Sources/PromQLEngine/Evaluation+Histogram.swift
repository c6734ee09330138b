import MetricModel
import PromQLSyntax

/// Functions of histograms, classic and native.
extension Evaluation {
    func histogramStatistic(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        TableSource(table: Table(stepCount: steps.count))
    }

    func info(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        throw QueryError(.execution, "cannot evaluate: info() is not built yet")
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
        if isMany, case .string(let text) = call.arguments[1].evaluated { quantileLabel = text }
        let place = call.argumentPlaces[operand]
        let table = try releasing { () throws(QueryError) in
            let input = try collect(try rows(call.arguments[operand], steps))
            var work = BucketFunction(input, steps, rules: rules, place: place)
            if isFraction {
                work.fractions(parameters[0], parameters[1])
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
