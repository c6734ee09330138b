import MetricModel

/// Values as Go prints them, where scripts read promtool's output.
enum GoText {
    /// `2h0m0s`, `1m30s`, `1.5s`, `250ms`, `0s`.
    static func duration(milliseconds: Int64) -> String {
        let magnitude = milliseconds.magnitude
        let sign = milliseconds < 0 ? "-" : ""
        guard magnitude > 0 else { return "0s" }
        guard magnitude >= 1000 else { return "\(sign)\(magnitude)ms" }
        let seconds = magnitude / 1000
        var fraction = String(String(magnitude % 1000 + 1000).dropFirst())
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let end = "\(seconds % 60)\(fraction.isEmpty ? "" : ".\(fraction)")s"
        if seconds < 60 { return sign + end }
        if seconds < 3600 { return "\(sign)\(seconds / 60)m\(end)" }
        return "\(sign)\(seconds / 3600)h\(seconds / 60 % 60)m\(end)"
    }

    /// `{__name__="up", job="a"}`: the name among the others.
    static func labels(_ labels: Labels) -> String {
        let parts = labels.map { name, value in
            "\(MetricName.isLegacyLabelName(name) ? name : LabelText.quoted(name))=\(LabelText.quoted(value))"
        }
        return "{\(parts.joined(separator: ", "))}"
    }

    /// Three digits behind the point.
    static func fixed3(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let whole = Int64((abs(value) * 1000).rounded(.toNearestOrEven))
        return
            "\(value < 0 && whole > 0 ? "-" : "")\(whole / 1000).\(String(whole % 1000 + 1000).dropFirst())"
    }
}

extension GoText {
    /// `1.5E+00`: one digit before the point, as few as needed behind it, an exponent of two digits or more.
    static func exponent(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        guard value != 0 else { return value.sign == .minus ? "-0E+00" : "0E+00" }
        // Swift's shortest digits, laid out anew.
        let text = "\(abs(value))"
        let mantissa = text.prefix { $0 != "e" }
        let written = Int(text.dropFirst(mantissa.count + 1)) ?? 0
        let whole = mantissa.prefix { $0 != "." }
        var digits = String(whole) + mantissa.dropFirst(whole.count + 1)
        var exponent = written + whole.count - 1
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        let rest = digits.dropFirst()
        let magnitude = exponent.magnitude
        return (value < 0 ? "-" : "") + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "E"
            + (exponent < 0 ? "-" : "+")
            + (magnitude < 10 ? "0" : "") + "\(magnitude)"
    }
}
