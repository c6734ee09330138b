extension FloatText {
    /// Shortest decimal digits that read back the same, never with an exponent: Go's 'f' with -1.
    public static func plain(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value.magnitude < 1e15, value == value.rounded(.towardZero) {
            return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
        }
        var text = value.magnitude.description
        var exponent = 0
        if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            exponent = Int(text[text.index(after: e)...]) ?? 0
            text = String(text[..<e])
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        var digits = String(parts[0]) + fraction
        var point = parts[0].utf8.count + exponent
        if point <= 0 {
            digits = String(repeating: "0", count: 1 - point) + digits
            point = 1
        }
        if digits.utf8.count < point { digits += String(repeating: "0", count: point - digits.utf8.count) }
        let whole = digits.prefix(point)
        let rest = digits.dropFirst(point)
        return (value < 0 ? "-" : "") + whole + (rest.isEmpty ? "" : "." + rest)
    }
}
