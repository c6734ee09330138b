import MetricModel
import Wire

extension RemoteHistogram {
    /// Writes a histogram, with integer counts when it came with such.
    static func write(_ histogram: FloatHistogram, at timestamp: Timestamp, to message: inout ByteBuffer) {
        let isInteger = histogram.hasIntegerCounts
        if isInteger {
            message.appendProtobuf(1, varint: UInt64(exactly: histogram.count) ?? 0)
        } else {
            message.appendProtobuf(2, double: histogram.count)
        }
        message.appendProtobuf(3, double: histogram.sum)
        message.appendProtobuf(4, signedVarint: Int64(histogram.schema))
        message.appendProtobuf(5, double: histogram.zeroThreshold)
        if isInteger {
            message.appendProtobuf(6, varint: UInt64(exactly: histogram.zeroCount) ?? 0)
        } else {
            message.appendProtobuf(7, double: histogram.zeroCount)
        }
        spans(8, histogram.negativeSpans, to: &message)
        if isInteger {
            deltas(9, histogram.negativeBuckets, to: &message)
        } else {
            doubles(10, histogram.negativeBuckets, to: &message)
        }
        spans(11, histogram.positiveSpans, to: &message)
        if isInteger {
            deltas(12, histogram.positiveBuckets, to: &message)
        } else {
            doubles(13, histogram.positiveBuckets, to: &message)
        }
        let hint: UInt64 =
            switch histogram.counterResetHint {
            case .unknown: 0
            case .reset: 1
            case .notReset: 2
            case .gauge: 3
            }
        message.appendProtobuf(14, varint: hint)
        message.appendProtobuf(15, varint: UInt64(bitPattern: timestamp))
        doubles(16, histogram.customValues, to: &message)
    }

    private static func spans(_ field: Int, _ spans: [FloatHistogram.Span], to message: inout ByteBuffer) {
        for span in spans {
            message.appendProtobuf(field) { part in
                part.appendProtobuf(1, signedVarint: Int64(span.offset))
                part.appendProtobuf(2, varint: UInt64(span.length))
            }
        }
    }

    private static func deltas(_ field: Int, _ buckets: [Double], to message: inout ByteBuffer) {
        if buckets.isEmpty { return }
        message.appendProtobuf(field) { packed in
            var before: Int64 = 0
            for bucket in buckets {
                let count = Int64(exactly: bucket) ?? 0
                packed.appendSignedVarint(count &- before)
                before = count
            }
        }
    }

    private static func doubles(_ field: Int, _ values: [Double], to message: inout ByteBuffer) {
        if values.isEmpty { return }
        message.appendProtobuf(field) { packed in
            for value in values { packed.appendLittleEndian(value.bitPattern) }
        }
    }
}
