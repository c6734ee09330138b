/// Builds URLs from parts by the rules of Go's `net/url`, so that a target has the same URL (and the
/// same hash) as in Prometheus.
enum URLText {
    static func make(scheme: String, host: String, path: String, parameters: [String: [String]]) -> String {
        var result = "\(scheme)://\(host)"
        if !path.isEmpty, !path.hasPrefix("/") { result += "/" }
        escape(path, keeping: "$&+,/:;=@", to: &result)
        var separator = "?"
        for (name, values) in parameters.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            for value in values {
                result += separator
                separator = "&"
                escapeQuery(name, to: &result)
                result += "="
                escapeQuery(value, to: &result)
            }
        }
        return result
    }

    private static func escapeQuery(_ text: String, to result: inout String) {
        for (index, part) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { result += "+" }
            escape(String(part), keeping: "", to: &result)
        }
    }

    /// Percent-encodes all but letters, digits, `-_.~` and the bytes of `kept`.
    static func escape(_ text: String, keeping kept: String, to result: inout String) {
        let hex = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            if isLetter || isDigit || "-_.~".utf8.contains(byte) || kept.utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%"
                result.unicodeScalars.append(Unicode.Scalar(hex[Int(byte >> 4)]))
                result.unicodeScalars.append(Unicode.Scalar(hex[Int(byte & 15)]))
            }
        }
    }
}
