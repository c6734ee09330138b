internal import JSON
public import MetricModel
public import StorageAPI
internal import Synchronization

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
    /// ascending by labels, in pieces of the time of one block. Staleness markers are printed as NaN, and
    /// left out of OpenMetrics.
    ///
    /// - Parameters:
    ///   - isWanted: asked for each series.
    ///   - endsText: whether this is the last dump of a text.
    /// - Returns: warnings of the selection.
    public func dump(
        _ matchers: [LabelMatcher] = [], from start: Timestamp = .min, through end: Timestamp = .max,
        format: DumpFormat = .promtool, where isWanted: (Labels) -> Bool = { _ in true },
        endsText: Bool = true, _ body: ([UInt8]) throws(StorageError) -> Void
    ) throws(StorageError) -> [String] {
        let stretches = stretches(from: start, through: end)
        let set = try querier(from: start, through: end).select(
            matchers, hints: SelectHints(start: start, end: end))
        var columns = SampleColumns()
        for i in 0..<set.count {
            let labels = set.labels(at: i)
            guard isWanted(labels) else { continue }
            let prefix = format == .seriesJSON ? [] : Array(Database.text(of: labels, format).utf8)
            for stretch in stretches {
                columns.removeAll()
                try set.read(i, from: stretch.lowerBound, through: stretch.upperBound, into: &columns)
                if columns.count == 0 { continue }
                if format == .seriesJSON {
                    let members = labels.map { ($0.name, JSONValue.string($0.value)) }
                    try body(JSONValue.object(JSONObject(members)).bytes() + [UInt8(ascii: "\n")])
                    break
                }
                try body(Database.text(of: columns, prefix, format))
            }
        }
        if format == .openMetrics, endsText { try body(Array("# EOF\n".utf8)) }
        return set.warnings
    }

    /// The time between the inclusive bounds, cut where blocks begin and end: reading one after the other
    /// needs no more memory than a block's time of a series.
    private func stretches(from start: Int64, through end: Int64) -> [ClosedRange<Int64>] {
        guard start <= end else { return [] }
        let bounds = Set(blocks.withLock { $0.flatMap { [$0.meta.minTime, $0.meta.maxTime] } })
        var result: [ClosedRange<Int64>] = []
        var first = start
        for bound in bounds.sorted() where bound > first && bound <= end {
            result.append(first...(bound - 1))
            first = bound
        }
        result.append(first...end)
        return result
    }

    private static func text(of columns: SampleColumns, _ labels: [UInt8], _ format: DumpFormat) -> [UInt8] {
        var text: [UInt8] = []
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
        return text
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
