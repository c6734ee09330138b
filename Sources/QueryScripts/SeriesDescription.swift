import MetricModel

/// One step of a series as scripts write it.
struct SequenceValue {
    enum Content {
        case omitted
        case float(Double)
        case histogram(FloatHistogram)
    }

    var content: Content
    /// The histogram said what its counter reset hint is.
    var hasHint = false
}

/// `metric{label="value"} 1 2+3x5 _ stale {{schema:1 …}}`: labels and values by step.
struct SeriesDescription {
    var labels: Labels
    var values: [SequenceValue]

    init(_ text: String) throws(ScriptError) {
        var reader = SeriesReader(text)
        labels = try reader.labels()
        values = try reader.values()
    }
}

/// Reads the language of series in scripts.
struct SeriesReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    var isAtEnd: Bool { position >= bytes.count }

    var rest: String { String(decoding: bytes[min(position, bytes.count)...], as: UTF8.self) }

    // MARK: - Labels

    mutating func labels() throws(ScriptError) -> Labels {
        var builder = LabelsBuilder()
        skipSpace()
        let name = word {
            $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ":") || SeriesReader.isAlphanumeric($0)
        }
        if !name.isEmpty { builder.set(Labels.metricNameLabel, name) }
        guard take("{") else {
            guard !name.isEmpty else {
                throw ScriptError("cannot read a series: got \(LabelText.quoted(rest)), want a metric")
            }
            return builder.labels()
        }
        skipSpace()
        while !take("}") {
            let isQuoted =
                peek() == UInt8(ascii: "\"") || peek() == UInt8(ascii: "'") || peek() == UInt8(ascii: "`")
            let label =
                isQuoted ? try quoted() : word { $0 == UInt8(ascii: "_") || SeriesReader.isAlphanumeric($0) }
            skipSpace()
            if take("=") {
                skipSpace()
                builder.set(label, try quoted())
            } else if isQuoted {
                builder.set(Labels.metricNameLabel, label)
            } else {
                throw ScriptError("cannot read a series: got \(LabelText.quoted(rest)), want \"=\"")
            }
            skipSpace()
            if !take(",") {
                guard peek() == UInt8(ascii: "}") else {
                    throw ScriptError(
                        "cannot read a series: got \(LabelText.quoted(rest)), want \",\" or \"}\"")
                }
            }
            skipSpace()
        }
        return builder.labels()
    }

    private mutating func quoted() throws(ScriptError) -> String {
        guard let quote = peek(), [UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`")].contains(quote)
        else {
            throw ScriptError("cannot read a series: got \(LabelText.quoted(rest)), want a string")
        }
        let start = position
        position += 1
        while let byte = peek(), byte != quote {
            position += byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") ? 2 : 1
        }
        position += 1
        guard position <= bytes.count else {
            throw ScriptError("cannot read a series: a string does not end")
        }
        return try ScriptText.unquoted(String(decoding: bytes[start..<position], as: UTF8.self))
    }

    // MARK: - Values

    mutating func values() throws(ScriptError) -> [SequenceValue] {
        var result: [SequenceValue] = []
        skipSpace()
        while !isAtEnd {
            result.append(contentsOf: try item())
            guard result.count <= 1_000_000 else {
                throw ScriptError("cannot read a series: more than a million values")
            }
            guard isAtEnd || isSpace(peek()) else {
                throw ScriptError("cannot read a series: got \(LabelText.quoted(rest)), want a space")
            }
            skipSpace()
        }
        return result
    }

    private mutating func item() throws(ScriptError) -> [SequenceValue] {
        if take("_") {
            let omitted = SequenceValue(content: .omitted)
            return Array(repeating: omitted, count: take("x") ? try count() : 1)
        }
        if takeAll("{{") {
            let (first, hasHint) = try histogram()
            if take("+") || peek() == UInt8(ascii: "-") {
                let isDecrease = bytes[position - 1] != UInt8(ascii: "+")
                if isDecrease { position += 1 }
                guard takeAll("{{") else {
                    throw ScriptError("cannot read a series: want a histogram after the sign")
                }
                let (change, changeHasHint) = try histogram()
                guard take("x") else {
                    throw ScriptError("cannot read a series: want x and a count after two histograms")
                }
                return try histogramSeries(
                    first, change, isDecrease: isDecrease, count: try count(), hasHint: changeHasHint)
            }
            let value = SequenceValue(content: .histogram(first), hasHint: hasHint)
            return Array(repeating: value, count: take("x") ? try count() + 1 : 1)
        }
        if takeAll("stale") {
            return Array(
                repeating: SequenceValue(content: .float(.staleMarker)),
                count: take("x") ? try count() + 1 : 1)
        }
        var value = try number()
        var step = 0.0
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") {
            step = try number()
            guard peek() == UInt8(ascii: "x") else {
                throw ScriptError("cannot read a series: want x and a count after a step")
            }
        }
        guard take("x") else { return [SequenceValue(content: .float(value))] }
        var result: [SequenceValue] = []
        for _ in 0...(try count()) {
            result.append(SequenceValue(content: .float(value)))
            value += step
        }
        return result
    }

    private func histogramSeries(
        _ first: FloatHistogram, _ change: FloatHistogram, isDecrease: Bool, count: Int, hasHint: Bool
    ) throws(ScriptError) -> [SequenceValue] {
        var current = first
        var result = [SequenceValue(content: .histogram(first), hasHint: hasHint)]
        for _ in 0..<count {
            guard current.schema <= change.schema else {
                throw ScriptError(
                    "error combining histograms: cannot merge from schema \(change.schema) to \(current.schema)"
                )
            }
            guard (isDecrease ? current.subtract(change) : current.add(change)) != nil else {
                throw ScriptError("error combining histograms: incompatible schemas")
            }
            result.append(SequenceValue(content: .histogram(current), hasHint: hasHint))
        }
        return result
    }

    /// What follows `{{`, to and with `}}`.
    private mutating func histogram() throws(ScriptError) -> (FloatHistogram, hasHint: Bool) {
        var result = FloatHistogram(schema: 0)
        var hasHint = false
        var offset = 0.0
        var negativeOffset = 0.0
        var buckets: [Double] = []
        var negativeBuckets: [Double] = []
        skipSpace()
        while !takeAll("}}") {
            let key = word { $0 == UInt8(ascii: "_") || SeriesReader.isAlphanumeric($0) }
            guard !key.isEmpty, take(":") else {
                throw ScriptError("cannot read a histogram: got \(LabelText.quoted(rest)), want key:value")
            }
            switch key {
            case "schema": result.schema = Int32(exactly: try number()) ?? 0
            case "sum": result.sum = try number()
            case "count": result.count = try number()
            case "z_bucket": result.zeroCount = try number()
            case "z_bucket_w": result.zeroThreshold = try number()
            case "custom_values": result.customValues = try list()
            case "buckets": buckets = try list()
            case "n_buckets": negativeBuckets = try list()
            case "offset": offset = try number()
            case "n_offset": negativeOffset = try number()
            case "counter_reset_hint":
                hasHint = true
                switch word(where: { $0 == UInt8(ascii: "_") || SeriesReader.isAlphanumeric($0) }) {
                case "unknown": result.counterResetHint = .unknown
                case "reset": result.counterResetHint = .reset
                case "not_reset": result.counterResetHint = .notReset
                case "gauge": result.counterResetHint = .gauge
                default:
                    throw ScriptError(
                        "cannot read a histogram: want unknown, reset, not_reset or gauge as its hint")
                }
            default: throw ScriptError("cannot read a histogram: key \(LabelText.quoted(key)) is not known")
            }
            skipSpace()
            guard !isAtEnd else { throw ScriptError("cannot read a histogram: want \"}}\"") }
        }
        func spans(_ offset: Double, _ count: Int) -> [FloatHistogram.Span] {
            count == 0
                ? [] : [FloatHistogram.Span(offset: Int32(exactly: offset) ?? 0, length: UInt32(count))]
        }
        result.positiveBuckets = buckets
        result.positiveSpans = spans(offset, buckets.count)
        result.negativeBuckets = negativeBuckets
        result.negativeSpans = spans(negativeOffset, negativeBuckets.count)
        return (result, hasHint)
    }

    private mutating func list() throws(ScriptError) -> [Double] {
        guard take("[") else { throw ScriptError("cannot read a histogram: want \"[\"") }
        var result: [Double] = []
        skipSpace()
        while !take("]") {
            result.append(try number())
            skipSpace()
            guard !isAtEnd else { throw ScriptError("cannot read a histogram: want \"]\"") }
        }
        return result
    }

    private mutating func count() throws(ScriptError) -> Int {
        let digits = word { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard let value = Int(digits), value <= 1_000_000 else {
            throw ScriptError("cannot read a series: want a count after x, at most a million")
        }
        return value
    }

    private mutating func number() throws(ScriptError) -> Double {
        let start = position
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
        if let byte = peek(), SeriesReader.isLetter(byte) {
            while let byte = peek(), SeriesReader.isLetter(byte), byte != UInt8(ascii: "x") { position += 1 }
        } else {
            while let byte = peek(),
                SeriesReader.isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
            { position += 1 }
            if let e = peek(), e | 0x20 == UInt8(ascii: "e") {
                position += 1
                if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
                while let byte = peek(), SeriesReader.isDigit(byte) { position += 1 }
            }
        }
        var text = String(decoding: bytes[start..<position], as: UTF8.self)
        if text.hasPrefix("+N") || text.hasPrefix("+n") { text.removeFirst() }
        guard let value = FloatText.parse(text) else {
            throw ScriptError(
                "cannot read a number: got \(LabelText.quoted(String(decoding: bytes[start...], as: UTF8.self)))"
            )
        }
        return value
    }

    // MARK: - Bytes

    private func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    private func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }

    mutating func skipSpace() {
        while isSpace(peek()) { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func takeAll(_ text: String) -> Bool {
        guard bytes[min(position, bytes.count)...].starts(with: text.utf8) else { return false }
        position += text.utf8.count
        return true
    }

    private mutating func word(where passes: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek(), passes(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
}
