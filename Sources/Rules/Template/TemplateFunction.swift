import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// The functions of the template language. Source: Prometheus' template reference and Go's
/// `text/template`.
enum TemplateFunction {
    /// Those that take parts of a collection, and so take no longer when it is large.
    static let looking: Set<String> = [
        "not", "len", "index", "slice", "first", "label", "value", "strvalue", "eq", "ne",
    ]

    /// - Throws: `template`.
    static func call(
        _ name: String, _ arguments: [TemplateValue], _ surroundings: Template.Surroundings
    ) throws(RulesError) -> TemplateValue {
        func argument(_ index: Int) throws(RulesError) -> TemplateValue {
            guard arguments.indices.contains(index) else {
                throw RulesError(
                    .template, "\(name) needs at least \(index + 1) arguments, got \(arguments.count)")
            }
            return arguments[index]
        }
        switch name {
        case "not": return .bool(!(try argument(0).isTrue))
        case "len": return .int(try length(argument(0)))
        case "index": return try index(arguments)
        case "slice": return try slice(arguments)
        case "print": return .string(printed(arguments, alwaysSpaced: false))
        case "println": return .string(printed(arguments, alwaysSpaced: true) + "\n")
        case "printf":
            return .string(
                try FormatText.format(
                    argument(0).text, Array(arguments.dropFirst()), most: surroundings.bounds.output))
        case "html": return .string(escaped(printed(arguments, alwaysSpaced: false)))
        case "js", "safeHtml": return .string(printed(arguments, alwaysSpaced: false))
        case "urlquery", "urlQueryEscape":
            return .string(queryEscaped(printed(arguments, alwaysSpaced: false)))
        case "eq":
            let first = try argument(0)
            _ = try argument(1)
            for other in arguments.dropFirst() where try compare(first, other) == 0 { return .bool(true) }
            return .bool(false)
        case "ne": return .bool(try compare(argument(0), argument(1)) != 0)
        case "lt": return .bool(try compare(argument(0), argument(1)) < 0)
        case "le": return .bool(try compare(argument(0), argument(1)) <= 0)
        case "gt": return .bool(try compare(argument(1), argument(0)) < 0)
        case "ge": return .bool(try compare(argument(1), argument(0)) <= 0)
        case "query": return try query(argument(0).text, surroundings)
        case "first":
            guard case .list(let items) = try argument(0), let item = items.first else {
                throw RulesError(.template, "first() called on a vector without elements")
            }
            return item
        case "label": return field(try argument(1), "Labels", try argument(0).text)
        case "value": return field(try argument(0), "Value", nil)
        case "strvalue": return field(try argument(0), "Labels", "__value__")
        case "sortByLabel":
            let label = try argument(0).text
            guard case .list(let items) = try argument(1) else { return .list([]) }
            return .list(
                items.sorted {
                    field($0, "Labels", label).text.utf8.lexicographicallyPrecedes(
                        field($1, "Labels", label).text.utf8)
                })
        case "humanize": return .string(HumanText.humanize(try argument(0).number()))
        case "humanize1024": return .string(HumanText.humanize1024(try argument(0).number()))
        case "humanizeDuration": return .string(HumanText.duration(try argument(0).number()))
        case "humanizePercentage": return .string(HumanText.short(try argument(0).number() * 100) + "%")
        case "humanizeTimestamp": return .string(TimeText.format(try argument(0).number()))
        case "toTime": return .time(try argument(0).number())
        case "toDuration": return .duration(try argument(0).number())
        case "now": return .float(Double(surroundings.now) / 1000)
        case "parseDuration": return .float(try duration(argument(0).text))
        case "title": return .string(titled(try argument(0).text))
        case "toUpper": return .string(try argument(0).text.uppercased())
        case "toLower": return .string(try argument(0).text.lowercased())
        case "match":
            return .bool(try pattern(argument(0).text).match(argument(1).text, anchored: false) != nil)
        case "reReplaceAll":
            return .string(
                try replaceAll(argument(0).text, argument(1).text, argument(2).text, surroundings))
        case "stripPort": return .string(HostText.withoutPort(try argument(0).text))
        case "stripDomain": return .string(HostText.withoutDomain(try argument(0).text))
        case "graphLink": return .string(link(try argument(0).text, tab: 0))
        case "tableLink": return .string(link(try argument(0).text, tab: 1))
        case "args":
            // Each call adds a level, and what is too deep cannot even be given up without using up the stack.
            guard !arguments.contains(where: { $0.isDeeper(than: 50) }) else {
                throw RulesError(.template, "args nested too deeply")
            }
            var map: [String: TemplateValue] = [:]
            for (index, value) in arguments.enumerated() { map["arg\(index)"] = value }
            return .map(map, isLabels: false)
        case "externalURL": return .string(surroundings.externalURL)
        case "pathPrefix":
            let afterScheme = surroundings.externalURL.split(
                separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
            return .string(afterScheme.count > 3 ? "/" + afterScheme[3] : "")
        default:
            if surroundings.isNotification,
                let value = try NotificationFunction.call(name, arguments, surroundings)
            {
                return value
            }
            throw RulesError(.template, "function \(LabelText.quoted(name)) is not defined")
        }
    }

    /// `print` sets a blank between two values of which neither is a text.
    private static func printed(_ values: [TemplateValue], alwaysSpaced: Bool) -> String {
        var result = ""
        var lastIsText = true
        for (index, value) in values.enumerated() {
            let isText = if case .string = value { true } else { false }
            if index > 0, alwaysSpaced || (!isText && !lastIsText) { result += " " }
            result += value.text
            lastIsText = isText
        }
        return result
    }

    private static func length(_ value: TemplateValue) throws(RulesError) -> Int64 {
        switch value {
        case .string(let text): Int64(text.utf8.count)
        case .list(let items): Int64(items.count)
        case .map(let map, _): Int64(map.count)
        case .texts(let texts): Int64(texts.count)
        case .pairs(let pairs): Int64(pairs.count)
        default: throw RulesError(.template, "len of \(value.text)")
        }
    }

    private static func index(_ arguments: [TemplateValue]) throws(RulesError) -> TemplateValue {
        guard var value = arguments.first else { throw RulesError(.template, "index of nothing") }
        for key in arguments.dropFirst() {
            switch (value, key) {
            case (.list(let items), .int(let position)):
                guard let position = Int(exactly: position), items.indices.contains(position) else {
                    throw RulesError(.template, "index out of range: \(key.text)")
                }
                value = items[position]
            case (.map(let map, let isLabels), .string(let name)):
                value = map[name] ?? (isLabels ? .string("") : .none)
            case (.texts(let texts), .string(let name)): value = .string(texts[name] ?? "")
            case (.pairs(let pairs), .int(let position)):
                guard let position = Int(exactly: position), pairs.indices.contains(position) else {
                    throw RulesError(.template, "index out of range: \(key.text)")
                }
                value = pairs[position].member
            case (.string(let text), .int(let position)):
                let bytes = Array(text.utf8)
                guard let position = Int(exactly: position), bytes.indices.contains(position) else {
                    throw RulesError(.template, "index out of range: \(key.text)")
                }
                value = .int(Int64(bytes[position]))
            default: throw RulesError(.template, "cannot index \(value.text) by \(key.text)")
            }
        }
        return value
    }

    private static func slice(_ arguments: [TemplateValue]) throws(RulesError) -> TemplateValue {
        guard let value = arguments.first else { throw RulesError(.template, "slice of nothing") }
        var bounds: [Int] = []
        for argument in arguments.dropFirst() {
            guard case .int(let number) = argument, let bound = Int(exactly: number) else {
                throw RulesError(.template, "cannot slice by \(argument.text)")
            }
            bounds.append(bound)
        }
        let count = Int(try length(value))
        let (low, high) = (bounds.first ?? 0, bounds.count > 1 ? bounds[1] : count)
        guard low >= 0, low <= high, high <= count else {
            throw RulesError(.template, "slice out of range: \(low):\(high)")
        }
        switch value {
        case .string(let text): return .string(String(decoding: Array(text.utf8)[low..<high], as: UTF8.self))
        case .list(let items): return .list(Array(items[low..<high]))
        default: throw RulesError(.template, "cannot slice \(value.text)")
        }
    }

    private static func compare(_ a: TemplateValue, _ b: TemplateValue) throws(RulesError) -> Int {
        switch (a, b) {
        case (.string(let a), .string(let b)):
            return a.hasSameBytes(as: b) ? 0 : a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        case (.bool(let a), .bool(let b)): return a == b ? 0 : 1
        case (.int, .int), (.float, .float), (.int, .float), (.float, .int), (.duration, _), (_, .duration),
            (.time, _), (.zoned, _):
            let (a, b) = (try a.number(), try b.number())
            return a < b ? -1 : a == b ? 0 : 1
        case (.none, .none): return 0
        default: throw RulesError(.template, "incompatible types for comparison: \(a.text) and \(b.text)")
        }
    }

    private static func query(_ text: String, _ surroundings: Template.Surroundings) throws(RulesError)
        -> TemplateValue
    {
        let elements: [(labels: Labels, value: Double)]
        do { elements = try surroundings.query(text) } catch {
            throw RulesError(.template, "query failed: \(error)")
        }
        return .list(
            elements.map { labels, value in
                .map(["Labels": .labels(labels.pairs), "Value": .float(value)], isLabels: false)
            })
    }

    private static func field(_ sample: TemplateValue, _ field: String, _ label: String?) -> TemplateValue {
        guard case .map(let map, _) = sample, let value = map[field] else { return .string("") }
        guard let label else { return value }
        guard case .map(let labels, _) = value else { return .string("") }
        return labels[label] ?? .string("")
    }

    private static func pattern(_ text: String) throws(RulesError) -> Pattern {
        do { return try Pattern(text) } catch { throw RulesError(.template, error.message) }
    }

    private static func replaceAll(
        _ regex: String, _ replacement: String, _ text: String, _ surroundings: Template.Surroundings
    ) throws(RulesError) -> String {
        let pattern = try pattern(regex)
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        while position <= bytes.count, let groups = pattern.match(text, from: position, anchored: false),
            let whole = groups[0]
        {
            result += bytes[position..<whole.lowerBound]
            // Only the match, so that many of them in a long text do not take the square of its length.
            let found = String(decoding: bytes[whole], as: UTF8.self)
            let moved = groups.map { group in
                group.map { $0.lowerBound - whole.lowerBound..<$0.upperBound - whole.lowerBound }
            }
            result += Array(pattern.expand(replacement, value: found, groups: moved).utf8)
            guard result.count <= surroundings.bounds.output else {
                throw RulesError(.template, "reReplaceAll gives too long a text")
            }
            try surroundings.checkTime()
            position = whole.upperBound
            if whole.isEmpty {
                // An empty match stands between two bytes: the next search begins behind the second.
                if position < bytes.count { result.append(bytes[position]) }
                position += 1
            }
        }
        if position < bytes.count { result += bytes[position...] }
        return String(decoding: result, as: UTF8.self)
    }

    private static func duration(_ text: String) throws(RulesError) -> Double {
        let isNegative = text.hasPrefix("-")
        guard let milliseconds = DurationText.parse(isNegative ? String(text.dropFirst()) : text) else {
            throw RulesError(.template, "not a valid duration string: \(LabelText.quoted(text))")
        }
        return (isNegative ? -1 : 1) * Double(milliseconds) / 1000
    }

    private static func titled(_ text: String) -> String {
        var result = ""
        var isInside = false
        for character in text {
            result += isInside ? String(character) : character.uppercased()
            isInside = character.isLetter || character.isNumber || (isInside && character == "'")
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&#34;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }

    static func queryEscaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            if isLetter || isDigit || "-_.~".utf8.contains(byte) {
                result.append(byte)
            } else if byte == UInt8(ascii: " ") {
                result.append(UInt8(ascii: "+"))
            } else {
                result += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The path of a page that shows an expression as a graph (0) or a table (1).
    static func link(_ expression: String, tab: Int) -> String {
        "/graph?g0.expr=\(queryEscaped(expression))&g0.tab=\(tab)"
    }
}

/// Numbers for people.
enum HumanText {
    /// Four significant digits.
    static func short(_ value: Double) -> String { FormatText.float("%.4g", value) }

    static func humanize(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return short(value) }
        var value = value
        var prefix = ""
        if value.magnitude >= 1 {
            for next in ["k", "M", "G", "T", "P", "E", "Z", "Y"] where value.magnitude >= 1000 {
                prefix = next
                value /= 1000
            }
        } else {
            for next in ["m", "u", "n", "p", "f", "a", "z", "y"] where value.magnitude < 1 {
                prefix = next
                value *= 1000
            }
        }
        return short(value) + prefix
    }

    static func humanize1024(_ value: Double) -> String {
        guard value.magnitude > 1, value.isFinite else { return short(value) }
        var value = value
        var prefix = ""
        for next in ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"] where value.magnitude >= 1024 {
            prefix = next
            value /= 1024
        }
        return short(value) + prefix
    }

    /// `1d 2h 3m 4s`; below a second with a prefix.
    static func duration(_ value: Double) -> String {
        guard value.isFinite else { return short(value) }
        guard value != 0 else { return "0s" }
        if value.magnitude >= 1, let whole = Int64(exactly: value.magnitude.rounded(.towardZero)) {
            let sign = value < 0 ? "-" : ""
            let (days, hours, minutes, seconds) = (
                whole / 86400, whole / 3600 % 24, whole / 60 % 60, whole % 60
            )
            if days != 0 { return "\(sign)\(days)d \(hours)h \(minutes)m \(seconds)s" }
            if hours != 0 { return "\(sign)\(hours)h \(minutes)m \(seconds)s" }
            if minutes != 0 { return "\(sign)\(minutes)m \(seconds)s" }
            return short(value) + "s"
        }
        var value = value
        var prefix = ""
        for next in ["m", "u", "n", "p", "f", "a", "z", "y"] where value.magnitude < 1 {
            prefix = next
            value *= 1000
        }
        return short(value) + prefix + "s"
    }
}

/// Host names with ports.
enum HostText {
    /// Host and port; nil when the text has not exactly one port.
    private static func split(_ text: String) -> (host: String, port: String)? {
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            guard rest.hasPrefix(":") else { return nil }
            return (String(text[text.index(after: text.startIndex)..<end]), String(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    static func withoutPort(_ text: String) -> String { split(text)?.host ?? text }

    static func withoutDomain(_ text: String) -> String {
        let parts = split(text)
        let host = parts?.host ?? text
        let isAddress =
            host.contains(":")
            || (host.split(separator: ".").count == 4 && host.allSatisfy { $0.isNumber || $0 == "." })
        if isAddress { return text }
        let name = String(host.prefix { $0 != "." })
        return parts.map { $0.port.isEmpty ? name : "\(name):\($0.port)" } ?? name
    }
}

/// `printf`.
enum FormatText {
    /// A number by a C format, with Go's words for what is not finite.
    static func float(_ format: String, _ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return withVaList([value]) { list in
            var buffer = [CChar](repeating: 0, count: 512)
            let count = vsnprintf(&buffer, buffer.count, format, list)
            guard count > 0 else { return "" }
            return String(
                decoding: buffer.prefix(min(Int(count), buffer.count - 1)).map { UInt8(bitPattern: $0) },
                as: UTF8.self)
        }
    }

    /// - Throws: `template` for a format that asks for too much.
    static func format(
        _ format: String, _ values: [TemplateValue], most: Int = .max
    ) throws(RulesError) -> String {
        var result = ""
        var next = 0
        var rest = Substring(format)
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            let modifiers = rest.prefix { "0123456789.-+ #".contains($0) }
            rest = rest.dropFirst(modifiers.count)
            guard let verb = rest.first else { return result + "%!(NOVERB)" }
            rest = rest.dropFirst()
            if verb == "%" {
                result += "%"
                continue
            }
            // A width of millions would fill the memory.
            guard modifiers.split(whereSeparator: { !$0.isNumber }).allSatisfy({ $0.count <= 3 }) else {
                throw RulesError(.template, "printf: too wide: %\(modifiers)\(verb)")
            }
            guard next < values.count else {
                result += "%!\(verb)(MISSING)"
                continue
            }
            guard result.utf8.count <= most else {
                throw RulesError(.template, "printf gives too long a text")
            }
            result += one(String(modifiers), verb, values[next])
            next += 1
        }
        return result + rest
    }

    private static func one(_ modifiers: String, _ verb: Character, _ value: TemplateValue) -> String {
        switch (verb, value) {
        case ("v", .float(let number)) where modifiers.isEmpty: return TemplateValue.float(number).text
        case ("f", .float(let number)), ("e", .float(let number)), ("g", .float(let number)),
            ("E", .float(let number)),
            ("F", .float(let number)), ("G", .float(let number)), ("v", .float(let number)):
            if verb == "g", modifiers.isEmpty { return TemplateValue.float(number).text }
            return padded(
                float("%\(modifiers)\(verb == "v" ? "g" : verb)", number), number.isFinite ? "" : modifiers)
        case ("d", .int(let number)), ("v", .int(let number)): return integer(modifiers, String(number))
        case ("x", .int(let number)): return integer(modifiers, String(number, radix: 16))
        case ("s", _), ("v", _):
            var text = value.text
            if verb == "s", case .float = value { return "%!s(float64=\(text))" }
            if verb == "s", case .int = value { return "%!s(int=\(text))" }
            if let point = modifiers.firstIndex(of: "."),
                let limit = Int(modifiers[modifiers.index(after: point)...])
            {
                text = String(text.prefix(limit))
            }
            return padded(text, modifiers)
        case ("q", _): return padded(LabelText.quoted(value.text), modifiers)
        case ("t", .bool(let flag)): return padded(String(flag), modifiers)
        default: return "%!\(verb)(\(value.text))"
        }
    }

    private static func integer(_ modifiers: String, _ digits: String) -> String {
        var digits = digits
        if modifiers.contains("+"), !digits.hasPrefix("-") { digits = "+" + digits }
        let width = Int(modifiers.drop { !$0.isNumber || $0 == "0" }) ?? 0
        if modifiers.hasPrefix("0"), digits.count < width {
            return String(repeating: "0", count: width - digits.count) + digits
        }
        return padded(digits, modifiers)
    }

    private static func padded(_ text: String, _ modifiers: String) -> String {
        let width = Int(modifiers.drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
        guard !modifiers.hasPrefix("."), text.count < width else { return text }
        let blanks = String(repeating: " ", count: width - text.count)
        return modifiers.contains("-") ? text + blanks : blanks + text
    }
}
