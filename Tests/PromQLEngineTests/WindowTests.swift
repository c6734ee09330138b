import MetricModel
import PromQLEngine
import PromQLSyntax
import QueryScripts
import StorageAPI
import TestKit
import Testing

/// Sliding windows against windows looked at one by one, over random series with gaps, resets, NaN and
/// infinities.
@Suite struct WindowTests {
    @Test(arguments: [
        "rate", "increase", "delta", "irate", "idelta", "resets", "changes", "deriv", "sum_over_time",
        "avg_over_time", "min_over_time",
        "max_over_time", "count_over_time", "last_over_time", "first_over_time", "stddev_over_time",
        "quantile_over_time", "mad_over_time",
        "ts_of_max_over_time", "ts_of_min_over_time", "present_over_time",
    ])
    func slideLikeSingleWindows(_ function: String) throws {
        let seed: UInt64 = 42
        var state = seed
        func random(_ limit: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % limit
        }
        for round in 0..<4 {
            let storage = MemoryStorage()
            let labels = Labels([("__name__", "m_total")])
            var time: Int64 = 0
            var value = 0.0
            for _ in 0..<300 {
                time += Int64(1000 + random(4) * 5_000)
                value += Double(random(1000)) / 7
                if random(20) == 0 { value = Double(random(10)) }
                var stored = value
                // Rounds 0 to 2 are finite, so that running sums are used.
                if round > 2, random(15) == 0 {
                    stored = [.nan, .infinity, -.infinity, .staleMarker, 1e308][Int(random(5))]
                }
                storage.append(labels, time, stored)
            }
            let argument = function == "quantile_over_time" ? "0.7, " : ""
            for range in ["20s", "7m"] {
                let text = "\(function)(\(argument)m_total[\(range)])"
                let expression = try Expression.parse(text, options: .all)
                let engine = QueryEngine()
                let times = Query.Times.range(start: 0, end: time + 30_000, step: 9_000)
                guard
                    case .matrix(let series) = try engine.evaluate(
                        Query(expression, at: times), over: storage
                    ).value
                else { return }
                let samples = series.first?.samples ?? SampleColumns()
                var index = 0
                for step in stride(from: Int64(0), through: time + 30_000, by: 9_000) {
                    guard
                        case .vector(let one) = try engine.evaluate(
                            Query(expression, at: .instant(step)), over: storage
                        ).value
                    else { return }
                    let sliding: Double? =
                        index < samples.timestamps.count && samples.timestamps[index] == step
                        ? samples.values[index] : nil
                    if sliding != nil { index += 1 }
                    let single = one.first?.sample.value
                    let isSame =
                        sliding == nil && single == nil
                        || (sliding ?? 0).isAlmostEqual(to: single ?? 1, tolerance: 1e-14)
                    #expect(
                        isSame,
                        "seed \(seed), round \(round), \(text) at \(step): \(sliding as Double?) and \(single as Double?)"
                    )
                    if !isSame { return }
                }
            }
        }
    }
}
