/// Writes values as YAML in block style, two blanks a level, lists not indented, as Prometheus prints its
/// configuration.
enum YAMLWriter {
    static func write(_ value: YAMLValue) -> String {
        var result = ""
        switch value.content {
        case .map(let entries) where entries.isEmpty: return "{}\n"
        case .map, .list: write(value, indent: "", to: &result)
        case .text, .null: result = scalar(value) + "\n"
        }
        return result
    }

    private static func write(_ value: YAMLValue, indent: String, to result: inout String) {
        switch value.content {
        case .map(let entries):
            for (key, _, value) in entries {
                result += indent + quotedIfNeeded(key, isQuoted: false)
                writeBehindColon(value, indent: indent, to: &result)
            }
        case .list(let items):
            for item in items {
                switch item.content {
                case .map(let entries) where !entries.isEmpty:
                    // The first field stands on the line of the dash.
                    var text = ""
                    write(item, indent: indent + "  ", to: &text)
                    result += indent + "- " + text.dropFirst(indent.utf8.count + 2)
                case .list(let inner) where !inner.isEmpty:
                    var text = ""
                    write(item, indent: indent + "  ", to: &text)
                    result += indent + "- " + text.dropFirst(indent.utf8.count + 2)
                default: result += indent + "- " + scalar(item) + "\n"
                }
            }
        case .text, .null: result += indent + scalar(value) + "\n"
        }
    }

    private static func writeBehindColon(_ value: YAMLValue, indent: String, to result: inout String) {
        switch value.content {
        case .map(let entries) where !entries.isEmpty:
            result += ":\n"
            write(value, indent: indent + "  ", to: &result)
        case .list(let items) where !items.isEmpty:
            result += ":\n"
            write(value, indent: indent, to: &result)
        default: result += ": " + scalar(value) + "\n"
        }
    }

    private static func scalar(_ value: YAMLValue) -> String {
        switch value.content {
        case .null: "null"
        case .text(let text): quotedIfNeeded(text, isQuoted: value.isQuoted)
        case .list: "[]"
        case .map: "{}"
        }
    }

    private static func quotedIfNeeded(_ text: String, isQuoted: Bool) -> String {
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            var result = "\""
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\n": result += "\\n"
                case "\t": result += "\\t"
                case "\r": result += "\\r"
                case "\"", "\\": result += "\\" + String(scalar)
                case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                    let hex = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\x" + (hex.utf8.count < 2 ? "0" : "") + hex
                default: result.unicodeScalars.append(scalar)
                }
            }
            return result + "\""
        }
        if isPlain(text, mayBeOtherThanText: !isQuoted) { return text }
        return "'" + text.replacing("'", with: "''") + "'"
    }

    /// Whether a text reads back as itself without quotes.
    private static func isPlain(_ text: String, mayBeOtherThanText: Bool) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, first != 0x20, last != 0x20,
            last != UInt8(ascii: ":")
        else { return false }
        if "!&*-?|>@%`{}[],#'\":~=".utf8.contains(first) {
            // A dash may begin a text when it cannot be taken for a list.
            guard first == UInt8(ascii: "-"), text.utf8.count > 1, text.utf8.dropFirst().first != 0x20 else {
                return false
            }
        }
        if text.contains(": ") || text.contains(" #") { return false }
        if mayBeOtherThanText { return true }
        let lower = text.lowercased()
        if ["null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "-.inf"].contains(
            lower)
        {
            return false
        }
        return Double(text) == nil
            && !(first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9")
                && text.utf8.allSatisfy {
                    ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x3A || $0 == 0x5F || $0 == 0x2D
                })
    }
}
