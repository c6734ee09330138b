import MetricModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct FloatTextTests {
    @Test(arguments: [
        "0", "-0", "1", "+1.5", "12345678901234567890", "1e5", "1E-5", ".5", "5.", "0.1", "123456.789",
        "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "9007199254740993", "1e23",
        "0.000000000000000000000000000001", "100000000000000000000000", "Inf", "-inf", "+INFINITY",
    ])
    func readsAsStrtod(text: String) throws {
        let expected = strtod(text, nil)
        #expect(FloatText.parse(text)?.bitPattern == expected.bitPattern)
    }

    @Test func readsEveryNaNAsTheOrdinaryOne() {
        for text in ["NaN", "nan", "NAN"] {
            #expect(FloatText.parse(text)?.bitPattern == Double.ordinaryNaNBits)
        }
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "1e", "1e+", "1_000", "0x1p3", "1 ", " 1", "1.2.3", "infi", "-nan", "1e999",
        "1,5",
    ])
    func refuses(text: String) {
        #expect(FloatText.parse(text) == nil)
    }

    @Test func readsBackWhatItWrites() {
        var generator = SystemRandomNumberGenerator()
        let seed = generator.next()
        print("seed \(seed)")
        var state = seed
        for _ in 0..<20_000 {
            state = state &* 6364136223846793005 &+ 1442695040888963407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            for style in [FloatText.Style.exposition, .openMetrics, .json] {
                let text = FloatText.string(value, style: style)
                #expect(FloatText.parse(text)?.bitPattern == value.bitPattern, "\(text)")
            }
        }
    }

    @Test(arguments: [
        (0.0, "0", "0.0", "0"), (1, "1", "1.0", "1"), (-2, "-2", "-2.0", "-2"), (0.1, "0.1", "0.1", "0.1"),
        (1e6, "1e+06", "1e+06", "1000000"), (123456, "123456", "123456.0", "123456"),
        (1234567, "1.234567e+06", "1.234567e+06", "1234567"), (1.5e9, "1.5e+09", "1.5e+09", "1500000000"),
        (0.0001, "0.0001", "0.0001", "0.0001"), (0.00001, "1e-05", "1e-05", "0.00001"),
        (1e-7, "1e-07", "1e-07", "1e-07"), (1.5e-7, "1.5e-07", "1.5e-07", "1.5e-07"),
        (1e20, "1e+20", "1e+20", "100000000000000000000"), (1e21, "1e+21", "1e+21", "1e+21"),
        (123456.789, "123456.789", "123456.789", "123456.789"), (1e100, "1e+100", "1e+100", "1e+100"),
    ])
    func writesAsGo(value: Double, exposition: String, openMetrics: String, json: String) {
        #expect(FloatText.string(value, style: .exposition) == exposition)
        #expect(FloatText.string(value, style: .openMetrics) == openMetrics)
        #expect(FloatText.string(value, style: .json) == json)
    }

    /// Whole numbers take a path of their own: the digits must be those of Swift's shortest form.
    @Test func writesWholeNumbersWithTheFewestDigits() {
        var state = UInt64.random(in: 0...UInt64.max)
        print("seed \(state)")
        var values: [Double] = [
            999_999, 1e6, 1_000_001, 1e7, 4_096_000_000, 9_007_199_254_740_991, 9_007_199_254_740_992,
        ]
        for shift in 0..<53 {
            for _ in 0..<50 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                values.append(Double((state >> 11) >> UInt64(shift)))
                values.append(Double((state >> 11) >> UInt64(shift) / 1000 * 1000))
            }
        }
        for value in values where value >= 1e6 {
            let digits = String(
                value.description.prefix { $0 != "e" }.filter { $0 != "." }.reversed().drop { $0 == "0" }
                    .reversed())
            for number in [value, -value] {
                let text = FloatText.string(number, style: .exposition)
                #expect(FloatText.parse(text) == number, "\(text)")
                #expect(text.prefix { $0 != "e" }.filter { $0.isNumber } == digits, "\(text)")
            }
        }
    }
}
