import MetricModel
import Wire

/// A native histogram as remote write's protobuf has it; both versions use the same field numbers.
/// Source: Prometheus' `prompb/types.proto`.
struct RemoteHistogram {
    var timestamp: Timestamp = 0
    /// When it began, milliseconds since 1970, 0 = not known. Only version 2 tells it.
    var start: Timestamp = 0
    var histogram = FloatHistogram(schema: 0)

    /// - Throws: `malformed`, `truncated`.
    init(_ message: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ProtobufReader(message)
        histogram.isInteger = true
        var negativeDeltas: [Int64] = []
        var positiveDeltas: [Int64] = []
        while let field = try reader.next() {
            switch field.number {
            case 1: histogram.count = Double(try reader.varint())
            case 2:
                histogram.count = try reader.double()
                histogram.isInteger = false
            case 3: histogram.sum = try reader.double()
            case 4: histogram.schema = Int32(truncatingIfNeeded: try reader.signedVarint())
            case 5: histogram.zeroThreshold = try reader.double()
            case 6: histogram.zeroCount = Double(try reader.varint())
            case 7: histogram.zeroCount = try reader.double()
            case 8: histogram.negativeSpans.append(try FloatHistogram.Span(protobuf: try reader.bytes()))
            case 9: try reader.appendSigned(field, to: &negativeDeltas)
            case 10: try reader.appendDoubles(field, to: &histogram.negativeBuckets)
            case 11: histogram.positiveSpans.append(try FloatHistogram.Span(protobuf: try reader.bytes()))
            case 12: try reader.appendSigned(field, to: &positiveDeltas)
            case 13: try reader.appendDoubles(field, to: &histogram.positiveBuckets)
            case 14:
                switch try reader.varint() {
                case 1: histogram.counterResetHint = .reset
                case 2: histogram.counterResetHint = .notReset
                case 3: histogram.counterResetHint = .gauge
                default: histogram.counterResetHint = .unknown
                }
            case 15: timestamp = Int64(bitPattern: try reader.varint())
            case 17: start = Int64(bitPattern: try reader.varint())
            case 16: try reader.appendDoubles(field, to: &histogram.customValues)
            default: try reader.skip()
            }
        }
        if !negativeDeltas.isEmpty {
            histogram.negativeBuckets = FloatHistogram.counts(ofDeltas: negativeDeltas)
        }
        if !positiveDeltas.isEmpty {
            histogram.positiveBuckets = FloatHistogram.counts(ofDeltas: positiveDeltas)
        }
    }
}
