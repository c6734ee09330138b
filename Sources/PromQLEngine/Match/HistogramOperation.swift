import MetricModel
import PromQLSyntax

/// Binary operators with a native histogram on one or both sides.
enum HistogramOperation {
    struct Result {
        var value: Double
        var histogram: FloatHistogram?
        /// A comparison that holds, or anything else.
        var isKept = true
    }

    /// Nil when the operator has no result for these types, which is noted.
    static func combine(
        _ operation: BinaryOperator, _ a: Double, _ histogramA: FloatHistogram?, _ b: Double,
        _ histogramB: FloatHistogram?, place: Int,
        _ annotations: inout Annotations
    ) -> Result? {
        switch (histogramA, histogramB) {
        case (nil, let right?) where operation == .multiply: return scaled(right, by: a)
        case (let left?, nil):
            switch operation {
            case .multiply: return scaled(left, by: b)
            case .divide:
                var result = left
                result.divide(by: b)
                result.compact()
                return Result(value: 0, histogram: result)
            case .trimUpper: return Result(value: 0, histogram: left.trimmed(at: b, keepsLower: true))
            case .trimLower: return Result(value: 0, histogram: left.trimmed(at: b, keepsLower: false))
            default: break
            }
        case (let left?, let right?):
            switch operation {
            case .add, .subtract: return sum(left, right, operation, place, &annotations)
            case .equal: return Result(value: 0, histogram: left, isKept: left.hasSameContent(as: right))
            case .notEqual: return Result(value: 0, histogram: left, isKept: !left.hasSameContent(as: right))
            default: break
            }
        default: break
        }
        annotations.incompatibleTypes(
            histogramA == nil ? "float" : "histogram", operation.rawValue,
            histogramB == nil ? "float" : "histogram", at: place)
        return nil
    }

    private static func scaled(_ histogram: FloatHistogram, by factor: Double) -> Result {
        var result = histogram
        result.scale(by: factor)
        result.compact()
        return Result(value: 0, histogram: result)
    }

    private static func sum(
        _ left: FloatHistogram, _ right: FloatHistogram, _ operation: BinaryOperator, _ place: Int,
        _ annotations: inout Annotations
    ) -> Result? {
        var result = left
        let isAddition = operation == .add
        guard let encounter = isAddition ? result.add(right) : result.subtract(right) else {
            annotations.incompatibleBucketLayout(operation.rawValue, at: place)
            return nil
        }
        if !isAddition { result.counterResetHint = .gauge }
        let name: Annotations.HistogramOperation = isAddition ? .addition : .subtraction
        if encounter.hasResetCollision { annotations.counterResetCollision(name, at: place) }
        if encounter.hasReconciledBounds { annotations.customBucketsReconciled(name, at: place) }
        result.compact()
        return Result(value: 0, histogram: result)
    }

    /// Combines each value of a row, floats and histograms, with the number of its step.
    static func apply(
        _ operation: BinaryOperator, _ batch: inout RowBatch, _ row: Int, _ numbers: [Double],
        isSwapped: Bool, returnsBool: Bool, place: Int
    ) {
        guard var column = batch.rows.histogramColumn(row) else { return }
        let stepCount = batch.rows.stepCount
        for step in 0..<stepCount {
            let index = row * stepCount + step
            let value = batch.rows.values[index]
            let histogram = column[step]
            if value.isAbsent && histogram == nil { continue }
            column[step] = nil
            batch.rows.values[index] = .absent
            guard let histogram else {
                var one = value
                if operation == .trimUpper || operation == .trimLower {
                    batch.annotations.incompatibleTypes("float", operation.rawValue, "float", at: place)
                    continue
                }
                withUnsafeMutablePointer(to: &one) {
                    ScalarOperation.apply(
                        operation, UnsafeMutableBufferPointer(start: $0, count: 1), [numbers[step]],
                        isSwapped: isSwapped,
                        returnsBool: returnsBool)
                }
                batch.rows.values[index] = one
                continue
            }
            let result =
                isSwapped
                ? combine(operation, numbers[step], nil, 0, histogram, place: place, &batch.annotations)
                : combine(operation, 0, histogram, numbers[step], nil, place: place, &batch.annotations)
            guard let result else { continue }
            if returnsBool {
                batch.rows.values[index] = result.isKept ? 1 : 0
            } else if result.isKept {
                column[step] = result.histogram
            }
        }
        batch.rows.setHistograms(column.contains { $0 != nil } ? column : nil, row: row)
    }
}
