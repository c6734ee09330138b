/// Writing at a place of a buffer: for bodies that are mostly numbers. Each function returns the place
/// after what it wrote.
extension FloatText {
    /// The most bytes that ``write(_:style:at:)`` takes.
    public static let bytesMax = 32

    /// Two digits for each number below 100.
    private static let digitPairs: [UInt8] = (0..<100).flatMap {
        [UInt8(ascii: "0") + UInt8($0 / 10), UInt8(ascii: "0") + UInt8($0 % 10)]
    }

    /// Writes the number: the fewest digits that read back the same. NaN is `NaN`; infinities are `+Inf`
    /// and `-Inf`. `place` needs room for ``bytesMax`` bytes.
    public static func write(_ value: Double, style: Style, at place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        guard value.isFinite else {
            return copy(value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf", to: place)
        }
        var place = place
        if value.sign == .minus {
            place[0] = UInt8(ascii: "-")
            place += 1
        }
        let magnitude = value.magnitude
        // Whole numbers are by far the most frequent values.
        if magnitude < (style == .json ? 9_007_199_254_740_992 : 1_000_000),
            magnitude == magnitude.rounded(.towardZero)
        {
            place = writeInteger(UInt64(magnitude), at: place)
            return style == .openMetrics ? copy(".0", to: place) : place
        }
        let decimal = ShortestDecimal(magnitude)
        return layOut(decimal.digits, decimal.exponent, style: style, at: place)
    }

    /// Seconds since 1970 with the milliseconds as three digits when there are any: at most 24 bytes.
    public static func writeSeconds(milliseconds: Int64, at place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        var place = place
        if milliseconds < 0 {
            place[0] = UInt8(ascii: "-")
            place += 1
        }
        let (whole, fraction) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
        place = writeInteger(whole, at: place)
        guard fraction != 0 else { return place }
        place[0] = UInt8(ascii: ".")
        place[1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / 100)
        place[2] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / 10 % 10)
        place[3] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction % 10)
        return place + 4
    }

    /// A whole number in decimal: at most 20 bytes.
    public static func writeInteger(_ value: UInt64, at place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        if value < 10 {
            place[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
            return place + 1
        }
        let count = digitCount(value)
        writeDigits(value, count, at: place)
        return place + count
    }

    /// - Parameter count: of digits of `value`.
    @inline(__always)
    private static func writeDigits(_ value: UInt64, _ count: Int, at place: UnsafeMutablePointer<UInt8>) {
        digitPairs.withUnsafeBufferPointer { pairs in
            var end = place + count
            var rest = value
            // Groups of eight first: their divisions do not wait for each other.
            while rest >= 100_000_000 {
                let (upper, group) = rest.quotientAndRemainder(dividingBy: 100_000_000)
                rest = upper
                end -= 8
                let (a, b) = UInt32(truncatingIfNeeded: group).quotientAndRemainder(dividingBy: 10_000)
                put(pairs, a / 100, at: end)
                put(pairs, a % 100, at: end + 2)
                put(pairs, b / 100, at: end + 4)
                put(pairs, b % 100, at: end + 6)
            }
            var small = UInt32(truncatingIfNeeded: rest)
            while small >= 100 {
                let (upper, pair) = small.quotientAndRemainder(dividingBy: 100)
                small = upper
                end -= 2
                put(pairs, pair, at: end)
            }
            if small >= 10 {
                put(pairs, small, at: end - 2)
            } else if end > place {
                end[-1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: small)
            }
        }
    }

    @inline(__always)
    private static func put(
        _ pairs: UnsafeBufferPointer<UInt8>, _ pair: UInt32, at place: UnsafeMutablePointer<UInt8>
    ) {
        place[0] = pairs[Int(pair) * 2]
        place[1] = pairs[Int(pair) * 2 + 1]
    }

    private static let powersOfTen: [UInt64] = {
        var powers: [UInt64] = [0]
        var power: UInt64 = 1
        for _ in 0..<19 {
            power *= 10
            powers.append(power)
        }
        return powers
    }()

    @inline(__always)
    private static func digitCount(_ value: UInt64) -> Int {
        // log10(2) is about 1233/4096. Swift shifts before it multiplies: the parentheses are needed.
        let guess = ((64 - (value | 1).leadingZeroBitCount) * 1233) >> 12
        return powersOfTen.withUnsafeBufferPointer { guess + (value >= $0[guess] && value != 0 ? 1 : 0) }
    }

    /// Lays out digits · 10^exponent.
    private static func layOut(
        _ digits: UInt64, _ exponent: Int, style: Style, at place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        let count = digitCount(digits)
        // The number is 0.d1d2d3… · 10^point.
        let point = count + exponent
        let usesExponent =
            switch style {
            case .json: point < -5 || point > 21
            // strconv's 'g' decides by a precision of 6 when it looks for the shortest form.
            case .exposition, .openMetrics: point < -3 || point > 6
            }
        if usesExponent { return layOutExponent(digits, count, point - 1, at: place) }
        if point <= 0 {
            place[0] = UInt8(ascii: "0")
            place[1] = UInt8(ascii: ".")
            for index in 0..<(-point) { place[2 + index] = UInt8(ascii: "0") }
            writeDigits(digits, count, at: place + 2 - point)
            return place + 2 - point + count
        }
        if point < count {
            writeDigits(digits, count, at: place + 1)
            for index in 0..<point { place[index] = place[index + 1] }
            place[point] = UInt8(ascii: ".")
            return place + count + 1
        }
        writeDigits(digits, count, at: place)
        for index in count..<point { place[index] = UInt8(ascii: "0") }
        return style == .openMetrics ? copy(".0", to: place + point) : place + point
    }

    private static func layOutExponent(
        _ digits: UInt64, _ count: Int, _ exponent: Int, at place: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        var end = place
        if count == 1 {
            writeDigits(digits, 1, at: place)
            end += 1
        } else {
            writeDigits(digits, count, at: place + 1)
            place[0] = place[1]
            place[1] = UInt8(ascii: ".")
            end += count + 1
        }
        end[0] = UInt8(ascii: "e")
        end[1] = exponent < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+")
        end += 2
        if exponent.magnitude < 10 {
            end[0] = UInt8(ascii: "0")
            end += 1
        }
        return writeInteger(UInt64(exponent.magnitude), at: end)
    }

    private static func copy(_ text: StaticString, to place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        for index in 0..<text.utf8CodeUnitCount { place[index] = text.utf8Start[index] }
        return place + text.utf8CodeUnitCount
    }
}
