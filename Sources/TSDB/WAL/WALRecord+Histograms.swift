internal import MetricModel
internal import Wire

/// Records of native histograms: types 7 to 10, and 12 and 13 with start timestamps.
extension WALRecord {
    /// The records of a batch: integer and float histograms stand apart, and those with bounds of their own, but not
    /// where samples have start timestamps.
    static func encodeHistograms(_ samples: [AcceptedHistogram]) -> [[UInt8]] {
        let haveStarts = samples.contains { $0.start != 0 }
        let kinds = samples.map { kind(of: $0.histogram, haveStarts: haveStarts) }
        var records: [[UInt8]] = []
        for kind: Kind in [
            .histograms, .floatHistograms, .customBucketHistograms, .customBucketFloatHistograms,
            .histogramsV2, .floatHistogramsV2,
        ] {
            guard let place = kinds.firstIndex(of: kind) else { continue }
            let first = samples[place]
            var heads = WALStartTimeWriter()
            var buffer = ByteBuffer()
            buffer.append(kind.rawValue)
            if !haveStarts {
                buffer.appendBigEndian(first.reference)
                buffer.appendBigEndian(first.time)
            }
            for (sample, itsKind) in zip(samples, kinds) where itsKind == kind {
                if haveStarts {
                    heads.put(sample.reference, sample.time, sample.start, to: &buffer)
                } else {
                    buffer.appendSignedVarint(Int64(bitPattern: sample.reference &- first.reference))
                    buffer.appendSignedVarint(sample.time &- first.time)
                }
                append(sample.histogram, isInteger: !kind.isFloatHistogram, to: &buffer)
            }
            records.append(Array(buffer.bytes))
        }
        return records
    }

    private static func kind(of histogram: FloatHistogram, haveStarts: Bool) -> Kind {
        if haveStarts { return histogram.hasIntegerCounts ? .histogramsV2 : .floatHistogramsV2 }
        return switch (histogram.hasIntegerCounts, histogram.usesCustomBuckets) {
        case (true, false): .histograms
        case (false, false): .floatHistograms
        case (true, true): .customBucketHistograms
        case (false, true): .customBucketFloatHistograms
        }
    }

    /// Writes a histogram; of an integer one all counts must be whole.
    static func append(_ histogram: FloatHistogram, isInteger: Bool, to buffer: inout ByteBuffer) {
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
        buffer.appendBigEndian(histogram.zeroThreshold.bitPattern)
        for count in [histogram.zeroCount, histogram.count] {
            if isInteger {
                buffer.appendUnsignedVarint(UInt64(exactly: count) ?? 0)
            } else {
                buffer.appendBigEndian(count.bitPattern)
            }
        }
        buffer.appendBigEndian(histogram.sum.bitPattern)
        for spans in [histogram.positiveSpans, histogram.negativeSpans] {
            buffer.appendUnsignedVarint(UInt64(spans.count))
            for span in spans {
                buffer.appendSignedVarint(Int64(span.offset))
                buffer.appendUnsignedVarint(UInt64(span.length))
            }
        }
        for buckets in [histogram.positiveBuckets, histogram.negativeBuckets] {
            buffer.appendUnsignedVarint(UInt64(buckets.count))
            var before: Int64 = 0
            for bucket in buckets {
                if isInteger {
                    let count = Int64(exactly: bucket) ?? 0
                    buffer.appendSignedVarint(count &- before)
                    before = count
                } else {
                    buffer.appendBigEndian(bucket.bitPattern)
                }
            }
        }
        guard histogram.usesCustomBuckets else { return }
        buffer.appendUnsignedVarint(UInt64(histogram.customValues.count))
        for bound in histogram.customValues { buffer.appendBigEndian(bound.bitPattern) }
    }

    /// A histogram of a record and where in the record it stands.
    struct FoundHistogram {
        var reference: UInt64
        var time: Int64
        /// Milliseconds since 1970, 0 = not known.
        var start: Int64
        var histogram: FloatHistogram
        var bytes: Range<Int>
    }

    /// Reads a record of type 7 to 10, 12 or 13 whose type byte has been read.
    static func readHistograms(
        _ reader: inout ByteReader, _ kind: Kind, _ body: (FoundHistogram) -> Void
    ) throws(WireError) {
        if reader.isAtEnd { return }
        let isFloat = kind.isFloatHistogram
        let hasStartTimes = kind == .histogramsV2 || kind == .floatHistogramsV2
        var heads = WALStartTimeReader()
        var first: (reference: UInt64, time: Int64) = (0, 0)
        if !hasStartTimes {
            first = (try reader.bigEndian64(), Int64(bitPattern: try reader.bigEndian64()))
        }
        while !reader.isAtEnd {
            let head: (reference: UInt64, time: Int64, start: Int64)
            if hasStartTimes {
                head = try heads.next(&reader)
            } else {
                let reference = first.reference &+ UInt64(bitPattern: try reader.signedVarint())
                head = (reference, first.time &+ (try reader.signedVarint()), 0)
            }
            let start = reader.position
            let histogram = try readHistogram(&reader, isFloat)
            body(
                FoundHistogram(
                    reference: head.reference, time: head.time, start: head.start, histogram: histogram,
                    bytes: start..<reader.position))
        }
    }

    /// Copies what a record of histograms has from `minTime` on.
    static func filterHistograms(
        _ record: UnsafeRawBufferPointer, _ kind: Kind, from minTime: Int64, into output: inout ByteBuffer
    ) throws(WireError) {
        var reader = ByteReader(record)
        _ = try reader.byte()
        let hasStartTimes = kind == .histogramsV2 || kind == .floatHistogramsV2
        var first: FoundHistogram?
        var heads = WALStartTimeWriter()
        try readHistograms(&reader, kind) { found in
            guard found.time >= minTime else { return }
            if first == nil {
                output.append(kind.rawValue)
                if !hasStartTimes {
                    output.appendBigEndian(found.reference)
                    output.appendBigEndian(found.time)
                }
            }
            let base = first ?? found
            first = base
            if hasStartTimes {
                heads.put(found.reference, found.time, found.start, to: &output)
            } else {
                output.appendSignedVarint(Int64(bitPattern: found.reference &- base.reference))
                output.appendSignedVarint(found.time &- base.time)
            }
            output.append(UnsafeRawBufferPointer(rebasing: record[found.bytes]))
        }
    }

    private static func readHistogram(_ reader: inout ByteReader, _ isFloat: Bool) throws(WireError)
        -> FloatHistogram
    {
        let hint = try reader.byte()
        guard let schema = Int32(exactly: try reader.signedVarint()) else {
            throw WireError(.malformed, "cannot read a histogram: its schema is out of range")
        }
        var histogram = FloatHistogram(schema: schema)
        histogram.isInteger = !isFloat
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
        guard count <= UInt64(reader.remaining) else {
            throw WireError(.malformed, "cannot read a histogram: got a count of \(count)")
        }
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

    private static func readBuckets(_ reader: inout ByteReader, _ isFloat: Bool) throws(WireError) -> [Double]
    {
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
