/// What a metric or label may be called.
public enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: a metric name that needs no quotes.
    public static func isLegacyName(_ name: String) -> Bool {
        matches(name, colonAllowed: true)
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`: a label name that needs no quotes.
    public static func isLegacyLabelName(_ name: String) -> Bool {
        matches(name, colonAllowed: false)
    }

    private static func matches(_ name: String, colonAllowed: Bool) -> Bool {
        var first = true
        for byte in name.utf8 {
            let letter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let digit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            let other = byte == UInt8(ascii: "_") || (colonAllowed && byte == UInt8(ascii: ":"))
            if !(letter || other || (digit && !first)) { return false }
            first = false
        }
        return !first
    }
}

/// How label values are written in text.
public enum LabelText {
    /// The string in double quotes with Go's escapes, as `%q` prints it.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\u{0B}": result += "\\v"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                result += "\\x" + (hex.utf8.count < 2 ? "0" : "") + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension String {
    /// Equality of UTF-8 bytes. Swift's `==` takes canonically equivalent strings for equal ("é" and
    /// "e\u{301}"), which Prometheus does not.
    public func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
