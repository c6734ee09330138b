import Exposition
import MetricModel
import Testing

@Suite struct TextTests {
    private func samples(_ text: String, _ format: ExpositionFormat = .text) throws -> [String] {
        let body = Array(text.utf8)
        return try body.withUnsafeBufferPointer { bytes in
            var parser = ExpositionParser(bytes, format: format)
            var result: [String] = []
            var type: MetricType?
            while let entry = try parser.next() {
                switch entry {
                case .sample(let sample):
                    let series = UnsafeBufferPointer(rebasing: bytes[sample.series])
                    let labels = try SeriesText.decode(series, type: type, line: parser.line).labels()
                    result.append("\(labels) \(sample.value)" + (sample.timestamp.map { " @\($0)" } ?? ""))
                case .type(_, let newType): type = newType
                default: break
                }
            }
            return result
        }
    }

    @Test func readsWhatExportersWrite() throws {
        let read = try samples(
            """
            # HELP go_goroutines Number of goroutines.
            # TYPE go_goroutines gauge
            go_goroutines 33
            # a comment
            #

            metric {a="1", b = "x\\n\\"y\\"\\\\" ,} 1.5e3 1395066363000
            \tindented{} +Inf
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="+Inf"} 2
            # TYPE s summary
            s{quantile="0.5"} NaN
            s{quantile="1"} 3
            {"quoted.name", "label.x"="y"} 4
            nan NaN
            windows 1\r
            last -0
            """)
        #expect(
            read == [
                "go_goroutines 33.0", #"metric{a="1", b="x\n\"y\"\\"} 1500.0 @1395066363000"#, "indented inf",
                #"h_bucket{le="1.0"} 1.0"#, #"h_bucket{le="+Inf"} 2.0"#, #"s{quantile="0.5"} nan(0x1)"#,
                #"s{quantile="1.0"} 3.0"#, #"{"quoted.name", "label.x"="y"} 4.0"#, "nan nan(0x1)",
                "windows 1.0", "last -0.0",
            ])
    }

    @Test(arguments: [
        "a", "a ", "a 1 x", "a 1 -5", "a 0x10", "a 1_0", "1a 1", "a{b} 1", "a{b=} 1", "a{b=\"} 1",
        "a{b=\"1\" c=\"2\"} 1",
        "a{b=\"1\",b=\"2\"} 1", "a{b='1'} 1", "{} 1", "a{b=\"1\"", "# TYPE a bogus",
        "a 1 99999999999999999999", "a{1b=\"x\"} 1",
        "a 1 # {} 2",
    ])
    func refuses(line: String) {
        #expect(throws: ExpositionError.self) { try samples("ok 1\n" + line + "\n") }
        let error = #expect(throws: ExpositionError.self) { try samples("ok 1\n" + line + "\n") }
        #expect((2...3).contains(error?.line ?? 0))
    }

    @Test func refusesInvalidUTF8() {
        let body = Array("a{b=\"".utf8) + [0xFF] + Array("\"} 1\n".utf8)
        #expect(throws: ExpositionError.self) { try readAll(body, .text) }
    }

    @Test(arguments: [
        ("a 1\n# EOF\n", true), ("a 1\n# EOF", true), ("a 1\n", false), ("a 1\n# EOF\n\n", false),
        ("# EOF\na 1\n", false),
        ("a 1 1.5 # {x=\"1\"} 2 3\n# EOF\n", true), ("# UNIT a_seconds seconds\na_seconds 1\n# EOF\n", true),
        ("# UNIT a seconds\n# EOF\n", false), ("\n# EOF\n", false), ("# comment\n# EOF\n", false),
        ("a 1 1e400\n# EOF\n", false),
    ])
    func openMetrics(body: String, isGood: Bool) {
        #expect(((try? samples(body, .openMetrics)) != nil) == isGood)
    }

    @Test func knownSeriesAreFoundByTheirBytes() throws {
        let body = Array("up{job=\"a\"} 1\nup{job=\"b\"} 2 5\nup {x=\"1\"} 3\n".utf8)
        let known = Array("up{job=\"b\"}".utf8)
        let bare = Array("up".utf8)
        try body.withUnsafeBufferPointer { bytes in
            var parser = ExpositionParser(bytes, format: .text)
            try known.withUnsafeBufferPointer { known in
                #expect(try parser.sample(knownAs: known) == nil)
                _ = try parser.next()
                #expect(try parser.sample(knownAs: known)?.timestamp == 5)
                let other = try bare.withUnsafeBufferPointer { try parser.sample(knownAs: $0) }
                #expect(other == nil)
                #expect(try parser.next() != nil)
                #expect(try parser.next() == nil)
            }
        }
    }

    @Test(
        arguments: [
            (nil, ExpositionFormat.text), ("*/*", .text),
            ("application/openmetrics-text;version=1.0.0", .openMetrics),
            ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9", .text),
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                .openMetrics
            ),
            ("text/html", .text),
        ] as [(String?, ExpositionFormat)])
    func negotiates(accept: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat(accepting: accept) == format)
    }

    @Test(
        arguments: [
            ("m 1\n", 1), ("m -0\n", -0.0), ("m 12.5\n", 12.5), ("m 0.000001\n", 0.000001),
            ("m 123456789012345\n", 123_456_789_012_345),
            ("m -1.5\n", -1.5), ("m 5.\n", 5), ("m .5\n", 0.5), ("m 1234567890.1234\n", 1_234_567_890.1234),
            ("m 1e3\n", nil), ("m 1 5\n", nil), ("m NaN\n", nil), ("m -\n", nil), ("m .\n", nil),
            ("m 1.2.3\n", nil), ("m  1\n", nil),
            ("m 1234567890123456\n", nil), ("m 1\r\n", nil), ("m \n", nil), ("mm 1\n", nil), ("m{} 1\n", nil),
            ("m\t1\n", nil), ("m 1x\n", nil),
        ] as [(String, Double?)])
    func shortValuesAreTakenInOnePass(line: String, value: Double?) throws {
        let body = Array((line + "# the end is not near\nnext 1\n").utf8)
        let known = Array("m".utf8)
        try body.withUnsafeBufferPointer { bytes throws in
            try known.withUnsafeBufferPointer { known throws in
                var parser = ExpositionParser(bytes, format: .text)
                let taken = parser.shortValue(knownAs: known)
                #expect(taken?.bitPattern == value?.bitPattern)
                #expect(parser.offset == (value == nil ? 0 : line.utf8.count))
                // The general reader says the same.
                var other = ExpositionParser(bytes, format: .text)
                guard value != nil else { return }
                let general = try other.sample(knownAs: known)
                #expect(general?.value.bitPattern == value?.bitPattern)
            }
        }
    }

    @Test func linesThatAreKnownAreSkipped() {
        let body = Array("# TYPE a gauge\na 1\n".utf8)
        let known = Array("# TYPE a gauge".utf8)
        let part = Array("# TYPE a".utf8)
        body.withUnsafeBufferPointer { bytes in
            var parser = ExpositionParser(bytes, format: .text)
            #expect(part.withUnsafeBufferPointer { parser.skip(knownAs: $0) } == false)
            #expect(known.withUnsafeBufferPointer { parser.skip(knownAs: $0) })
            #expect(parser.offset == 15)
        }
    }
}
