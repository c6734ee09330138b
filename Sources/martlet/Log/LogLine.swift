/// Fields as one line of text.
enum LogLine {
    static func text(_ fields: [(name: String, value: String)], as format: LineFormat) -> String {
        var line = ""
        switch format {
        case .logfmt:
            for (name, value) in fields {
                if !line.isEmpty { line += " " }
                line += name + "=" + (needsQuotes(value) ? quoted(value) : value)
            }
        case .json:
            line = "{" + fields.map { quoted($0.name) + ":" + quoted($0.value) }.joined(separator: ",") + "}"
        }
        return line + "\n"
    }

    private static func needsQuotes(_ value: String) -> Bool {
        value.isEmpty
            || value.utf8.contains { $0 <= 0x20 || $0 == 0x22 || $0 == 0x3D || $0 == 0x5C || $0 == 0x7F }
    }

    /// In double quotes, with everything escaped that could end the line or move the cursor.
    private static func quoted(_ value: String) -> String {
        var result = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}":
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
