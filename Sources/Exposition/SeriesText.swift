public import MetricModel

/// Turns the text of a series, as an exposition body writes it, into labels.
public enum SeriesText {
    /// Reads `name{label="value",…}`, `name`, or `{"quoted name",label="value"}` into a builder, the
    /// name as `__name__`.
    ///
    /// - Parameters:
    ///   - type: the type of the family: `le` of histograms and `quantile` of summaries are brought
    ///     to the form of a float ("1" becomes "1.0"), as Prometheus does in every format.
    ///   - line: for the error.
    /// - Throws: on anything but the forms above, a label given twice, or bytes that are not UTF-8.
    public static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, type: MetricType?, line: Int = 0
    ) throws(ExpositionError) -> LabelsBuilder {
        var decoder = Decoder(bytes: bytes, type: type, line: line)
        try decoder.decode()
        return decoder.builder
    }

    /// Reads what stands behind the `#` of an exemplar: labels, a value, and perhaps a time in seconds.
    ///
    /// - Returns: the time in milliseconds since 1970, nil when there is none.
    /// - Throws: on any other form.
    public static func decodeExemplar(
        _ bytes: UnsafeBufferPointer<UInt8>, line: Int = 0
    ) throws(ExpositionError) -> (labels: Labels, value: Double, timestamp: Timestamp?) {
        var decoder = Decoder(bytes: bytes, type: nil, line: line)
        return try decoder.decodeExemplar()
    }

    private struct Decoder {
        let bytes: UnsafeBufferPointer<UInt8>
        let type: MetricType?
        let line: Int
        var position = 0
        var builder = LabelsBuilder()

        init(bytes: UnsafeBufferPointer<UInt8>, type: MetricType?, line: Int) {
            self.bytes = bytes
            self.type = type
            self.line = line
        }

        mutating func decode() throws(ExpositionError) {
            var end = 0
            while end < bytes.count, bytes[end] != UInt8(ascii: "{") { end += 1 }
            var nameEnd = end
            while nameEnd > 0, isSpace(bytes[nameEnd - 1]) { nameEnd -= 1 }
            if nameEnd > 0 { try set(Labels.metricNameLabel, string(0..<nameEnd)) }
            position = end
            if position < bytes.count {
                position += 1
                try labels()
            }
            guard builder.value(of: Labels.metricNameLabel) != nil else {
                throw error("the series has no metric name")
            }
        }

        mutating func decodeExemplar() throws(ExpositionError) -> (Labels, Double, Timestamp?) {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "{") else {
                throw error("want { at the start of an exemplar")
            }
            position += 1
            try labels()
            position += 1
            guard let value = FloatText.parse(word()) else {
                throw error("cannot read the value of an exemplar")
            }
            let time = word()
            guard !time.isEmpty else { return (builder.labels(), value, nil) }
            guard let seconds = FloatText.parse(time),
                let timestamp = Int64(exactly: (seconds * 1000).rounded(.towardZero)), word().isEmpty
            else { throw error("cannot read the timestamp of an exemplar") }
            return (builder.labels(), value, timestamp)
        }

        /// The bytes up to the next space.
        private mutating func word() -> UnsafeBufferPointer<UInt8> {
            skipSpace()
            let start = position
            while position < bytes.count, !isSpace(bytes[position]) { position += 1 }
            return UnsafeBufferPointer(rebasing: bytes[start..<position])
        }

        private mutating func labels() throws(ExpositionError) {
            while true {
                skipSpace()
                guard position < bytes.count else { throw error("the labels do not end") }
                if bytes[position] == UInt8(ascii: "}") { return }
                let isQuoted = bytes[position] == UInt8(ascii: "\"")
                let name = isQuoted ? try quoted() : try labelName()
                skipSpace()
                if isQuoted, position < bytes.count, bytes[position] != UInt8(ascii: "=") {
                    try set(Labels.metricNameLabel, name)
                } else {
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
                        throw error("want = after the label name \"\(name)\"")
                    }
                    position += 1
                    skipSpace()
                    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                        throw error("want a quoted value for the label \"\(name)\"")
                    }
                    let value = try quoted()
                    try set(name, canonical(value, name: name))
                }
                skipSpace()
                guard position < bytes.count else { throw error("the labels do not end") }
                if bytes[position] == UInt8(ascii: ",") {
                    position += 1
                } else if bytes[position] != UInt8(ascii: "}") {
                    throw error("want , or } after a label")
                }
            }
        }

        private mutating func set(_ name: String, _ value: String) throws(ExpositionError) {
            guard name.utf8.count <= Labels.stringLengthMax, value.utf8.count <= Labels.stringLengthMax else {
                throw error("a label is longer than \(Labels.stringLengthMax) bytes")
            }
            guard builder.value(of: name) == nil else { throw error("the label \"\(name)\" is given twice") }
            builder.set(name, value)
        }

        private func canonical(_ value: String, name: String) -> String {
            let isBound =
                (name == "le" && (type == .histogram || type == .gaugehistogram))
                || (name == "quantile" && type == .summary)
            guard isBound, let number = FloatText.parse(value) else { return value }
            return FloatText.string(number, style: .openMetrics)
        }

        private mutating func labelName() throws(ExpositionError) -> String {
            let start = position
            while position < bytes.count, isNameByte(bytes[position]) { position += 1 }
            guard position > start, bytes[start] < UInt8(ascii: "0") || bytes[start] > UInt8(ascii: "9")
            else {
                throw error("want a label name")
            }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private mutating func quoted() throws(ExpositionError) -> String {
            position += 1
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "\""),
                bytes[position] != UInt8(ascii: "\\")
            {
                position += 1
            }
            if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                position += 1
                return try string(start..<(position - 1))
            }
            var text = Array(bytes[start..<position])
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") {
                    guard let result = String(validating: text, as: UTF8.self) else { throw notUTF8 }
                    return result
                }
                guard byte == UInt8(ascii: "\\"), position < bytes.count else {
                    text.append(byte)
                    continue
                }
                switch bytes[position] {
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(bytes[position])
                default: text.append(contentsOf: [byte, bytes[position]])
                }
                position += 1
            }
            throw error("a label value does not end")
        }

        private func string(_ range: Range<Int>) throws(ExpositionError) -> String {
            guard let result = String(validating: bytes[range], as: UTF8.self) else { throw notUTF8 }
            return result
        }

        private var notUTF8: ExpositionError {
            ExpositionError(.invalidUTF8, "a name or label value is not UTF-8", line: line)
        }

        private mutating func skipSpace() {
            while position < bytes.count, isSpace(bytes[position]) { position += 1 }
        }

        private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

        private func isNameByte(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "_") || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z"))
        }

        private func error(_ message: String) -> ExpositionError {
            ExpositionError(.syntax, message, line: line)
        }
    }
}
