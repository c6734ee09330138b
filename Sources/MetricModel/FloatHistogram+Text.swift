extension FloatHistogram: CustomStringConvertible {
    /// `{count:4, sum:10, (0.5,1]:2, …}`, as `count_values` writes a histogram: empty buckets left out.
    public var description: String {
        var result = "{count:\(FloatHistogram.number(count)), sum:\(FloatHistogram.number(sum))"
        let negative = negativeSide
        for i in negative.indexes.indices.reversed() where negative.counts[i] != 0 {
            result += ", \(FloatHistogram.text(negativeBucket(negative.indexes[i], negative.counts[i])))"
        }
        if zeroCount != 0 { result += ", \(FloatHistogram.text(zeroBucket))" }
        let positive = positiveSide
        for i in positive.indexes.indices where positive.counts[i] != 0 {
            result += ", \(FloatHistogram.text(positiveBucket(positive.indexes[i], positive.counts[i])))"
        }
        return result + "}"
    }

    private static func text(_ bucket: Bucket) -> String {
        "\(bucket.includesLower ? "[" : "(")\(number(bucket.lower)),\(number(bucket.upper))\(bucket.includesUpper ? "]" : ")"):\(number(bucket.count))"
    }

    private static func number(_ value: Double) -> String {
        FloatText.string(value, style: .exposition)
    }
}
