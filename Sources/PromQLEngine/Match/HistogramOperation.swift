import MetricModel
import PromQLSyntax

/// Binary operators with a native histogram on one or both sides.
enum HistogramOperation {
    struct Result {
        var value: Double
        var histogram: FloatHistogram?
        var isKept: Bool
    }

    static func combine(
        _ operation: BinaryOperator, _ a: Double, _ histogramA: FloatHistogram?, _ b: Double, _ histogramB: FloatHistogram?, place: Int,
        _ annotations: inout Annotations
    ) -> Result? {
        annotations.incompatibleTypes(
            histogramA == nil ? "float" : "histogram", operation.rawValue, histogramB == nil ? "float" : "histogram", at: place)
        return nil
    }

    static func apply(
        _ operation: BinaryOperator, _ batch: inout RowBatch, _ row: Int, _ numbers: [Double], isSwapped: Bool, returnsBool: Bool, place: Int
    ) {
        batch.rows.clear(row)
    }
}
