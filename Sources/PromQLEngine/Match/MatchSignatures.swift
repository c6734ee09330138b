import MetricModel
import PromQLSyntax

/// The match groups of two tables: which rows have equal matching labels. Worked out once per query.
struct MatchSignatures {
    /// The group of each row.
    let left: [Int]
    let right: [Int]
    private let index: LabelIndex

    var count: Int { index.count }

    /// The labels that the rows of a group have in common.
    func labels(_ group: Int) -> Labels { Labels(packedBytes: index.key(group)) }

    init(_ matching: VectorMatching, _ leftTable: Table, _ rightTable: Table) {
        let names = LabelNames(matching.isOn ? matching.labels : matching.labels + [Labels.metricNameLabel])
        var index = LabelIndex(capacity: max(leftTable.rowCount, rightTable.rowCount))
        var key: [UInt8] = []
        func groups(_ table: Table) -> [Int] {
            table.labels.map { labels in
                key.removeAll(keepingCapacity: true)
                if matching.isOn { labels.appendPacked(keeping: names, to: &key) } else { labels.appendPacked(dropping: names, to: &key) }
                return index.insert(key).index
            }
        }
        left = groups(leftTable)
        right = groups(rightTable)
        self.index = index
    }
}

/// `and`, `or` and `unless`.
struct SetOperation {
    let operation: BinaryOperator
    let left: Table
    let right: Table
    let signatures: MatchSignatures

    init(_ operation: BinaryOperator, _ left: Table, _ right: Table, _ signatures: MatchSignatures) {
        self.operation = operation
        self.left = left
        self.right = right
        self.signatures = signatures
    }

    func result() throws(QueryError) -> Table {
        var collector = RowCollector(stepCount: left.stepCount)
        switch operation {
        case .and:
            let present = presence(right, signatures.right)
            for row in 0..<left.rowCount {
                try collector.add(masked(left, row, present[signatures.left[row]], keepsPresent: true), 0)
            }
        case .unless:
            let present = presence(right, signatures.right)
            for row in 0..<left.rowCount {
                try collector.add(masked(left, row, present[signatures.left[row]], keepsPresent: false), 0)
            }
        default:
            let present = presence(left, signatures.left)
            for row in 0..<left.rowCount { try collector.add(left, row) }
            for row in 0..<right.rowCount {
                try collector.add(masked(right, row, present[signatures.right[row]], keepsPresent: false), 0)
            }
        }
        return collector.table
    }

    /// For each group whether any of its rows has a value at each step; nil when the group has no row.
    private func presence(_ table: Table, _ groups: [Int]) -> [[Bool]?] {
        var result = [[Bool]?](repeating: nil, count: signatures.count)
        for row in 0..<table.rowCount {
            let group = groups[row]
            if result[group] == nil { result[group] = Array(repeating: false, count: table.stepCount) }
            for step in 0..<table.stepCount where table.isPresent(row, step) { result[group]?[step] = true }
        }
        return result
    }

    private func masked(_ table: Table, _ row: Int, _ mask: [Bool]?, keepsPresent: Bool) -> Table {
        var result = Table(stepCount: table.stepCount)
        result.appendRow(of: table, row)
        for step in 0..<table.stepCount where (mask?[step] ?? false) != keepsPresent {
            result.values[step] = .absent
            result.setHistogram(nil, row: 0, step: step)
        }
        return result
    }
}
