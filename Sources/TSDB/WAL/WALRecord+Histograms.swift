internal import MetricModel
internal import Wire

/// Records of native histograms: types 7 to 10. All are written as float histograms; integer ones are
/// read as what they count.
extension WALRecord {
    /// The records of a batch: exponential histograms and those with bounds of their own stand apart.
    static func encodeHistograms(_ samples: [AcceptedHistogram]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        for isCustom in [false, true] {
            let chosen = samples.filter { $0.histogram.usesCustomBuckets == isCustom }
            guard let first = chosen.first else { continue }
            var buffer = ByteBuffer()
            buffer.append((isCustom ? Kind.customBucketFloatHistograms : .floatHistograms).rawValue)
            buffer.appendBigEndian(first.reference)
            buffer.appendBigEndian(first.time)
            for sample in chosen {
                buffer.appendSignedVarint(Int64(bitPattern: sample.reference &- first.reference))
                buffer.appendSignedVarint(sample.time &- first.time)
                append(sample.histogram, to: &buffer)
            }
            records.append(Array(buffer.bytes))
        }
        return records
    }

    private static func append(_ histogram: FloatHistogram, to buffer: inout ByteBuffer) {
        // Hints as Prometheus numbers them: unknown, reset, no reset, gauge.
        let hint: UInt8 =
            switch histogram.counterResetHint {
            case .unknown: 0
            case .reset: 1
            case .notReset: 2
            case .gauge: 3
            }
        buffer.append(hint)
        buffer.appendSignedVarint(Int64(histogram.schema))
        for value in [histogram.zeroThreshold, histogram.zeroCount, histogram.count, histogram.sum] {
            buffer.appendBigEndian(value.bitPattern)
        }
        for spans in [histogram.positiveSpans, histogram.negativeSpans] {
            buffer.appendUnsignedVarint(UInt64(spans.count))
            for span in spans {
                buffer.appendSignedVarint(Int64(span.offset))
                buffer.appendUnsignedVarint(UInt64(span.length))
            }
        }
        for buckets in [histogram.positiveBuckets, histogram.negativeBuckets] {
            buffer.appendUnsignedVarint(UInt64(buckets.count))
            for bucket in buckets { buffer.appendBigEndian(bucket.bitPattern) }
        }
        guard histogram.usesCustomBuckets else { return }
        buffer.appendUnsignedVarint(UInt64(histogram.customValues.count))
        for bound in histogram.customValues { buffer.appendBigEndian(bound.bitPattern) }
    }

    /// Reads a record of type 7 to 10 whose type byte has been read.
    static func readHistograms(
        _ reader: inout ByteReader, isFloat: Bool, _ body: (UInt64, Int64, FloatHistogram) -> Void
    ) throws(WireError) {
        if reader.isAtEnd { return }
        let firstReference = try reader.bigEndian64()
        let firstTime = Int64(bitPattern: try reader.bigEndian64())
        while !reader.isAtEnd {
            let reference = firstReference &+ UInt64(bitPattern: try reader.signedVarint())
            let time = firstTime &+ (try reader.signedVarint())
            body(reference, time, try readHistogram(&reader, isFloat))
        }
    }

    private static func readHistogram(_ reader: inout ByteReader, _ isFloat: Bool) throws(WireError) -> FloatHistogram {
        let hint = try reader.byte()
        guard let schema = Int32(exactly: try reader.signedVarint()) else {
            throw WireError(.malformed, "cannot read a histogram: its schema is out of range")
        }
        var histogram = FloatHistogram(schema: schema)
        histogram.counterResetHint = [.unknown, .reset, .notReset, .gauge][Int(hint & 3)]
        histogram.zeroThreshold = try double(&reader)
        if isFloat {
            histogram.zeroCount = try double(&reader)
            histogram.count = try double(&reader)
        } else {
            histogram.zeroCount = Double(try reader.unsignedVarint())
            histogram.count = Double(try reader.unsignedVarint())
        }
        histogram.sum = try double(&reader)
        histogram.positiveSpans = try readSpans(&reader)
        histogram.negativeSpans = try readSpans(&reader)
        histogram.positiveBuckets = try readBuckets(&reader, isFloat)
        histogram.negativeBuckets = try readBuckets(&reader, isFloat)
        if histogram.usesCustomBuckets {
            for _ in 0..<(try readCount(&reader)) { histogram.customValues.append(try double(&reader)) }
        }
        guard covers(histogram.positiveSpans, histogram.positiveBuckets.count),
            covers(histogram.negativeSpans, histogram.negativeBuckets.count)
        else { throw WireError(.malformed, "cannot read a histogram: its spans and buckets do not fit") }
        return histogram
    }

    private static func covers(_ spans: [FloatHistogram.Span], _ count: Int) -> Bool {
        spans.reduce(0) { $0 + Int($1.length) } == count
    }

    private static func double(_ reader: inout ByteReader) throws(WireError) -> Double {
        Double(bitPattern: try reader.bigEndian64())
    }

    /// A count that the bytes can hold.
    private static func readCount(_ reader: inout ByteReader) throws(WireError) -> Int {
        let count = try reader.unsignedVarint()
        guard count <= UInt64(reader.remaining) else { throw WireError(.malformed, "cannot read a histogram: got a count of \(count)") }
        return Int(count)
    }

    private static func readSpans(_ reader: inout ByteReader) throws(WireError) -> [FloatHistogram.Span] {
        var spans: [FloatHistogram.Span] = []
        for _ in 0..<(try readCount(&reader)) {
            guard let offset = Int32(exactly: try reader.signedVarint()) else {
                throw WireError(.malformed, "cannot read a histogram: a span is out of range")
            }
            spans.append(FloatHistogram.Span(offset: offset, length: try reader.unsignedVarint32()))
        }
        return spans
    }

    private static func readBuckets(_ reader: inout ByteReader, _ isFloat: Bool) throws(WireError) -> [Double] {
        var buckets: [Double] = []
        var current: Int64 = 0
        for _ in 0..<(try readCount(&reader)) {
            if isFloat {
                buckets.append(try double(&reader))
            } else {
                current = current &+ (try reader.signedVarint())
                buckets.append(Double(current))
            }
        }
        return buckets
    }
}
