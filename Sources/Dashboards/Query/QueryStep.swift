/// The distance between the points of a range query: the original's algorithm, so that the same
/// dashboard asks for the same points.
public struct QueryStep: Sendable, Equatable {
    /// Milliseconds, at least 1.
    public let step: Int64
    /// What `$__rate_interval` stands for, milliseconds.
    public let rateInterval: Int64
    /// First and last point, multiples of the step (shifted by the query's UTC offset), milliseconds
    /// since 1970.
    public let start: Int64
    public let end: Int64

    /// - Parameters:
    ///   - from, to: the range, milliseconds since 1970.
    ///   - sourceInterval: the data source's `timeInterval`.
    public init(_ query: PanelQuery, from: Int64, to: Int64, sourceInterval: String?) {
        let nanosecondsPerMillisecond: Int64 = 1_000_000
        let range = max(to.subtractingReportingOverflow(from).partialValue, 0)
        let rangeNanoseconds = range.multipliedReportingOverflow(by: nanosecondsPerMillisecond)
        let length = rangeNanoseconds.overflow ? Int64.max : rangeNanoseconds.partialValue

        let isVariable = QueryStep.variables.contains(query.interval)
        let scrapeDefault: Int64 = 15_000_000_000
        let source = sourceInterval.flatMap(IntervalText.nanoseconds)
        let minimum: Int64 =
            (isVariable || query.interval.isEmpty ? nil : IntervalText.nanoseconds(query.interval))
            ?? (query.intervalMs > 0 ? QueryStep.nanoseconds(milliseconds: query.intervalMs) : nil)
            ?? source ?? scrapeDefault

        let points = query.maxDataPoints > 0 ? query.maxDataPoints : 1500
        let wanted = length / points
        let calculated = wanted < minimum ? minimum : QueryStep.round(wanted)
        let safe = QueryStep.round(length / 11_000)
        let adjusted = max(calculated, safe)

        let isRateStep = QueryStep.rateVariables.contains(query.interval)
        let factor = Int64(max(1, min(query.intervalFactor, 10_000)))
        let nanosecondsStep =
            isRateStep
            ? QueryStep.rate(adjusted, scrape: source ?? scrapeDefault)
            : adjusted.multipliedReportingOverflow(by: factor).overflow
                ? adjusted : adjusted * factor
        step = max(1, nanosecondsStep / nanosecondsPerMillisecond)

        if isRateStep {
            rateInterval = step
        } else {
            let scrape: Int64 =
                if QueryStep.intervalVariables.contains(query.interval) {
                    nanosecondsStep
                } else if !query.interval.isEmpty, !isVariable {
                    IntervalText.nanoseconds(query.interval) ?? source ?? scrapeDefault
                } else { source ?? scrapeDefault }
            let interval = QueryStep.nanoseconds(milliseconds: query.intervalMs)
            rateInterval = max(
                1, QueryStep.rate(interval, scrape: scrape) / nanosecondsPerMillisecond)
        }
        start = QueryStep.align(from, to: step, offset: query.utcOffset)
        end = QueryStep.align(to, to: step, offset: query.utcOffset)
    }

    private static let intervalVariables: Set = ["$__interval", "${__interval}"]
    private static let rateVariables: Set = ["$__rate_interval", "${__rate_interval}"]
    private static let variables = intervalVariables.union(rateVariables).union([
        "$__interval_ms", "${__interval_ms}", "$__rate_interval_ms", "${__rate_interval_ms}",
    ])

    private static func nanoseconds(milliseconds: Int64) -> Int64 {
        let product = max(milliseconds, 0).multipliedReportingOverflow(by: 1_000_000)
        return product.overflow ? Int64.max : product.partialValue
    }

    private static func rate(_ interval: Int64, scrape: Int64) -> Int64 {
        let scrape = min(scrape, Int64.max / 8)
        return max(min(interval, Int64.max / 2) + scrape, 4 * scrape)
    }

    private static func align(_ time: Int64, to step: Int64, offset: Int64) -> Int64 {
        // Times and offsets of dashboards are far from the ends of Int64: PanelQuery clamps them.
        let shifted = time + offset
        let remainder = shifted % step
        return shifted - (remainder < 0 ? remainder + step : remainder) - offset
    }

    /// The round interval near a length; both in nanoseconds.
    static func round(_ nanoseconds: Int64) -> Int64 {
        let milliseconds = Double(nanoseconds) / 1e6
        for (bound, value) in steps where milliseconds < bound { return Int64(value * 1e6) }
        return 31_536_000_000_000_000
    }

    /// Lengths below the first number become the second; milliseconds.
    private static let steps: [(Double, Double)] = {
        let (second, minute, hour, day) = (1e3, 60e3, 3600e3, 86_400e3)
        return [
            (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500),
            (1500, second), (3500, 2 * second), (7500, 5 * second), (12_500, 10 * second),
            (17_500, 15 * second), (25 * second, 20 * second), (45 * second, 30 * second),
            (90 * second, minute), (210 * second, 2 * minute), (450 * second, 5 * minute),
            (750 * second, 10 * minute), (1050 * second, 15 * minute), (1500 * second, 20 * minute),
            (45 * minute, 30 * minute), (1.5 * hour, hour), (2.5 * hour, 2 * hour),
            (4.5 * hour, 3 * hour), (9 * hour, 6 * hour), (day, 12 * hour), (7 * day, day),
            (21 * day, 7 * day), (42 * day, 30 * day),
        ]
    }()
}
