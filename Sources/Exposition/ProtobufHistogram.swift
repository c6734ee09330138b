import MetricModel
import Wire

/// The `Histogram` message of the protobuf format, both of its forms.
struct ProtobufHistogram {
    /// Classic buckets with cumulative counts.
    var buckets: [(bound: Double, count: Double)] = []
    /// Count and sum are those of both forms.
    var native = FloatHistogram(schema: 0)

    /// Whether it has the native form: even an empty one has a zero bucket or a span.
    var isNative: Bool {
        !native.positiveSpans.isEmpty || !native.negativeSpans.isEmpty || native.zeroThreshold > 0
            || native.zeroCount > 0
    }

    init(_ message: UnsafeRawBufferPointer, isGauge: Bool) throws(WireError) {
        var positiveDeltas: [Int64] = []
        var negativeDeltas: [Int64] = []
        var floatCount = 0.0
        var hasFloats = false
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: native.count = Double(try reader.varint())
            case 4: floatCount = try reader.double()
            case 2: native.sum = try reader.double()
            case 3: buckets.append(try ProtobufHistogram.bucket(try reader.bytes()))
            case 5: native.schema = Int32(truncatingIfNeeded: try reader.signedVarint())
            case 6: native.zeroThreshold = try reader.double()
            case 7: native.zeroCount = Double(try reader.varint())
            case 8:
                let count = try reader.double()
                if count > 0 {
                    native.zeroCount = count
                    hasFloats = true
                }
            case 9: native.negativeSpans.append(try FloatHistogram.Span(protobuf: try reader.bytes()))
            case 10: try reader.appendSigned(field, to: &negativeDeltas)
            case 11: try reader.appendDoubles(field, to: &native.negativeBuckets)
            case 12: native.positiveSpans.append(try FloatHistogram.Span(protobuf: try reader.bytes()))
            case 13: try reader.appendSigned(field, to: &positiveDeltas)
            case 14: try reader.appendDoubles(field, to: &native.positiveBuckets)
            default: try reader.skip()
            }
        }
        if floatCount > 0 { native.count = floatCount }
        native.isInteger = floatCount == 0 && !hasFloats
        if !positiveDeltas.isEmpty {
            native.positiveBuckets = FloatHistogram.counts(ofDeltas: positiveDeltas)
        }
        if !negativeDeltas.isEmpty {
            native.negativeBuckets = FloatHistogram.counts(ofDeltas: negativeDeltas)
        }
        if isGauge { native.counterResetHint = .gauge }
    }

    private static func bucket(_ message: UnsafeRawBufferPointer) throws(WireError) -> (
        bound: Double, count: Double
    ) {
        var bound = 0.0
        var count = 0.0
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: count = Double(try reader.varint())
            case 2: bound = try reader.double()
            case 4:
                let exact = try reader.double()
                if exact > 0 { count = exact }
            default: try reader.skip()
            }
        }
        return (bound, count)
    }
}
