import JSON
import MetricModel

/// Writes answers of the HTTP API for people and scripts.
struct AnswerText {
    let format: OutputFlags.Format

    init(_ format: OutputFlags.Format) {
        self.format = format
    }

    /// The `data` of a query.
    func value(_ data: JSONValue) throws -> String {
        switch format {
        case .json: return (data["result"] ?? .null).text() + "\n"
        case .promql: return try AnswerText.plain(data) + "\n"
        case .table: return try AnswerText.table(data)
        }
    }

    /// The `data` of `/series`.
    func series(_ data: JSONValue) -> String {
        if format == .json { return data.text() + "\n" }
        let all = (data.array ?? []).map { item in
            Labels((item.object?.members ?? []).map { ($0.name, $0.value.string ?? "") })
        }
        if format == .promql { return all.map { GoText.labels($0) + "\n" }.joined() }
        return AnswerText.labelTable(all, [], []).text
    }

    /// A list of texts.
    func texts(_ data: JSONValue) -> String {
        if format == .json { return data.text() + "\n" }
        return (data.array ?? []).compactMap(\.string).map { $0 + "\n" }.joined()
    }

    static func warnings(_ answer: ServerConnection.Answer) -> String {
        answer.warnings.map { "query warning: \($0)\n" }.joined()
    }

    // MARK: - As promtool

    private static func plain(_ data: JSONValue) throws -> String {
        let kind = data["resultType"]?.string ?? ""
        if kind == "string" { return data["result"]?[1]?.string ?? "" }
        let all = try RangeAnswer.read(data)
        func text(_ point: (time: Double, value: Double)) -> String {
            "\(decimal(point.value)) @[\(decimal(point.time / 1000))]"
        }
        func text(_ point: RangeAnswer.HistogramPoint) -> String {
            "\(histogram(point.histogram)) @[\(decimal(point.time / 1000))]"
        }
        switch kind {
        case "scalar": return "scalar: \(all.first?.points.first.map(text) ?? "")"
        case "vector":
            return all.flatMap { one in
                one.points.map { "\(one.title) => \(text($0))" }
                    + one.histograms.map { "\(one.title) => \(text($0))" }
            }
            .joined(separator: "\n")
        default:
            return all.map { one in
                ([one.title + " =>"] + one.points.map(text) + one.histograms.map(text)).joined(
                    separator: "\n")
            }
            .joined(separator: "\n")
        }
    }

    /// `name{label="value", …}`; the name alone when it has no other labels.
    static func title(_ labels: Labels) -> String {
        var name = ""
        var rest: [String] = []
        for (label, value) in labels {
            if label == Labels.metricNameLabel, MetricName.isLegacyName(value) {
                name = value
            } else {
                rest.append(
                    "\(MetricName.isLegacyLabelName(label) ? label : LabelText.quoted(label))=\(LabelText.quoted(value))"
                )
            }
        }
        return rest.isEmpty && !name.isEmpty ? name : name + "{" + rest.joined(separator: ", ") + "}"
    }

    /// Decimal notation without an exponent, as Go's 'f' with the fewest digits.
    static func decimal(_ value: Double) -> String {
        let text = FloatText.string(value, style: .json)
        guard let mark = text.firstIndex(of: "e"),
            let exponent = Int(text[text.index(after: mark)...].drop { $0 == "+" })
        else { return text }
        var digits = text[..<mark]
        let sign = digits.hasPrefix("-") ? "-" : ""
        if !sign.isEmpty { digits = digits.dropFirst() }
        let whole = digits.prefix { $0 != "." }
        let fraction = digits.dropFirst(whole.count + 1)
        if exponent >= 0 {
            let all = whole + fraction
            return sign + all + String(repeating: "0", count: max(exponent - fraction.count, 0))
        }
        return sign + "0." + String(repeating: "0", count: -exponent - 1) + whole + fraction
    }

    /// `Count: 3, Sum: 4.5, Buckets: [(0.5,1]:2 (1,2]:1]`.
    private static func histogram(_ json: JSONValue) -> String {
        let brackets = ["(]", "[)", "()", "[]"].map(Array.init)
        let buckets = (json["buckets"]?.array ?? []).map { bucket in
            let rule = brackets[min(max(bucket[0]?.int ?? 0, 0), 3)]
            return
                "\(rule[0])\(bucket[1]?.string ?? ""),\(bucket[2]?.string ?? "")\(rule[1]):\(bucket[3]?.string ?? "")"
        }
        return
            "Count: \(json["count"]?.string ?? ""), Sum: \(json["sum"]?.string ?? ""), Buckets: [\(buckets.joined(separator: " "))]"
    }

    // MARK: - Tables

    private static func table(_ data: JSONValue) throws -> String {
        if data["resultType"]?.string == "string" { return (data["result"]?[1]?.string ?? "") + "\n" }
        let all = try RangeAnswer.read(data)
        if data["resultType"]?.string == "matrix" {
            var labels: [Labels] = []
            var cells: [[String]] = []
            for one in all {
                let points =
                    one.points.map { ($0.time, decimal($0.value)) }
                    + one.histograms.map { ($0.time, histogram($0.histogram)) }
                for (time, value) in points.sorted(by: { $0.0 < $1.0 }) {
                    labels.append(one.labels)
                    cells.append([decimal(time / 1000), value])
                }
            }
            return labelTable(labels, ["time", "value"], cells).text
        }
        return labelTable(
            all.map(\.labels), ["value"],
            all.map {
                [
                    $0.points.first.map { decimal($0.value) } ?? $0.histograms.first.map {
                        histogram($0.histogram)
                    } ?? ""
                ]
            }
        ).text
    }

    /// A column a label, the columns of the caller behind them, right-aligned.
    private static func labelTable(_ labels: [Labels], _ names: [String], _ cells: [[String]]) -> TextTable {
        let columns = Array(Set(labels.flatMap { $0.map(\.name) })).sorted()
        let rows = labels.enumerated().map { index, labels in
            columns.map { labels.value(of: $0) ?? "" } + (index < cells.count ? cells[index] : [])
        }
        return TextTable(
            columns + names, rows, alignsRight: columns.map { _ in false } + names.map { _ in true })
    }
}
