import Exposition
import MetricModel
import StorageAPI
import Synchronization
import Testing
import Wire

@testable import Scraping

/// When counters, histograms and summaries began, where the storage takes it.
@Suite struct StartTimestampTests {
    private static let type = "application/openmetrics-text; version=1.0.0"

    private static func harness(
        takes: Bool = true, _ change: (inout ScrapeConfiguration) -> Void = { _ in }
    ) throws -> ScrapeHarness {
        let harness = try ScrapeHarness(change)
        harness.store.state.withLock { $0.takesStartTimestamps = takes }
        return harness
    }

    private static let body = """
        # TYPE a counter
        a_total{x="1"} 1
        a_created{x="1"} 1.5
        a_total{x="2"} 2
        a_created{x="3"} 7
        a_total{x="3"} 2
        # TYPE g gauge
        g_created 9
        # TYPE h histogram
        h_bucket{x="1",le="1"} 1
        h_bucket{x="1",le="+Inf"} 2
        h_count{x="1"} 2
        h_sum{x="1"} 3
        h_created{x="1"} 2.25
        # TYPE s summary
        s{quantile="0.5"} 1
        s_sum 2
        s_count 3
        s_created 3
        # EOF

        """

    @Test func linesOfOpenMetricsTellThem() throws {
        let harness = try Self.harness()
        for time in [10_000, 20_000] as [Int64] { harness.scrape(Self.body, at: time, type: Self.type) }
        #expect(harness.report("up") == "1.0", "\(harness.status.lastError)")
        let wanted = [
            #"a_total{instance="i", job="j", x="1"} 1500"#,
            #"h_bucket{instance="i", job="j", le="+Inf", x="1"} 2250"#,
            #"h_bucket{instance="i", job="j", le="1.0", x="1"} 2250"#,
            #"h_count{instance="i", job="j", x="1"} 2250"#,
            #"h_sum{instance="i", job="j", x="1"} 2250"#,
            #"s_count{instance="i", job="j"} 3000"#,
            #"s_sum{instance="i", job="j"} 3000"#,
            #"s{instance="i", job="j", quantile="0.5"} 3000"#,
        ]
        #expect(harness.store.starts == wanted.flatMap { ["\($0)@10000", "\($0)@20000"] })
        // Of gauges it is a series like others.
        #expect(
            harness.store.series.filter { $0.contains("_created") } == [#"g_created{instance="i", job="j"}"#])
        #expect(harness.report("scrape_samples_scraped") == "11.0")
    }

    @Test func withoutAStorageThatTakesThemTheyAreSeries() throws {
        let harness = try Self.harness(takes: false)
        harness.scrape(Self.body, at: 10_000, type: Self.type)
        #expect(harness.store.starts == [])
        #expect(harness.store.series.count { $0.contains("_created") } == 5)
    }

    @Test func namesInQuotesAndLabelsInAnyOrder() throws {
        let text = """
            # TYPE "a.b" histogram
            {"a.b_bucket",le="1","ö"="x\\"}"} 1
            {"a.b_count", "ö"="x\\"}"} 1
            {"ö"="x\\"}","a.b_created"} 4
            # EOF

            """
        var bytes = Array(text.utf8)
        let created = bytes.withUnsafeMutableBufferPointer { CreatedLines(UnsafeBufferPointer($0)) }
        #expect(created?.starts == [4000, 4000])
        #expect(
            created.map { String(decoding: $0.text, as: UTF8.self) }
                == text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !$0.contains("_created") }.joined(separator: "\n"))
    }

    @Test(arguments: [
        "", "a_total 1\n# EOF\n", "# TYPE a counter\na_created 1\n", "# TYPE a counter\na_created x\n# EOF\n",
    ])
    func bodiesWithoutOrWithErrorsStayAsTheyAre(text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBufferPointer { CreatedLines($0) } == nil)
    }

    @Test func damagedBodiesNeverTrap() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = Array(Self.body.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = Array("{}\"\\=, \n#_a".utf8).randomElement(using: &generator) ?? 0
            }
            _ = bytes.withUnsafeBufferPointer { CreatedLines($0) }
        }
    }

    @Test(arguments: [true, false]) func fieldsOfProtobufTellThem(takes: Bool) throws {
        func family(
            _ name: String, _ type: UInt64, _ number: Int, _ startNumber: Int,
            _ write: (inout ByteBuffer) -> Void
        ) -> [UInt8] {
            var family = ByteBuffer()
            family.appendProtobuf(1, string: name)
            family.appendProtobuf(3, varint: type)
            family.appendProtobuf(4) { metric in
                metric.appendProtobuf(number) { message in
                    write(&message)
                    message.appendProtobuf(startNumber) { time in
                        time.appendProtobuf(1, varint: 2)
                        time.appendProtobuf(2, varint: 5_000_000)
                    }
                }
            }
            var body = ByteBuffer()
            body.appendUnsignedVarint(UInt64(family.count))
            body.append(family.bytes)
            return Array(body.bytes)
        }
        let body =
            family("g", 1, 2, 3) { $0.appendProtobuf(1, double: 4) }
            + family("c", 0, 3, 3) { $0.appendProtobuf(1, double: 4) }
            + family("s", 2, 4, 4) { $0.appendProtobuf(1, varint: 4) }
            + family("h", 4, 7, 15) { message in
                message.appendProtobuf(1, varint: 2)
                message.appendProtobuf(5, signedVarint: 2)
                message.appendProtobuf(6, double: 0.001)
                message.appendProtobuf(7, varint: 2)
            }
        let harness = try Self.harness(takes: takes) { $0.scrapeNativeHistograms = true }
        harness.scrape(protobuf: body, at: 3000)
        #expect(harness.report("up") == "1.0", "\(harness.status.lastError)")
        let wanted = ["c", "h", "s_count", "s_sum"].map { #"\#($0){instance="i", job="j"} 2005@3000"# }
        #expect(harness.store.starts == (takes ? wanted : []))
        // The storage has forgotten the series: they are stored once more, with their starts.
        harness.store.forgetSeries()
        harness.scrape(protobuf: body, at: 4000)
        #expect(harness.store.starts.count == (takes ? 8 : 0))
    }
}
