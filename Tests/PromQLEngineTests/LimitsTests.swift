import MetricModel
import Platform
import PromQLSyntax
import QueryScripts
import TestKit
import Testing

@testable import PromQLEngine

/// Queries that ask for too much, and queries that are stopped.
@Suite struct LimitsTests {
    static func storage(seriesCount: Int = 4, sampleCount: Int = 100) -> MemoryStorage {
        let storage = MemoryStorage()
        for series in 0..<seriesCount {
            let labels = Labels([("__name__", "m_total"), ("i", "\(series)")])
            for sample in 0..<sampleCount {
                storage.append(labels, Int64(sample) * 1000, Double(sample * series))
            }
        }
        return storage
    }

    private static func error(
        _ text: String, _ times: Query.Times = .instant(100_000), options: QueryEngine.Options = .init(),
        over storage: MemoryStorage = storage(),
        cancellation: Cancellation = .init()
    ) throws -> QueryError? {
        let query = Query(try Expression.parse(text, options: .all), at: times, text: text)
        do {
            _ = try QueryEngine(options: options).evaluate(query, over: storage, cancellation: cancellation)
            return nil
        } catch { return error }
    }

    private static let year: Int64 = 365 * 86_400_000

    @Test(arguments: [
        "sum_over_time(vector(1)[1y:1ms])", "max_over_time(m_total[290y:1ms])", "vector(1)", "m_total",
        "rate(m_total[5m])",
        "sum(m_total) + time()",
    ])
    func refusesEndlessSteps(_ text: String) throws {
        let error = try LimitsTests.error(text, .range(start: 0, end: LimitsTests.year, step: 1))
        #expect(error?.kind == .tooManySamples)
    }

    @Test(arguments: [
        ("m_total offset 290y", Query.Times.instant(.max)), ("m_total offset -290y", .instant(.min)),
        ("m_total @ 9e15", .instant(0)),
        ("rate(m_total[290y])", .instant(.max)),
        ("rate(m_total[290y] offset 290y)", .range(start: .min, end: .min + 5, step: 1)),
        ("max_over_time(m_total[290y:290y])", .range(start: .max - 10, end: .max, step: 5)),
        ("m_total", .range(start: 10, end: 0, step: 1)),
        ("predict_linear(m_total[1m], 1e300)", .instant(100_000)), ("year(vector(1e300))", .instant(0)),
        ("day_of_week(vector(NaN))", .instant(0)),
        ("topk(1e300, m_total)", .instant(0)), ("round(m_total, 0)", .instant(100_000)),
        ("histogram_quantile(NaN, m_total)", .instant(0)),
        ("label_replace(m_total, \"x\", \"$99999999999999999999\", \"i\", \"(.*)\")", .instant(100_000)),
        ("(m_total ^ 1e300) % 0 / 0 atan2 Inf", .instant(100_000)),
        ("quantile(-Inf, m_total) or stddev(m_total / 0)", .instant(100_000)),
        ("double_exponential_smoothing(m_total[1m], NaN, 0.5)", .instant(100_000)),
        ("m_total[1ms:290y]", .instant(.max)),
        ("limit_ratio(NaN, m_total)", .instant(100_000)), ("clamp(m_total, NaN, -Inf)", .instant(100_000)),
    ])
    func answersExtremes(_ text: String, _ times: Query.Times) throws {
        // An answer or an error, whatever it is: this must not trap.
        _ = try LimitsTests.error(text, times)
    }

    @Test func sharesMemoryAmongQueries() throws {
        var options = QueryEngine.Options()
        let budget = MemoryBudget(limit: 20_000, patience: 0)
        options.budget = budget
        // 4 series at 100 steps are 3,200 bytes of values.
        let times = Query.Times.range(start: 0, end: 99_000, step: 1000)
        #expect(try LimitsTests.error("sort(m_total)", times, options: options) == nil)
        #expect(budget.used == 0)
        let alone = try LimitsTests.error(
            "sort(m_total) + sort(m_total * 2) + sort(m_total * 3)", times, options: options,
            over: LimitsTests.storage(seriesCount: 20))
        // The first of those that run is never held up.
        #expect(alone == nil)
        #expect(budget.used == 0)
        let other = budget.lease()
        #expect(other.change(by: 19_000))
        #expect(try LimitsTests.error("sort(m_total)", times, options: options)?.kind == .busy)
        #expect(budget.used == 19_000)
        // An answer that waits to be sent counts, but does not hold up the next query.
        other.endRun(keeping: 19_500)
        #expect(budget.used == 19_500)
        #expect(try LimitsTests.error("sort(m_total)", times, options: options) == nil)
    }

    /// Answers that nobody reads keep others from much, not from all.
    @Test func unreadAnswersHoldUpLargeQueriesAlone() throws {
        var options = QueryEngine.Options()
        let budget = MemoryBudget(limit: 20_000, patience: 0)
        options.budget = budget
        let times = Query.Times.range(start: 0, end: 99_000, step: 1000)
        let unread = budget.lease()
        unread.endRun(keeping: 20_001)
        #expect(try LimitsTests.error("m_total", times, options: options)?.kind == .busy)
        #expect(try LimitsTests.error("m_total", options: options) == nil)
        #expect(budget.used == 20_001)
        unread.endRun(keeping: 0)
        #expect(try LimitsTests.error("m_total", times, options: options) == nil)
        #expect(budget.used == 0)
    }

    @Test func countsAnswersBesideWhatTheyAreMadeFrom() throws {
        var options = QueryEngine.Options()
        let budget = MemoryBudget(limit: 20_000, patience: 0)
        options.budget = budget
        let other = budget.lease()
        // There is room for the 3,200 bytes of the table, not for as many of the answer.
        other.change(by: 14_000)
        let times = Query.Times.range(start: 0, end: 99_000, step: 1000)
        #expect(try LimitsTests.error("m_total", times, options: options)?.kind == .busy)
        #expect(try LimitsTests.error("sum(m_total)", times, options: options) == nil)
        other.endRun(keeping: 0)
    }

    @Test func waitsForMemoryOfOthers() async throws {
        var options = QueryEngine.Options()
        let budget = MemoryBudget(limit: 20_000, patience: 60)
        options.budget = budget
        let other = budget.lease()
        other.change(by: 19_000)
        let threads = WorkerThreads(name: "test", count: 1)
        defer { threads.shutDown() }
        async let error = threads.run { [options] _ in
            try LimitsTests.error(
                "sort(m_total)", .range(start: 0, end: 99_000, step: 1000), options: options)
        }
        while budget.used == 19_000 { try await Task.sleep(for: .milliseconds(1)) }
        other.endRun(keeping: 0)
        #expect(try await error == nil)
        #expect(budget.used == 0)
    }

    @Test func countsSamples() throws {
        var options = QueryEngine.Options()
        options.samplesMax = 300
        #expect(
            try LimitsTests.error("m_total[1h]", options: options)?.message.contains("too many samples")
                == true)
        #expect(try LimitsTests.error("sum(m_total)", options: options) == nil)
        #expect(
            try LimitsTests.error("m_total", .range(start: 0, end: 99_000, step: 1000), options: options)?
                .kind == .tooManySamples)
        // An aggregation holds its groups only, however many series it reads.
        #expect(
            try LimitsTests.error(
                "sum(m_total)", .range(start: 0, end: 9_000, step: 1000), options: options,
                over: LimitsTests.storage(seriesCount: 25, sampleCount: 10)) == nil)
    }

    /// The highest chain that parses can be evaluated too.
    @Test func evaluatesTheLongestChain() throws {
        let text = String(repeating: "m_total or ", count: 580) + "m_total"
        #expect(try LimitsTests.error(text) == nil)
        #expect(try LimitsTests.error(String(repeating: "1 + ", count: 580) + "m_total") == nil)
    }

    /// Labels that double with every call: 900 bytes of query, gigabytes of labels.
    @Test func refusesLabelsThatExplode() throws {
        var query = "m_total"
        for level in 0..<24 { query = "label_join(\(query), \"i\", \"\(level)\", \"i\", \"i\")" }
        let error = try LimitsTests.error(
            query, over: LimitsTests.storage(seriesCount: 1000, sampleCount: 101))
        #expect(error?.kind == .tooManySamples)
    }

    @Test func stopsWhenCancelled() throws {
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(try LimitsTests.error("sum(m_total)", cancellation: cancellation)?.kind == .cancelled)
    }

    @Test func stopsAtTheDeadline() throws {
        let cancellation = Cancellation(deadline: MonotonicTime.nanoseconds())
        let error = try LimitsTests.error("sum(m_total)", cancellation: cancellation)
        #expect(error?.kind == .timeout)
        #expect(error?.message == "query timed out in expression evaluation")
    }

    /// A query whose work is in one piece is stopped in the middle of it.
    @Test func stopsWithinASeries() throws {
        let storage = LimitsTests.storage(seriesCount: 1, sampleCount: 20_000)
        let cancellation = Cancellation(deadline: MonotonicTime.nanoseconds() + 20_000_000)
        let error = try LimitsTests.error(
            "mad_over_time(m_total[20000s])", .range(start: 0, end: 20_000_000, step: 2_000), over: storage,
            cancellation: cancellation)
        #expect(error?.kind == .timeout)
    }
}
