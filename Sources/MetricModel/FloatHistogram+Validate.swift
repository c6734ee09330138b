extension FloatHistogram {
    /// What is wrong with a histogram that came from outside, in one sentence; nil when it can be stored.
    /// A staleness marker is always good.
    public var fault: String? {
        if isStaleMarker { return nil }
        if usesCustomBuckets {
            if let fault = customFault { return fault }
        } else {
            guard FloatHistogram.exponentialSchemas.contains(schema) else {
                return "the schema \(schema) is not known"
            }
            guard zeroThreshold >= 0 else { return "the zero threshold \(zeroThreshold) is below zero" }
            guard customValues.isEmpty else {
                return "a histogram of schema \(schema) has no bounds of its own"
            }
        }
        guard zeroCount >= 0, count >= 0 else { return "a count is below zero" }
        for (spans, buckets, side) in [
            (positiveSpans, positiveBuckets, "positive"), (negativeSpans, negativeBuckets, "negative"),
        ] {
            var total: UInt64 = 0
            for (index, span) in spans.enumerated() {
                if index > 0, span.offset < 0 { return "a \(side) span begins before the one before it ends" }
                total += UInt64(span.length)
            }
            guard total == UInt64(buckets.count) else {
                return "\(side) spans cover \(total) buckets, and there are \(buckets.count)"
            }
            guard buckets.allSatisfy({ $0 >= 0 }) else { return "a \(side) bucket is below zero" }
            // Indexes must fit the type that everybody computes with.
            let end = spans.reduce(Int64(0)) { $0 + Int64($1.offset) + Int64($1.length) }
            guard end.magnitude < 1 << 30 else { return "a \(side) bucket lies too far out" }
        }
        return nil
    }

    private var customFault: String? {
        guard negativeBuckets.isEmpty, negativeSpans.isEmpty, zeroCount == 0, zeroThreshold == 0 else {
            return "a histogram with bounds of its own has neither negative buckets nor a zero bucket"
        }
        var last = -Double.infinity
        for bound in customValues {
            guard bound > last, bound != .infinity else { return "the bounds are not ascending" }
            last = bound
        }
        let end = positiveSpans.reduce(Int64(0)) { $0 + Int64($1.offset) + Int64($1.length) }
        guard end <= Int64(customValues.count) + 1, positiveSpans.first.map({ $0.offset >= 0 }) ?? true else {
            return "a bucket lies outside of the bounds"
        }
        return nil
    }
}
