public import MetricModel

/// Writes an exposition body, family by family. The caller keeps families together and in order.
public struct ExpositionWriter {
    public let format: ExpositionFormat
    /// What has been written.
    public private(set) var output: [UInt8] = []
    /// The name's bytes.
    private var family: [UInt8] = []

    /// - Parameter capacity: bytes to expect.
    public init(format: ExpositionFormat, capacity: Int = 0) {
        self.format = format
        output.reserveCapacity(capacity)
    }

    /// Begins a family.
    ///
    /// - Parameters:
    ///   - name: without `_total`, `_bucket` and the like. In text 0.0.4, which has no such rule, a
    ///     counter's metadata is written under the name with `_total`.
    ///   - unit: written in OpenMetrics, where it must be a suffix of the name.
    public mutating func begin(_ name: String, _ type: MetricType, help: String, unit: String = "") {
        family = Array(name.utf8)
        let isText = format == .text
        let shownName = isText && type == .counter ? name + "_total" : name
        let shownType =
            switch (type, isText) {
            case (.unknown, true): "untyped"
            case (.untyped, false): "unknown"
            case (.info, true), (.stateset, true): "gauge"
            case (.gaugehistogram, true): "histogram"
            default: type.rawValue
            }
        output.append(contentsOf: "# HELP \(shownName) ".utf8)
        appendHelp(help)
        output.append(contentsOf: "\n# TYPE \(shownName) \(shownType)\n".utf8)
        if !unit.isEmpty, !isText { output.append(contentsOf: "# UNIT \(name) \(unit)\n".utf8) }
    }

    /// Begins a family whose samples are named exactly as it, though it counts: names that other programs
    /// fixed before counters had to end in `_total`. OpenMetrics, which refuses them, gets the type
    /// `unknown`.
    public mutating func begin(exactly name: String, _ type: MetricType, help: String) {
        guard type == .counter else { return begin(name, type, help: help) }
        guard format == .text else { return begin(name, .unknown, help: help) }
        family = Array(name.utf8)
        output.append(contentsOf: "# HELP \(name) ".utf8)
        appendHelp(help)
        output.append(contentsOf: "\n# TYPE \(name) counter\n".utf8)
    }

    /// Writes a sample of the family that was begun.
    ///
    /// - Parameters:
    ///   - suffix: for instance "_total", "_bucket".
    ///   - labels: what ``renderLabels(_:_:)`` made; empty for none.
    ///   - timestamp: milliseconds since 1970.
    public mutating func sample(
        suffix: StaticString = "", labels: [UInt8], value: Double, timestamp: Timestamp? = nil
    ) {
        beginSample(suffix)
        if !labels.isEmpty {
            output.append(UInt8(ascii: "{"))
            output.append(contentsOf: labels)
            output.append(UInt8(ascii: "}"))
        }
        endSample(value, timestamp)
    }

    /// The same with one more label at the end, for `le` and `quantile`, whose value is a number.
    public mutating func sample(
        suffix: StaticString, labels: [UInt8], bound name: StaticString, _ bound: Double, value: Double
    ) {
        beginSample(suffix)
        output.append(UInt8(ascii: "{"))
        if !labels.isEmpty {
            output.append(contentsOf: labels)
            output.append(UInt8(ascii: ","))
        }
        output.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        output.append(contentsOf: "=\"".utf8)
        FloatText.append(bound, style: .openMetrics, to: &output)
        output.append(contentsOf: "\"}".utf8)
        endSample(value, nil)
    }

    /// Ends the body; nothing may be written after it.
    public mutating func end() {
        if format == .openMetrics { output.append(contentsOf: "# EOF\n".utf8) }
    }

    /// Appends text of the same format that somebody else wrote: whole families, without an end.
    public mutating func append(contentsOf body: [UInt8]) {
        output.append(contentsOf: body)
    }

    /// `name="value",…` with values escaped, to be kept and written many times.
    public static func renderLabels(_ names: [String], _ values: [String]) -> [UInt8] {
        var result: [UInt8] = []
        for (name, value) in zip(names, values) {
            if !result.isEmpty { result.append(UInt8(ascii: ",")) }
            result.append(contentsOf: name.utf8)
            result.append(contentsOf: "=\"".utf8)
            appendEscaped(value, quotesToo: true, to: &result)
            result.append(UInt8(ascii: "\""))
        }
        return result
    }

    /// Appends text with backslash and newline (and, in label values, the quote) escaped.
    public static func appendEscaped(_ text: String, quotesToo: Bool, to output: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): output.append(contentsOf: [byte, byte])
            case UInt8(ascii: "\n"): output.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\"") where quotesToo: output.append(contentsOf: "\\\"".utf8)
            default: output.append(byte)
            }
        }
    }

    private mutating func appendHelp(_ help: String) {
        ExpositionWriter.appendEscaped(help, quotesToo: format == .openMetrics, to: &output)
    }

    private mutating func beginSample(_ suffix: StaticString) {
        output.append(contentsOf: family)
        output.append(
            contentsOf: UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }

    private mutating func endSample(_ value: Double, _ timestamp: Timestamp?) {
        output.append(UInt8(ascii: " "))
        FloatText.append(value, style: format == .openMetrics ? .openMetrics : .exposition, to: &output)
        if let timestamp {
            output.append(UInt8(ascii: " "))
            if format == .openMetrics {
                FloatText.append(Double(timestamp) / 1000, style: .json, to: &output)
            } else {
                FloatText.appendInteger(timestamp, to: &output)
            }
        }
        output.append(UInt8(ascii: "\n"))
    }
}
