public import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Reads an exposition body line by line, without copying or allocating for samples.
///
/// It accepts what Prometheus' scraper accepts, which is laxer than the OpenMetrics standard. A sample
/// is reported as the byte range of its series text (name and labels as written), its value and its
/// timestamp; a scraper that has met the series text before needs no more. ``SeriesText`` turns it
/// into labels.
///
/// The bytes must stay valid and unchanged while the parser is used.
public struct ExpositionParser {
    /// What a line said.
    public enum Entry: Sendable, Equatable {
        case sample(SampleLine)
        case type(name: Range<Int>, MetricType)
        /// The text is still escaped.
        case help(name: Range<Int>, text: Range<Int>)
        case unit(name: Range<Int>, unit: Range<Int>)
    }

    /// One sample.
    public struct SampleLine: Sendable, Equatable {
        /// The series text: metric name and labels.
        public var series: Range<Int>
        public var value: Double
        /// Milliseconds since 1970; nil when the line has none.
        public var timestamp: Timestamp?
        /// The exemplar after `# ` in OpenMetrics: labels, value and time as written.
        public var exemplar: Range<Int>?
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let format: ExpositionFormat
    private var position = 0
    private var seenEOF = false
    /// The line that is being read, from 1.
    public private(set) var line = 1

    public init(_ bytes: UnsafeBufferPointer<UInt8>, format: ExpositionFormat) {
        self.bytes = bytes
        self.format = format
    }

    /// The next entry, or nil at the end.
    ///
    /// - Throws: at the first line that does not follow the format; nothing after it is read.
    public mutating func next() throws(ExpositionError) -> Entry? {
        while position < bytes.count {
            let first = bytes[position]
            if seenEOF { throw error(.syntax, "unexpected data after # EOF") }
            if first == UInt8(ascii: "\n") {
                if format == .openMetrics { throw error(.syntax, "unexpected empty line") }
                endLine()
                continue
            }
            if format == .text,
                first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") || first == UInt8(ascii: "\r")
            {
                position += 1
                continue
            }
            entryOffset = position
            if first == UInt8(ascii: "#") {
                if let entry = try comment() { return entry }
                continue
            }
            return .sample(try sample())
        }
        if format == .openMetrics, !seenEOF {
            throw error(.missingEOF, "data does not end with # EOF")
        }
        return nil
    }

    /// When the next line begins with exactly this series text, reads its value and timestamp and
    /// returns the sample; otherwise leaves the place as it is and returns nil.
    @inline(__always)
    public mutating func sample(knownAs text: UnsafeBufferPointer<UInt8>) throws(ExpositionError)
        -> SampleLine?
    {
        let end = position + text.count
        guard !seenEOF, end < bytes.count, isSpace(bytes[end]), isNext(text) else { return nil }
        // "name {…}" is another series than "name".
        if end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "{") { return nil }
        let start = position
        position = end
        return try rest(of: start..<end)
    }

    /// When the next line is this series text, one blank, and a short decimal number (at most 15 digits,
    /// no exponent, no timestamp behind it), as nearly all lines are, takes it and returns the value;
    /// otherwise leaves the place as it is and returns nil. One pass over the number, no further checks.
    public mutating func shortValue(knownAs text: UnsafeBufferPointer<UInt8>) -> Double? {
        var i = position + text.count
        // The longest number is a sign, 15 digits, a point; behind it comes the end of the line.
        guard i + 18 < bytes.count, !seenEOF, bytes[i] == UInt8(ascii: " "), isNext(text) else { return nil }
        i += 1
        let isNegative = bytes[i] == UInt8(ascii: "-")
        if isNegative { i += 1 }
        let start = i
        var mantissa: UInt64 = 0
        var point = -1
        while i - start <= 15 {
            let byte = bytes[i]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
            } else if byte == UInt8(ascii: "."), point < 0 {
                point = i
            } else {
                break
            }
            i += 1
        }
        let digitCount = i - start - (point < 0 ? 0 : 1)
        guard bytes[i] == UInt8(ascii: "\n"), (1...15).contains(digitCount) else { return nil }
        // Both are exact doubles, so the one rounding of the division gives the right one.
        let magnitude = point < 0 ? Double(mantissa) : Double(mantissa) / Self.powersOfTen[i - 1 - point]
        position = i
        endLine()
        return isNegative ? -magnitude : magnitude
    }

    private static let powersOfTen: InlineArray<16, Double> = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// When the next line is exactly this one, skips it and returns true. For comments that have been
    /// read before; the text is without the end of the line.
    public mutating func skip(knownAs text: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = position + text.count
        guard !seenEOF, end < bytes.count, bytes[end] == UInt8(ascii: "\n"), isNext(text) else {
            return false
        }
        position = end
        endLine()
        return true
    }

    private func isNext(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let known = text.baseAddress, let here = bytes.baseAddress else { return false }
        return memcmp(here + position, known, text.count) == 0
    }

    /// Where the line of the last entry that ``next()`` returned begins; it ends one byte (the newline)
    /// before ``offset``, or there at the end of a body without one.
    public private(set) var entryOffset = 0

    /// The offset of the next line.
    public var offset: Int { position }

    // MARK: - Samples

    private mutating func sample() throws(ExpositionError) -> SampleLine {
        let start = position
        var i = position
        if bytes[i] != UInt8(ascii: "{") {
            guard isNameStart(bytes[i]) else { throw unexpected(at: i, wanted: "a metric name") }
            while i < bytes.count, isNameByte(bytes[i]) { i += 1 }
        }
        // Text 0.0.4 allows blanks between name and braces.
        var brace = i
        if format == .text { while brace < bytes.count, isSpace(bytes[brace]) { brace += 1 } }
        if brace < bytes.count, bytes[brace] == UInt8(ascii: "{") {
            i = try endOfBraces(from: brace)
        }
        position = i
        return try rest(of: start..<i)
    }

    /// The offset behind the closing brace.
    private func endOfBraces(from start: Int) throws(ExpositionError) -> Int {
        var i = start + 1
        var inString = false
        while i < bytes.count {
            let byte = bytes[i]
            if inString {
                if byte == UInt8(ascii: "\\") {
                    i += 1
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                } else if byte == UInt8(ascii: "\n") {
                    break
                }
            } else if byte == UInt8(ascii: "\"") {
                inString = true
            } else if byte == UInt8(ascii: "}") {
                return i + 1
            } else if byte == UInt8(ascii: "\n") {
                break
            }
            i += 1
        }
        throw error(.syntax, "unexpected end of line in labels")
    }

    /// Value, timestamp and exemplar behind a series text.
    private mutating func rest(of series: Range<Int>) throws(ExpositionError) -> SampleLine {
        guard position < bytes.count,
            isSpace(bytes[position]) || series.last.map({ bytes[$0] == UInt8(ascii: "}") }) == true
        else { throw unexpected(at: position, wanted: "a value") }
        skipSpace()
        let valueRange = word()
        guard !valueRange.isEmpty, let value = FloatText.parse(slice(valueRange)) else {
            throw error(.invalidValue, "cannot read the value \"\(text(valueRange))\"")
        }
        var result = SampleLine(series: series, value: value, timestamp: nil, exemplar: nil)
        skipSpace()
        if position < bytes.count, !isLineEnd(bytes[position]), bytes[position] != UInt8(ascii: "#") {
            let range = word()
            result.timestamp = try timestamp(range)
            skipSpace()
        }
        if format == .openMetrics, position < bytes.count, bytes[position] == UInt8(ascii: "#") {
            let start = position + 1
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
            result.exemplar = start..<position
        }
        if format == .text, position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
        guard position == bytes.count || bytes[position] == UInt8(ascii: "\n") else {
            throw unexpected(at: position, wanted: "the end of the line")
        }
        // OpenMetrics ends every line; text forgives the last.
        if position == bytes.count, format == .openMetrics {
            throw error(.missingEOF, "data does not end with # EOF")
        }
        endLine()
        return result
    }

    private func timestamp(_ range: Range<Int>) throws(ExpositionError) -> Timestamp {
        let digits = slice(range)
        switch format {
        case .text:
            // Prometheus reads digits only, no sign.
            var result: Int64 = 0
            for byte in digits {
                let digit = byte &- UInt8(ascii: "0")
                let (product, overflow) = result.multipliedReportingOverflow(by: 10)
                let (sum, sumOverflow) = product.addingReportingOverflow(Int64(digit < 10 ? digit : 0))
                guard digit < 10, !overflow, !sumOverflow else {
                    throw error(.invalidTimestamp, "cannot read the timestamp \"\(text(range))\"")
                }
                result = sum
            }
            return result
        case .openMetrics:
            guard let seconds = FloatText.parse(digits), seconds.isFinite else {
                throw error(.invalidTimestamp, "cannot read the timestamp \"\(text(range))\"")
            }
            // Beyond what milliseconds can say: as far away as they go.
            let milliseconds = (seconds * 1000).rounded(.towardZero)
            return Int64(exactly: milliseconds) ?? (seconds < 0 ? .min : .max)
        }
    }

    // MARK: - Comments

    private mutating func comment() throws(ExpositionError) -> Entry? {
        let start = position
        var end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        let hasNewline = end < bytes.count
        var content = start..<end
        if format == .text, content.count > 0, bytes[end - 1] == UInt8(ascii: "\r") {
            content = start..<(end - 1)
        }
        defer {
            position = end
            if position < bytes.count { endLine() }
        }
        if format == .openMetrics, matches("# EOF", at: start), content.count == 5 {
            seenEOF = true
            return nil
        }
        if format == .openMetrics, !hasNewline { throw error(.missingEOF, "data does not end with # EOF") }
        var i = start + 1
        let strict = format == .openMetrics
        func skipBlanks() { while i < content.upperBound, isSpace(bytes[i]) { i += 1 } }
        if strict {
            guard i < content.upperBound, bytes[i] == UInt8(ascii: " ") else {
                throw error(.syntax, "a comment in OpenMetrics must be HELP, TYPE, UNIT or EOF")
            }
            i += 1
        } else {
            skipBlanks()
        }
        let keyword = wordRange(from: i, in: content)
        i = keyword.upperBound
        let isHelp = equals(keyword, "HELP")
        let isType = equals(keyword, "TYPE")
        let isUnit = strict && equals(keyword, "UNIT")
        guard isHelp || isType || isUnit else {
            if strict { throw error(.syntax, "a comment in OpenMetrics must be HELP, TYPE, UNIT or EOF") }
            return nil
        }
        guard i < content.upperBound else {
            if strict { throw error(.invalidMetadata, "a metric name is missing") }
            return nil
        }
        skipBlanks()
        let name = try metadataName(from: &i, in: content)
        guard i == content.upperBound || isSpace(bytes[i]) else {
            throw unexpected(at: i, wanted: "a metric name")
        }
        if i < content.upperBound { i += 1 }
        if isHelp {
            if !strict { skipBlanks() }
            guard isValidUTF8(i..<content.upperBound) else {
                throw error(.invalidUTF8, "the help text is not UTF-8")
            }
            return .help(name: name, text: i..<content.upperBound)
        }
        if !strict { skipBlanks() }
        var value = i..<content.upperBound
        while !strict, let last = value.last, isSpace(bytes[last]) { value = value.lowerBound..<last }
        if isUnit {
            if !value.isEmpty {
                let unit = Array(slice(value))
                let whole = Array(slice(name))
                guard whole.count > unit.count, whole.suffix(unit.count).elementsEqual(unit),
                    whole[whole.count - unit.count - 1] == UInt8(ascii: "_")
                else {
                    throw error(
                        .invalidMetadata,
                        "the unit \"\(text(value))\" is not a suffix of the metric name \"\(text(name))\"")
                }
            }
            return .unit(name: name, unit: value)
        }
        guard let type = metricType(text(value)) else {
            throw error(.invalidMetadata, "invalid metric type \"\(text(value))\"")
        }
        return .type(name: name, type)
    }

    private func metadataName(from i: inout Int, in content: Range<Int>) throws(ExpositionError) -> Range<Int>
    {
        guard i < content.upperBound, bytes[i] == UInt8(ascii: "\"") else {
            let range = wordRange(from: i, in: content)
            i = range.upperBound
            guard let first = range.first, isNameStart(bytes[first]),
                range.allSatisfy({ isNameByte(bytes[$0]) })
            else {
                throw error(.invalidMetadata, "invalid metric name \"\(text(range))\"")
            }
            return range
        }
        let start = i + 1
        i = start
        while i < content.upperBound, bytes[i] != UInt8(ascii: "\"") {
            i += bytes[i] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard i < content.upperBound else {
            throw error(.invalidMetadata, "a quoted metric name does not end")
        }
        defer { i += 1 }
        return start..<i
    }

    private func metricType(_ name: String) -> MetricType? {
        switch (format, name) {
        case (_, "counter"), (_, "gauge"), (_, "histogram"), (_, "summary"): MetricType(rawValue: name)
        case (.text, "untyped"): .unknown
        case (.openMetrics, "info"), (.openMetrics, "stateset"), (.openMetrics, "gaugehistogram"),
            (.openMetrics, "unknown"):
            MetricType(rawValue: name)
        default: nil
        }
    }

    // MARK: - Bytes

    private mutating func endLine() {
        position += 1
        line += 1
    }

    private mutating func skipSpace() {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    private mutating func word() -> Range<Int> {
        let start = position
        while position < bytes.count, !isSpace(bytes[position]), !isLineEnd(bytes[position]) { position += 1 }
        return start..<position
    }

    private func wordRange(from start: Int, in content: Range<Int>) -> Range<Int> {
        var i = start
        while i < content.upperBound, !isSpace(bytes[i]) { i += 1 }
        return start..<i
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    private func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
            || ((byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z"))
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        isNameStart(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    private func matches(_ word: StaticString, at start: Int) -> Bool {
        equals(start..<min(start + word.utf8CodeUnitCount, bytes.count), word)
    }

    private func equals(_ range: Range<Int>, _ word: StaticString) -> Bool {
        slice(range).elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }

    private func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[range])
    }

    private func text(_ range: Range<Int>) -> String {
        String(
            decoding: slice(range.prefix(80).startIndex..<(range.lowerBound + min(80, range.count))),
            as: UTF8.self)
    }

    private func isValidUTF8(_ range: Range<Int>) -> Bool {
        String(validating: slice(range), as: UTF8.self) != nil
    }

    private func error(_ kind: ExpositionError.Kind, _ message: String) -> ExpositionError {
        ExpositionError(kind, message, line: line)
    }

    private func unexpected(at offset: Int, wanted: String) -> ExpositionError {
        guard offset < bytes.count else {
            return ExpositionError(.syntax, "unexpected end of data, want \(wanted)", line: line)
        }
        let shown = LabelText.quoted(String(decoding: [bytes[offset]], as: UTF8.self))
        return ExpositionError(.syntax, "unexpected \(shown), want \(wanted)", line: line)
    }
}
