import MetricModel
import PromQLSyntax
import QueryScripts
import StorageAPI
import Testing

@testable import PromQLEngine

private struct Lehmer: RandomNumberGenerator {
    /// Odd.
    var state: UInt64

    mutating func next() -> UInt64 {
        state &*= 0xda94_2042_e4dd_58b5
        return state.byteSwapped ^ state
    }
}

/// What a range query answers at a step is what an instant query answers then, whatever the distances: windows over even
/// samples go a way of their own.
@Suite struct EvenSamplesTests {
    private static let expressions = [
        "m_total", "rate(m_total[R])", "increase(m_total[R])", "delta(m_total[R])", "sum by (i) (m_total)",
        "sum(rate(m_total[R]))", "max(m_total)", "min(m_total)", "sum(m_total)", "m_total offset O",
        "rate(m_total[R] offset O)",
    ]

    @Test func findsTheStepsInTheMidst() throws {
        let times = (0..<40).map { Int64(1000 + $0 * 15_000) }
        func even(_ times: [Int64], interval: Int64 = 30_000, count: Int = 30) -> EvenSamples? {
            times.withUnsafeBufferPointer {
                EvenSamples(
                    $0,
                    WindowTimes(
                        steps: Steps(start: 0, interval: interval, count: count), range: 60_000, offset: 0,
                        at: nil))
            }
        }
        let found = try #require(even(times))
        // The window of the step at 90 s begins behind 30 s; the sample after the last would come at 601 s.
        #expect(found.steps == 3..<21)
        #expect(found.window == 2..<6)
        #expect(found.stride == 2)
        #expect(even(times, interval: 20_000) == nil)
        #expect(even(times, count: 15) == nil)
        var uneven = times
        uneven[20] += 1
        #expect(even(uneven) == nil)
    }

    @Test(arguments: 0..<24)
    func rangesAnswerAsInstants(_ round: Int) throws {
        var random = Lehmer(state: UInt64(round) * 2 + 71)
        let storage = MemoryStorage()
        let distance = Int64([1000, 5000, 15_000, 60_000].randomElement(using: &random) ?? 1000)
        let start = Int64.random(in: -100_000...100_000, using: &random)
        let count = Int.random(in: 10...120, using: &random)
        for series in 0..<5 {
            let labels = Labels([("__name__", "m_total"), ("i", "\(series % 3)"), ("series", "\(series)")])
            var value = Double.random(in: 0...10, using: &random)
            for sample in 0..<count {
                // The first two series are even, the others have gaps, resets or stale markers.
                if series >= 3, Int.random(in: 0..<9, using: &random) == 0 { continue }
                value += Double.random(in: 0...20, using: &random)
                if series == 2, Int.random(in: 0..<12, using: &random) == 0 { value = 0 }
                let isStale = series == 4 && Int.random(in: 0..<12, using: &random) == 0
                let special = [Double.nan, .infinity, -.infinity, -0.0][sample & 3]
                let isSpecial = series == 1 && round & 3 == 0 && Int.random(in: 0..<15, using: &random) == 0
                storage.append(
                    labels, start + Int64(series) * 7 + Int64(sample) * distance,
                    isStale ? .absent : isSpecial ? special : value)
            }
        }
        let step =
            distance * Int64([1, 1, 2, 4].randomElement(using: &random) ?? 1) + Int64(round & 7 == 7 ? 1 : 0)
        let range = max(distance * Int64.random(in: 0...6, using: &random) + [0, -1, 1, 400][round & 3], 1)
        let first =
            start + Int64.random(in: -10...10, using: &random) * distance + [0, 0, 1, -1, 333][round % 5]
        let last = first + step * Int64.random(in: 10...90, using: &random)
        let engine = QueryEngine()
        for template in EvenSamplesTests.expressions {
            let text = template.replacing("R", with: "\(range)ms").replacing(
                "O", with: "\(distance * 3 + 1)ms")
            let expression = try Expression.parse(text, options: .all)
            func answer(_ times: Query.Times) throws -> [Labels: [Int64: UInt64]] {
                let lookback = [300_000, distance, distance - 1][round % 3]
                let query = Query(expression, at: times, lookback: lookback, text: text)
                var result: [Labels: [Int64: UInt64]] = [:]
                switch try engine.evaluate(query, over: storage).value {
                case .matrix(let all):
                    for series in all {
                        for (time, value) in zip(series.samples.timestamps, series.samples.values) {
                            result[series.labels, default: [:]][time] = value.bitPattern
                        }
                    }
                case .vector(let all):
                    for element in all {
                        result[element.labels] = [element.sample.timestamp: element.sample.value.bitPattern]
                    }
                default: Issue.record("want a vector")
                }
                return result
            }
            let whole = try answer(.range(start: first, end: last, step: step))
            var parts: [Labels: [Int64: UInt64]] = [:]
            for time in stride(from: first, through: last, by: Int(step)) {
                for (labels, values) in try answer(.instant(time)) {
                    parts[labels, default: [:]].merge(values) { $1 }
                }
            }
            #expect(whole == parts, "\(text) from \(first) to \(last) by \(step)")
        }
    }
}
