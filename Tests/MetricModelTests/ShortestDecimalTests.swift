import MetricModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The fewest digits, and of those the closest: what Swift's own description gives, in another layout.
@Suite struct ShortestDecimalTests {
    /// Digits and exponent of a text, zeros at both ends left out.
    private static func parts(_ text: String) -> (digits: String, exponent: Int) {
        let pieces = text.lowercased().split(separator: "e")
        let number = pieces[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = number.count > 1 ? String(number[1]) : ""
        var digits = String(number[0]) + fraction
        var exponent = (pieces.count > 1 ? Int(pieces[1]) ?? 0 : 0) - fraction.count
        while digits.hasSuffix("0"), digits.count > 1 {
            (digits, exponent) = (String(digits.dropLast()), exponent + 1)
        }
        while digits.hasPrefix("0"), digits.count > 1 { digits = String(digits.dropFirst()) }
        return (digits, exponent)
    }

    private static func check(_ value: Double) {
        let wanted = parts(value.description)
        for style in [FloatText.Style.json, .exposition] {
            let text = FloatText.string(value, style: style)
            #expect(parts(text) == wanted, "\(value.description) \(text)")
            #expect(strtod(text, nil).bitPattern == value.bitPattern, "\(value.description) \(text)")
        }
    }

    @Test func agreesAtEveryPowerOfTwo() {
        for exponent in 1..<2047 {
            let value = Double(bitPattern: UInt64(exponent) << 52)
            for neighbour in [value.nextDown, value, value.nextUp] where neighbour.isFinite {
                Self.check(neighbour)
            }
        }
    }

    @Test func agreesAtEveryPowerOfTen() {
        for exponent in -323...308 {
            guard let value = Double("1e\(exponent)") else { continue }
            for neighbour in [value.nextDown, value, value.nextUp] where neighbour > 0 && neighbour.isFinite {
                Self.check(neighbour)
            }
        }
    }

    @Test(arguments: [
        "5e-324", "1e-323", "2.2250738585072014e-308", "2.225073858507201e-308", "1.7976931348623157e308",
        "9007199254740993",
        "1e23", "8.5e15", "4.35", "0.3", "0.6666666666666666", "123456789012345680", "1000000000000000.5",
        "9.5e-7",
        "4503599627370496.5",
    ])
    func agreesAtHardNumbers(text: String) { Self.check(strtod(text, nil)) }

    @Test func agreesAtRandomNumbers() {
        var generator = SystemRandomNumberGenerator()
        var state = generator.next()
        print("seed \(state)")
        for round in 0..<20_000 {
            state = state &* 6364136223846793005 &+ 1442695040888963407
            let any = Double(bitPattern: state & ~(1 << 63))
            // Short decimals of everyday sizes in turn with all bit patterns.
            let value =
                round & 1 == 0 ? any : Double(state >> 40) / [10.0, 100, 1000, 1e6, 3][Int(state % 5)]
            if value.isFinite, value > 0 { Self.check(value) }
        }
    }
}
