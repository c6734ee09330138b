import MetricModel

/// A section that is being read: hands out its fields and in the end refuses those that nobody asked for.
final class Section {
    let file: String
    /// The path of the section, for instance `scrape_configs[0].tls_config`; empty for the whole file.
    let path: String
    let line: Int
    /// Whether fields that nobody asks for may stand here and below.
    private let ignoresUnknownFields: Bool
    private var entries: [String: (line: Int, value: YAMLValue)] = [:]
    private(set) var names: [String] = []
    private var asked: Set<String> = []

    /// - Throws: `invalidValue` when the value is not a section. Nothing counts as an empty one.
    init(_ value: YAMLValue, path: String, file: String, ignoresUnknownFields: Bool = false)
        throws(ConfigurationError)
    {
        self.ignoresUnknownFields = ignoresUnknownFields
        self.file = file
        self.path = path
        line = value.line
        switch value.content {
        case .null: break
        case .map(let map):
            for (key, line, value) in map {
                entries[key] = (line, value)
                names.append(key)
            }
        default:
            throw ConfigurationError(
                .invalidValue, "cannot read the section: got \(value.kindName), want fields", file: file,
                line: value.line, field: path)
        }
    }

    /// The value of a field, or nil when it is not there.
    func value(_ name: String) -> YAMLValue? {
        asked.insert(name)
        return entries[name]?.value
    }

    /// Whether the field is there, be it empty.
    func has(_ name: String) -> Bool { entries[name] != nil }

    func path(of name: String) -> String { path.isEmpty ? name : path + "." + name }

    /// An error at a field of this section, or at the section when it does not have the field.
    func error(_ kind: ConfigurationError.Kind, _ message: String, at name: String? = nil)
        -> ConfigurationError
    {
        let line = name.flatMap { entries[$0]?.line } ?? line
        return ConfigurationError(kind, message, file: file, line: line, field: name.map(path(of:)) ?? path)
    }

    /// - Throws: `unknownField` for the first field that was not asked for.
    func finish() throws(ConfigurationError) {
        guard !ignoresUnknownFields, let unknown = names.first(where: { !asked.contains($0) }) else { return }
        let near = asked.filter { Section.isNear($0, unknown) }.sorted().first
        throw error(
            .unknownField, "unknown field \(unknown)\(near.map { ", did you mean \($0)?" } ?? "")",
            at: unknown)
    }

    // MARK: - Typed fields

    /// A single value; null counts as empty text.
    func string(_ name: String) throws(ConfigurationError) -> String? {
        guard let value = value(name) else { return nil }
        switch value.content {
        case .text(let text): return text
        case .null: return ""
        default:
            throw error(
                .invalidValue, "cannot read \(name): got \(value.kindName), want a single value", at: name)
        }
    }

    func bool(_ name: String) throws(ConfigurationError) -> Bool? {
        guard let text = try string(name), !text.isEmpty else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on", "y": return true
        case "false", "no", "off", "n": return false
        default:
            throw error(.invalidValue, "cannot read \(name): got \"\(text)\", want true or false", at: name)
        }
    }

    func integer(_ name: String) throws(ConfigurationError) -> Int? {
        guard let text = try string(name), !text.isEmpty else { return nil }
        guard let number = Int(text.filter { $0 != "_" }) else {
            throw error(.invalidValue, "cannot read \(name): got \"\(text)\", want a whole number", at: name)
        }
        return number
    }

    /// A whole number that is not negative.
    func count(_ name: String) throws(ConfigurationError) -> Int? {
        guard let number = try integer(name) else { return nil }
        guard number >= 0 else {
            throw error(.invalidValue, "cannot read \(name): got \(number), want 0 or more", at: name)
        }
        return number
    }

    func double(_ name: String) throws(ConfigurationError) -> Double? {
        guard let text = try string(name), !text.isEmpty else { return nil }
        guard let number = FloatText.parse(text) else {
            throw error(.invalidValue, "cannot read \(name): got \"\(text)\", want a number", at: name)
        }
        return number
    }

    /// Milliseconds.
    func duration(_ name: String) throws(ConfigurationError) -> Int64? {
        guard let text = try string(name), value(name)?.isNull == false else { return nil }
        guard let milliseconds = DurationText.parse(text) else {
            throw error(
                .invalidValue,
                text.isEmpty
                    ? "empty duration string" : "not a valid duration string: \(LabelText.quoted(text))",
                at: name)
        }
        return milliseconds
    }

    /// Bytes.
    func byteSize(_ name: String) throws(ConfigurationError) -> Int64? {
        guard let text = try string(name), value(name)?.isNull == false else { return nil }
        do { return try ByteSize.parse(text) } catch {
            throw self.error(.invalidValue, error.message, at: name)
        }
    }

    /// A value of a fixed set.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ type: Choice.Type, _ what: String
    ) throws(ConfigurationError) -> Choice? where Choice.RawValue == String {
        guard let text = try string(name), !text.isEmpty else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(
                .invalidValue, "unknown \(what) \(LabelText.quoted(text)), want one of: \(known)", at: name)
        }
        return choice
    }

    /// The items of a list; nil when the field is missing or empty. A single value counts as one item, as
    /// in Prometheus.
    func list(_ name: String) throws(ConfigurationError) -> [YAMLValue]? {
        guard let value = value(name) else { return nil }
        switch value.content {
        case .null: return nil
        case .list(let items): return items
        case .text: return [value]
        case .map: throw error(.invalidValue, "cannot read \(name): got a section, want a list", at: name)
        }
    }

    func strings(_ name: String) throws(ConfigurationError) -> [String]? {
        guard let items = try list(name) else { return nil }
        var result: [String] = []
        for item in items {
            switch item.content {
            case .text(let text): result.append(text)
            case .null: result.append("")
            default:
                throw ConfigurationError(
                    .invalidValue,
                    "cannot read \(name): got \(item.kindName) in the list, want single values", file: file,
                    line: item.line, field: path(of: name))
            }
        }
        return result
    }

    func stringMap(_ name: String) throws(ConfigurationError) -> [String: String]? {
        guard let section = try section(name) else { return nil }
        var result: [String: String] = [:]
        for name in section.names { result[name] = try section.string(name) ?? "" }
        return result
    }

    /// A section below this one; nil when it is missing or empty.
    func section(_ name: String) throws(ConfigurationError) -> Section? {
        guard let value = value(name), !value.isNull else { return nil }
        return try Section(
            value, path: path(of: name), file: file, ignoresUnknownFields: ignoresUnknownFields)
    }

    /// The sections of a list.
    ///
    /// - Parameter nullMessage: what is wrong with an empty item.
    func sections(_ name: String, nullMessage: String) throws(ConfigurationError) -> [Section] {
        guard let items = try list(name) else { return [] }
        var result: [Section] = []
        for (index, item) in items.enumerated() {
            let itemPath = "\(path(of: name))[\(index)]"
            if item.isNull {
                throw ConfigurationError(
                    .invalidValue, nullMessage, file: file, line: item.line, field: itemPath)
            }
            result.append(
                try Section(item, path: itemPath, file: file, ignoresUnknownFields: ignoresUnknownFields))
        }
        return result
    }

    /// Whether two names differ by a slip of the hand.
    private static func isNear(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        guard abs(a.count - b.count) <= 2, min(a.count, b.count) > 3 else { return false }
        var row = Array(0...b.count)
        for i in 1...a.count {
            var diagonal = row[0]
            row[0] = i
            for j in 1...b.count {
                let value = min(row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1))
                diagonal = row[j]
                row[j] = value
            }
        }
        return row[b.count] <= 2
    }
}
