/// Durations as Prometheus writes them: `1h30m`, `15s`, `250ms`, `0`.
public enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000),
        ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// The duration in milliseconds, or nil when the text is not a duration or does not fit: each
    /// unit at most once, from large to small, whole numbers only; `0` needs no unit.
    public static func parse(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var total: Int64 = 0
        var unitIndex = 0
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty, let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            guard let index = units.firstIndex(where: { $0.name == name }), index >= unitIndex
            else { return nil }
            unitIndex = index + 1
            rest = rest.dropFirst(name.count)
            let (part, overflow) = number.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            // Go's durations are nanoseconds in 64 bits: about 292 years.
            if overflow || sumOverflow || sum > Int64.max / 1_000_000 { return nil }
            total = sum
        }
        return total
    }

    /// The canonical form: units from large to small; years and weeks only when nothing is left over,
    /// as Prometheus prints them.
    public static func format(milliseconds: Int64) -> String {
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds.magnitude
        var result = milliseconds < 0 ? "-" : ""
        for (name, size) in units {
            let size = UInt64(size)
            if (name == "y" || name == "w") && rest % size != 0 { continue }
            let count = rest / size
            if count > 0 {
                result += "\(count)\(name)"
                rest -= count * size
            }
        }
        return result
    }
}
