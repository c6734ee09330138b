import Exposition
import HTTPTypes
import Hummingbird
import Instruments
import MetricModel
import NIOCore
import StorageAPI
import WebServer

/// `/federate`: the newest sample of each selected series as an exposition body, for another server to
/// scrape.
enum Federation {
    /// - Throws: `badData` for a selector, `unavailable` and `internal` for the storage.
    static func body(_ call: APICall, format: ExpositionFormat, keepsUTF8: Bool) throws(APIError)
        -> ByteBuffer
    {
        let selectors = try call.form.selectors()
        var samples: [InstantSample] = []
        do {
            samples = try newest(selectors, call)
        } catch let error as StorageError {
            call.instruments.federationErrors.increment()
            throw error.kind == .notReady ? APIError(error) : APIError(.internal, error.message)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.internal, "\(error)")
        }
        // Series were ascending by labels, so that this order is total.
        samples.sort { a, b in
            let nameA = a.name, nameB = b.name
            return nameA.hasSameBytes(as: nameB)
                ? a.labels < b.labels : nameA.utf8.lexicographicallyPrecedes(nameB.utf8)
        }
        var writer = FederationWriter(
            format: format, keepsUTF8: keepsUTF8, externalLabels: call.services.externalLabels())
        for sample in samples {
            writer.write(sample)
            guard writer.output.count <= call.services.limits.answerBytesMax else {
                throw APIError(
                    .execution, "the answer is larger than \(call.services.limits.answerBytesMax) bytes")
            }
        }
        writer.end()
        return ByteBuffer(bytes: writer.output)
    }

    private static func newest(_ selectors: [[LabelMatcher]], _ call: APICall) throws -> [InstantSample] {
        let start = call.now - call.services.limits.lookback
        let querier = try (call.services.localStorage ?? call.services.storage).querier(
            from: start, through: call.now)
        var found: [Labels: InstantSample] = [:]
        var columns = SampleColumns()
        for selector in selectors {
            let set = try querier.select(selector, hints: SelectHints(start: start, end: call.now))
            for index in 0..<set.count {
                if index % 1000 == 0 { try call.checkCancelled() }
                let labels = set.labels(at: index)
                guard found[labels] == nil else { continue }
                columns.removeAll()
                try set.readNewest(index, from: start, through: call.now, into: &columns)
                guard let sample = InstantSample(labels, newestOf: columns) else { continue }
                found[labels] = sample
            }
            call.instruments.federationWarnings.increment(by: UInt64(set.warnings.count))
        }
        return Array(found.values)
    }
}

/// One sample that is federated.
struct InstantSample {
    var labels: Labels
    var timestamp: Timestamp
    var value: Double
    var histogram: FloatHistogram?

    var name: String { labels.metricName ?? "" }

    /// Nil when there is none or the newest is a staleness marker.
    init?(_ labels: Labels, newestOf columns: SampleColumns) {
        self.labels = labels
        let floatTime = columns.timestamps.last ?? .min
        if let time = columns.histogramTimestamps.last, time > floatTime,
            let histogram = columns.histograms.last
        {
            guard !histogram.isStaleMarker else { return nil }
            timestamp = time
            value = 0
            self.histogram = histogram
            return
        }
        guard let value = columns.values.last, !value.isStaleMarker else { return nil }
        timestamp = floatTime
        self.value = value
    }
}

/// Writes federated samples: one family a name, type unknown, explicit timestamps, external labels
/// where the series has none of its own.
struct FederationWriter {
    private let format: ExpositionFormat
    private let keepsUTF8: Bool
    private let externalLabels: [(name: String, value: String)]
    private(set) var output: [UInt8] = []
    private var family = ""
    private var isHistogramFamily = false

    init(format: ExpositionFormat, keepsUTF8: Bool, externalLabels: Labels) {
        self.format = format
        self.keepsUTF8 = keepsUTF8
        var pairs = externalLabels.pairs
        // An empty instance keeps the scraping server from adding its own.
        if !pairs.contains(where: { $0.name == "instance" }) {
            let place =
                pairs.firstIndex { !$0.name.utf8.lexicographicallyPrecedes("instance".utf8) } ?? pairs.count
            pairs.insert(("instance", ""), at: place)
        }
        self.externalLabels = pairs
    }

    mutating func write(_ sample: InstantSample) {
        let name = sample.name
        guard !name.isEmpty else { return }
        if let histogram = sample.histogram {
            // The text formats have no place for exponential buckets.
            guard histogram.usesCustomBuckets else { return }
            begin(name, isHistogram: true, isGauge: histogram.counterResetHint == .gauge)
            write(histogram, sample)
        } else {
            begin(name, isHistogram: false, isGauge: false)
            line("", sample, bound: nil, sample.value)
        }
    }

    mutating func end() {
        if format == .openMetrics { output.append(contentsOf: "# EOF\n".utf8) }
    }

    private mutating func begin(_ name: String, isHistogram: Bool, isGauge: Bool) {
        guard !name.hasSameBytes(as: family) || isHistogram != isHistogramFamily else { return }
        family = name
        isHistogramFamily = isHistogram
        let type =
            switch (isHistogram, format) {
            case (false, .text): "untyped"
            case (false, .openMetrics): "unknown"
            case (true, .openMetrics): isGauge ? "gaugehistogram" : "histogram"
            case (true, .text): "histogram"
            }
        output.append(contentsOf: "# TYPE \(shownName(name)) \(type)\n".utf8)
    }

    private mutating func write(_ histogram: FloatHistogram, _ sample: InstantSample) {
        var cumulated = 0.0
        for bucket in histogram.allBuckets {
            cumulated += bucket.count
            if bucket.upper.isFinite { line("_bucket", sample, bound: bucket.upper, cumulated) }
        }
        line("_bucket", sample, bound: .infinity, histogram.count)
        line("_sum", sample, bound: nil, histogram.sum)
        line("_count", sample, bound: nil, histogram.count)
    }

    private mutating func line(_ suffix: String, _ sample: InstantSample, bound: Double?, _ value: Double) {
        let isQuoted = keepsUTF8 && !MetricName.isLegacyName(family)
        var parts: [String] = []
        if isQuoted {
            parts.append(quoted(family + suffix))
        } else {
            output.append(contentsOf: (shownName(family) + suffix).utf8)
        }
        var labels = sample.labels.pairs.filter { $0.name != Labels.metricNameLabel }
        for label in externalLabels where !labels.contains(where: { $0.name == label.name }) {
            labels.append(label)
        }
        for (name, value) in labels { parts.append("\(shownLabelName(name))=\(quoted(value))") }
        if let bound { parts.append("le=\"\(FloatText.string(bound, style: .openMetrics))\"") }
        if !parts.isEmpty { output.append(contentsOf: ("{" + parts.joined(separator: ",") + "}").utf8) }
        output.append(UInt8(ascii: " "))
        FloatText.append(value, style: format == .openMetrics ? .openMetrics : .exposition, to: &output)
        output.append(UInt8(ascii: " "))
        if format == .openMetrics {
            FloatText.append(Double(sample.timestamp) / 1000, style: .json, to: &output)
        } else {
            FloatText.appendInteger(sample.timestamp, to: &output)
        }
        output.append(UInt8(ascii: "\n"))
    }

    private func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        ExpositionWriter.appendEscaped(text, quotesToo: true, to: &bytes)
        return "\"" + String(decoding: bytes, as: UTF8.self) + "\""
    }

    private func shownName(_ name: String) -> String {
        if MetricName.isLegacyName(name) { return name }
        return keepsUTF8 ? quoted(name) : FederationWriter.withUnderscores(name, colonAllowed: true)
    }

    private func shownLabelName(_ name: String) -> String {
        if MetricName.isLegacyLabelName(name) { return name }
        return keepsUTF8 ? quoted(name) : FederationWriter.withUnderscores(name, colonAllowed: false)
    }

    /// What the scraping server cannot take becomes an underscore.
    private static func withUnderscores(_ name: String, colonAllowed: Bool) -> String {
        var result = ""
        for scalar in name.unicodeScalars {
            let isLetter = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
            let isDigit = ("0"..."9").contains(scalar) && !result.isEmpty
            result += isLetter || isDigit || colonAllowed && scalar == ":" ? String(Character(scalar)) : "_"
        }
        return result
    }
}
