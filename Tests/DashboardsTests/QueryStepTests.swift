import Dashboards
import JSON
import Testing

@Suite struct QueryStepTests {
    struct Case: Sendable {
        let range: Int64
        let points: Int64
        var intervalMs: Int64 = 0
        var interval = ""
        var factor = 1
        var source: String?
        let step: Int64
        let rate: Int64
    }

    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000

    @Test(arguments: [
        // The demo: five minutes, resolution 1/2, the default minimum of 15 s.
        Case(range: 5 * minute, points: 1000, intervalMs: 15_000, factor: 2, step: 30_000, rate: 60_000),
        Case(range: hour, points: 1000, intervalMs: 15_000, step: 15_000, rate: 60_000),
        Case(range: 24 * hour, points: 1000, intervalMs: 60_000, step: 60_000, rate: 75_000),
        Case(range: 24 * hour, points: 100, intervalMs: 15_000, step: 900_000, rate: 60_000),
        // No interval in the request: the data source's, then 15 s.
        Case(range: hour, points: 1000, source: "5s", step: 5000, rate: 20_000),
        Case(range: hour, points: 1000, step: 15_000, rate: 60_000),
        // Min step of the target; a bare number is seconds.
        Case(range: hour, points: 1000, intervalMs: 1000, interval: "30s", step: 30_000, rate: 120_000),
        Case(range: hour, points: 1000, intervalMs: 1000, interval: ">2m", step: 120_000, rate: 480_000),
        Case(range: hour, points: 1000, intervalMs: 1000, interval: "90", step: 90_000, rate: 360_000),
        // A variable as min step.
        Case(range: hour, points: 1000, intervalMs: 5000, interval: "$__interval", step: 5000, rate: 20_000),
        Case(
            range: hour, points: 1000, intervalMs: 15_000, interval: "$__rate_interval", source: "10s",
            step: 40_000, rate: 40_000),
        // At most 11,000 points.
        Case(range: 30 * 24 * hour, points: 100_000, intervalMs: 1000, step: 300_000, rate: 60_000),
    ])
    func followsTheOriginal(test: Case) {
        var query = PanelQuery(refID: "A", expression: "up")
        query.maxDataPoints = test.points
        query.intervalMs = test.intervalMs
        query.interval = test.interval
        query.intervalFactor = test.factor
        let end: Int64 = 1_700_000_012_345
        let step = QueryStep(query, from: end - test.range, to: end, sourceInterval: test.source)
        #expect(step.step == test.step)
        #expect(step.rateInterval == test.rate)
        #expect(step.end % test.step == 0 && step.end <= end && step.end > end - test.step)
        #expect(step.start % test.step == 0)
    }

    @Test func alignsDaysToLocalMidnight() {
        var query = PanelQuery(refID: "A", expression: "up")
        query.intervalMs = 86_400_000
        query.utcOffset = 2 * QueryStepTests.hour
        let step = QueryStep(query, from: 1_700_000_000_000, to: 1_700_600_000_000, sourceInterval: nil)
        #expect(step.step == 86_400_000)
        #expect((step.start + query.utcOffset) % 86_400_000 == 0)
    }

    @Test func survivesAbsurdNumbers() throws {
        let query = try PanelQuery(
            JSONValue.parse(
                #"{"expr":"up","intervalMs":1e300,"maxDataPoints":-5,"intervalFactor":1e18,"utcOffsetSec":-1e9,"interval":"99999999999999999999y"}"#
            ))
        let step = QueryStep(
            query, from: -3_155_695_200_000_000, to: 3_155_695_200_000_000, sourceInterval: "0s")
        #expect(step.step >= 1)
    }

    @Test func replacesMacros() {
        var query = PanelQuery(refID: "A", expression: "up")
        query.intervalMs = 15_000
        query.maxDataPoints = 1000
        let step = QueryStep(query, from: 0, to: 3_600_000, sourceInterval: nil)
        func expand(_ text: String) -> String { QueryMacros.expand(text, step: step, range: 3_600_000) }
        #expect(expand("rate(x[$__rate_interval]) + ${__interval}") == "rate(x[1m]) + 15s")
        #expect(
            expand("$__interval_ms $__rate_interval_ms $__range_ms $__range_s $__range")
                == "15000 60000 3600000 3600 3600s")
        #expect(expand("$node $ ${x} $__intervals") == "$node $ ${x} 15ss")
    }

    @Test(arguments: [
        ("now", 1_700_000_000_000, false, 1_700_000_000_000),
        ("now-5m", 1_700_000_000_000, false, 1_699_999_700_000),
        ("now-1d/d", 1_700_000_000_000, false, 1_699_833_600_000),
        ("now-1d/d", 1_700_000_000_000, true, 1_699_919_999_999),
        ("now/w", 1_700_000_000_000, false, 1_699_833_600_000),
        ("now/M", 1_700_000_000_000, false, 1_698_796_800_000),
        ("now/y", 1_700_000_000_000, true, 1_704_067_199_999),
        ("now-1M/M", 1_711_843_200_000, false, 1_706_745_600_000),
        ("1700000000000", 0, false, 1_700_000_000_000),
        ("2023-11-14T22:13:20.000Z", 0, false, 1_700_000_000_000),
    ])
    func readsTimes(text: String, now: Int64, isEnd: Bool, expected: Int64) throws {
        #expect(try TimeText.parse(text, now: now, isEnd: isEnd) == expected)
    }

    @Test(arguments: ["", "now-", "now-5x", "yesterday", "now/5d", "nan", "now-99999999999999s"])
    func refusesOtherTimes(text: String) {
        #expect(throws: DashboardsError.self) { try TimeText.parse(text, now: 0, isEnd: false) }
    }
}
