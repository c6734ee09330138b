import MetricModel
import Platform
import PromQLSyntax
import StorageAPI

/// From a query to its answer: plan, open the storage, evaluate, put the result in order.
struct QueryRun {
    private let query: Query
    private let options: QueryEngine.Options
    private let storage: any Queryable
    private let cancellation: Cancellation
    private let ticket: QueryTicket?
    private let trace: PlanTrace?

    init(
        _ query: Query, _ options: QueryEngine.Options, _ storage: any Queryable,
        _ cancellation: Cancellation, ticket: QueryTicket? = nil, trace: PlanTrace? = nil
    ) {
        self.ticket = ticket
        self.trace = trace
        self.query = query
        self.options = options
        self.storage = storage
        self.cancellation = cancellation
    }

    func answer() throws(QueryError) -> QueryAnswer {
        let began = MonotonicTime.nanoseconds()
        let (steps, plan) = try plan()
        return try answer(plan, steps, try querier(plan, steps), began)
    }

    /// Nil when the query is not small.
    func smallAnswer() throws(QueryError) -> QueryAnswer? {
        let began = MonotonicTime.nanoseconds()
        let (steps, plan) = try plan()
        guard steps.count <= SmallQuery.workMax else { return nil }
        let querier = try querier(plan, steps)
        guard SmallQuery.includes(plan, steps, lookback: query.lookback, querier) else { return nil }
        return try answer(plan, steps, querier, began)
    }

    private func plan() throws(QueryError) -> (Steps, Plan) {
        var (steps, planner) = try times()
        return (steps, try planner.plan(query.expression))
    }

    private func answer(_ plan: Plan, _ steps: Steps, _ querier: any Querier, _ began: UInt64)
        throws(QueryError) -> QueryAnswer
    {
        defer { ticket?.giveBackTurn() }
        let evaluation = Evaluation(
            options: options, querier: querier, cancellation: cancellation, lookback: query.lookback,
            ticket: ticket, trace: trace)
        try evaluation.checkSteps(steps)
        if options.countsSamplesPerStep {
            evaluation.samplesPerStep = Array(repeating: 0, count: steps.count)
        }
        let prepared = MonotonicTime.nanoseconds()
        var value = try evaluate(plan, steps, evaluation)
        evaluation.noteWarningsOfReading()
        let evaluated = MonotonicTime.nanoseconds()
        if case .matrix(var series) = value {
            series.sort { $0.labels < $1.labels }
            value = .matrix(series)
        }
        var statistics = evaluation.statistics
        if let perStep = evaluation.samplesPerStep {
            // A range vector has one step.
            let counts = steps.count == 1 ? [statistics.samples] : perStep
            statistics.samplesPerStep = counts.enumerated().map { (steps.time($0.offset), $0.element) }
        }
        statistics.prepareSeconds = Double(prepared - began) / 1e9
        statistics.evaluateSeconds = Double(evaluated - prepared) / 1e9
        statistics.sortSeconds = Double(MonotonicTime.nanoseconds() - evaluated) / 1e9
        return QueryAnswer(
            value: value,
            warnings: evaluation.storageWarnings + evaluation.annotations.texts(.warning, query: query.text),
            infos: evaluation.annotations.texts(.info, query: query.text), statistics: statistics,
            memory: evaluation.lease)
    }

    private var isRange: Bool {
        if case .range = query.times { true } else { false }
    }

    private func times() throws(QueryError) -> (Steps, Planner) {
        switch query.times {
        case .instant(let time):
            let time = Steps.clamp(time)
            return (
                .instant(time), Planner(start: time, end: time, step: 0, subqueryStep: options.subqueryStep)
            )
        case .range(let start, let end, let step):
            let start = Steps.clamp(start)
            let end = Steps.clamp(end)
            guard step > 0 else {
                throw QueryError(.execution, "zero or negative query resolution step widths are not accepted")
            }
            let type = query.expression.type
            guard type == .vector || type == .scalar else {
                throw QueryError(
                    .execution,
                    "invalid expression type \"\(type == .matrix ? "range vector" : "string")\" for range query, must be Scalar or instant Vector"
                )
            }
            let count = end < start ? 0 : Int((end - start) / step) + 1
            return (
                Steps(start: start, interval: step, count: count),
                Planner(start: start, end: end, step: step, subqueryStep: options.subqueryStep)
            )
        }
    }

    private func querier(_ plan: Plan, _ steps: Steps) throws(QueryError) -> any Querier {
        var first = Timestamp.max
        var last = Timestamp.min
        plan.visitSelectors(steps, lookback: query.lookback) { _, from, through, _ in
            first = min(first, from)
            last = max(last, through)
        }
        if last < first { (first, last) = (0, 0) }
        do { return try storage.querier(from: first, through: last) } catch { throw QueryError(error) }
    }

    // MARK: - Values

    private func evaluate(_ plan: Plan, _ steps: Steps, _ evaluation: Evaluation) throws(QueryError)
        -> QueryValue
    {
        if isRange {
            let table = try table(plan, steps, evaluation)
            try evaluation.holdForAnswer(table.values.count * MemoryLayout<Double>.size)
            return .matrix(matrix(table, steps))
        }
        switch plan.type {
        case .scalar:
            let value = try evaluation.scalar(plan, steps)
            return .scalar(Sample(timestamp: steps.start, value: value[0]))
        case .string:
            if case .string(let text, _) = plan.evaluated { return .string(steps.start, text) }
            return .string(steps.start, "")
        case .vector:
            let table = try table(plan, steps, evaluation)
            var result: [InstantSeries] = []
            result.reserveCapacity(table.rowCount)
            for row in 0..<table.rowCount {
                if let histogram = table.histogram(row, 0) {
                    result.append(
                        InstantSeries(
                            labels: table.labels[row], sample: Sample(timestamp: steps.start, value: 0),
                            histogram: histogram))
                } else if !table.values[row].isAbsent {
                    result.append(
                        InstantSeries(
                            labels: table.labels[row],
                            sample: Sample(timestamp: steps.start, value: table.values[row])))
                }
            }
            return .vector(result)
        case .matrix: return .matrix(try rangeVector(plan.evaluated, steps, evaluation))
        }
    }

    /// The rows of a vector, names dropped where that was put off.
    private func table(_ plan: Plan, _ steps: Steps, _ evaluation: Evaluation) throws(QueryError) -> Table {
        var table = try evaluation.collect(try evaluation.rows(plan, steps))
        guard options.delaysNameRemoval else { return table }
        for row in 0..<table.rowCount where table.dropsName[row] {
            table.setLabels(table.labels[row].dropping(Labels.metadataNames), at: row)
        }
        return try table.withUniqueLabels(.merge)
    }

    private func matrix(_ table: Table, _ steps: Steps) -> [RangeSeries] {
        let times = (0..<steps.count).map { steps.time($0) }
        var result: [RangeSeries] = []
        result.reserveCapacity(table.rowCount)
        for row in 0..<table.rowCount {
            var samples = SampleColumns()
            let values = table.values[row * steps.count..<(row + 1) * steps.count]
            if !values.contains(where: \.isAbsent) {
                // Shares the one column of times.
                samples.timestamps = times
                samples.values = Array(values)
            } else {
                for (step, value) in values.enumerated() where !value.isAbsent {
                    samples.append(times[step], value)
                }
            }
            if let column = table.histogramColumn(row) {
                for (step, histogram) in column.enumerated() {
                    if let histogram { samples.append(times[step], histogram) }
                }
            }
            if samples.count > 0 { result.append(RangeSeries(labels: table.labels[row], samples: samples)) }
        }
        return result
    }

    private func rangeVector(_ plan: Plan, _ steps: Steps, _ evaluation: Evaluation) throws(QueryError)
        -> [RangeSeries]
    {
        let (input, windows, _) = try evaluation.rangeInput(plan, steps, countsInner: true)
        var extended = ExtendedWindow()
        if case .window(let window) = plan { extended = window.extended(query.lookback) }
        var result: [RangeSeries] = []
        for index in 0..<input.count {
            try evaluation.checkCancellation()
            var samples = SampleColumns()
            try input.read(
                index, from: windows.firstStart + 1 - extended.before,
                through: windows.lastEnd + extended.after, into: &samples)
            if extended.kind != .none { samples = try cut(samples, extended, windows) }
            samples.startTimestamps = []
            samples.histogramStartTimestamps = []
            guard samples.count > 0 else { continue }
            try evaluation.hold(samples.count, bytes: samples.count * 16)
            if case .stored = input {
                evaluation.statistics.samples += samples.count
                evaluation.statistics.samplesRead += samples.count
            }
            let labels = input.labels(index)
            let drops = options.delaysNameRemoval && input.dropsName(index)
            result.append(
                RangeSeries(labels: drops ? labels.dropping(Labels.metadataNames) : labels, samples: samples))
        }
        return result
    }

    /// An anchored or smoothed range with values at its exact edges.
    private func cut(_ samples: SampleColumns, _ extended: ExtendedWindow, _ windows: WindowTimes)
        throws(QueryError) -> SampleColumns
    {
        guard samples.histograms.isEmpty else {
            throw QueryError(
                .execution,
                "\(extended.kind == .anchored ? "anchored" : "smoothed") modifier is not supported with histograms"
            )
        }
        let window = MixedWindow(
            columns: samples, floats: samples.timestamps.indices, histograms: 0..<0,
            time: windows.steps.start,
            rangeStart: windows.firstStart, rangeEnd: windows.lastEnd, rangeSeconds: windows.rangeSeconds,
            extended: extended,
            usesStartTimestamps: false, metric: "", place: 0)
        var result = SampleColumns()
        for (time, value) in window.extendedFloats() { result.append(time, value) }
        return result
    }
}
