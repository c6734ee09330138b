import JSON

/// Writes the answer of a query as data frames, the original's form of `/api/ds/query`.
public enum FrameWriter {
    /// Appends one member of `results`: `"A":{"status":200,"frames":[…]}`.
    ///
    /// - Parameters:
    ///   - refID: the query's; "A-Instant" for the second half of a query of both kinds.
    ///   - step: milliseconds.
    ///   - isOnlyTable: one table of an answer calls its column `Value`, several `Value #A`.
    public static func write(
        _ answer: PrometheusAnswer, query: PanelQuery, refID: String, expression: String, step: Int64,
        isOnlyTable: Bool, to output: inout [UInt8]
    ) {
        open(refID, to: &output)
        let context = Context(
            answer: answer, query: query, refID: refID, step: step, isOnlyTable: isOnlyTable,
            executed: "Expr: \(expression)\nStep: \(IntervalText.text(milliseconds: step))")
        switch query.format {
        case .table: context.writeTable(to: &output)
        case .heatmap where answer.resultType == .matrix: context.writeHeatmap(to: &output)
        case .heatmap, .timeSeries: context.writeSeries(expression: expression, to: &output)
        }
        output.append(contentsOf: "]}".utf8)
    }

    /// Appends a member of `results` for a query that failed.
    ///
    /// - Parameter isDownstream: the data source refused it; otherwise we did.
    public static func writeError(
        _ message: String, refID: String, status: Int, isDownstream: Bool, to output: inout [UInt8]
    ) {
        JSONText.appendString(refID, to: &output)
        output.append(contentsOf: ":{\"error\":".utf8)
        JSONText.appendString(message, to: &output)
        output.append(contentsOf: ",\"errorSource\":\"\(isDownstream ? "downstream" : "plugin")\"".utf8)
        output.append(contentsOf: ",\"status\":\(status),\"frames\":[]}".utf8)
    }

    private static func open(_ refID: String, to output: inout [UInt8]) {
        JSONText.appendString(refID, to: &output)
        output.append(contentsOf: ":{\"status\":200,\"frames\":[".utf8)
    }
}

private struct Context {
    let answer: PrometheusAnswer
    let query: PanelQuery
    let refID: String
    let step: Int64
    let isOnlyTable: Bool
    let executed: String

    // MARK: - Time series: one frame a series

    func writeSeries(expression: String, to output: inout [UInt8]) {
        let onlyLabel = query.legend == "__auto" ? LegendText.onlyLabel(answer.series) : nil
        if answer.series.isEmpty {
            writeHead(name: nil, to: &output)
            output.append(contentsOf: "],\"meta\":".utf8)
            writeMeta(isFirst: true, to: &output)
            output.append(contentsOf: "},\"data\":{\"values\":[]}}".utf8)
            return
        }
        for (index, series) in answer.series.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            let name = LegendText.name(
                of: series, format: query.legend, expression: expression, onlyLabel: onlyLabel)
            writeHead(name: name, to: &output)
            output.append(
                contentsOf:
                    "{\"name\":\"Time\",\"type\":\"time\",\"typeInfo\":{\"frame\":\"time.Time\"},\"config\":{\"interval\":\(step)}}"
                    .utf8)
            let isString = answer.resultType == .string
            output.append(
                contentsOf: isString
                    ? ",{\"name\":\"Value\",\"type\":\"string\",\"typeInfo\":{\"frame\":\"string\"},\"labels\":"
                        .utf8
                    : ",{\"name\":\"Value\",\"type\":\"number\",\"typeInfo\":{\"frame\":\"float64\"},\"labels\":"
                        .utf8)
            writeLabels(series.labels, to: &output)
            output.append(contentsOf: ",\"config\":{\"displayNameFromDS\":".utf8)
            JSONText.appendString(name, to: &output)
            output.append(contentsOf: "}}],\"meta\":".utf8)
            writeMeta(isFirst: index == 0, to: &output)
            output.append(contentsOf: "},\"data\":{\"values\":[".utf8)
            writeTimes(series.times, to: &output)
            output.append(UInt8(ascii: ","))
            if isString {
                writeStrings(series.values, to: &output)
                output.append(contentsOf: "]}}".utf8)
            } else {
                let special = writeValues(series.values, to: &output)
                output.append(UInt8(ascii: "]"))
                special.write(columnsBefore: 1, to: &output)
                output.append(contentsOf: "}}".utf8)
            }
        }
    }

    // MARK: - Table: one frame, a row for each sample

    func writeTable(to output: inout [UInt8]) {
        var names: [String] = []
        for series in answer.series {
            for label in series.labels where !names.contains(label.name) { names.append(label.name) }
        }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        writeHead(name: nil, to: &output)
        output.append(
            contentsOf:
                "{\"name\":\"Time\",\"type\":\"time\",\"typeInfo\":{\"frame\":\"time.Time\"},\"config\":{}}"
                .utf8)
        for name in names {
            output.append(contentsOf: ",{\"name\":".utf8)
            JSONText.appendString(name, to: &output)
            output.append(
                contentsOf:
                    ",\"type\":\"string\",\"typeInfo\":{\"frame\":\"string\"},\"config\":{\"filterable\":true}}"
                    .utf8)
        }
        output.append(contentsOf: ",{\"name\":".utf8)
        JSONText.appendString(isOnlyTable ? "Value" : "Value #\(query.refID)", to: &output)
        output.append(
            contentsOf: ",\"type\":\"number\",\"typeInfo\":{\"frame\":\"float64\"},\"config\":{}}],\"meta\":"
                .utf8)
        writeMeta(isFirst: true, visualisation: "table", to: &output)
        output.append(contentsOf: "},\"data\":{\"values\":[".utf8)
        writeTimes(answer.series.flatMap(\.times), to: &output)
        for name in names {
            output.append(contentsOf: ",[".utf8)
            var isFirst = true
            for series in answer.series {
                let value = series.label(name)
                for _ in series.values {
                    if !isFirst { output.append(UInt8(ascii: ",")) }
                    isFirst = false
                    if let value {
                        JSONText.appendString(value, to: &output)
                    } else {
                        output.append(contentsOf: "null".utf8)
                    }
                }
            }
            output.append(UInt8(ascii: "]"))
        }
        output.append(UInt8(ascii: ","))
        let special = writeValues(answer.series.flatMap(\.values), to: &output)
        output.append(UInt8(ascii: "]"))
        special.write(columnsBefore: names.count + 1, to: &output)
        output.append(contentsOf: "}}".utf8)
    }

    // MARK: - Heatmap: one frame, a column for each bucket

    /// Buckets by their upper bound; each holds what its lower neighbour does not.
    func writeHeatmap(to output: inout [UInt8]) {
        let buckets = answer.series.compactMap {
            series -> (bound: Double, series: PrometheusAnswer.Series)? in
            guard let text = series.label("le"), let bound = Self.bound(text) else { return nil }
            return (bound, series)
        }.sorted { $0.bound < $1.bound }
        guard buckets.count == answer.series.count, !buckets.isEmpty else {
            writeSeries(expression: query.expression, to: &output)
            return
        }
        let times = Set(buckets.flatMap(\.series.times)).sorted()
        let rows = Dictionary(uniqueKeysWithValues: times.enumerated().map { ($1, $0) })
        writeHead(name: nil, to: &output)
        output.append(
            contentsOf:
                "{\"name\":\"Time\",\"type\":\"time\",\"typeInfo\":{\"frame\":\"time.Time\"},\"config\":{\"interval\":\(step)}}"
                .utf8)
        for bucket in buckets {
            let label = bucket.series.label("le") ?? ""
            output.append(contentsOf: ",{\"name\":".utf8)
            JSONText.appendString(label, to: &output)
            output.append(
                contentsOf: ",\"type\":\"number\",\"typeInfo\":{\"frame\":\"float64\"},\"labels\":".utf8)
            writeLabels(bucket.series.labels, to: &output)
            output.append(contentsOf: ",\"config\":{\"displayNameFromDS\":".utf8)
            JSONText.appendString(label, to: &output)
            output.append(contentsOf: "}}".utf8)
        }
        output.append(contentsOf: "],\"meta\":".utf8)
        writeMeta(isFirst: true, type: "heatmap-rows", to: &output)
        output.append(contentsOf: "},\"data\":{\"values\":[".utf8)
        writeTimes(times, to: &output)
        var below = [Double](repeating: 0, count: times.count)
        for bucket in buckets {
            var column = [Double?](repeating: nil, count: times.count)
            for (time, value) in zip(bucket.series.times, bucket.series.values) {
                guard let row = rows[time] else { continue }
                let cumulative = answer.number(value)
                let own = cumulative - below[row]
                column[row] = own < 1e-9 ? 0 : own
                if cumulative.isFinite { below[row] = cumulative }
            }
            output.append(contentsOf: ",[".utf8)
            for (index, value) in column.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                output.append(contentsOf: JSONValue.number(value ?? .nan).bytes())
            }
            output.append(UInt8(ascii: "]"))
        }
        output.append(contentsOf: "]}}".utf8)
    }

    private static func bound(_ text: String) -> Double? {
        text == "+Inf" ? .infinity : Double(text)
    }

    // MARK: - Parts

    /// `{"schema":{"name":…,"refId":…,"fields":[`
    private func writeHead(name: String?, to output: inout [UInt8]) {
        output.append(contentsOf: "{\"schema\":{".utf8)
        if let name {
            output.append(contentsOf: "\"name\":".utf8)
            JSONText.appendString(name, to: &output)
            output.append(UInt8(ascii: ","))
        }
        output.append(contentsOf: "\"refId\":".utf8)
        JSONText.appendString(refID, to: &output)
        output.append(contentsOf: ",\"fields\":[".utf8)
    }

    private func writeMeta(
        isFirst: Bool, type: String? = nil, visualisation: String? = nil, to output: inout [UInt8]
    ) {
        let type = type ?? (answer.resultType == .matrix ? "timeseries-multi" : "numeric-multi")
        output.append(contentsOf: "{\"type\":\"\(type)\",\"typeVersion\":[0,1]".utf8)
        output.append(contentsOf: ",\"custom\":{\"resultType\":\"\(answer.resultType.rawValue)\"}".utf8)
        if let visualisation {
            output.append(contentsOf: ",\"preferredVisualisationType\":\"\(visualisation)\"".utf8)
        }
        if isFirst {
            writeNotices(to: &output)
            output.append(contentsOf: ",\"executedQueryString\":".utf8)
            JSONText.appendString(executed, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private func writeNotices(to output: inout [UInt8]) {
        var notices = answer.warnings.map { ("warning", $0) } + answer.infos.map { ("info", $0) }
        let histograms = answer.series.reduce(0) { $0 + $1.histogramCount }
        if histograms > 0 {
            notices.append(
                ("warning", "\(histograms) native histogram samples are not shown; use histogram functions"))
        }
        guard !notices.isEmpty else { return }
        output.append(contentsOf: ",\"notices\":[".utf8)
        for (index, notice) in notices.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(contentsOf: "{\"severity\":\"\(notice.0)\",\"text\":".utf8)
            JSONText.appendString(notice.1, to: &output)
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
    }

    private func writeLabels(_ labels: [PrometheusAnswer.Label], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (index, label) in labels.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONText.appendString(label.name, to: &output)
            output.append(UInt8(ascii: ":"))
            JSONText.appendString(label.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    private func writeTimes(_ times: [Int64], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        for (index, time) in times.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(contentsOf: String(time).utf8)
        }
        output.append(UInt8(ascii: "]"))
    }

    /// Copies the values; what JSON cannot say becomes null and is told apart.
    private func writeValues(
        _ values: [PrometheusAnswer.ValueText], to output: inout [UInt8]
    ) -> SpecialValues {
        var special = SpecialValues()
        output.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            let text = answer.text(value)
            if Self.isPlainNumber(text) {
                output.append(contentsOf: text)
            } else {
                let number = answer.number(value)
                special.note(number, at: index)
                output.append(contentsOf: JSONValue.number(number).bytes())
            }
        }
        output.append(UInt8(ascii: "]"))
        return special
    }

    private func writeStrings(_ values: [PrometheusAnswer.ValueText], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(contentsOf: answer.text(value))
            output.append(UInt8(ascii: "\""))
        }
        output.append(UInt8(ascii: "]"))
    }

    /// Whether the text is a JSON number without exponent, as Prometheus writes nearly all.
    private static func isPlainNumber(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        guard let first = rest.first else { return false }
        var digits = 0
        var hasPoint = false
        for byte in rest {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: ".") where !hasPoint && digits > 0:
                hasPoint = true
                if first == UInt8(ascii: "0"), digits > 1 { return false }
                digits = 0
            default: return false
            }
        }
        return digits > 0 && (hasPoint || first != UInt8(ascii: "0") || digits == 1)
    }
}

/// Rows whose value JSON cannot say.
private struct SpecialValues {
    private var nan: [Int] = []
    private var infinity: [Int] = []
    private var negativeInfinity: [Int] = []

    mutating func note(_ value: Double, at row: Int) {
        if value.isNaN { nan.append(row) }
        if value == .infinity { infinity.append(row) }
        if value == -.infinity { negativeInfinity.append(row) }
    }

    /// `,"entities":[null,{"NaN":[0],"Inf":[],"NegInf":[]}]` when there are any.
    func write(columnsBefore count: Int, to output: inout [UInt8]) {
        guard !nan.isEmpty || !infinity.isEmpty || !negativeInfinity.isEmpty else { return }
        output.append(contentsOf: ",\"entities\":[".utf8)
        for _ in 0..<count { output.append(contentsOf: "null,".utf8) }
        let parts = [("NaN", nan), ("Inf", infinity), ("NegInf", negativeInfinity)]
        output.append(UInt8(ascii: "{"))
        for (index, part) in parts.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            let rows = part.1.map(String.init).joined(separator: ",")
            output.append(contentsOf: "\"\(part.0)\":[\(rows)]".utf8)
        }
        output.append(contentsOf: "}]".utf8)
    }
}
