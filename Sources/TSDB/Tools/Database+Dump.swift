internal import JSON
public import MetricModel
public import StorageAPI

/// Text of the samples of a database, for `tool tsdb dump` and `dump-openmetrics`.
extension Database {
    public enum DumpFormat: Sendable {
        /// `{labels} value milliseconds`, a line a sample, as promtool prints.
        case promtool
        /// OpenMetrics without metadata, seconds, `# EOF` at the end.
        case openMetrics
        /// The labels of each series that has samples, as a JSON object a line.
        case seriesJSON
    }

    /// Calls `body` with the text of each series that passes the matchers (all when there are none),
    /// ascending by labels. Staleness markers are printed as NaN, and left out of OpenMetrics.
    ///
    /// - Parameters:
    ///   - isWanted: asked for each series.
    ///   - endsText: whether this is the last dump of a text.
    /// - Returns: warnings of the selection.
    public func dump(
        _ matchers: [LabelMatcher] = [], from start: Timestamp = .min, through end: Timestamp = .max,
        format: DumpFormat = .promtool, where isWanted: (Labels) -> Bool = { _ in true },
        endsText: Bool = true, _ body: ([UInt8]) -> Void
    ) throws(StorageError) -> [String] {
        let set = try querier(from: start, through: end).select(
            matchers, hints: SelectHints(start: start, end: end))
        var columns = SampleColumns()
        for i in 0..<set.count {
            guard isWanted(set.labels(at: i)) else { continue }
            columns.removeAll()
            try set.read(i, from: start, through: end, into: &columns)
            var text: [UInt8] = []
            if format == .seriesJSON {
                guard columns.count > 0 else { continue }
                let members = set.labels(at: i).map { ($0.name, JSONValue.string($0.value)) }
                body(JSONValue.object(JSONObject(members)).bytes() + [UInt8(ascii: "\n")])
                continue
            }
            let labels = Array(Database.text(of: set.labels(at: i), format).utf8)
            for j in columns.timestamps.indices
            where format != .openMetrics || !columns.values[j].isStaleMarker {
                text.append(contentsOf: labels)
                text.append(UInt8(ascii: " "))
                FloatText.append(columns.values[j], style: .exposition, to: &text)
                text.append(UInt8(ascii: " "))
                Database.append(columns.timestamps[j], format, to: &text)
                text.append(UInt8(ascii: "\n"))
            }
            for j in columns.histogramTimestamps.indices where format == .promtool {
                text.append(contentsOf: labels)
                text.append(contentsOf: " \(columns.histograms[j]) \(columns.histogramTimestamps[j])\n".utf8)
            }
            body(text)
        }
        if format == .openMetrics, endsText { body(Array("# EOF\n".utf8)) }
        return set.warnings
    }

    private static func append(_ time: Int64, _ format: DumpFormat, to text: inout [UInt8]) {
        guard format == .openMetrics else {
            FloatText.appendInteger(time, to: &text)
            return
        }
        let magnitude = time.magnitude
        if time < 0 { text.append(UInt8(ascii: "-")) }
        FloatText.appendInteger(magnitude / 1000, to: &text)
        text.append(UInt8(ascii: "."))
        text.append(contentsOf: WALFormat.padded(Int(magnitude % 1000), 3).utf8)
    }

    private static func text(of labels: Labels, _ format: DumpFormat) -> String {
        var name = ""
        var parts: [String] = []
        for (label, value) in labels {
            if format == .openMetrics, label == Labels.metricNameLabel, MetricName.isLegacyName(value) {
                name = value
            } else {
                let shown = MetricName.isLegacyLabelName(label) ? label : LabelText.quoted(label)
                parts.append("\(shown)=\(LabelText.quoted(value))")
            }
        }
        if !name.isEmpty, parts.isEmpty { return name }
        return name + "{" + parts.joined(separator: format == .promtool ? ", " : ",") + "}"
    }
}
