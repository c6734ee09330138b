/// A native histogram with float counts, as PromQL computes with it.
///
/// With an exponential schema (-4 ... 8) bucket `i` of the positive side covers
/// `(base^(i-1), base^i]` with `base = 2^(2^-schema)`; the negative side mirrors it, and the zero
/// bucket covers `[-zeroThreshold, zeroThreshold]`. With ``customBucketsSchema`` bucket `i` covers
/// `(customValues[i-1], customValues[i]]`, from -Inf to +Inf, and there are no other buckets.
/// Bucket counts are absolute, one per position that the spans cover.
public struct FloatHistogram: Sendable, Hashable {
    /// A run of consecutive buckets.
    public struct Span: Sendable, Hashable {
        /// Distance to the end of the span before; the index of the first bucket for the first span.
        public var offset: Int32
        /// The number of buckets.
        public var length: UInt32

        public init(offset: Int32, length: UInt32) {
            self.offset = offset
            self.length = length
        }
    }

    /// What is known about a counter reset between the sample before and this one.
    public enum CounterResetHint: UInt8, Sendable {
        case unknown
        case reset
        case notReset
        /// No counter, so that nothing resets.
        case gauge
    }

    public var counterResetHint: CounterResetHint = .unknown
    private var origin = Origin()
    public var schema: Int32
    public var zeroThreshold: Double = 0
    public var zeroCount: Double = 0
    /// All observations, those of value NaN included.
    public var count: Double = 0
    /// The bits of ``Double/staleMarker`` mark the end of the series.
    public var sum: Double = 0
    public var positiveSpans: [Span] = []
    public var negativeSpans: [Span] = []
    public var positiveBuckets: [Double] = []
    public var negativeBuckets: [Double] = []
    /// Ascending upper bounds of ``customBucketsSchema``, +Inf left out.
    public var customValues: [Double] = []

    /// The schema of histograms with bounds of their own (NHCB).
    public static let customBucketsSchema: Int32 = -53
    public static let exponentialSchemas: ClosedRange<Int32> = -4...8

    public init(schema: Int32) {
        self.schema = schema
    }

    /// Whether the counts came as integers, so that storages write them as such. Two histograms that
    /// differ in nothing else are equal.
    public var isInteger: Bool {
        get { origin.isInteger }
        set { origin.isInteger = newValue }
    }

    /// Whether the counts can be written as integers and come back the same.
    public var hasIntegerCounts: Bool {
        isInteger && FloatHistogram.isInteger(count) && FloatHistogram.isInteger(zeroCount)
            && positiveBuckets.allSatisfy(FloatHistogram.isInteger)
            && negativeBuckets.allSatisfy(FloatHistogram.isInteger)
    }

    private static func isInteger(_ count: Double) -> Bool {
        count >= 0 && count <= 0x1p53 && count.rounded(.towardZero) == count && count.sign == .plus
    }

    /// Where the counts came from: no part of what is compared.
    private struct Origin: Hashable {
        var isInteger = false

        static func == (_: Origin, _: Origin) -> Bool { true }
        func hash(into _: inout Hasher) {}
    }

    public var usesCustomBuckets: Bool { schema == FloatHistogram.customBucketsSchema }

    public var isStaleMarker: Bool { sum.isStaleMarker }

    /// The bytes that Prometheus counts for one histogram; 16 of them weigh as much as one float
    /// sample in its limits.
    public var byteCount: Int {
        168 + 8
            * (positiveBuckets.count + negativeBuckets.count + positiveSpans.count + negativeSpans.count
                + customValues.count)
    }

    /// How many float samples this histogram counts for.
    public var sampleWeight: Int { (byteCount + 8) / 16 }
}
