import MetricModel
import Platform
import StorageAPI

/// Rows of an instant vector that are made when they are asked for, so that what aggregates them never
/// holds them all. Threads may ask for different ranges at once.
protocol RowSource: Sendable {
    var stepCount: Int { get }
    /// How many pieces of input (series, rows) there are; each gives one row or none.
    var inputCount: Int { get }
    /// Whether dropping the metric name keeps all label sets different.
    var isOfOneMetric: Bool { get }

    /// Whether an input is a series of the storage: that costs some, however few steps there are.
    var readsStorage: Bool { get }

    /// Appends the rows of the inputs to the batch.
    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError)
}

extension RowSource {
    var readsStorage: Bool { false }
}

/// A few rows on their way, with what was noticed while making them.
struct RowBatch: Sendable {
    var rows: Table
    var annotations = Annotations()
    var counts = SampleCounts()
    /// Kept from batch to batch, so that reading a series allocates nothing.
    var columns = SampleColumns()
    var scratch: [Double] = []
    /// Looked at within long work; whoever takes the batch then throws it away.
    let cancellation: Cancellation

    init(stepCount: Int, cancellation: Cancellation, countsSteps: Bool = false) {
        rows = Table(stepCount: stepCount)
        self.cancellation = cancellation
        if countsSteps { counts.perStep = Array(repeating: 0, count: stepCount) }
    }

    mutating func removeAll() {
        rows.removeAll()
        annotations = Annotations()
        let countsSteps = !counts.perStep.isEmpty
        counts = SampleCounts()
        if countsSteps { counts.perStep = Array(repeating: 0, count: rows.stepCount) }
    }
}

/// What the statistics of a query count.
struct SampleCounts: Sendable {
    /// Once for each step whose window has it.
    var looked = 0
    /// From the storage.
    var read = 0
    /// The most that one series needed at once.
    var largestSeries = 0
    /// `looked` by step; empty when nobody asks.
    var perStep: [Int] = []

    mutating func look(_ samples: Int, at step: Int) {
        looked += samples
        if !perStep.isEmpty { perStep[step] += samples }
    }
}

/// Rows that exist already.
struct TableSource: RowSource {
    let table: Table
    var isOfOneMetric = false

    var stepCount: Int { table.stepCount }
    var inputCount: Int { table.rowCount }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) {
        for row in inputs { batch.rows.appendRow(of: table, row) }
    }
}

/// Rows of another source, each changed by a function that may also take it out.
struct MappedSource: RowSource {
    let base: any RowSource
    var isOfOneMetric: Bool
    /// Changes rows `first...` of the batch.
    let change: @Sendable (_ batch: inout RowBatch, _ first: Int) throws(QueryError) -> Void

    var stepCount: Int { base.stepCount }
    var inputCount: Int { base.inputCount }
    var readsStorage: Bool { base.readsStorage }

    func produce(_ inputs: Range<Int>, into batch: inout RowBatch) throws(QueryError) {
        let first = batch.rows.rowCount
        try base.produce(inputs, into: &batch)
        try change(&batch, first)
    }
}
