/// The macros that the server replaces in expressions.
public enum QueryMacros {
    /// - Parameter range: length of the query's range, milliseconds.
    public static func expand(_ expression: String, step: QueryStep, range: Int64) -> String {
        guard expression.contains("$") else { return expression }
        let seconds = (range + 500) / 1000
        let values: [(String, String)] = [
            // Longer names first: $__interval is a prefix of $__interval_ms.
            ("__rate_interval_ms", String(step.rateInterval)),
            ("__rate_interval", IntervalText.text(milliseconds: step.rateInterval)),
            ("__interval_ms", String(step.step)),
            ("__interval", IntervalText.text(milliseconds: step.step)),
            ("__range_ms", String(range)),
            ("__range_s", String(seconds)),
            ("__range", "\(seconds)s"),
        ]
        var result = ""
        var rest = Substring(expression)
        next: while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            for (name, value) in values {
                if after.hasPrefix(name) {
                    result += value
                    rest = after.dropFirst(name.count)
                    continue next
                }
                if after.hasPrefix("{\(name)}") {
                    result += value
                    rest = after.dropFirst(name.count + 2)
                    continue next
                }
            }
            result += "$"
            rest = after
        }
        return result + rest
    }
}
