import MetricModel
import StorageAPI
import Synchronization
import Testing

@testable import Scraping

@Suite struct StalenessTests {
    private let a = #"a{instance="i", job="j"}"#
    private let b = #"b{instance="i", job="j"}"#
    private let c = #"c{instance="i", job="j"}"#

    @Test func seriesThatAreGoneGetAMarker() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1\nb 2\nc 3\n", at: 1000)
        harness.scrape("a 2\nc 4\n", at: 2000)
        harness.scrape("a 3\nc 5\n", at: 3000)
        harness.scrape("b 9\na 4\nc 6\n", at: 4000)
        #expect(harness.store.samples(a) == ["1.0@1000", "2.0@2000", "3.0@3000", "4.0@4000"])
        #expect(harness.store.samples(b) == ["2.0@1000", "stale@2000", "9.0@4000"])
        #expect(harness.store.samples(c) == ["3.0@1000", "4.0@2000", "5.0@3000", "6.0@4000"])
        #expect(harness.report("scrape_series_added") == "1.0")
    }

    @Test func allGoStaleOnceWhenAScrapeFails() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1\nb 2\n", at: 1000)
        harness.fail(at: 2000)
        harness.fail(at: 3000)
        #expect(harness.report("up") == "0.0")
        #expect(harness.status.health == .down)
        #expect(harness.status.lastError == "server returned HTTP status 500")
        harness.scrape("a 5\nb 6\n", at: 4000)
        #expect(harness.store.samples(a) == ["1.0@1000", "stale@2000", "5.0@4000"])
        #expect(harness.store.samples(b) == ["2.0@1000", "stale@2000", "6.0@4000"])
        #expect(harness.report("up") == "1.0")
        #expect(harness.report("scrape_series_added") == "0.0")
    }

    @Test func aBodyThatBreaksOffStoresNothingOfItself() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1\nb 2\n", at: 1000)
        harness.scrape("a 7\nnew 1\nb x\n", at: 2000)
        #expect(harness.store.samples(a) == ["1.0@1000", "stale@2000"])
        #expect(harness.store.samples(b) == ["2.0@1000", "stale@2000"])
        #expect(harness.store.series.count == 2)
        #expect(harness.status.lastError.contains("line 3"))
        // The series that the broken body brought is a new one still.
        harness.scrape("new 1\n", at: 3000)
        #expect(harness.store.samples(#"new{instance="i", job="j"}"#) == ["1.0@3000"])
        #expect(harness.store.samples(a) == ["1.0@1000", "stale@2000"])
    }

    @Test func anEmptyBodyIsAGoodOneThatEndsAllSeries() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1\n", at: 1000)
        harness.scrape("", at: 2000)
        #expect(harness.store.samples(a) == ["1.0@1000", "stale@2000"])
        #expect(harness.report("up") == "1.0")
    }

    @Test func seriesWithTheirOwnTimeDoNotGoStale() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1 500\nb 2\n", at: 1000)
        harness.scrape("# nothing\n", at: 2000)
        #expect(harness.store.samples(a) == ["1.0@500"])
        #expect(harness.store.samples(b) == ["2.0@1000", "stale@2000"])
    }

    @Test func unlessTheJobTracksThem() throws {
        let harness = try ScrapeHarness { $0.trackTimestampsStaleness = true }
        harness.scrape("a 1 500\n", at: 1000)
        harness.scrape("# nothing\n", at: 2000)
        #expect(harness.store.samples(a) == ["1.0@500", "stale@2000"])
    }

    @Test func theEndOfATargetMarksReportsToo() throws {
        let harness = try ScrapeHarness()
        harness.scrape("a 1\n", at: 1000)
        harness.loop.digestEnd(at: 2000, ScrapeScratch())
        #expect(harness.store.samples(a) == ["1.0@1000", "stale@2000"])
        #expect(harness.report("up") == "stale")
    }

    @Test func aReorderedBodyKeepsItsSeries() throws {
        let harness = try ScrapeHarness()
        var generator = SystemRandomNumberGenerator()
        var names = (0..<200).map { "m\($0)" }
        for round in 1...20 {
            names.shuffle(using: &generator)
            harness.scrape(
                names.map { "# TYPE \($0) gauge\n\($0) \(round)\n" }.joined(), at: Int64(round) * 1000)
        }
        #expect(harness.store.series.count == 200)
        for name in names { #expect(harness.store.samples("\(name){instance=\"i\", job=\"j\"}").count == 20) }
        let registrations = harness.store.state.withLock { $0.registrations }
        #expect(registrations == 205)
    }
}
