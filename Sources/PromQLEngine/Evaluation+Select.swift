import MetricModel
import PromQLSyntax
import StorageAPI

extension Evaluation {
    func select(_ selector: SelectorPlan, _ steps: Steps, _ content: SelectorContent) throws(QueryError)
        -> any RowSource
    {
        if selector.extended == .smoothed { return try smoothed(selector, steps) }
        let fixedTime = selector.at.map { $0 - selector.offset }
        let first = fixedTime ?? steps.start - selector.offset
        let last = fixedTime ?? steps.end - selector.offset
        let series = try series(
            selector,
            SelectHints(start: first - lookback + 1, end: last, step: steps.count > 1 ? steps.interval : 0))
        return SelectorSource(
            series: series, steps: steps, lookback: lookback, fixedTime: fixedTime, offset: selector.offset,
            content: content,
            isOfOneMetric: selector.isOfOneMetric && !rules.usesTypeLabels,
            needsStatisticsOnly: selector.needsStatisticsOnly)
    }

    private func smoothed(_ selector: SelectorPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let windows = WindowTimes(steps: steps, range: lookback, offset: selector.offset, at: selector.at)
        let series = try series(
            selector,
            SelectHints(
                start: windows.firstStart + 1, end: windows.lastEnd + lookback,
                step: steps.count > 1 ? steps.interval : 0))
        return SmoothedSource(
            series: series, windows: windows, isOfOneMetric: selector.isOfOneMetric && !rules.usesTypeLabels,
            place: selector.place)
    }

    func series(_ selector: SelectorPlan, _ hints: SelectHints) throws(QueryError) -> any SeriesSet {
        let key = SelectionKey(
            matchers: selector.matchers.map {
                "\($0.name)\($0.kind.rawValue)\($0.value.utf8.count):\($0.value)"
            }, hints)
        let series: any SeriesSet
        if let known = selections[key] {
            series = known
        } else {
            do { series = try querier.select(selector.matchers, hints: hints) } catch {
                throw QueryError(error)
            }
            selections[key] = series
        }
        trace?.current?.set(seriesCount: series.count)
        note(series.warnings)
        return series
    }

    /// Adds what reading the selected series brought up, for instance a damaged chunk that was left out.
    func noteWarningsOfReading() {
        note(selections.values.flatMap(\.warnings).sorted())
    }

    private func note(_ warnings: [String]) {
        for warning in warnings where !storageWarnings.contains(warning) { storageWarnings.append(warning) }
    }

    /// The range vector argument of a function.
    ///
    /// - Parameter countsInner: whether the samples that a subquery looks at count in the statistics.
    func rangeInput(_ plan: Plan, _ steps: Steps, countsInner: Bool = false) throws(QueryError) -> (
        input: RangeInput, windows: WindowTimes, isOfOneMetric: Bool
    ) {
        switch plan {
        case .window(let window):
            let windows = WindowTimes(
                steps: steps, range: window.range, offset: window.selector.offset, at: window.selector.at)
            let extended = window.extended(lookback)
            let hints = SelectHints(
                start: windows.firstStart + 1 - extended.before, end: windows.lastEnd + extended.after,
                step: steps.count > 1 ? steps.interval : 0)
            return (
                .stored(
                    try series(window.selector, hints),
                    needsStatisticsOnly: window.selector.needsStatisticsOnly), windows,
                window.selector.isOfOneMetric && !rules.usesTypeLabels
            )
        case .subquery(let subquery):
            let windows = WindowTimes(
                steps: steps, range: subquery.range, offset: subquery.offset, at: subquery.at)
            let inner = try innerSteps(of: subquery, steps)
            let before = statistics.samples
            let perStep = samplesPerStep
            samplesPerStep = nil
            var table = try collect(try rows(subquery.inner, inner))
            samplesPerStep = perStep
            // What counts are the values that the function looks at.
            if !countsInner { statistics.samples = before }
            table.forgetResetHints()
            // One series at a time becomes samples again.
            try hold(inner.count, bytes: inner.count * 16)
            return (.computed(table, inner), windows, false)
        default: throw QueryError(.execution, "cannot evaluate: want a range vector")
        }
    }

    /// The steps that a subquery is evaluated at: all multiples of its step in the window of any outer
    /// step.
    func innerSteps(of subquery: SubqueryPlan, _ steps: Steps) throws(QueryError) -> Steps {
        let inner = subquery.steps(outer: steps)
        try checkSteps(inner)
        return inner
    }
}

/// What makes two selections the same.
struct SelectionKey: Hashable {
    let matchers: [String]
    let start: Timestamp
    let end: Timestamp

    init(matchers: [String], _ hints: SelectHints) {
        self.matchers = matchers
        start = hints.start
        end = hints.end
    }
}

extension WindowPlan {
    func extended(_ lookback: Int64) -> ExtendedWindow {
        switch selector.extended {
        case .anchored: ExtendedWindow(kind: .anchored, lookback: lookback)
        case .smoothed: ExtendedWindow(kind: .smoothed, lookback: lookback)
        case nil: ExtendedWindow()
        }
    }
}

extension SubqueryPlan {
    func steps(outer: Steps) -> Steps {
        let first = (at ?? outer.start) - offset - range
        let last = (at ?? outer.end) - offset
        var start = step * (first / step)
        if start <= first { start += step }
        return Steps(start: start, interval: step, count: last < start ? 0 : Int((last - start) / step) + 1)
    }
}

extension Plan {
    /// Calls `body` for each selector with the inclusive bounds of the samples that it reads, milliseconds, and the number
    /// of steps that it is evaluated at.
    func visitSelectors(
        _ steps: Steps, lookback: Int64, _ body: (SelectorPlan, Timestamp, Timestamp, Int) -> Void
    ) {
        switch self {
        case .number, .string: break
        case .selector(let selector):
            let first = (selector.at ?? steps.start) - selector.offset
            let last = (selector.at ?? steps.end) - selector.offset
            body(
                selector, first - lookback + 1, last + (selector.extended == .smoothed ? lookback : 0),
                steps.count)
        case .window(let window):
            let selector = window.selector
            let first = (selector.at ?? steps.start) - selector.offset - window.range
            let last = (selector.at ?? steps.end) - selector.offset
            body(
                selector, first + 1 - (selector.extended == nil ? 0 : lookback),
                last + (selector.extended == .smoothed ? lookback : 0), steps.count)
        case .subquery(let subquery):
            let inner = subquery.steps(outer: steps)
            if inner.count > 0 { subquery.inner.visitSelectors(inner, lookback: lookback, body) }
        case .call(let call):
            for argument in call.arguments { argument.visitSelectors(steps, lookback: lookback, body) }
        case .aggregate(let aggregate):
            aggregate.operand.visitSelectors(steps, lookback: lookback, body)
            aggregate.parameter?.visitSelectors(steps, lookback: lookback, body)
        case .binary(let binary):
            binary.left.visitSelectors(steps, lookback: lookback, body)
            binary.right.visitSelectors(steps, lookback: lookback, body)
        case .negation(let inner): inner.visitSelectors(steps, lookback: lookback, body)
        case .invariant(let inner): inner.visitSelectors(steps.first, lookback: lookback, body)
        case .shared(let shared): shared.inner.visitSelectors(steps, lookback: lookback, body)
        }
    }
}
