import Exposition
import MetricModel
import StorageAPI
import Synchronization
import Testing
import Wire

@testable import Scraping

/// The protobuf format, which alone carries native histograms.
@Suite struct ProtobufTests {
    /// Writes families as client libraries do.
    private struct Body: ~Copyable {
        var bytes = ByteBuffer()

        mutating func family(
            _ name: String, _ type: UInt64, help: String = "", _ metrics: (inout ByteBuffer) -> Void
        ) {
            var message = ByteBuffer()
            message.appendProtobuf(1, string: name)
            message.appendProtobuf(2, string: help)
            message.appendProtobuf(3, varint: type)
            metrics(&message)
            bytes.appendUnsignedVarint(UInt64(message.count))
            bytes.append(message.bytes)
        }

        var array: [UInt8] { Array(bytes.bytes) }
    }

    private static func label(_ name: String, _ value: String, _ metric: inout ByteBuffer) {
        metric.appendProtobuf(1) { pair in
            pair.appendProtobuf(1, string: name)
            pair.appendProtobuf(2, string: value)
        }
    }

    /// With buckets of both forms; `deltas` begin at index 0 of schema 2.
    private static func histogram(
        _ count: UInt64, _ sum: Double, _ deltas: [Int64], classic: [(Double, UInt64)] = []
    ) -> [UInt8] {
        var body = Body()
        body.family("h", 4) { family in
            family.appendProtobuf(4) { metric in
                label("a", "1", &metric)
                metric.appendProtobuf(7) { message in
                    message.appendProtobuf(1, varint: count)
                    message.appendProtobuf(2, double: sum)
                    for (bound, count) in classic {
                        message.appendProtobuf(3) { bucket in
                            bucket.appendProtobuf(1, varint: count)
                            bucket.appendProtobuf(2, double: bound)
                        }
                    }
                    if deltas.isEmpty { return }
                    message.appendProtobuf(5, signedVarint: 2)
                    message.appendProtobuf(6, double: 0.001)
                    message.appendProtobuf(12) { span in
                        span.appendProtobuf(1, signedVarint: 0)
                        span.appendProtobuf(2, varint: UInt64(deltas.count))
                    }
                    // One by one, as proto2 writers do, not packed.
                    for delta in deltas { message.appendProtobuf(13, signedVarint: delta) }
                }
            }
        }
        return body.array
    }

    private static let series = #"h{a="1", instance="i", job="j"}"#

    @Test func simpleTypesAreAsInText() throws {
        let harness = try ScrapeHarness()
        var body = Body()
        body.family("c_total", 0, help: "line\nbreak \\") { family in
            family.appendProtobuf(4) { metric in
                Self.label("x", "a\"b\\c\nd", &metric)
                metric.appendProtobuf(3) { $0.appendProtobuf(1, double: 12.5) }
            }
        }
        body.family("g", 1) { family in
            family.appendProtobuf(4) { metric in
                metric.appendProtobuf(2) { $0.appendProtobuf(1, double: -.infinity) }
                metric.appendProtobuf(6, varint: 777)
            }
        }
        body.family("my.name", 3) { family in
            family.appendProtobuf(4) { metric in
                Self.label("lä bel", "v", &metric)
                metric.appendProtobuf(5) { $0.appendProtobuf(1, double: 0.1) }
            }
        }
        body.family("s", 2) { family in
            family.appendProtobuf(4) { metric in
                metric.appendProtobuf(4) { summary in
                    summary.appendProtobuf(1, varint: 3)
                    summary.appendProtobuf(2, double: 6)
                    summary.appendProtobuf(3) { quantile in
                        quantile.appendProtobuf(1, double: 0.5)
                        quantile.appendProtobuf(2, double: 2)
                    }
                }
            }
        }
        for time in [1000, 2000] as [Int64] { harness.scrape(protobuf: body.array, at: time) }
        #expect(harness.report("up") == "1.0", "\(harness.status.lastError)")
        #expect(
            harness.store.samples(#"c_total{instance="i", job="j", x="a\"b\\c\nd"}"#) == [
                "12.5@1000", "12.5@2000",
            ])
        #expect(harness.store.samples(#"g{instance="i", job="j"}"#) == ["-inf@777"])
        #expect(
            harness.store.samples(#"{"my.name", instance="i", job="j", "lä bel"="v"}"#).count == 2,
            "\(harness.store.series)")
        #expect(
            harness.store.samples(#"s{instance="i", job="j", quantile="0.5"}"#) == ["2.0@1000", "2.0@2000"])
        #expect(harness.store.samples(#"s_count{instance="i", job="j"}"#).first == "3.0@1000")
        #expect(harness.report("scrape_samples_scraped") == "6.0")
        #expect(harness.report("scrape_series_added") == "0.0")
        let metadata = harness.loop.memory.metadata.withLock { $0.all }.first { $0.metric == "c_total" }
        #expect(metadata?.type == .counter && metadata?.help == "line\nbreak \\")
    }

    @Test func classicHistogramsGetTheirLastBucket() throws {
        let harness = try ScrapeHarness()
        harness.scrape(protobuf: Self.histogram(5, 9, [1, 1], classic: [(1, 2), (2.5, 4)]), at: 1000)
        #expect(
            harness.store.series == [
                #"h_bucket{a="1", instance="i", job="j", le="+Inf"}"#,
                #"h_bucket{a="1", instance="i", job="j", le="1.0"}"#,
                #"h_bucket{a="1", instance="i", job="j", le="2.5"}"#,
                #"h_count{a="1", instance="i", job="j"}"#,
                #"h_sum{a="1", instance="i", job="j"}"#,
            ])
        #expect(harness.store.samples(#"h_bucket{a="1", instance="i", job="j", le="+Inf"}"#) == ["5.0@1000"])
        #expect(harness.store.histograms(Self.series) == [])
    }

    @Test func nativeHistogramsAreStoredAndGoStale() throws {
        let harness = try ScrapeHarness { $0.scrapeNativeHistograms = true }
        harness.scrape(protobuf: Self.histogram(3, 9, [1, 1], classic: [(1, 2)]), at: 1000)
        harness.scrape(protobuf: Self.histogram(5, 12, [2, 1], classic: [(1, 2)]), at: 2000)
        #expect(
            harness.store.histograms(Self.series) == [
                "3.0/9.0/2/[1.0, 2.0]@1000", "5.0/12.0/2/[2.0, 3.0]@2000",
            ])
        #expect(harness.store.series.isEmpty, "\(harness.store.series)")
        #expect(harness.report("scrape_samples_scraped") == "1.0")
        #expect(harness.report("scrape_series_added") == "0.0")
        harness.scrape(protobuf: [], at: 3000)
        #expect(harness.store.samples(Self.series) == ["stale@3000"])
        // It comes back, and the storage has forgotten it meanwhile.
        harness.store.forgetSeries()
        harness.scrape(protobuf: Self.histogram(5, 12, [2, 1]), at: 4000)
        #expect(harness.store.histograms(Self.series).last == "5.0/12.0/2/[2.0, 3.0]@4000")
    }

    @Test func bothFormsOnRequest() throws {
        let harness = try ScrapeHarness {
            $0.scrapeNativeHistograms = true
            $0.alwaysScrapeClassicHistograms = true
        }
        harness.scrape(protobuf: Self.histogram(3, 9, [1, 1], classic: [(1, 2)]), at: 1000)
        #expect(harness.store.histograms(Self.series).count == 1)
        #expect(harness.store.series.count == 4, "\(harness.store.series)")
    }

    @Test func bucketsAreMergedToTheLimitOrTheScrapeFails() throws {
        let wide = Self.histogram(8, 9, [1, 0, 0, 0, 0, 0, 0, 0])
        let merged = try ScrapeHarness {
            $0.scrapeNativeHistograms = true
            $0.limits.nativeHistogramBuckets = 3
        }
        merged.scrape(protobuf: wide, at: 1000)
        #expect(
            merged.store.histograms(Self.series).first?.hasPrefix("8.0/9.0/0/[") == true,
            "\(merged.store.histograms(Self.series))")
        let failed = try ScrapeHarness {
            $0.scrapeNativeHistograms = true
            $0.limits.nativeHistogramBuckets = 1
        }
        failed.scrape(protobuf: wide, at: 1000)
        #expect(failed.status.lastError.contains("bucket limit"), "\(failed.status.lastError)")
        #expect(failed.report("up") == "0.0")
        let coarse = try ScrapeHarness {
            $0.scrapeNativeHistograms = true
            $0.limits.nativeHistogramMinimumBucketFactor = 1.9
        }
        coarse.scrape(protobuf: wide, at: 1000)
        #expect(
            coarse.store.histograms(Self.series).first?.hasPrefix("8.0/9.0/1/[") == true,
            "\(coarse.store.histograms(Self.series))")
    }

    @Test func sampleLimitsCountHistograms() throws {
        let harness = try ScrapeHarness {
            $0.scrapeNativeHistograms = true
            $0.alwaysScrapeClassicHistograms = true
            $0.limits.samples = 4
        }
        harness.scrape(protobuf: Self.histogram(3, 9, [1, 1], classic: [(1, 2)]), at: 1000)
        #expect(harness.report("up") == "0.0" && harness.status.lastError == "sample limit exceeded")
    }

    @Test func damagedBodiesFailAndNeverTrap() throws {
        let harness = try ScrapeHarness { $0.scrapeNativeHistograms = true }
        let good = Self.histogram(3, 9, [1, 1], classic: [(1, 2), (3, 3)])
        var generator = SeededGenerator(seed: 11)
        for round in 0..<2000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            harness.scrape(
                protobuf: Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &generator))),
                at: Int64(1000 + round))
        }
        harness.scrape(protobuf: Array(good.dropLast()), at: 10_000)
        #expect(harness.report("up") == "0.0")
        harness.scrape(protobuf: good, at: 20_000)
        #expect(harness.report("up") == "1.0", "\(harness.status.lastError)")
    }

    @Test func protobufIsAskedForFirst() throws {
        let accept = ScrapeRequest.accept(ScrapeProtocol.protobufFirst, .allowUTF8)
        #expect(
            accept.hasPrefix(
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text"
            ), "\(accept)")
    }
}
