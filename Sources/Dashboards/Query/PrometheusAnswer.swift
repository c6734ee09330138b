import JSON

/// The answer of Prometheus' query API, read in one pass. Values stay text in the body, since most of
/// them are only copied on to the browser.
public struct PrometheusAnswer: Sendable {
    public enum ResultType: String, Sendable {
        case matrix
        case vector
        case scalar
        case string
    }

    struct Label: Sendable, Equatable {
        let name: String
        let value: String
    }

    /// Where a value stands in the body, without its quotes.
    struct ValueText: Sendable {
        let offset: Int32
        let count: Int32
    }

    struct Series: Sendable {
        /// Sorted by name, `__name__` included.
        var labels: [Label] = []
        /// Milliseconds since 1970.
        var times: [Int64] = []
        var values: [ValueText] = []
        /// Histogram samples are counted, not read.
        var histogramCount = 0

        func label(_ name: String) -> String? { labels.first { $0.name == name }?.value }
    }

    let body: [UInt8]
    public private(set) var resultType = ResultType.vector
    private(set) var series: [Series] = []
    public private(set) var warnings: [String] = []
    public private(set) var infos: [String] = []

    /// - Parameter body: of a response with status 2xx; at most 2 GiB.
    /// - Throws: `invalidInput` with what the data source said when it is an error or not an answer.
    public init(_ body: [UInt8]) throws(DashboardsError) {
        self.body = body
        guard body.count < Int(Int32.max) else {
            throw DashboardsError(.invalidInput, "the data source's answer is too large")
        }
        var cursor = JSONCursor(body)
        var status = ""
        var errorType = ""
        var error = ""
        do throws(JSONCursor.Unexpected) {
            try cursor.object { cursor, name throws(JSONCursor.Unexpected) in
                switch name {
                case "status": status = try cursor.string()
                case "errorType": errorType = try cursor.string()
                case "error": error = try cursor.string()
                case "warnings": warnings = try Self.strings(&cursor)
                case "infos": infos = try Self.strings(&cursor)
                case "data" where cursor.peek() == UInt8(ascii: "{"): try readData(&cursor)
                default: try cursor.skip()
                }
            }
        } catch {
            throw DashboardsError(
                .invalidInput, "the data source did not answer like Prometheus (byte \(error.position))")
        }
        guard status == "success" else {
            throw DashboardsError(.invalidInput, errorType.isEmpty ? error : "\(errorType): \(error)")
        }
    }

    private static func strings(_ cursor: inout JSONCursor) throws(JSONCursor.Unexpected) -> [String] {
        guard cursor.peek() == UInt8(ascii: "[") else {
            try cursor.skip()
            return []
        }
        var result: [String] = []
        try cursor.array { cursor throws(JSONCursor.Unexpected) in result.append(try cursor.string()) }
        return result
    }

    private mutating func readData(_ cursor: inout JSONCursor) throws(JSONCursor.Unexpected) {
        try cursor.object { cursor, name throws(JSONCursor.Unexpected) in
            switch name {
            case "resultType":
                resultType = ResultType(rawValue: try cursor.string()) ?? .vector
            case "result" where resultType == .scalar || resultType == .string:
                var series = Series()
                try Self.readSample(&cursor, into: &series)
                self.series = [series]
            case "result" where cursor.peek() == UInt8(ascii: "["):
                try cursor.array { cursor throws(JSONCursor.Unexpected) in
                    series.append(try Self.readSeries(&cursor))
                }
            default: try cursor.skip()
            }
        }
    }

    private static func readSeries(
        _ cursor: inout JSONCursor
    ) throws(JSONCursor.Unexpected) -> Series {
        var result = Series()
        try cursor.object { cursor, name throws(JSONCursor.Unexpected) in
            switch name {
            case "metric":
                try cursor.object { cursor, label throws(JSONCursor.Unexpected) in
                    result.labels.append(Label(name: label, value: try cursor.string()))
                }
            case "value": try readSample(&cursor, into: &result)
            case "values":
                try cursor.array { cursor throws(JSONCursor.Unexpected) in
                    try readSample(&cursor, into: &result)
                }
            case "histogram":
                result.histogramCount += 1
                try cursor.skip()
            case "histograms":
                try cursor.array { cursor throws(JSONCursor.Unexpected) in
                    result.histogramCount += 1
                    try cursor.skip()
                }
            default: try cursor.skip()
            }
        }
        result.labels.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return result
    }

    private static func readSample(
        _ cursor: inout JSONCursor, into series: inout Series
    ) throws(JSONCursor.Unexpected) {
        try cursor.expect(UInt8(ascii: "["))
        series.times.append(try cursor.milliseconds())
        try cursor.expect(UInt8(ascii: ","))
        let range = try cursor.stringRange().range
        series.values.append(
            ValueText(offset: Int32(range.lowerBound), count: Int32(range.count)))
        try cursor.expect(UInt8(ascii: "]"))
    }

    /// The text of a value.
    func text(_ value: ValueText) -> ArraySlice<UInt8> {
        let start = Int(value.offset)
        return body[start..<start + Int(value.count)]
    }

    func number(_ value: ValueText) -> Double {
        let text = String(decoding: text(value), as: UTF8.self)
        switch text {
        case "+Inf": return .infinity
        case "-Inf": return -.infinity
        default: return Double(text) ?? .nan
        }
    }
}
