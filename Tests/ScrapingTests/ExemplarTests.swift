import MetricModel
import StorageAPI
import Testing
import Wire

@testable import Scraping

@Suite struct ExemplarTests {
    private static let type = "application/openmetrics-text; version=1.0.0"

    @Test func exemplarsOfOpenMetricsAreStoredOnce() throws {
        let harness = try ScrapeHarness()
        func scrape(_ trace: String, at time: Int64) {
            harness.scrape(
                """
                # TYPE a counter
                a_total 1 # {trace_id="\(trace)"} 0.5 1.25
                b_total 2 # {} 7
                c_total 3
                # EOF

                """, at: time, type: Self.type)
        }
        for time in [1000, 2000] as [Int64] { scrape("x", at: time) }
        scrape("y", at: 3000)
        #expect(harness.report("up") == "1.0")
        #expect(
            harness.store.exemplars(#"a_total{instance="i", job="j"}"#) == [
                #"{trace_id="x"} 0.5@1250"#, #"{trace_id="y"} 0.5@1250"#,
            ])
        // Without a time it is of each scrape.
        #expect(
            harness.store.exemplars(#"b_total{instance="i", job="j"}"#) == [
                "{} 7.0@1000", "{} 7.0@2000", "{} 7.0@3000",
            ])
        #expect(
            harness.store.samples(#"a_total{instance="i", job="j"}"#) == [
                "1.0@1000", "1.0@2000", "1.0@3000",
            ])
    }

    @Test(arguments: ["{", "{a=\"b\"} x", "{a=\"b\"} 1 y", "{a=\"b\"} 1 2 3", "a 1", "{a=\"b\",a=\"c\"} 1"])
    func exemplarsThatCannotBeReadFailTheScrape(text: String) throws {
        let harness = try ScrapeHarness()
        harness.scrape("a_total 1 # \(text)\n# EOF\n", at: 1000, type: Self.type)
        #expect(harness.report("up") == "0.0")
    }

    @Test func exemplarsOfDroppedSeriesAreDropped() throws {
        let harness = try ScrapeHarness { $0.limits.samples = 1 }
        harness.scrape("a_total 1 # {} 1\n# EOF\n", at: 1000, type: Self.type)
        #expect(harness.store.exemplars(#"a_total{instance="i", job="j"}"#).count == 1)
        harness.scrape("a_total 1 # {} 1\nb_total 1 # {} 1\n# EOF\n", at: 2000, type: Self.type)
        #expect(harness.report("up") == "0.0")
        #expect(harness.store.exemplars(#"a_total{instance="i", job="j"}"#).count == 1)
    }

    @Test func exemplarsOfProtobufAreStored() throws {
        func exemplar(_ number: Int, _ value: Double, _ trace: String, in message: inout ByteBuffer) {
            message.appendProtobuf(number) { exemplar in
                exemplar.appendProtobuf(1) { pair in
                    pair.appendProtobuf(1, string: "trace_id")
                    pair.appendProtobuf(2, string: trace)
                }
                exemplar.appendProtobuf(2, double: value)
                exemplar.appendProtobuf(3) { time in
                    time.appendProtobuf(1, varint: 2)
                    time.appendProtobuf(2, varint: 5_000_000)
                }
            }
        }
        func family(_ name: String, _ type: UInt64, _ write: (inout ByteBuffer) -> Void) -> [UInt8] {
            var family = ByteBuffer()
            family.appendProtobuf(1, string: name)
            family.appendProtobuf(3, varint: type)
            family.appendProtobuf(4) { write(&$0) }
            var body = ByteBuffer()
            body.appendUnsignedVarint(UInt64(family.count))
            body.append(family.bytes)
            return Array(body.bytes)
        }
        let counter = family("c", 0) { metric in
            metric.appendProtobuf(3) { counter in
                counter.appendProtobuf(1, double: 4)
                exemplar(2, 0.5, "c", in: &counter)
            }
        }
        let histogram = family("h", 4) { metric in
            metric.appendProtobuf(7) { message in
                message.appendProtobuf(1, varint: 2)
                message.appendProtobuf(3) { bucket in
                    bucket.appendProtobuf(1, varint: 2)
                    bucket.appendProtobuf(2, double: 1)
                    exemplar(3, 0.25, "b", in: &bucket)
                }
                message.appendProtobuf(5, signedVarint: 2)
                message.appendProtobuf(6, double: 0.001)
                message.appendProtobuf(7, varint: 2)
                exemplar(16, 2, "n2", in: &message)
                exemplar(16, 1, "n1", in: &message)
            }
        }
        let classic = try ScrapeHarness()
        classic.scrape(protobuf: counter + histogram, at: 3000)
        #expect(
            classic.store.exemplars(#"c{instance="i", job="j"}"#) == [#"{trace_id="c"} 0.5@2005"#])
        #expect(
            classic.store.exemplars(#"h_bucket{instance="i", job="j", le="1.0"}"#) == [
                #"{trace_id="b"} 0.25@2005"#
            ])
        let native = try ScrapeHarness { $0.scrapeNativeHistograms = true }
        native.scrape(protobuf: histogram, at: 3000)
        #expect(native.store.histograms(#"h{instance="i", job="j"}"#).count == 1)
        #expect(
            native.store.exemplars(#"h{instance="i", job="j"}"#) == [
                #"{trace_id="n1"} 1.0@2005"#, #"{trace_id="n2"} 2.0@2005"#,
            ])
    }
}
