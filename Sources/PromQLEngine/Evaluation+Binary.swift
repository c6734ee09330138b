import MetricModel
import PromQLSyntax

/// Binary operators with an instant vector on one or both sides.
extension Evaluation {
    func binary(_ binary: BinaryPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let leftIsScalar = binary.left.type == .scalar
        if leftIsScalar || binary.right.type == .scalar {
            let numbers = try scalar(leftIsScalar ? binary.left : binary.right, steps)
            return try withScalar(
                binary, try rows(leftIsScalar ? binary.right : binary.left, steps), numbers,
                isSwapped: leftIsScalar)
        }
        let table = try releasing { () throws(QueryError) in
            let left = try collect(try rows(binary.left, steps))
            let right = try collect(try rows(binary.right, steps))
            let matching = binary.matching ?? VectorMatching()
            let signatures = MatchSignatures(matching, left, right)
            if binary.operation.isSetOperator {
                return try SetOperation(binary.operation, left, right, signatures).result()
            }
            var join = Join(binary, matching, left, right, signatures, rules) { () throws(QueryError) in
                try self.checkCancellation()
            }
            let result = try join.result()
            annotations.merge(join.annotations)
            return result
        }
        return TableSource(
            table: table, isOfOneMetric: !binary.operation.isSetOperator && !binary.operation.isComparison)
    }

    private func withScalar(
        _ binary: BinaryPlan, _ base: any RowSource, _ numbers: [Double], isSwapped: Bool
    ) throws(QueryError) -> any RowSource {
        let operation = binary.operation
        let returnsBool = binary.returnsBool
        let place = binary.place
        let isTrim = operation == .trimUpper || operation == .trimLower
        let dropsName = !operation.isComparison && !isTrim || returnsBool
        return try mapped(base, dropsName: dropsName, duplicates: .merge) { batch, first in
            let stepCount = batch.rows.stepCount
            for row in first..<batch.rows.rowCount {
                if batch.rows.histogramColumn(row) != nil {
                    HistogramOperation.apply(
                        operation, &batch, row, numbers, isSwapped: isSwapped, returnsBool: returnsBool,
                        place: place)
                    continue
                }
                if isTrim {
                    if batch.rows.hasValues(row) {
                        batch.annotations.incompatibleTypes("float", operation.rawValue, "float", at: place)
                    }
                    batch.rows.clear(row)
                    continue
                }
                batch.rows.values.withUnsafeMutableBufferPointer { values in
                    let row = UnsafeMutableBufferPointer(
                        rebasing: values[row * stepCount..<(row + 1) * stepCount])
                    ScalarOperation.apply(
                        operation, row, numbers, isSwapped: isSwapped, returnsBool: returnsBool)
                }
            }
        }
    }
}

extension ScalarOperation {
    /// Combines each value of a row with the number of its step; a comparison that is false takes the
    /// value out, unless it returns a bool.
    static func apply(
        _ operation: BinaryOperator, _ row: UnsafeMutableBufferPointer<Double>, _ numbers: [Double],
        isSwapped: Bool, returnsBool: Bool
    ) {
        for step in row.indices {
            let value = row[step]
            if value.isAbsent { continue }
            let a = isSwapped ? numbers[step] : value
            let b = isSwapped ? value : numbers[step]
            if operation.isComparison {
                let isTrue = holds(operation, a, b)
                row[step] = returnsBool ? (isTrue ? 1 : 0) : isTrue ? value : .absent
            } else {
                row[step] = self.value(operation, a, b)
            }
        }
    }
}

extension Table {
    /// Takes all values out of a row.
    mutating func clear(_ row: Int) {
        for index in row * stepCount..<(row + 1) * stepCount { values[index] = .absent }
        if hasHistograms { setHistograms(nil, row: row) }
    }
}
