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
                if matching.isOn {
                    labels.appendPacked(keeping: names, to: &key)
                } else {
                    labels.appendPacked(dropping: names, to: &key)
                }
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
                try add(left, row, signatures.left[row], where: present, is: true, to: &collector)
            }
        case .unless:
            let present = presence(right, signatures.right)
            for row in 0..<left.rowCount {
                try add(left, row, signatures.left[row], where: present, is: false, to: &collector)
            }
        default:
            let present = presence(left, signatures.left)
            for row in 0..<left.rowCount { try collector.add(left, row) }
            for row in 0..<right.rowCount {
                try add(right, row, signatures.right[row], where: present, is: false, to: &collector)
            }
        }
        return collector.table
    }

    /// Whether any row of a group has a value at a step: the steps of each group behind one another.
    private func presence(_ table: Table, _ groups: [Int]) -> [Bool] {
        let steps = table.stepCount
        var result = [Bool](repeating: false, count: signatures.count * steps)
        for row in 0..<table.rowCount {
            for step in 0..<steps where table.isPresent(row, step) {
                result[groups[row] * steps + step] = true
            }
        }
        return result
    }

    /// Adds what a row has at the steps where the other side has its group, or has not. Most rows stay or go as a whole.
    private func add(
        _ table: Table, _ row: Int, _ group: Int, where present: [Bool], is wanted: Bool,
        to collector: inout RowCollector
    ) throws(QueryError) {
        let steps = table.stepCount
        var count = 0
        var keptCount = 0
        for step in 0..<steps where table.isPresent(row, step) {
            count += 1
            if present[group * steps + step] == wanted { keptCount += 1 }
        }
        if keptCount == 0 { return }
        if keptCount == count { return try collector.add(table, row) }
        var masked = Table(stepCount: steps)
        masked.appendRow(of: table, row)
        for step in 0..<steps where present[group * steps + step] != wanted {
            masked.values[step] = .absent
            masked.setHistogram(nil, row: 0, step: step)
        }
        try collector.add(masked, 0)
    }
}
