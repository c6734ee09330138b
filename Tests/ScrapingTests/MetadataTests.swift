import MetricModel
import StorageAPI
import Synchronization
import Testing

@testable import Scraping

/// What the store is told about families.
@Suite struct MetadataTests {
    private static func body(help: String = "h", extra: String = "") -> String {
        """
        # HELP a_seconds \(help)
        # TYPE a_seconds histogram
        a_seconds_bucket{le="1"} 1
        a_seconds_sum 1
        a_seconds_count 1
        a_seconds_other 1
        # TYPE b counter
        b{x="1"} 1
        \(extra)c 1

        """
    }

    @Test func onlyNewSeriesAndChangedFamiliesAreTold() throws {
        let harness = try ScrapeHarness()
        harness.scrape(Self.body(), at: 1000)
        let histogram = "histogram  h"
        #expect(
            harness.store.toldMetadata() == [
                "a_seconds_bucket: \(histogram)", "a_seconds_sum: \(histogram)",
                "a_seconds_count: \(histogram)", "b: counter  ",
            ])
        harness.scrape(Self.body(), at: 2000)
        #expect(harness.store.toldMetadata() == [])
        harness.scrape(Self.body(extra: "b{x=\"2\"} 1\n"), at: 3000)
        #expect(harness.store.toldMetadata() == ["b: counter  "])
        harness.scrape(Self.body(help: "new", extra: "b{x=\"2\"} 1\n"), at: 4000)
        #expect(
            harness.store.toldMetadata() == [
                "a_seconds_bucket: histogram  new", "a_seconds_sum: histogram  new",
                "a_seconds_count: histogram  new",
            ])
    }

    @Test func unitsAndSuffixesOfOpenMetrics() throws {
        let harness = try ScrapeHarness()
        harness.scrape(
            """
            # TYPE a_seconds counter
            # UNIT a_seconds seconds
            # HELP a_seconds x \\"y\\"
            a_seconds_total 1
            # TYPE t info
            t_info{v="1"} 1
            # EOF

            """, at: 1000, type: "application/openmetrics-text; version=1.0.0")
        #expect(
            harness.store.toldMetadata() == ["a_seconds_total: counter seconds x \"y\"", "t_info: info  "])
    }

    @Test func seriesAboutTheScrapeAreTold() throws {
        let harness = try ScrapeHarness()
        harness.fail(at: 1000)
        let told = harness.store.toldMetadata(ofScrapes: true)
        #expect(told.count == 5)
        #expect(told.first?.hasPrefix("up: gauge targets ") == true)
        harness.fail(at: 2000)
        #expect(harness.store.toldMetadata(ofScrapes: true) == [])
    }

    @Test func whatWasNotStoredOrForgottenIsToldAgain() throws {
        let harness = try ScrapeHarness()
        harness.store.state.withLock { $0.failure = StorageError(.diskFull, "full") }
        harness.scrape("# TYPE a gauge\na 1\n", at: 1000)
        #expect(harness.store.toldMetadata() == [])
        harness.store.state.withLock { $0.failure = nil }
        harness.scrape("# TYPE a gauge\na 1\n", at: 2000)
        #expect(harness.store.toldMetadata() == ["a: gauge  "])
        #expect(harness.store.toldMetadata(ofScrapes: true).count == 5)
        harness.store.forgetSeries()
        harness.scrape("# TYPE a gauge\na 1\n", at: 3000)
        harness.scrape("# TYPE a gauge\na 1\n", at: 4000)
        #expect(harness.store.toldMetadata() == ["a: gauge  "])
        #expect(harness.store.toldMetadata(ofScrapes: true).count == 5)
    }

    @Test func aScrapeOverItsLimitLosesNothing() throws {
        let harness = try ScrapeHarness { $0.limits.samples = 1 }
        harness.scrape("# TYPE a gauge\na 1\nb 1\n", at: 1000)
        #expect(harness.store.toldMetadata() == [])
        harness.scrape("# TYPE a gauge\na 1\n", at: 2000)
        #expect(harness.store.toldMetadata() == ["a: gauge  "])
    }
}
