import MetricModel

/// Times and values as the API writes them, put at a place in a buffer. Each function returns the
/// place after what it wrote.
///
/// Pointers, since a large answer is mostly this: millions of points, each some 30 bytes.
enum PointText {
    /// The most bytes of one point with its brackets and comma.
    static let bytesMax = 64

    private static let digitPairs: [UInt8] = (0..<100).flatMap { [UInt8(ascii: "0") + UInt8($0 / 10), UInt8(ascii: "0") + UInt8($0 % 10)] }

    /// `[1435781451.781,"1"]`.
    @inline(__always)
    static func point(_ timestamp: Timestamp, _ value: Double, at place: UnsafeMutablePointer<UInt8>)
        -> UnsafeMutablePointer<UInt8>
    {
        place[0] = UInt8(ascii: "[")
        var place = seconds(timestamp, at: place + 1)
        place[0] = UInt8(ascii: ",")
        place = float(value, at: place + 1)
        place[0] = UInt8(ascii: "]")
        return place + 1
    }

    /// Seconds with the milliseconds as three digits when there are any.
    static func seconds(_ timestamp: Timestamp, at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var place = place
        if timestamp < 0 {
            place[0] = UInt8(ascii: "-")
            place += 1
        }
        let magnitude = timestamp.magnitude
        let (whole, fraction) = magnitude.quotientAndRemainder(dividingBy: 1000)
        place = integer(whole, at: place)
        guard fraction != 0 else { return place }
        place[0] = UInt8(ascii: ".")
        place[1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / 100)
        place[2] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction / 10 % 10)
        place[3] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: fraction % 10)
        return place + 4
    }

    /// A value in quotes: the shortest digits that read back the same, decimal from 1e-6 up to 1e21.
    static func float(_ value: Double, at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var place = place
        place[0] = UInt8(ascii: "\"")
        place += 1
        let magnitude = value.magnitude
        if magnitude < 9_007_199_254_740_992, magnitude == magnitude.rounded(.towardZero) {
            if value.sign == .minus {
                place[0] = UInt8(ascii: "-")
                place += 1
            }
            place = integer(UInt64(magnitude), at: place)
        } else if magnitude >= 0.001, magnitude < 9_007_199_254_740_992 {
            // Here Swift's shortest form has no exponent, and is the one that is wanted.
            var text = value.description
            place = text.withUTF8 { bytes in
                for (index, byte) in bytes.enumerated() { place[index] = byte }
                return place + bytes.count
            }
        } else {
            var text: [UInt8] = []
            FloatText.append(value, style: .json, to: &text)
            for byte in text {
                place[0] = byte
                place += 1
            }
        }
        place[0] = UInt8(ascii: "\"")
        return place + 1
    }

    static func integer(_ value: UInt64, at place: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        if value < 10 {
            place[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value)
            return place + 1
        }
        let count = digitCount(value)
        var end = place + count
        var rest = value
        digitPairs.withUnsafeBufferPointer { pairs in
            while rest >= 100 {
                let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
                rest = quotient
                end -= 2
                end[0] = pairs[Int(truncatingIfNeeded: pair) * 2]
                end[1] = pairs[Int(truncatingIfNeeded: pair) * 2 + 1]
            }
            if rest >= 10 {
                end[-2] = pairs[Int(truncatingIfNeeded: rest) * 2]
                end[-1] = pairs[Int(truncatingIfNeeded: rest) * 2 + 1]
            } else {
                end[-1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest)
            }
        }
        return place + count
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

    private static func digitCount(_ value: UInt64) -> Int {
        // log10(2) is about 1233/4096.
        // Swift shifts before it multiplies: the parentheses are needed.
        let guess = ((64 - (value | 1).leadingZeroBitCount) * 1233) >> 12
        return guess + (value >= powersOfTen[guess] && value != 0 ? 1 : 0)
    }
}
