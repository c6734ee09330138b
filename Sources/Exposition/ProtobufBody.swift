public import MetricModel
import Wire

/// A body in the protobuf format (length-delimited `MetricFamily` messages), read into what the text
/// format can say, and native histograms, which it cannot. Source: `io/prometheus/client/metrics.proto`.
public struct ProtobufBody {
    /// A native histogram.
    public struct Histogram: Sendable {
        /// The series as the text format writes it.
        public var series: [UInt8]
        /// Milliseconds since 1970; nil for the time of the scrape.
        public var timestamp: Timestamp?
        /// When it began, milliseconds since 1970, 0 = not known.
        public var start: Timestamp = 0
        public var histogram: FloatHistogram
    }

    /// An exemplar of a series.
    public struct Exemplar: Sendable {
        /// The series as ``ProtobufBody/text`` or a ``Histogram`` writes it.
        public var series: [UInt8]
        public var labels: Labels
        public var value: Double
        /// Milliseconds since 1970; nil for the time of the scrape.
        public var timestamp: Timestamp?
    }

    /// Which form of a histogram that has both is wanted.
    public struct Options: Sendable {
        public var readsNativeHistograms: Bool
        /// The classic form also of histograms that have the native one.
        public var alwaysReadsClassic: Bool
        /// The most bytes of ``ProtobufBody/text``.
        public var textBytesMax: Int
        public var readsExemplars: Bool
        public var readsStartTimestamps: Bool

        public init(
            readsNativeHistograms: Bool = false, alwaysReadsClassic: Bool = false,
            textBytesMax: Int = 512 << 20, readsExemplars: Bool = false, readsStartTimestamps: Bool = false
        ) {
            self.readsExemplars = readsExemplars
            self.readsStartTimestamps = readsStartTimestamps
            self.readsNativeHistograms = readsNativeHistograms
            self.alwaysReadsClassic = alwaysReadsClassic
            self.textBytesMax = textBytesMax
        }
    }

    /// All that text 0.0.4 can say of the body.
    public private(set) var text: [UInt8] = []
    public private(set) var histograms: [Histogram] = []
    /// Those of one series ascend by time.
    public private(set) var exemplars: [Exemplar] = []
    /// The start timestamps of the samples in the order of the text, milliseconds since 1970, 0 = not known;
    /// samples behind the last of them have none.
    public private(set) var starts: [Timestamp] = []
    private let options: Options
    /// Samples in the text.
    private var sampleCount = 0
    /// The start timestamp of the metric that is read.
    private var start: Timestamp = 0
    private(set) var family = Family()

    struct Family {
        var name = ""
        var help = ""
        var type: UInt64 = 3
    }

    /// - Throws: `syntax`, `invalidValue`.
    public init(_ body: UnsafeRawBufferPointer, options: Options = Options()) throws(ExpositionError) {
        self.options = options
        do throws(WireError) {
            var reader = ByteReader(body)
            while !reader.isAtEnd {
                try readFamily(try reader.lengthPrefixed())
                guard text.count <= options.textBytesMax else {
                    throw WireError(
                        .tooLarge,
                        "cannot read the body: its series take more than \(options.textBytesMax) bytes of text"
                    )
                }
            }
        } catch {
            throw ExpositionError(.syntax, error.message, line: 0)
        }
    }

    // MARK: - Families

    private mutating func readFamily(_ message: UnsafeRawBufferPointer) throws(WireError) {
        family = Family()
        // Metrics may stand before the type.
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: family.name = try reader.string()
            case 2: family.help = try reader.string()
            case 3: family.type = try reader.varint()
            default: try reader.skip()
            }
        }
        guard !family.name.isEmpty else { throw WireError(.malformed, "a metric family has no name") }
        writeMetadata()
        reader = ProtobufReader(message)
        while let field = try reader.next() {
            if field.number == 4 { try readMetric(try reader.bytes()) }
        }
    }

    private mutating func writeMetadata() {
        let types = ["counter", "gauge", "summary", "untyped", "histogram", "histogram"]
        let type = family.type < UInt64(types.count) ? types[Int(family.type)] : "untyped"
        let name = ProtobufBody.isPlain(family.name) ? family.name : ProtobufBody.quoted(family.name)
        text += Array("# HELP \(name) ".utf8)
        ExpositionWriter.appendEscaped(family.help, quotesToo: false, to: &text)
        text += Array("\n# TYPE \(name) \(type)\n".utf8)
    }

    // MARK: - Metrics

    private mutating func readMetric(_ message: UnsafeRawBufferPointer) throws(WireError) {
        var labels: [UInt8] = []
        var timestamp: Timestamp?
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: try ProtobufBody.appendLabel(try reader.bytes(), to: &labels)
            case 6:
                let time = Int64(bitPattern: try reader.varint())
                timestamp = time > 0 ? time : nil
            default: try reader.skip()
            }
        }
        if options.readsStartTimestamps { start = try ProtobufBody.start(of: message) }
        reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            // Gauge, counter, untyped: all have their value in field 1.
            case 2, 5: write("", labels, try ProtobufBody.value(try reader.bytes()), timestamp)
            case 3:
                let counter = try reader.bytes()
                write("", labels, try ProtobufBody.value(counter), timestamp)
                if options.readsExemplars { try readExemplars(2, of: counter, "", labels) }
            case 4: try readSummary(try reader.bytes(), labels, timestamp)
            case 7: try readHistogram(try reader.bytes(), labels, timestamp)
            default: try reader.skip()
            }
        }
    }

    private static func value(_ message: UnsafeRawBufferPointer) throws(WireError) -> Double {
        var value = 0.0
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            if field.number == 1 { value = try reader.double() }
        }
        return value
    }

    private mutating func readSummary(
        _ message: UnsafeRawBufferPointer, _ labels: [UInt8], _ timestamp: Timestamp?
    ) throws(WireError) {
        var count: UInt64 = 0
        var sum = 0.0
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: count = try reader.varint()
            case 2: sum = try reader.double()
            case 3:
                var quantile = 0.0
                var value = 0.0
                var part = ProtobufReader(try reader.bytes())
                while let field = try part.next() {
                    switch field.number {
                    case 1: quantile = try part.double()
                    case 2: value = try part.double()
                    default: try part.skip()
                    }
                }
                write("", ProtobufBody.with(labels, "quantile", quantile), value, timestamp)
            default: try reader.skip()
            }
        }
        write("_sum", labels, sum, timestamp)
        write("_count", labels, Double(count), timestamp)
    }

    private mutating func readHistogram(
        _ message: UnsafeRawBufferPointer, _ labels: [UInt8], _ timestamp: Timestamp?
    ) throws(WireError) {
        let read = try ProtobufHistogram(message, isGauge: family.type == 5)
        let isNative = options.readsNativeHistograms && read.isNative
        if isNative {
            var series: [UInt8] = []
            ProtobufBody.appendSeries(family.name, "", labels, to: &series)
            if options.readsExemplars { try readNativeExemplars(message, series) }
            histograms.append(
                Histogram(series: series, timestamp: timestamp, start: start, histogram: read.native))
        }
        guard !isNative || options.alwaysReadsClassic && !read.buckets.isEmpty else { return }
        for (bound, count) in read.buckets {
            write("_bucket", ProtobufBody.with(labels, "le", bound), count, timestamp)
        }
        if options.readsExemplars { try readBucketExemplars(message, read.buckets.map(\.bound), labels) }
        if read.buckets.last?.bound != .infinity {
            write("_bucket", ProtobufBody.with(labels, "le", .infinity), read.native.count, timestamp)
        }
        write("_sum", labels, read.native.sum, timestamp)
        write("_count", labels, read.native.count, timestamp)
    }

    // MARK: - Text

    private mutating func write(_ suffix: String, _ labels: [UInt8], _ value: Double, _ timestamp: Timestamp?)
    {
        // What comes in would only be thrown away.
        guard text.count <= options.textBytesMax else { return }
        ProtobufBody.appendSeries(family.name, suffix, labels, to: &text)
        text.append(UInt8(ascii: " "))
        FloatText.append(value, style: .exposition, to: &text)
        if let timestamp {
            text.append(UInt8(ascii: " "))
            FloatText.appendInteger(timestamp, to: &text)
        }
        text.append(UInt8(ascii: "\n"))
        if start != 0 {
            while starts.count < sampleCount { starts.append(0) }
            starts.append(start)
        }
        sampleCount += 1
    }

    static func appendSeries(
        _ name: String, _ suffix: String, _ labels: [UInt8], to output: inout [UInt8]
    ) {
        if isPlain(name) {
            output += Array(name.utf8)
            output += Array(suffix.utf8)
            if labels.isEmpty { return }
            output.append(UInt8(ascii: "{"))
        } else {
            output += Array("{\(quoted(name + suffix))".utf8)
            if !labels.isEmpty { output.append(UInt8(ascii: ",")) }
        }
        output += labels
        output.append(UInt8(ascii: "}"))
    }

    private static func appendLabel(_ message: UnsafeRawBufferPointer, to labels: inout [UInt8])
        throws(WireError)
    {
        var name = ""
        var value = ""
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: name = try reader.string()
            case 2: value = try reader.string()
            default: try reader.skip()
            }
        }
        if !labels.isEmpty { labels.append(UInt8(ascii: ",")) }
        labels += Array((MetricName.isLegacyLabelName(name) ? name : quoted(name)).utf8)
        labels += Array("=\"".utf8)
        ExpositionWriter.appendEscaped(value, quotesToo: true, to: &labels)
        labels.append(UInt8(ascii: "\""))
    }

    static func with(_ labels: [UInt8], _ name: String, _ bound: Double) -> [UInt8] {
        var result = labels
        if !result.isEmpty { result.append(UInt8(ascii: ",")) }
        result += Array("\(name)=\"".utf8)
        FloatText.append(bound, style: .openMetrics, to: &result)
        result.append(UInt8(ascii: "\""))
        return result
    }

    mutating func add(_ exemplar: Exemplar) { exemplars.append(exemplar) }

    private static func isPlain(_ name: String) -> Bool { MetricName.isLegacyName(name) }

    private static func quoted(_ name: String) -> String {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        ExpositionWriter.appendEscaped(name, quotesToo: true, to: &result)
        result.append(UInt8(ascii: "\""))
        return String(decoding: result, as: UTF8.self)
    }
}
