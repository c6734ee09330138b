internal import MetricModel
internal import Wire

/// Decodes chunks of native histograms, integer (encodings 2 and 5) and float (3 and 6), to float
/// histograms. Format: `docs/format/chunks.md`.
struct HistogramChunkReader {
    static let headerBytes = 3
    private static let gaugeFlag: UInt8 = 0b1100_0000

    private let isFloat: Bool
    private let isGauge: Bool
    private let count: Int
    private var startTimes: StartTimeReader
    private var reader: BitReader
    private var layout: FloatHistogram
    private var time: Int64 = 0
    private var timeDelta: Int64 = 0
    private var done = 0

    // Integer chunks: values, first deltas.
    private var observations: Int64 = 0
    private var observationsDelta: Int64 = 0
    private var zeros: Int64 = 0
    private var zerosDelta: Int64 = 0
    private var buckets: [Int64] = []
    private var bucketDeltas: [Int64] = []
    // Float chunks.
    private var countValue = XORValue(0)
    private var zeroValue = XORValue(0)
    private var sumValue = XORValue(0)
    private var bucketValues: [XORValue] = []
    private var positiveCount = 0

    /// The most buckets a histogram may have; more than any client makes.
    private static let bucketsMax = 1 << 16

    /// - Parameter hasStartTimes: whether the encoding is one of those with start timestamps.
    init(_ bytes: UnsafeRawBufferPointer, isFloat: Bool, hasStartTimes: Bool = false) throws(WireError) {
        guard bytes.count >= HistogramChunkReader.headerBytes else {
            throw WireError(.truncated, "cannot read a chunk: got \(bytes.count) bytes")
        }
        self.isFloat = isFloat
        // With start timestamps the flags stand above the count.
        let count = Int(bytes[0]) << 8 | Int(bytes[1])
        self.count = hasStartTimes ? count & 0x3FFF : count
        let flags = bytes[hasStartTimes ? 0 : 2]
        isGauge = flags & HistogramChunkReader.gaugeFlag == HistogramChunkReader.gaugeFlag
        startTimes = StartTimeReader(hasStartTimes ? bytes[2] : 0)
        reader = BitReader(bytes, at: HistogramChunkReader.headerBytes * 8)
        layout = FloatHistogram(schema: 0)
        layout.isInteger = !isFloat
    }

    /// The next sample with its start timestamp (0 = not known), or nil at the end.
    mutating func next() throws(WireError) -> (time: Int64, histogram: FloatHistogram, start: Int64)? {
        guard done < count else { return nil }
        let previous = time
        if done == 0 {
            try readLayout()
            time = try Varbit.readSigned(&reader)
        } else {
            timeDelta = timeDelta &+ (try Varbit.readSigned(&reader))
            time = time &+ timeDelta
        }
        var histogram = layout
        if isFloat { try readFloat(&histogram) } else { try readInteger(&histogram) }
        let start = try startTimes.read(done, time: time, previous: previous, &reader)
        done += 1
        // What stood before the chunk is not known; inside it there is no reset.
        histogram.counterResetHint = isGauge ? .gauge : done > 1 ? .notReset : .unknown
        return (time, histogram, start)
    }

    // MARK: - Layout

    private mutating func readLayout() throws(WireError) {
        switch try reader.byte() {
        case 0: layout.zeroThreshold = 0
        case 255: layout.zeroThreshold = Double(bitPattern: try reader.bits(64))
        case let exponent:
            layout.zeroThreshold = Double(sign: .plus, exponent: Int(exponent) - 244, significand: 1)
        }
        let schema = try Varbit.readSigned(&reader)
        guard let schema = Int32(exactly: schema),
            schema == FloatHistogram.customBucketsSchema || FloatHistogram.exponentialSchemas.contains(schema)
        else { throw WireError(.malformed, "cannot read a histogram: its schema \(schema) is not known") }
        layout.schema = schema
        layout.positiveSpans = try readSpans()
        layout.negativeSpans = try readSpans()
        if layout.usesCustomBuckets {
            let boundCount = try Varbit.readUnsigned(&reader)
            guard boundCount <= UInt64(reader.remaining) else {
                throw WireError(.malformed, "got \(boundCount) bounds")
            }
            for _ in 0..<boundCount {
                let whole = try Varbit.readUnsigned(&reader)
                layout.customValues.append(
                    whole == 0 ? Double(bitPattern: try reader.bits(64)) : Double(whole - 1) / 1000)
            }
        }
        positiveCount = try HistogramChunkReader.bucketCount(layout.positiveSpans)
        let total = positiveCount + (try HistogramChunkReader.bucketCount(layout.negativeSpans))
        buckets = [Int64](repeating: 0, count: total)
        bucketDeltas = buckets
        bucketValues = [XORValue](repeating: XORValue(0), count: isFloat ? total : 0)
    }

    private mutating func readSpans() throws(WireError) -> [FloatHistogram.Span] {
        let spanCount = try Varbit.readUnsigned(&reader)
        guard spanCount <= UInt64(reader.remaining) else {
            throw WireError(.malformed, "got \(spanCount) spans")
        }
        var spans: [FloatHistogram.Span] = []
        for _ in 0..<spanCount {
            let length = try Varbit.readUnsigned(&reader)
            let offset = try Varbit.readSigned(&reader)
            guard let length = UInt32(exactly: length), let offset = Int32(exactly: offset) else {
                throw WireError(.malformed, "cannot read a histogram: a span is out of range")
            }
            spans.append(FloatHistogram.Span(offset: offset, length: length))
        }
        return spans
    }

    private static func bucketCount(_ spans: [FloatHistogram.Span]) throws(WireError) -> Int {
        var total = 0
        for span in spans { total += Int(span.length) }
        guard total <= bucketsMax else {
            throw WireError(.tooLarge, "cannot read a histogram: got \(total) buckets")
        }
        return total
    }

    // MARK: - Samples

    private mutating func readInteger(_ histogram: inout FloatHistogram) throws(WireError) {
        if done == 0 {
            observations = Int64(bitPattern: try Varbit.readUnsigned(&reader))
            zeros = Int64(bitPattern: try Varbit.readUnsigned(&reader))
            sumValue.value = try reader.bits(64)
            histogram.sum = Double(bitPattern: sumValue.value)
            for i in buckets.indices { buckets[i] = try Varbit.readSigned(&reader) }
        } else {
            observationsDelta = observationsDelta &+ (try Varbit.readSigned(&reader))
            observations = observations &+ observationsDelta
            zerosDelta = zerosDelta &+ (try Varbit.readSigned(&reader))
            zeros = zeros &+ zerosDelta
            histogram.sum = try sumValue.read(&reader)
            if histogram.sum.isStaleMarker { return clear(&histogram) }
            for i in buckets.indices {
                bucketDeltas[i] = bucketDeltas[i] &+ (try Varbit.readSigned(&reader))
                buckets[i] = buckets[i] &+ bucketDeltas[i]
            }
        }
        if histogram.sum.isStaleMarker { return clear(&histogram) }
        histogram.count = Double(UInt64(bitPattern: observations))
        histogram.zeroCount = Double(UInt64(bitPattern: zeros))
        // Buckets are differences to the one before, each side by itself.
        var current: Int64 = 0
        var absolute: [Double] = []
        absolute.reserveCapacity(buckets.count)
        for i in buckets.indices {
            if i == positiveCount { current = 0 }
            current = current &+ buckets[i]
            absolute.append(Double(current))
        }
        histogram.positiveBuckets = Array(absolute[..<positiveCount])
        histogram.negativeBuckets = Array(absolute[positiveCount...])
    }

    private mutating func readFloat(_ histogram: inout FloatHistogram) throws(WireError) {
        if done == 0 {
            countValue.value = try reader.bits(64)
            zeroValue.value = try reader.bits(64)
            sumValue.value = try reader.bits(64)
            for i in bucketValues.indices { bucketValues[i].value = try reader.bits(64) }
        } else {
            _ = try countValue.read(&reader)
            _ = try zeroValue.read(&reader)
            if try sumValue.read(&reader).isStaleMarker {
                histogram.sum = .staleMarker
                return clear(&histogram)
            }
            for i in bucketValues.indices { _ = try bucketValues[i].read(&reader) }
        }
        histogram.count = Double(bitPattern: countValue.value)
        histogram.zeroCount = Double(bitPattern: zeroValue.value)
        histogram.sum = Double(bitPattern: sumValue.value)
        if histogram.sum.isStaleMarker { return clear(&histogram) }
        let all = bucketValues.map { Double(bitPattern: $0.value) }
        histogram.positiveBuckets = Array(all[..<positiveCount])
        histogram.negativeBuckets = Array(all[positiveCount...])
    }

    /// A staleness marker is its sum and nothing else.
    private func clear(_ histogram: inout FloatHistogram) {
        histogram = FloatHistogram(schema: 0)
        histogram.sum = .staleMarker
        histogram.isInteger = !isFloat
    }
}
