import Exposition
import MetricModel
import StorageAPI

/// Telling the store what families are, once for each series and once more when a family says something
/// new: a scrape that shows nothing new costs two comparisons.
extension ScrapeCache {
    /// Puts the metadata that is new into the batch, at the end of a good scrape.
    mutating func describe(into batch: inout SampleBatch) {
        let isChanged = metadata.version != toldVersion
        guard isChanged || hasUndescribed else { return }
        /// What the comments above say.
        var family: (metadata: MetricMetadata, change: Int)?
        for place in lines.order {
            let slot = lines.slots[Int(place)]
            switch slot.kind {
            case .comment, .typeComment: family = metadata.family(at: Int(clamping: slot.reference))
            case .dropped, .free: break
            case .sample:
                if slot.isDescribed, !isChanged { continue }
                guard let own = self.family(of: slot, under: family),
                    !slot.isDescribed || own.change > toldVersion
                else { continue }
                batch.append(SeriesReference(slot.reference), SeriesMetadata(own.metadata))
                lines.slots[Int(place)].isDescribed = true
            }
        }
        hasUndescribed = false
        toldVersion = metadata.version
    }

    /// The store was not told what it was to be told last.
    mutating func describeAgain() { toldVersion = -1 }

    /// The family of a sample: the one that the comments above it tell when its name fits, else the one
    /// with its own name (native histograms of protobuf bodies come behind all others).
    private func family(
        of slot: KnownLines.Slot, under above: (metadata: MetricMetadata, change: Int)?
    ) -> (metadata: MetricMetadata, change: Int)? {
        lines.withText(of: slot) { text in
            let name: String
            if text.first == UInt8(ascii: "{") {
                // A name that must be quoted stands between the labels.
                guard let labels = try? SeriesText.decode(text, type: MetricType(code: slot.type)),
                    let found = labels.value(of: Labels.metricNameLabel)
                else { return nil }
                name = found
            } else {
                let end = text.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") }
                name = String(decoding: text[..<(end ?? text.endIndex)], as: UTF8.self)
            }
            if let above, above.metadata.covers(name) { return above }
            return metadata.family(named: name)
        }
    }
}

extension MetricMetadata {
    /// Whether series of the family may have this name: its own, or with a suffix of its type.
    func covers(_ name: String) -> Bool {
        guard name.utf8.starts(with: metric.utf8) else { return false }
        let rest = name.utf8.dropFirst(metric.utf8.count)
        if rest.isEmpty { return true }
        let suffixes: [String] =
            switch type {
            case .counter: ["_total"]
            case .histogram: ["_bucket", "_sum", "_count"]
            case .gaugehistogram: ["_bucket", "_gsum", "_gcount"]
            case .summary: ["_sum", "_count"]
            case .info: ["_info"]
            case .gauge, .stateset, .unknown, .untyped: []
            }
        return suffixes.contains { rest.elementsEqual($0.utf8) }
    }
}

extension SeriesMetadata {
    init(_ metadata: MetricMetadata) {
        let kind: Kind =
            switch metadata.type {
            case .counter: .counter
            case .gauge: .gauge
            case .histogram: .histogram
            case .gaugehistogram: .gaugeHistogram
            case .summary: .summary
            case .info: .info
            case .stateset: .stateset
            case .unknown, .untyped: .unknown
            }
        self.init(kind: kind, unit: metadata.unit, help: metadata.help)
    }
}
