import MetricModel

extension Table {
    /// What to do with several rows that have the same labels.
    enum Duplicates {
        /// They are one series as long as no step has two values.
        case merge
        /// An error, whatever their values.
        case refuse
    }

    static let sameLabels = "vector cannot contain metrics with the same labelset"

    /// The same rows with each label set once, in order of first appearance.
    consuming func withUniqueLabels(_ duplicates: Duplicates) throws(QueryError) -> Table {
        var seen = LabelIndex(capacity: rowCount)
        var hasDuplicates = false
        for row in labels where !seen.insert(row).isNew {
            hasDuplicates = true
            break
        }
        guard hasDuplicates else { return self }
        if case .refuse = duplicates { throw QueryError(.execution, Table.sameLabels) }
        var collector = RowCollector(stepCount: stepCount)
        for row in 0..<rowCount { try collector.add(self, row) }
        return collector.table
    }
}

/// Builds a table in which each label set stands once.
struct RowCollector {
    private(set) var table: Table
    private var index = LabelIndex(capacity: 16)

    init(stepCount: Int) {
        table = Table(stepCount: stepCount)
    }

    /// Adds a row, or fills the gaps of the one with the same labels.
    ///
    /// - Throws: `execution` when both have a value at one step.
    mutating func add(_ other: Table, _ row: Int) throws(QueryError) {
        let (target, isNew) = index.insert(other.labels[row])
        if isNew {
            table.appendRow(of: other, row)
            return
        }
        for step in 0..<table.stepCount where other.isPresent(row, step) {
            guard !table.isPresent(target, step) else { throw QueryError(.execution, Table.sameLabels) }
            table.values[target * table.stepCount + step] = other.value(row, step)
            table.setHistogram(other.histogram(row, step), row: target, step: step)
        }
    }

    /// The row with these labels, made when there is none.
    mutating func row(_ labels: Labels, dropsName: Bool = false) -> Int {
        let (target, isNew) = index.insert(labels)
        if isNew { table.appendRow(labels, dropsName: dropsName) }
        return target
    }

    /// Sets a value that must not be there yet.
    mutating func set(_ row: Int, _ step: Int, _ value: Double, _ histogram: FloatHistogram? = nil)
        throws(QueryError)
    {
        guard !table.isPresent(row, step) else { throw QueryError(.execution, Table.sameLabels) }
        if let histogram {
            table.setHistogram(histogram, row: row, step: step)
        } else {
            table.values[row * table.stepCount + step] = value
        }
    }

    /// Adds to a value that counts; absent is 0.
    mutating func add(_ amount: Double, at index: Int) {
        let old = table.values[index]
        table.values[index] = old.isAbsent ? amount : old + amount
    }

    /// Gives a row all its values.
    mutating func replace(_ row: Int, _ values: [Double], _ histograms: [FloatHistogram?]?) {
        let base = row * table.stepCount
        for step in 0..<table.stepCount { table.values[base + step] = values[step] }
        if histograms != nil { table.setHistograms(histograms, row: row) }
    }
}
