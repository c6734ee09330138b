internal import Yams

/// A value of a YAML document with the line where it stands.
struct YAMLValue: Sendable {
    enum Content: Sendable {
        case null
        case text(String)
        case list([YAMLValue])
        case map([(key: String, line: Int, value: YAMLValue)])
    }

    var content: Content
    /// From 1.
    var line: Int
    /// Whether a single value was written in quotes, so that it is a text whatever it looks like.
    var isQuoted = false

    /// Reads the first document of a text; nil when there is none.
    ///
    /// - Throws: `syntax`.
    static func read(_ text: String, file: String) throws(ConfigurationError) -> YAMLValue? {
        do {
            guard let root = try Parser(yaml: text).nextRoot() else { return nil }
            return try Reader(file: file).value(root, depth: 0)
        } catch let error as ConfigurationError {
            throw error
        } catch let error as YamlError {
            throw syntaxError(error, file)
        } catch {
            throw ConfigurationError(.syntax, "\(error)", file: file)
        }
    }

    var isNull: Bool {
        if case .null = content { true } else { false }
    }

    /// What the value is, for messages.
    var kindName: String {
        switch content {
        case .null: "nothing"
        case .text: "a single value"
        case .list: "a list"
        case .map: "a section"
        }
    }

    private static func syntaxError(_ error: YamlError, _ file: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError(.syntax, "yaml: \(problem)", file: file, line: mark.line)
        case .duplicatedKeysInMapping(let keys, let context):
            ConfigurationError(
                .syntax, "the field \(keys.joined(separator: ", ")) is given twice", file: file,
                line: context.mark.line, field: keys.first ?? "")
        case .reader(let problem, _, _, _): ConfigurationError(.syntax, "yaml: \(problem)", file: file)
        default: ConfigurationError(.syntax, "yaml: \(error)", file: file)
        }
    }

    private struct Reader {
        let file: String
        /// Deeper than any real configuration; a bound for the stack.
        static let depthMax = 100

        func value(_ node: Node, depth: Int) throws(ConfigurationError) -> YAMLValue {
            let line = node.mark?.line ?? 0
            guard depth < Self.depthMax else {
                throw ConfigurationError(
                    .syntax, "nested deeper than \(Self.depthMax) levels", file: file, line: line)
            }
            switch node {
            case .scalar(let scalar):
                if node.tag == Tag(.null) { return YAMLValue(content: .null, line: line) }
                if scalar.tag == Tag(.binary) {
                    return YAMLValue(content: .text(try binary(scalar.string, line)), line: line)
                }
                let isPlain = scalar.style == .plain || scalar.style == .any
                return YAMLValue(content: .text(scalar.string), line: line, isQuoted: !isPlain)
            case .sequence(let items):
                var list: [YAMLValue] = []
                for item in items { list.append(try value(item, depth: depth + 1)) }
                return YAMLValue(content: .list(list), line: line)
            case .mapping(let pairs):
                return YAMLValue(content: .map(try map(pairs, depth)), line: line)
            case .alias:
                throw ConfigurationError(.syntax, "an alias without its anchor", file: file, line: line)
            }
        }

        private func map(
            _ pairs: Node.Mapping, _ depth: Int
        ) throws(ConfigurationError) -> [(key: String, line: Int, value: YAMLValue)] {
            var result: [(key: String, line: Int, value: YAMLValue)] = []
            var merged: [(key: String, line: Int, value: YAMLValue)] = []
            for (key, item) in pairs {
                let line = key.mark?.line ?? 0
                let itemValue = try value(item, depth: depth + 1)
                guard case .text(let name) = try value(key, depth: depth + 1).content else {
                    throw ConfigurationError(
                        .syntax, "a field name must be a single value", file: file, line: line)
                }
                if name == "<<", case .scalar(let scalar) = key, scalar.style == .plain {
                    merged += itemValue.entriesToMerge
                } else {
                    result.append((name, line, itemValue))
                }
            }
            // What the section says itself wins over what it merges in.
            var names = Set(result.map(\.key))
            for entry in merged where names.insert(entry.key).inserted { result.append(entry) }
            return result
        }

        private func binary(_ text: String, _ line: Int) throws(ConfigurationError) -> String {
            guard let bytes = Base64Text.decode(text) else {
                throw ConfigurationError(.syntax, "a !!binary value is not base 64", file: file, line: line)
            }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                let shown = bytes.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
                    .joined()
                throw ConfigurationError(
                    .invalidValue, "\"\(shown)\" is no text: it is not UTF-8",
                    file: file, line: line)
            }
            return text
        }
    }

    private var entriesToMerge: [(key: String, line: Int, value: YAMLValue)] {
        switch content {
        case .map(let entries): entries
        case .list(let items): items.flatMap(\.entriesToMerge)
        default: []
        }
    }
}

/// Base 64 as YAML's `!!binary` has it: white space is ignored.
enum Base64Text {
    /// The bytes, or nil when the text is not base 64.
    static func decode(_ text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var word: UInt32 = 0
        var digitCount = 0
        var paddingCount = 0
        for byte in text.utf8 {
            let digit: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(byte - UInt8(ascii: "A"))
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(byte - UInt8(ascii: "a")) + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte - UInt8(ascii: "0")) + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            case UInt8(ascii: "="):
                paddingCount += 1
                continue
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: " "): continue
            default: return nil
            }
            if paddingCount > 0 { return nil }
            word = word << 6 | digit
            digitCount += 1
            if digitCount % 4 == 0 {
                result.append(contentsOf: [
                    UInt8(word >> 16 & 0xFF), UInt8(word >> 8 & 0xFF), UInt8(word & 0xFF),
                ])
                word = 0
            }
        }
        guard (digitCount + paddingCount) % 4 == 0 else { return nil }
        switch digitCount % 4 {
        case 2: result.append(UInt8(word >> 4 & 0xFF))
        case 3: result.append(contentsOf: [UInt8(word >> 10 & 0xFF), UInt8(word >> 2 & 0xFF)])
        case 1: return nil
        default: break
        }
        return result
    }
}
