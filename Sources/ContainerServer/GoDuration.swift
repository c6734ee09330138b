/// Durations as Go's flags take them: `1m30s`, `500ms`, `0`.
enum GoDuration {
    private static let units: [(name: String, seconds: Double)] = [
        ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60),
        ("h", 3600),
    ]

    /// Seconds; nil for another form.
    static func seconds(_ text: String) -> Double? {
        var rest = text[...]
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest.removeFirst() }
        if rest == "0" { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let value = Double(number), value.isFinite else { return nil }
            rest = rest[number.endIndex...]
            let name = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            guard let unit = units.first(where: { $0.name == name }) else { return nil }
            total += value * unit.seconds
            rest = rest[name.endIndex...]
        }
        return isNegative ? -total : total
    }
}
