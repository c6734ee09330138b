#if canImport(Glibc)
    import Glibc
#endif
import MetricModel

/// Numbers in the forms that some messages and labels need.
enum FixedText {
    /// Go's `%f`.
    static func sixDigits(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        var buffer = [CChar](repeating: 0, count: 400)
        let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%f", $0) }
        return String(decoding: buffer.prefix(min(max(Int(length), 0), 399)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Go's `%q` of bytes that are no UTF-8.
    static func quoted(_ bytes: [UInt8]) -> String {
        var result = "\""
        for byte in bytes {
            if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return result + "\""
    }

    /// Shortest decimal digits that read back the same, never with an exponent: Go's 'f' with -1.
    static func plain(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value.magnitude < 1e15, value == value.rounded(.towardZero) {
            return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
        }
        var text = value.magnitude.description
        var exponent = 0
        if let e = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            exponent = Int(text[text.index(after: e)...]) ?? 0
            text = String(text[..<e])
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        var digits = String(parts[0]) + fraction
        var point = parts[0].utf8.count + exponent
        if point <= 0 {
            digits = String(repeating: "0", count: 1 - point) + digits
            point = 1
        }
        if digits.utf8.count < point { digits += String(repeating: "0", count: point - digits.utf8.count) }
        let whole = digits.prefix(point)
        let rest = digits.dropFirst(point)
        return (value < 0 ? "-" : "") + whole + (rest.isEmpty ? "" : "." + rest)
    }
}
