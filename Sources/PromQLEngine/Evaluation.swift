import MetricModel
import Platform
import PromQLSyntax
import StorageAPI

/// One run of one query: what its nodes share while they are evaluated.
///
/// Used by one thread. Row sources, which other threads may work on too, hold copies of what they need.
final class Evaluation {
    let options: QueryEngine.Options
    let querier: any Querier
    let cancellation: Cancellation
    /// Milliseconds.
    let lookback: Int64
    var annotations = Annotations()
    var storageWarnings: [String] = []
    var statistics = QueryStatistics()
    /// Samples looked at by step of the query; nil when nobody asks, and within subqueries, whose steps are
    /// others.
    var samplesPerStep: [Int]?
    /// Samples in tables that are alive.
    private(set) var heldSamples = 0
    private(set) var heldBytes = 0 {
        didSet { isWithinBudget = lease?.change(by: heldBytes - oldValue) ?? true }
    }
    private var isWithinBudget = true
    /// What this run holds of the memory of all.
    let lease: MemoryLease?
    /// What the storage has selected already.
    var selections: [SelectionKey: any SeriesSet] = [:]
    private var sharedTables: [SharedKey: SharedTable] = [:]

    private struct SharedKey: Hashable {
        let number: Int
        let steps: Steps
    }

    private struct SharedTable {
        let table: Table
        let annotations: Annotations
        let place: Int
    }

    /// What happens, for `explain`; nil when nobody asks.
    let trace: PlanTrace?
    /// The place in the queue of large queries; nil for a query that need not wait.
    private let ticket: QueryTicket?

    /// A query that computes more values at once than these is large: it takes some 5 ms. A series that is read counts
    /// as much as 96 of them.
    private static let largeWork = 1 << 18

    init(
        options: QueryEngine.Options, querier: any Querier, cancellation: Cancellation, lookback: Int64,
        ticket: QueryTicket? = nil, trace: PlanTrace? = nil
    ) {
        self.ticket = ticket
        self.trace = trace
        self.options = options
        self.querier = querier
        self.cancellation = cancellation
        self.lookback = lookback
        lease = options.budget?.lease()
    }

    var rules: EvaluationRules { options.rules }

    // MARK: - Rows

    /// The rows of an instant vector; a scalar is one row without labels.
    func rows(_ plan: Plan, _ steps: Steps) throws(QueryError) -> any RowSource {
        guard let trace else { return try untracedRows(plan, steps) }
        let node = trace.enter(plan.title, steps: steps.count)
        defer { trace.leave() }
        let began = MonotonicTime.nanoseconds()
        let source = try untracedRows(plan, steps)
        node.add(seconds: Double(MonotonicTime.nanoseconds() - began) / 1e9)
        return TracedSource(base: source, node: node)
    }

    private func untracedRows(_ plan: Plan, _ steps: Steps) throws(QueryError) -> any RowSource {
        guard steps.count > 0 else { return TableSource(table: Table(stepCount: 0)) }
        switch plan {
        case .number, .string, .window, .subquery:
            return TableSource(table: scalarTable(try scalar(plan, steps)), isOfOneMetric: true)
        case .selector(let selector): return try select(selector, steps, .values)
        case .call(let call):
            if call.signature.returns == .scalar {
                return TableSource(table: scalarTable(try scalar(plan, steps)), isOfOneMetric: true)
            }
            return try self.call(call, steps)
        case .aggregate(let aggregate): return try self.aggregate(aggregate, steps)
        case .binary(let binary):
            if plan.type == .scalar {
                return TableSource(table: scalarTable(try scalar(plan, steps)), isOfOneMetric: true)
            }
            return try self.binary(binary, steps)
        case .negation(let inner):
            return try mapped(try rows(inner, steps), dropsName: true, duplicates: .merge) { batch, first in
                for row in first..<batch.rows.rowCount { batch.rows.negate(row) }
            }
        case .shared(let shared): return try self.shared(shared, steps)
        case .invariant(let inner):
            let before = statistics.samples
            let perStep = samplesPerStep
            samplesPerStep = nil
            let table = try collect(try rows(inner, steps.first))
            // The original counts the samples anew for each step.
            let once = statistics.samples - before
            statistics.samples += once * (steps.count - 1)
            samplesPerStep = perStep?.map { $0 + once }
            return TableSource(
                table: steps.count == 1 ? table : try repeated(table, steps.count), isOfOneMetric: false)
        }
    }

    /// A part that stands in the query more than once: evaluated the first time only, if keeping its rows
    /// costs little.
    private func shared(_ shared: SharedPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        var isSmall = steps.count == 1
        if case .aggregate = shared.inner { isSmall = true }
        guard isSmall else { return try rows(shared.inner, steps) }
        let key = SharedKey(number: shared.number, steps: steps)
        if let known = sharedTables[key] {
            annotations.merge(known.annotations.moved(by: shared.place - known.place))
            return TableSource(table: known.table)
        }
        let before = annotations
        annotations = Annotations()
        let table = try collect(try rows(shared.inner, steps))
        sharedTables[key] = SharedTable(table: table, annotations: annotations, place: shared.place)
        let own = annotations
        annotations = before
        annotations.merge(own)
        return TableSource(table: table)
    }

    /// The values of a scalar at each step.
    func scalar(_ plan: Plan, _ steps: Steps) throws(QueryError) -> [Double] {
        // A million steps of a scalar are a million samples too.
        try hold(steps.count, bytes: steps.count * 8)
        switch plan {
        case .number(let value): return Array(repeating: value, count: steps.count)
        case .invariant(let inner):
            let values = try scalar(inner, steps.first)
            return Array(repeating: values.first ?? .ordinaryNaN, count: steps.count)
        case .negation(let inner): return try scalar(inner, steps).map { -$0 }
        case .binary(let binary):
            let left = try scalar(binary.left, steps)
            let right = try scalar(binary.right, steps)
            return (0..<steps.count).map { ScalarOperation.value(binary.operation, left[$0], right[$0]) }
        case .call(let call): return try scalarCall(call, steps)
        case .shared(let shared): return try scalar(shared.inner, steps)
        default: throw QueryError(.execution, "cannot evaluate: want a scalar")
        }
    }

    private func scalarTable(_ values: [Double]) -> Table {
        var table = Table(stepCount: values.count)
        table.appendRow(.empty)
        table.values = values
        return table
    }

    private func repeated(_ table: Table, _ count: Int) throws(QueryError) -> Table {
        try hold(table.rowCount * count, bytes: table.rowCount * count * 8)
        var result = Table(stepCount: count)
        for row in 0..<table.rowCount where table.isPresent(row, 0) {
            let target = result.appendRow(table.labels[row], dropsName: table.dropsName[row])
            let value = table.value(row, 0)
            for step in 0..<count { result.values[target * count + step] = value }
            if let histogram = table.histogram(row, 0) {
                result.setHistograms(Array(repeating: histogram, count: count), row: target)
            }
        }
        return result
    }

    /// A source with each row changed, and the metric name dropped if asked for.
    func mapped(
        _ base: any RowSource, dropsName: Bool, duplicates: Table.Duplicates,
        _ change: @escaping @Sendable (_ batch: inout RowBatch, _ first: Int) throws(QueryError) -> Void
    ) throws(QueryError) -> any RowSource {
        guard dropsName else {
            return MappedSource(base: base, isOfOneMetric: base.isOfOneMetric, change: change)
        }
        let delays = rules.delaysNameRemoval
        let source = MappedSource(base: base, isOfOneMetric: base.isOfOneMetric) {
            (batch, first) throws(QueryError) in
            try change(&batch, first)
            for row in first..<batch.rows.rowCount {
                batch.rows.dropsName[row] = true
                if !delays {
                    batch.rows.setLabels(batch.rows.labels[row].dropping(Labels.metadataNames), at: row)
                }
            }
        }
        if delays || base.isOfOneMetric { return source }
        return TableSource(table: try collect(source).withUniqueLabels(duplicates), isOfOneMetric: true)
    }

    // MARK: - Passing rows on

    /// Makes all rows of a source, a few at a time, and passes them on in order; with several threads when
    /// there are many.
    func drain(_ source: any RowSource, _ body: (inout RowBatch) throws(QueryError) -> Void)
        throws(QueryError)
    {
        let threads = max(options.threadsMax, 1)
        // Enough pieces to share out evenly, none so small that handing it over costs more than making it: a series that
        // is read takes some 2 us and a step 20 ns.
        let weight = max(source.stepCount, 1) + (source.readsStorage ? 96 : 0)
        if source.inputCount > Evaluation.largeWork / weight, !takeTurn() {
            try checkCancellation()
            throw QueryError(
                .busy, "more large queries are waiting than can be answered soon, try again later")
        }
        let smallest = max((source.readsStorage ? 4_096 : 1_024) / weight, 1)
        let fair = source.inputCount / (threads * 8)
        let size = max(min(max(16_384 / max(source.stepCount, 1), 1), 512, max(fair, smallest)), 1)
        let count = (source.inputCount + size - 1) / size
        if threads > 1, count >= 4 {
            let parallel = ParallelDrain(
                source, size: size, helpers: threads - 1, cancellation: cancellation,
                countsSteps: samplesPerStep != nil)
            defer { parallel.stop() }
            for piece in 0..<count {
                try checkCancellation()
                var batch = try parallel.take(piece)
                try checkCancellation()
                try account(batch)
                try body(&batch)
                parallel.giveBack(batch)
            }
            return
        }
        var batch = RowBatch(
            stepCount: source.stepCount, cancellation: cancellation, countsSteps: samplesPerStep != nil)
        for piece in 0..<count {
            try checkCancellation()
            try source.produce(piece * size..<min((piece + 1) * size, source.inputCount), into: &batch)
            try checkCancellation()
            try account(batch)
            try body(&batch)
            batch.removeAll()
        }
    }

    /// All rows of a source in one table, which counts as held until ``withHeld(_:)`` ends.
    func collect(_ source: any RowSource) throws(QueryError) -> Table {
        if let source = source as? TableSource { return source.table }
        if let traced = source as? TracedSource, let table = traced.base as? TableSource {
            traced.node.add(rows: table.table.rowCount)
            return table.table
        }
        var table = Table(stepCount: source.stepCount)
        table.reserve(rows: source.inputCount, bytesMax: options.bytesMax)
        try drain(source) { batch throws(QueryError) in
            try hold(batch.rows.values.count, bytes: batch.rows.byteCount)
            table.append(batch.rows)
        }
        return table
    }

    /// Runs `body`; what tables it held are taken to be gone after it, but for those of its result.
    func releasing(_ body: () throws(QueryError) -> Table) throws(QueryError) -> Table {
        let samples = heldSamples
        let bytes = heldBytes
        let result = try body()
        heldSamples = samples
        heldBytes = bytes
        try hold(result.values.count, bytes: result.byteCount)
        return result
    }

    // MARK: - Limits

    /// Waits until a large query may compute. False when it may not.
    private func takeTurn() -> Bool {
        guard let ticket, !ticket.hasTurn else { return true }
        guard let lease else { return ticket.takeTurn(cancellation) }
        return lease.paused { ticket.takeTurn(cancellation) }
    }

    func checkCancellation() throws(QueryError) {
        if cancellation.isPastDeadline {
            throw QueryError(.timeout, "query timed out in expression evaluation")
        }
        if cancellation.isCancelled {
            throw QueryError(.cancelled, "query was canceled in expression evaluation")
        }
    }

    private func account(_ batch: borrowing RowBatch) throws(QueryError) {
        annotations.merge(batch.annotations)
        statistics.samples += batch.counts.looked
        statistics.samplesRead += batch.counts.read
        if samplesPerStep != nil, samplesPerStep?.count == batch.counts.perStep.count {
            for (step, count) in batch.counts.perStep.enumerated() { samplesPerStep?[step] += count }
        }
        try checkSamples(heldSamples + batch.rows.values.count + batch.counts.largestSeries)
    }

    /// Counts samples and bytes as held.
    func hold(_ samples: Int, bytes: Int) throws(QueryError) {
        heldSamples += samples
        heldBytes += bytes
        try checkSamples(heldSamples)
        guard heldBytes <= options.bytesMax else {
            throw QueryError(
                .tooManySamples, "query processing would need more than \(options.bytesMax) bytes of memory")
        }
        if !isWithinBudget { try waitForRoom() }
    }

    /// Counts bytes of the answer, which stand beside the table that it is made from: only what all queries share bounds
    /// them.
    func holdForAnswer(_ bytes: Int) throws(QueryError) {
        if lease?.change(by: bytes) == false { try waitForRoom() }
    }

    private func waitForRoom() throws(QueryError) {
        guard let lease else { return }
        guard lease.waitForRoom(cancellation, ticket) else {
            throw QueryError(
                .busy, "the queries that are running hold all memory that queries may take, try again later")
        }
        try checkCancellation()
    }

    private func checkSamples(_ count: Int) throws(QueryError) {
        statistics.peakSamples = max(statistics.peakSamples, count)
        guard count <= options.samplesMax else {
            throw QueryError(
                .tooManySamples, "query processing would load too many samples into memory in query execution"
            )
        }
    }

    func checkSteps(_ steps: Steps) throws(QueryError) {
        guard steps.count <= options.samplesMax else { try checkSamples(steps.count); return }
    }
}

extension Table {
    mutating func negate(_ row: Int) {
        for index in row * stepCount..<(row + 1) * stepCount where !values[index].isAbsent {
            values[index] = -values[index]
        }
        if var column = histogramColumn(row) {
            for step in column.indices { column[step]?.scale(by: -1) }
            setHistograms(column, row: row)
        }
    }
}
