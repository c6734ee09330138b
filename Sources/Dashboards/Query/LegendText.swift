/// The names of series from a query's legend format.
enum LegendText {
    /// - Parameter isOnlyLabel: the one label that any series of the answer has, for `__auto`.
    static func name(
        of series: PrometheusAnswer.Series, format: String, expression: String, onlyLabel: String?
    ) -> String {
        switch format {
        case "": series.labels.isEmpty ? expression : labelSet(series.labels)
        case "__auto":
            if let onlyLabel, let value = series.label(onlyLabel) {
                value
            } else {
                series.labels.isEmpty ? expression : labelSet(series.labels)
            }
        default: fill(format, with: series)
        }
    }

    /// The name of the only label that all series of an answer have between them; nil when there are
    /// none or several.
    static func onlyLabel(_ series: [PrometheusAnswer.Series]) -> String? {
        var name: String?
        for one in series {
            guard one.labels.count <= 1 else { return nil }
            guard let label = one.labels.first else { continue }
            guard name == nil || name == label.name else { return nil }
            name = label.name
        }
        return name
    }

    /// `name{a="b", c="d"}`.
    static func labelSet(_ labels: [PrometheusAnswer.Label]) -> String {
        var name = ""
        var parts: [String] = []
        for label in labels {
            if label.name == "__name__" {
                name = label.value
            } else {
                parts.append("\(label.name)=\"\(label.value)\"")
            }
        }
        return parts.isEmpty && !name.isEmpty ? name : "\(name){\(parts.joined(separator: ", "))}"
    }

    /// Replaces each `{{ label }}`; a label that is not there becomes "".
    private static func fill(_ format: String, with series: PrometheusAnswer.Series) -> String {
        var result = ""
        var rest = Substring(format)
        while let open = rest.firstRange(of: "{{") {
            let after = rest[open.upperBound...]
            guard let close = after.firstRange(of: "}}") else { break }
            result += rest[..<open.lowerBound]
            let name = after[..<close.lowerBound].drop { $0 == " " }
            let trimmed = name.reversed().drop { $0 == " " }.reversed()
            result += series.label(String(trimmed)) ?? ""
            rest = after[close.upperBound...]
        }
        return result + rest
    }
}
