#if canImport(Glibc)
    import Glibc
#endif

/// Floats as the formats write them: read from and written to bytes.
public enum FloatText {
    /// How a float is written.
    public enum Style: Sendable {
        /// Go's `%g` with the fewest digits that read back the same: exposition bodies, labels.
        case exposition
        /// As ``exposition``, and always recognisable as a float: `1.0`, not `1`. `le` and `quantile`.
        case openMetrics
        /// Decimal notation from 1e-6 up to 1e21, else exponent: the HTTP API's JSON.
        case json
    }

    // MARK: - Reading

    /// The number that the bytes stand for, or nil when they are not one: decimal with optional sign,
    /// fraction and exponent, or `Inf`, `Infinity`, `NaN` in any case. Rounded correctly. No
    /// underscores, no hexadecimal form, no spaces.
    public static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        var position = 0
        var isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            isNegative = first == UInt8(ascii: "-")
            position = 1
        }
        var mantissa: UInt64 = 0
        var mantissaDigits = 0
        var exponent = 0
        var anyDigit = false
        var isExact = true
        var seenPoint = false
        scan: while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                anyDigit = true
                if mantissaDigits < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                    if mantissa != 0 { mantissaDigits += 1 }
                    if seenPoint { exponent -= 1 }
                } else {
                    if byte != UInt8(ascii: "0") { isExact = false }
                    if !seenPoint { exponent += 1 }
                }
            case UInt8(ascii: "."):
                if seenPoint { return nil }
                seenPoint = true
            default: break scan
            }
            position += 1
        }
        guard anyDigit else { return parseWord(bytes, from: position, isNegative: isNegative) }
        if position < bytes.count {
            guard bytes[position] | 0x20 == UInt8(ascii: "e") else { return nil }
            position += 1
            var exponentIsNegative = false
            if position < bytes.count,
                bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
            {
                exponentIsNegative = bytes[position] == UInt8(ascii: "-")
                position += 1
            }
            guard position < bytes.count else { return nil }
            var written = 0
            while position < bytes.count {
                let digit = bytes[position] &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                if written < 100_000 { written = written * 10 + Int(digit) }
                position += 1
            }
            exponent += exponentIsNegative ? -written : written
        }
        // Both operands are exact doubles, so one rounding gives the correctly rounded result.
        if isExact, mantissa < 1 << 53, exponent >= -22, exponent <= 22 {
            var value = Double(mantissa)
            if exponent < 0 { value /= exactPowers[-exponent] } else { value *= exactPowers[exponent] }
            return isNegative ? -value : value
        }
        return parseExactly(bytes)
    }

    /// The same for a string.
    public static func parse(_ text: String) -> Double? {
        var text = text
        return text.withUTF8 { parse($0) }
    }

    private static let exactPowers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    private static func parseWord(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isNegative: Bool
    ) -> Double? {
        func reads(_ word: StaticString) -> Bool {
            guard bytes.count - start == word.utf8CodeUnitCount else { return false }
            for i in 0..<word.utf8CodeUnitCount where bytes[start + i] | 0x20 != word.utf8Start[i] {
                return false
            }
            return true
        }
        if reads("inf") || reads("infinity") { return isNegative ? -Double.infinity : .infinity }
        // Go reads no sign before NaN.
        if start == 0, reads("nan") { return .ordinaryNaN }
        return nil
    }

    /// The C library's exact conversion, for text whose form has been checked. The program never
    /// leaves the C locale.
    private static func parseExactly(_ bytes: UnsafeBufferPointer<UInt8>) -> Double? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { copy in
            for i in 0..<bytes.count { copy[i] = CChar(bitPattern: bytes[i]) }
            copy[bytes.count] = 0
            guard let start = copy.baseAddress else { return nil }
            let value = strtod(start, nil)
            // Go calls a number out of range an error.
            return value.isInfinite ? nil : value
        }
    }

    // MARK: - Writing

    /// Appends the number. NaN is `NaN`; infinities are `+Inf` and `-Inf`.
    public static func append(_ value: Double, style: Style, to output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytesMax) { room in
            guard let start = room.baseAddress else { return }
            let count = write(value, style: style, at: start) - start
            output.append(contentsOf: room[..<count])
        }
    }

    /// The number as a string, by ``append(_:style:to:)``.
    public static func string(_ value: Double, style: Style) -> String {
        var bytes: [UInt8] = []
        append(value, style: style, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends a whole number in decimal.
    public static func appendInteger(_ value: UInt64, to output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytesMax) { room in
            guard let start = room.baseAddress else { return }
            output.append(contentsOf: room[..<(writeInteger(value, at: start) - start)])
        }
    }

    /// Appends a whole number in decimal with its sign.
    public static func appendInteger(_ value: Int64, to output: inout [UInt8]) {
        if value < 0 { output.append(UInt8(ascii: "-")) }
        appendInteger(value.magnitude, to: &output)
    }
}
