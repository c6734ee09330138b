import MetricModel
import NIOCore
import PromQLEngine
import StorageAPI
import Testing

@testable import QueryAPI

@Suite struct EncodingTests {
    private func written(_ body: (inout AnswerWriter) throws -> Void) rethrows -> String {
        var json = AnswerWriter()
        try body(&json)
        return String(buffer: json.buffer)
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.001"), (12, "0.012"), (123, "0.123"), (1000, "1"),
            (1_435_781_451_781, "1435781451.781"),
            (-1, "-0.001"), (-1_500, "-1.500"), (Timestamp.max, "9223372036854775.807"),
            (Timestamp.min, "-9223372036854775.808"),
        ] as [(Timestamp, String)])
    func writesTimes(time: Timestamp, text: String) {
        #expect(written { $0.seconds(time) } == text)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (9, "9"), (10, "10"), (99, "99"), (100, "100"),
            (12345, "12345"),
            (9_007_199_254_740_991, "9007199254740991"), (9_007_199_254_740_992, "9007199254740992"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (1e-6, "0.000001"), (9.9e-7, "9.9e-07"), (0.1, "0.1"),
            (1.0 / 3, "0.3333333333333333"),
            (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
            (123456.789, "123456.789"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        ] as [(Double, String)])
    func writesValues(value: Double, text: String) {
        #expect(written { $0.quotedFloat(value) } == "\"\(text)\"")
    }

    /// Every number of digits, at both ends.
    @Test func writesIntegersOfEveryLength() {
        var power = 1.0
        while power < 9e15 {
            for value in [power - 1, power, power + 1] {
                #expect(written { $0.quotedFloat(value) } == "\"\(UInt64(value))\"")
            }
            power *= 10
        }
    }

    @Test func escapesStrings() {
        #expect(
            written { $0.string("a\"b\\c\n\t\r\u{1}<&>é\u{2028}") }
                == "\"a\\\"b\\\\c\\n\\t\\r\\u0001\\u003c\\u0026\\u003eé\u{2028}\"")
        #expect(written { $0.string("") } == "\"\"")
    }

    /// Eight bytes are looked at together: each byte is looked for at each of their places, between others of all kinds.
    @Test func escapesEveryByteAtEveryPlace() {
        let escapes: [UInt8: String] = [
            0x09: "\\t", 0x0A: "\\n", 0x0D: "\\r", 0x22: "\\\"", 0x26: "\\u0026", 0x3C: "\\u003c",
            0x3E: "\\u003e", 0x5C: "\\\\",
        ]
        for neighbour in ["a", " ", "!", "#", "=", "?", "]", "\u{7F}", "é"] {
            for byte in UInt8(0)..<0x80 {
                let one = String(UnicodeScalar(byte))
                let hex = String(byte, radix: 16)
                let escaped =
                    escapes[byte] ?? (byte < 0x20 ? "\\u00" + (hex.count < 2 ? "0" : "") + hex : one)
                for before in 0..<9 {
                    let start = String(repeating: neighbour, count: before)
                    let end = String(repeating: neighbour, count: 17 - before)
                    #expect(written { $0.string(start + one + end) } == "\"" + start + escaped + end + "\"")
                }
            }
        }
    }

    @Test func writesLabels() {
        let labels = Labels([
            ("__name__", "up"), ("path", "/a\"b<c"), ("zone", String(repeating: "ü", count: 200)),
        ])
        #expect(
            written { $0.labels(labels) }
                == #"{"__name__":"up","path":"/a\"b\u003cc","zone":""# + String(repeating: "ü", count: 200)
                + "\"}")
        let controls = String(repeating: "\u{1}", count: 300)
        let long = written { $0.labels(Labels([("a", controls), ("b", controls)])) }
        #expect(long.utf8.count == 2 * 300 * 6 + 15)
        #expect(written { $0.labels(.empty) } == "{}")
    }

    @Test func writesHistograms() {
        var histogram = FloatHistogram(schema: 0)
        histogram.count = 6
        histogram.sum = 3.5
        histogram.zeroThreshold = 0.25
        histogram.zeroCount = 2
        histogram.positiveSpans = [.init(offset: 1, length: 2)]
        histogram.positiveBuckets = [3, 0]
        histogram.negativeSpans = [.init(offset: 0, length: 1)]
        histogram.negativeBuckets = [1]
        #expect(
            written { $0.histogram(histogram) }
                == #"{"count":"6","sum":"3.5","buckets":[[1,"-1","-0.5","1"],[3,"-0.25","0.25","2"],[0,"1","2","3"]]}"#
        )
        #expect(written { $0.histogram(FloatHistogram(schema: 0)) } == #"{"count":"0","sum":"0"}"#)
    }

    @Test func writesManyPointsOfASeries() throws {
        var columns = SampleColumns()
        for index in 0..<1000 { columns.append(Timestamp(index) * 1000, Double(index) / 8) }
        let text = try written {
            try $0.matrix([RangeSeries(labels: Labels([("a", "b")]), samples: columns)])
        }
        let points = (0..<1000).map { "[\($0),\"\(FloatText.string(Double($0) / 8, style: .json))\"]" }
        #expect(text == "[{\"metric\":{\"a\":\"b\"},\"values\":[" + points.joined(separator: ",") + "]}]")
    }

    @Test(
        arguments: [
            (1, "1e+00"), (0, "0e+00"), (-0.5, "-5e-01"), (1234.5, "1.2345e+03"), (1e100, "1e+100"),
            (0.00012, "1.2e-04"),
            (100, "1e+02"), (.infinity, "+Inf"), (.nan, "NaN"),
        ] as [(Double, String)])
    func writesValuesOfAlerts(value: Double, text: String) {
        #expect(ExponentText.string(value) == text)
    }

    @Test(
        arguments: [
            ("2015-07-01T20:10:51.781Z", 1_435_781_451_781),
            ("2015-07-01T22:10:51.7819+02:00", 1_435_781_451_781),
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2000-02-29T12:00:00-00:30", 951_827_400_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59Z", 253_402_300_799_000),
        ] as [(String, Timestamp)])
    func readsTimes(text: String, time: Timestamp) throws {
        #expect(RFC3339.parse(text) == time)
        #expect(RFC3339.parse(RFC3339.text(time)) == time)
    }

    @Test(arguments: [
        "", "2015-07-01", "2015-07-01T20:10:51", "2015-07-01t20:10:51Z", "2015-02-29T00:00:00Z",
        "2015-13-01T00:00:00Z",
        "2015-07-01T24:00:00Z", "2015-07-01T20:10:51.Z", "2015-07-01T20:10:51+2:00", "2015-07-01T20:10:51ZZ",
        "+015-07-01T20:10:51Z", "2015-07-01T20:10:51+02",
    ])
    func refusesOtherTimes(text: String) {
        #expect(RFC3339.parse(text) == nil)
    }

    @Test(arguments: [
        ("up", "up"), ("U__up", "up"), ("U__a_2e_b", "a.b"), ("U__a__b", "a_b"), ("U___1F600_", "😀"),
        ("U__a_zz_", "U__a_zz_"),
        ("U__a_2e", "U__a_2e"),
    ])
    func readsEscapedNames(text: String, name: String) {
        #expect(EscapedName.decode(text) == name)
    }
}
