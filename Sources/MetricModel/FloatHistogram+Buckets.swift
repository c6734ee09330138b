#if canImport(Glibc)
    import Glibc
#endif

extension FloatHistogram {
    /// One bucket with its bounds.
    public struct Bucket: Sendable, Equatable {
        public var lower: Double
        public var upper: Double
        public var includesLower: Bool
        public var includesUpper: Bool
        public var count: Double

        public init(lower: Double, upper: Double, includesLower: Bool, includesUpper: Bool, count: Double) {
            self.lower = lower
            self.upper = upper
            self.includesLower = includesLower
            self.includesUpper = includesUpper
            self.count = count
        }
    }

    /// The buckets of one side by index, ascending; empty ones too where spans cover them.
    struct Side: Equatable {
        var indexes: [Int32] = []
        var counts: [Double] = []

        init() {}

        /// Spans that promise more buckets than there are end with them.
        init(_ spans: [Span], _ buckets: [Double]) {
            indexes.reserveCapacity(buckets.count)
            var index: Int32 = 0
            for span in spans {
                index &+= span.offset
                for _ in 0..<span.length {
                    guard indexes.count < buckets.count else { break }
                    indexes.append(index)
                    index &+= 1
                }
            }
            counts = indexes.count == buckets.count ? buckets : Array(buckets.prefix(indexes.count))
        }

        /// The spans that cover the indexes.
        var spans: [Span] {
            var result: [Span] = []
            var next: Int32 = 0
            for index in indexes {
                if !result.isEmpty, index == next {
                    result[result.count - 1].length += 1
                } else {
                    result.append(Span(offset: index &- next, length: 1))
                }
                next = index &+ 1
            }
            return result
        }

        /// Adds up the buckets that fall together at a coarser schema.
        func reduced(from schema: Int32, to target: Int32) -> Side {
            guard target < schema else { return self }
            let shift = schema - target
            var result = Side()
            for (index, count) in zip(indexes, counts) {
                let coarse = ((index &- 1) >> shift) &+ 1
                if result.indexes.last == coarse {
                    result.counts[result.counts.count - 1] += count
                } else {
                    result.indexes.append(coarse)
                    result.counts.append(count)
                }
            }
            return result
        }

        /// Without the leading buckets that lie within a zero bucket.
        func droppingBuckets(within threshold: Double, schema: Int32) -> Side {
            guard threshold > 0, FloatHistogram.exponentialSchemas.contains(schema) else { return self }
            let kept =
                indexes.firstIndex { FloatHistogram.exponentialBound($0, schema: schema) > threshold }
                ?? indexes.count
            guard kept > 0 else { return self }
            var result = Side()
            result.indexes = Array(indexes[kept...])
            result.counts = Array(counts[kept...])
            return result
        }
    }

    var positiveSide: Side {
        get { Side(positiveSpans, positiveBuckets) }
        set {
            positiveSpans = newValue.spans
            positiveBuckets = newValue.counts
        }
    }

    var negativeSide: Side {
        get { Side(negativeSpans, negativeBuckets) }
        set {
            negativeSpans = newValue.spans
            negativeBuckets = newValue.counts
        }
    }

    // MARK: - Bounds

    /// The upper bound of a positive bucket of an exponential schema.
    static func exponentialBound(_ index: Int32, schema: Int32) -> Double {
        if schema < 0 {
            let exponent = Int(index) << Int(-schema)
            // The last bucket would begin where doubles end.
            if exponent == 1024 { return .greatestFiniteMagnitude }
            return power(exponent)
        }
        guard exponentialSchemas.contains(schema) else { return .nan }
        let fraction = fractions[Int(schema)][Int(index) & ((1 << Int(schema)) - 1)]
        let exponent = (Int(index) >> Int(schema)) + 1
        if fraction == 0.5, exponent == 1025 { return .greatestFiniteMagnitude }
        return scalbn(fraction, Int32(clamping: exponent))
    }

    /// The bounds between 0.5 and 1 by schema, to the last bit those that Prometheus has tabled: each schema
    /// has those of the one before and between them their products with its base.
    private static let fractions: [[Double]] = {
        var result: [[Double]] = [[0.5]]
        // The table was begun with this neighbour of the square root of 2.
        var base = 0x1.6a09e667f3bccp+0
        for _ in 1...8 {
            result.append((result.last ?? []).flatMap { [$0, $0 * base] })
            base = base.squareRoot()
        }
        return result
    }()

    private static func power(_ exponent: Int) -> Double {
        scalbn(1, Int32(clamping: exponent))
    }

    /// The upper bound of a positive bucket.
    func bound(_ index: Int32) -> Double {
        guard usesCustomBuckets else { return FloatHistogram.exponentialBound(index, schema: schema) }
        if index < 0 { return -.infinity }
        return Int(index) < customValues.count ? customValues[Int(index)] : .infinity
    }

    func positiveBucket(_ index: Int32, _ count: Double) -> Bucket {
        let lower = bound(index &- 1)
        let upper = bound(index)
        return Bucket(
            lower: lower, upper: upper, includesLower: usesCustomBuckets ? index == 0 : lower < 0,
            includesUpper: usesCustomBuckets || upper > 0, count: count)
    }

    func negativeBucket(_ index: Int32, _ count: Double) -> Bucket {
        let lower = -bound(index)
        let upper = -bound(index &- 1)
        return Bucket(
            lower: lower, upper: upper, includesLower: lower < 0, includesUpper: upper > 0, count: count)
    }

    public var zeroBucket: Bucket {
        Bucket(
            lower: -zeroThreshold, upper: zeroThreshold, includesLower: true, includesUpper: true,
            count: zeroCount)
    }

    /// All buckets that the spans cover and the zero bucket if it is not empty, ascending. A bucket that
    /// overlaps the zero bucket is cut at its edge.
    public var allBuckets: [Bucket] {
        var result: [Bucket] = []
        let negative = negativeSide
        let positive = positiveSide
        result.reserveCapacity(negative.indexes.count + positive.indexes.count + 1)
        for i in negative.indexes.indices.reversed() {
            var bucket = negativeBucket(negative.indexes[i], negative.counts[i])
            if bucket.upper < 0, bucket.upper > -zeroThreshold { bucket.upper = -zeroThreshold }
            result.append(bucket)
        }
        if zeroCount > 0 { result.append(zeroBucket) }
        for i in positive.indexes.indices {
            var bucket = positiveBucket(positive.indexes[i], positive.counts[i])
            if bucket.lower > 0, bucket.lower < zeroThreshold { bucket.lower = zeroThreshold }
            result.append(bucket)
        }
        return result
    }

    // MARK: - Forms

    /// Without empty buckets, in the fewest spans.
    public mutating func compact() {
        positiveSide = FloatHistogram.withoutEmpty(positiveSide)
        negativeSide = FloatHistogram.withoutEmpty(negativeSide)
    }

    public func compacted() -> FloatHistogram {
        var result = self
        result.compact()
        return result
    }

    private static func withoutEmpty(_ side: Side) -> Side {
        guard side.counts.contains(0) else { return side }
        var result = Side()
        for (index, count) in zip(side.indexes, side.counts) where count != 0 {
            result.indexes.append(index)
            result.counts.append(count)
        }
        return result
    }

    /// At a coarser resolution; the same when `target` is not coarser or the buckets are custom.
    public func reduced(to target: Int32) -> FloatHistogram {
        guard !usesCustomBuckets, target < schema, target != FloatHistogram.customBucketsSchema else {
            return self
        }
        var result = self
        result.positiveSide = positiveSide.reduced(from: schema, to: target)
        result.negativeSide = negativeSide.reduced(from: schema, to: target)
        result.schema = target
        result.counterResetHint = .unknown
        return result
    }

    /// Equality of all that a query sees: buckets by position, counts by bits, no reset hints.
    public func hasSameContent(as other: FloatHistogram) -> Bool {
        schema == other.schema && count.bitPattern == other.count.bitPattern
            && sum.bitPattern == other.sum.bitPattern
            && (!usesCustomBuckets || customValues == other.customValues)
            && zeroThreshold == other.zeroThreshold
            && zeroCount.bitPattern == other.zeroCount.bitPattern
            && FloatHistogram.isSame(positiveSide, other.positiveSide)
            && FloatHistogram.isSame(negativeSide, other.negativeSide)
    }

    private static func isSame(_ a: Side, _ b: Side) -> Bool {
        a.indexes == b.indexes && a.counts.elementsEqual(b.counts) { $0.bitPattern == $1.bitPattern }
    }
}

extension FloatHistogram {
    /// Equality but for rounding, without reset hints: see `Double.isAlmostEqual`.
    public func isAlmostEqual(to other: FloatHistogram, tolerance: Double) -> Bool {
        func near(_ a: Double, _ b: Double) -> Bool { a.isAlmostEqual(to: b, tolerance: tolerance) }
        func near(_ a: Side, _ b: Side) -> Bool {
            a.indexes == b.indexes && zip(a.counts, b.counts).allSatisfy { near($0, $1) }
        }
        return schema == other.schema && near(count, other.count) && near(sum, other.sum)
            && (!usesCustomBuckets || customValues == other.customValues)
            && zeroThreshold == other.zeroThreshold
            && near(zeroCount, other.zeroCount) && near(positiveSide, other.positiveSide)
            && near(negativeSide, other.negativeSide)
    }
}
