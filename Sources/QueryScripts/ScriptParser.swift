import MetricModel
import PromQLSyntax

/// Reads a script line by line.
struct ScriptParser {
    /// Trimmed; comments are empty.
    private let lines: [String]
    private var index = 0

    init(_ text: String) {
        // By bytes: "\r\n" is one character to Swift.
        lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            let trimmed = ScriptParser.trimmed(Substring(line))
            return trimmed.hasPrefix("#") ? "" : trimmed
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var bytes = Array(text.utf8)[...]
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func commands() throws(ScriptError) -> [QueryScript.Command] {
        var result: [QueryScript.Command] = []
        while index < lines.count {
            let line = lines[index]
            if line.isEmpty {
                index += 1
                continue
            }
            let word = line.prefix { $0 != " " && $0 != "\t" }.lowercased()
            do throws(ScriptError) {
                if word == "clear" {
                    result.append(.clear)
                    index += 1
                } else if word.hasPrefix("load") {
                    result.append(.load(try load(word)))
                } else if word.hasPrefix("eval") {
                    result.append(.evaluate(try evaluation(word)))
                } else {
                    throw ScriptError("invalid command \(LabelText.quoted(line))")
                }
            } catch {
                throw ScriptError(
                    error.message, line: error.line > 0 ? error.line : min(index + 1, lines.count))
            }
        }
        return result
    }

    // MARK: - load

    private mutating func load(_ command: String) throws(ScriptError) -> QueryScript.Load {
        let words = lines[index].split { $0 == " " || $0 == "\t" }
        guard words.count == 2, command == "load" || command == "load_with_nhcb",
            let gap = DurationText.parse(String(words[1]))
        else {
            throw ScriptError("invalid load command. (load[_with_nhcb] <step:duration>)")
        }
        var result = QueryScript.Load()
        result.convertsHistograms = command == "load_with_nhcb"
        index += 1
        var starts: (labels: Labels, offsets: [Int64?])?
        while index < lines.count, !lines[index].isEmpty {
            let line = lines[index]
            let metric = line.prefix { $0 != " " && $0 != "\t" }
            if metric.hasSuffix("@st") {
                var reader = SeriesReader(String(metric.dropLast(3)))
                starts = (
                    try reader.labels(),
                    try StartOffsets.parse(ScriptParser.trimmed(line.dropFirst(metric.count)))
                )
                index += 1
                continue
            }
            let series = try SeriesDescription(line)
            if let starts, starts.labels != series.labels || starts.offsets.count != series.values.count {
                throw ScriptError("@st line does not fit the series line after it")
            }
            var samples: [QueryScript.LoadedSample] = []
            for (step, value) in series.values.enumerated() {
                let time = Int64(step) * gap
                let start = starts?.offsets[step].map { time + $0 } ?? 0
                switch value.content {
                case .omitted: break
                case .float(let float):
                    samples.append(.init(timestamp: time, content: .float(float), startTimestamp: start))
                case .histogram(let histogram):
                    samples.append(
                        .init(timestamp: time, content: .histogram(histogram), startTimestamp: start))
                }
            }
            // A later line for the same series takes the place of the earlier one.
            result.series.removeAll { $0.labels == series.labels }
            result.series.append(.init(labels: series.labels, samples: samples))
            starts = nil
            index += 1
        }
        guard starts == nil else { throw ScriptError("@st line has no following sample line") }
        return result
    }

    // MARK: - eval

    private mutating func evaluation(_ command: String) throws(ScriptError) -> QueryScript.Evaluation {
        let line = lines[index]
        var rest = Substring(line)
        func word() -> String {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let word = rest.prefix { $0 != " " && $0 != "\t" }
            rest = rest.dropFirst(word.count)
            return String(word)
        }
        func time(after keyword: String) throws(ScriptError) -> Int64 {
            guard word() == keyword, let value = DurationText.parse(word()) else {
                throw ScriptError("invalid evaluation command, want \(keyword) and a duration")
            }
            return value
        }
        _ = word()
        let kind = word()
        var result: QueryScript.Evaluation
        if kind == "instant" {
            let at = try time(after: "at")
            result = QueryScript.Evaluation(
                line: index + 1, query: ScriptParser.trimmed(rest), start: at, end: at, step: 0,
                isRange: false)
        } else if kind == "range" {
            let start = try time(after: "from")
            let end = try time(after: "to")
            let step = try time(after: "step")
            guard end >= start else {
                throw ScriptError("invalid test definition, end timestamp is before start timestamp")
            }
            result = QueryScript.Evaluation(
                line: index + 1, query: ScriptParser.trimmed(rest), start: start, end: end, step: step,
                isRange: true)
        } else {
            throw ScriptError(
                "invalid evaluation command. Must be either 'eval instant at <time> <query>' or 'eval range from <from> to <to> step <step> <query>'"
            )
        }
        switch command {
        case "eval": break
        case "eval_fail": result.expectation.failure = .any
        case "eval_warn": result.expectation.warnings = [.any]
        case "eval_info": result.expectation.infos = [.any]
        case "eval_ordered": result.expectation.isOrdered = true
        default: throw ScriptError("invalid command \(LabelText.quoted(command))")
        }
        index += 1
        try expectations(&result)
        return result
    }

    private mutating func expectations(_ evaluation: inout QueryScript.Evaluation) throws(ScriptError) {
        while index < lines.count, !lines[index].isEmpty {
            let line = lines[index]
            index += 1
            if line.hasPrefix("expected_fail_message") {
                evaluation.expectation.failure = .exact(
                    ScriptParser.trimmed(line.dropFirst("expected_fail_message".count)))
                return
            }
            if line.hasPrefix("expected_fail_regexp") {
                evaluation.expectation.failure = .matching(
                    try pattern(ScriptParser.trimmed(line.dropFirst("expected_fail_regexp".count))))
                return
            }
            if line.hasPrefix("expect range vector") {
                let words = line.split(separator: " ")
                guard words.count == 9, words[3] == "from", words[5] == "to", words[7] == "step",
                    let start = DurationText.parse(String(words[4])),
                    let end = DurationText.parse(String(words[6])),
                    let step = DurationText.parse(String(words[8]))
                else { throw ScriptError("invalid range vector definition \(LabelText.quoted(line))") }
                evaluation.expectation.rangeVector = (start, end, step)
                evaluation.start = end
                evaluation.end = end
                continue
            }
            if line.hasPrefix("expect string") {
                evaluation.expectation.string = try ScriptText.unquoted(
                    ScriptParser.trimmed(line.dropFirst("expect string".count)))
                continue
            }
            if line.hasPrefix("expect ") {
                try expect(ScriptParser.trimmed(line.dropFirst("expect ".count)), &evaluation.expectation)
                continue
            }
            if let number = number(line) {
                evaluation.expectation.scalar = number
                return
            }
            let series = try SeriesDescription(line)
            let values = series.values.map { value -> QueryScript.ExpectedValue in
                switch value.content {
                case .omitted: .omitted
                case .float(let float): .float(float)
                case .histogram(let histogram): .histogram(histogram, hasHint: value.hasHint)
                }
            }
            evaluation.expectation.series.append(.init(labels: series.labels, values: values))
        }
    }

    private func expect(_ text: String, _ expectation: inout QueryScript.Expectation) throws(ScriptError) {
        let type = text.prefix { $0 != " " && $0 != "\t" }
        let rest = ScriptParser.trimmed(text.dropFirst(type.count))
        var message = QueryScript.Message.any
        if rest.hasPrefix("msg:") {
            message = .exact(ScriptParser.trimmed(rest.dropFirst(4)))
        } else if rest.hasPrefix("regex:") {
            message = .matching(try pattern(ScriptParser.trimmed(rest.dropFirst(6))))
        } else if !rest.isEmpty {
            throw ScriptError(
                "invalid expect statement, must match `expect <type> <match_type>: <string>` format")
        }
        switch type {
        case "fail": expectation.failure = message
        case "warn": expectation.warnings.append(message)
        case "info": expectation.infos.append(message)
        case "no_warn": expectation.hasNoWarnings = true
        case "no_info": expectation.hasNoInfos = true
        case "ordered": expectation.isOrdered = true
        default: throw ScriptError("invalid expected error/annotation type \(type)")
        }
    }

    private func pattern(_ text: String) throws(ScriptError) -> Pattern {
        do { return try Pattern(text) } catch { throw ScriptError("invalid regex \(text): \(error.message)") }
    }

    private func number(_ text: String) -> Double? {
        if let value = FloatText.parse(text) { return value }
        guard text.hasPrefix("0x") || text.hasPrefix("0X") else { return nil }
        return Int64(text.dropFirst(2), radix: 16).map { Double($0) }
    }
}

/// The start timestamps of a load: `_`, `_x3`, `-1m`, `-1mx5`, `-1m+10sx5`.
enum StartOffsets {
    /// Milliseconds relative to each sample, nil where none is given.
    static func parse(_ text: String) throws(ScriptError) -> [Int64?] {
        var result: [Int64?] = []
        for item in text.split(whereSeparator: { $0 == " " || $0 == "\t" }) {
            result.append(contentsOf: try items(item))
        }
        return result
    }

    private static func items(_ text: Substring) throws(ScriptError) -> [Int64?] {
        let parts = text.split(separator: "x", maxSplits: 1, omittingEmptySubsequences: false)
        var count = 0
        if parts.count == 2 {
            guard let parsed = Int(parts[1]), parsed >= 0, parsed <= 1_000_000 else {
                throw ScriptError("invalid ST item \(LabelText.quoted(String(text)))")
            }
            count = parsed
        }
        if parts[0] == "_" { return Array(repeating: nil, count: parts.count == 2 ? count : 1) }
        var rest = parts[0]
        guard let base = duration(&rest) else {
            throw ScriptError("invalid ST item \(LabelText.quoted(String(text)))")
        }
        var step: Int64 = 0
        if !rest.isEmpty {
            guard let parsed = duration(&rest), rest.isEmpty else {
                throw ScriptError("invalid ST item \(LabelText.quoted(String(text)))")
            }
            step = parsed
        }
        return (0...count).map { base + Int64($0) * step }
    }

    /// A duration of one unit with an optional sign, taken from the front.
    private static func duration(_ text: inout Substring) -> Int64? {
        var isNegative = false
        if let first = text.first, first == "-" || first == "+" {
            isNegative = first == "-"
            text.removeFirst()
        }
        let digits = text.prefix { $0.isNumber }
        let unit = text.dropFirst(digits.count).prefix { $0.isLetter }
        guard let value = DurationText.parse(String(digits) + unit) else { return nil }
        text = text.dropFirst(digits.count + unit.count)
        return isNegative ? -value : value
    }
}
