import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Numbers in the forms that some messages and labels need.
enum FixedText {
    /// Go's `%f`.
    static func sixDigits(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        var buffer = [CChar](repeating: 0, count: 400)
        let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%f", $0) }
        return String(
            decoding: buffer.prefix(min(max(Int(length), 0), 399)).map { UInt8(bitPattern: $0) },
            as: UTF8.self)
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
}
