import MetricModel
import Testing

@Suite struct FloatHistogramTests {
    private func exponential(
        _ schema: Int32, offset: Int32 = 0, _ buckets: [Double], zero: Double = 0, threshold: Double = 0
    ) -> FloatHistogram {
        var result = FloatHistogram(schema: schema)
        result.positiveSpans = [.init(offset: offset, length: UInt32(buckets.count))]
        result.positiveBuckets = buckets
        result.zeroCount = zero
        result.zeroThreshold = threshold
        result.count = buckets.reduce(zero, +)
        result.sum = result.count * 2
        return result
    }

    private func custom(_ bounds: [Double], _ buckets: [Double]) -> FloatHistogram {
        var result = exponential(FloatHistogram.customBucketsSchema, buckets)
        result.customValues = bounds
        return result
    }

    @Test func addsAtTheCoarserResolution() {
        var a = exponential(1, [1, 2, 3, 4])
        #expect(a.add(exponential(0, [10, 20, 30])) != nil)
        // Buckets 0, 1 + 2 and 3 of schema 1 are buckets 0, 1 and 2 of schema 0.
        #expect(a.schema == 0)
        #expect(a.positiveBuckets == [11, 25, 34])
        #expect(a.count == 70)
    }

    @Test func widensTheZeroBucket() {
        var a = exponential(0, [4, 5], zero: 1)
        // (0.5, 1] falls into a zero bucket of 1; the threshold grows to the end of the bucket that it cuts.
        #expect(a.add(exponential(0, offset: 3, [7], zero: 2, threshold: 0.75)) != nil)
        #expect(a.zeroThreshold == 1)
        #expect(a.zeroCount == 7)
        #expect(a.compacted().positiveBuckets == [5, 7])
    }

    @Test func keepsTheBoundsThatBothHave() {
        var a = custom([1, 2, 3], [1, 2, 3, 4])
        let encounter = a.add(custom([1, 3, 5], [10, 20, 30, 40]))
        #expect(encounter?.hasReconciledBounds == true)
        #expect(a.customValues == [1, 3])
        #expect(a.positiveBuckets == [11, 25, 74])
        #expect(a.add(exponential(0, [1])) == nil)
    }

    @Test func subtractsWhatItAdded() {
        let first = exponential(2, offset: -3, [1.5, 0, 2.5])
        let second = exponential(2, offset: 4, [3, 1])
        var sum = first
        #expect(sum.add(second) != nil)
        #expect(sum.subtract(second) != nil)
        #expect(sum.compacted().isAlmostEqual(to: first.compacted(), tolerance: 1e-12))
        var total = HistogramSum(first)
        #expect(total.add(second) != nil)
        var plain = first
        _ = plain.add(second)
        #expect(total.histogram.isAlmostEqual(to: plain.compacted(), tolerance: 1e-12))
    }

    @Test func findsResets() {
        let before = exponential(0, [1, 2, 3])
        #expect(!exponential(0, [1, 2, 4]).isReset(since: before))
        #expect(exponential(0, [1, 1, 9]).isReset(since: before))
        #expect(exponential(1, [9, 9, 9, 9, 9, 9]).isReset(since: before))
        var hinted = exponential(0, [9, 9, 9])
        hinted.counterResetHint = .reset
        #expect(hinted.isReset(since: before))
    }

    /// Bounds by the last digit, as Prometheus shows them.
    @Test(arguments: [
        (Int32(0), Int32(3), 8.0), (1, -1, 0.7071067811865475), (2, 1, 1.189207115002721),
        (3, -3, 0.7711054127039704),
        (5, -13, 0.7545822137967112), (8, -1, 0.9972960560854698), (8, -199, 0.5834400184762408),
        (-4, 1, 65_536), (0, 1024, 1.7976931348623157e308),
    ])
    func hasThePublishedBounds(_ schema: Int32, _ index: Int32, _ bound: Double) {
        #expect(exponential(schema, offset: index, [1]).allBuckets.first?.upper == bound)
    }

    @Test func writesItsBuckets() {
        #expect(
            exponential(0, [1, 0, 2], zero: 3, threshold: 0.25).description
                == "{count:6, sum:12, [-0.25,0.25]:3, (0.5,1]:1, (2,4]:2}")
        #expect(custom([5, 10], [1, 0, 2]).description == "{count:3, sum:6, [-Inf,5]:1, (10,+Inf]:2}")
    }

    /// What a peer may send: spans and buckets that do not fit, thresholds that are no numbers, indexes at
    /// the ends of their range. Nothing of it may trap or run for ever.
    @Test func standsNonsense() {
        var spans = exponential(0, [1, 2])
        spans.positiveSpans = [.init(offset: .max, length: 7), .init(offset: .max, length: .max)]
        var threshold = exponential(3, [1, 2, 3])
        threshold.zeroThreshold = .nan
        var infinite = exponential(-4, offset: .min, [.nan, .infinity])
        infinite.zeroThreshold = .infinity
        var schema = exponential(100, [1])
        schema.negativeBuckets = [1, 2, 3]
        schema.negativeSpans = [.init(offset: -5, length: 2)]
        let all = [spans, threshold, infinite, schema, exponential(8, [1, 2]), exponential(-4, [5])]
        for a in all {
            for b in all {
                var sum = a
                _ = sum.add(b)
                _ = sum.subtract(b)
                _ = a.isReset(since: b)
                var total = HistogramSum(a)
                _ = total.add(b)
                _ = total.histogram.description
                _ = a.trimmed(at: 0.5, keepsLower: true)
                _ = a.allBuckets
            }
        }
    }
}
