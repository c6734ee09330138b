import Exposition
import MetricModel
import StorageAPI
import Synchronization
import Testing

@testable import Scraping

@Suite struct SampleTests {
    @Test func targetLabelsWinAndTheShownOnesAreRenamed() throws {
        let harness = try ScrapeHarness(labels: ["exported_job": "t"])
        harness.scrape("a{job=\"x\",exported_exported_job=\"y\"} 1\n", at: 1000)
        #expect(
            harness.store.series == [
                #"a{exported_exported_exported_job="x", exported_exported_job="y", exported_job="t", instance="i", job="j"}"#
            ])
    }

    @Test func honoredLabelsStay() throws {
        let harness = try ScrapeHarness { $0.honorLabels = true }
        harness.scrape("a{job=\"x\"} 1\n", at: 1000)
        #expect(harness.store.series == [#"a{instance="i", job="x"}"#])
    }

    @Test func timestampsCanBeIgnored() throws {
        let harness = try ScrapeHarness { $0.honorTimestamps = false }
        harness.scrape("a 1 500\n", at: 1000)
        harness.scrape("a 1 500\n", at: 2000)
        #expect(harness.store.samples(#"a{instance="i", job="j"}"#) == ["1.0@1000", "1.0@2000"])
    }

    @Test func knownSeriesGoOnWhenTheStorageIsFull() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1\n", at: 1000)
        harness.store.state.withLock { $0.seriesLimit = $0.references.count }
        harness.scrape("a 2\nb 1\nc 1\n", at: 2000)
        #expect(harness.report("up") == "1.0")
        #expect(harness.store.samples(#"a{instance="i", job="j"}"#) == ["1.0@1000", "2.0@2000"])
        #expect(harness.store.series == [#"a{instance="i", job="j"}"#])
        #expect(harness.status.lastError.hasPrefix("2 new series were refused"))
        harness.store.state.withLock { $0.seriesLimit = .max }
        harness.scrape("a 3\nb 2\nc 2\n", at: 3000)
        #expect(harness.store.samples(#"b{instance="i", job="j"}"#) == ["2.0@3000"])
        #expect(harness.status.lastError == "")
    }

    @Test func samplesFarAheadAreRefused() throws {
        let harness = try ScrapeHarness()
        for time in [1_000_000, 1_000_010] as [Int64] {
            harness.scrape("a 1 1600001\nb 1 1600000\n", at: time)
        }
        #expect(harness.store.series == [#"b{instance="i", job="j"}"#])
        #expect(harness.report("up") == "1.0")
        #expect(harness.counter("prometheus_target_scrapes_sample_out_of_bounds_total") == "2")
    }

    @Test func aSeriesThatRepeatsIsADuplicate() throws {
        let harness = try ScrapeHarness()
        for time in [1000, 2000] as [Int64] { harness.scrape("a 1\na 2\nb 1\na 3\n", at: time) }
        #expect(harness.store.samples(#"a{instance="i", job="j"}"#) == ["1.0@1000", "1.0@2000"])
        #expect(harness.report("scrape_samples_scraped") == "4.0")
        #expect(harness.report("scrape_samples_post_metric_relabeling") == "4.0")
        #expect(harness.counter("prometheus_target_scrapes_sample_duplicate_timestamp_total") == "4")
    }

    @Test func olderSamplesAreOutOfOrder() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1 900\n", at: 1000)
        harness.scrape("a 1 800\n", at: 2000)
        #expect(harness.counter("prometheus_target_scrapes_sample_out_of_order_total") == "1")
        #expect(harness.report("up") == "1.0")
    }

    @Test func relabelingDropsAndRenames() throws {
        let harness = try ScrapeHarness { configuration in
            configuration.metricRelabelRules = [
                RelabelRule(.drop, sourceLabels: ["__name__"], regex: try! Pattern("noise.*")),
                RelabelRule(.labeldrop, regex: try! Pattern("x")),
            ]
        }
        for time in [1000, 2000] as [Int64] {
            harness.scrape("noise_a 1\na{x=\"1\"} 2\nnoise_b 3\n", at: time)
        }
        #expect(harness.store.series == [#"a{instance="i", job="j"}"#])
        #expect(harness.report("scrape_samples_scraped") == "3.0")
        #expect(harness.report("scrape_samples_post_metric_relabeling") == "1.0")
    }

    @Test func boundsAreBroughtToOneForm() throws {
        let harness = try ScrapeHarness()
        harness.scrape(
            "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"+Inf\"} 2\n# TYPE g gauge\ng{le=\"1\"} 1\n",
            at: 1000)
        #expect(
            harness.store.series == [
                #"g{instance="i", job="j", le="1"}"#, #"h_bucket{instance="i", job="j", le="+Inf"}"#,
                #"h_bucket{instance="i", job="j", le="1.0"}"#,
            ])
        // A line that comes later knows the type from comments that were skipped.
        harness.scrape(
            "# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 1\nh_bucket{le=\"+Inf\"} 2\n# TYPE g gauge\ng{le=\"1\"} 1\n",
            at: 2000)
        #expect(harness.store.series.contains(#"h_bucket{instance="i", job="j", le="2.0"}"#))
    }

    @Test(
        arguments: [
            ("a{b=\"c\"} 1\n", "label_limit exceeded"), ("a{long_name_1=\"\"} 1\n", nil),
            ("a{long_name_1=\"x\"} 1\n", "label_name_length_limit exceeded"),
            ("a{b=\"12345678901\"} 1\n", "label_value_length_limit exceeded"),
        ] as [(String, String?)])
    func labelLimitsFailTheScrape(body: String, message: String?) throws {
        let harness = try ScrapeHarness { configuration in
            configuration.limits.labels = message?.hasPrefix("label_limit") == true ? 3 : 4
            configuration.limits.labelNameLength = 10
            configuration.limits.labelValueLength = 10
        }
        harness.scrape(body, at: 1000)
        #expect(harness.report("up") == (message == nil ? "1.0" : "0.0"))
        #expect(harness.status.lastError.hasPrefix(message ?? ""))
        if message != nil {
            #expect(harness.counter("prometheus_target_scrape_pool_exceeded_label_limits_total") == "1")
        }
    }

    @Test func theSampleLimitFailsTheWholeScrapeAndCountsOn() throws {
        let harness = try ScrapeHarness { $0.limits.samples = 2 }
        harness.scrape("a 1\nb 1\n", at: 1000)
        #expect(harness.report("up") == "1.0")
        harness.scrape("a 1\nb 1\nc 1\nd 1\n", at: 2000)
        #expect(harness.report("up") == "0.0")
        #expect(harness.report("scrape_samples_scraped") == "4.0")
        #expect(harness.report("scrape_samples_post_metric_relabeling") == "4.0")
        #expect(harness.status.lastError == "sample limit exceeded")
        #expect(harness.store.samples(#"a{instance="i", job="j"}"#) == ["1.0@1000", "stale@2000"])
        #expect(harness.store.series.count == 2)
        #expect(harness.counter("prometheus_target_scrapes_exceeded_sample_limit_total") == "1")
    }

    @Test func extraReportsOnDemand() throws {
        let harness = try ScrapeHarness { configuration in
            configuration.extraScrapeMetrics = true
            configuration.limits.samples = 7
        }
        harness.scrape("a 1\n", at: 1000)
        #expect(harness.report("scrape_timeout_seconds") == "10.0")
        #expect(harness.report("scrape_sample_limit") == "7.0")
        #expect(harness.report("scrape_body_size_bytes") == "4.0")
        harness.fail(at: 2000)
        #expect(harness.report("scrape_body_size_bytes") == "0.0")
    }

    @Test(
        arguments: [
            (nil, nil, "no Content-Type"), ("text/html", nil, "which is not supported"),
            ("text/html", .text004, nil),
            (nil, .openMetrics100, "data does not end with # EOF"), ("text/plain", .openMetrics100, nil),
        ] as [(String?, ScrapeProtocol?, String?)])
    func theContentTypeDecides(type: String?, fallback: ScrapeProtocol?, error: String?) throws {
        let harness = try ScrapeHarness { $0.fallbackProtocol = fallback }
        harness.scrape("a 1\n", at: 1000, type: type)
        #expect(harness.report("up") == (error == nil ? "1.0" : "0.0"))
        if let error { #expect(harness.status.lastError.contains(error)) }
    }

    @Test func forgottenSeriesAreRegisteredAgain() throws {
        let harness = try ScrapeHarness()
        harness.scrape("# TYPE h histogram\nh_bucket{le=\"1\"} 1\na 1\n", at: 1000)
        harness.store.forgetSeries()
        harness.scrape("# TYPE h histogram\nh_bucket{le=\"1\"} 2\na 2\n", at: 2000)
        harness.scrape("# TYPE h histogram\nh_bucket{le=\"1\"} 3\na 3\n", at: 3000)
        #expect(harness.store.samples(#"a{instance="i", job="j"}"#) == ["1.0@1000", "2.0@2000", "3.0@3000"])
        #expect(harness.store.samples(#"h_bucket{instance="i", job="j", le="1.0"}"#).count == 3)
        #expect(harness.store.samples(#"up{instance="i", job="j"}"#).count == 3)
    }

    @Test func aStoreThatFailsIsShown() throws {
        let harness = try ScrapeHarness()
        harness.store.state.withLock { $0.failure = StorageError(.diskFull, "no room on the disk") }
        harness.scrape("a 1\n", at: 1000)
        #expect(harness.status.lastError.contains("no room on the disk"))
    }

    @Test func metadataIsKeptForTenScrapes() throws {
        let harness = try ScrapeHarness()
        harness.scrape("# HELP a An \\\\ and a \\n.\n# TYPE a counter\na 1\n# TYPE b gauge\nb 1\n", at: 1000)
        var all: [MetricMetadata] { harness.loop.memory.metadata.withLock { $0.all } }
        #expect(
            all == [
                MetricMetadata(metric: "a", type: .counter, help: "An \\ and a \n."),
                MetricMetadata(metric: "b", type: .gauge),
            ])
        for round in 2...11 { harness.scrape("# TYPE b gauge\nb 1\n", at: Int64(round) * 1000) }
        #expect(all.map(\.metric) == ["a", "b"])
        harness.scrape("# TYPE b gauge\nb 1\n", at: 12000)
        #expect(all.map(\.metric) == ["b"])
        harness.scrape("# TYPE b counter\nb 1\n", at: 13000)
        #expect(all.map(\.type) == [.counter])
    }
}
