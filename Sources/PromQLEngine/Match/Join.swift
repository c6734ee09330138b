import MetricModel
import PromQLSyntax

/// An arithmetic, comparison or trim operator between two instant vectors.
///
/// Works pair of rows by pair of rows over all steps. In a match group with one row on the "one" side,
/// nearly always, that is one pass; where several rows share the group (legal as long as they do not
/// overlap in time) each step looks for the row that has a value.
struct Join {
    private let binary: BinaryPlan
    private let matching: VectorMatching
    private let rules: EvaluationRules
    /// The "many" side (left unless `group_right`) and the "one" side.
    private let many: Table
    private let one: Table
    private let manyGroups: [Int]
    private let oneGroups: [Int]
    private let isSwapped: Bool
    private let fillOne: Double?
    private let fillMany: Double?
    private let groupCount: Int
    private let steps: Int
    private let matchNames: LabelNames
    private(set) var annotations = Annotations()
    private var collector: RowCollector
    /// Steps at which both sides have any value: elsewhere the original looks at nothing.
    private var isActive: [Bool] = []

    init(
        _ binary: BinaryPlan, _ matching: VectorMatching, _ left: Table, _ right: Table, _ signatures: MatchSignatures,
        _ rules: EvaluationRules
    ) {
        self.binary = binary
        self.matching = matching
        self.rules = rules
        isSwapped = matching.cardinality == .oneToMany
        many = isSwapped ? right : left
        one = isSwapped ? left : right
        manyGroups = isSwapped ? signatures.right : signatures.left
        oneGroups = isSwapped ? signatures.left : signatures.right
        // As in the original, fill_right fills the "one" side and fill_left the "many" side, also when
        // group_right has swapped them.
        fillOne = matching.fillRight
        fillMany = matching.fillLeft
        groupCount = signatures.count
        steps = left.stepCount
        matchNames = LabelNames(matching.isOn ? matching.labels : matching.labels + [Labels.metricNameLabel])
        collector = RowCollector(stepCount: steps)
    }

    mutating func result() throws(QueryError) -> Table {
        var oneRows = [[Int]](repeating: [], count: groupCount)
        for row in 0..<one.rowCount { oneRows[oneGroups[row]].append(row) }
        findActiveSteps()
        try checkOneSide(oneRows)
        /// For one-to-one: whether the group has been matched at a step.
        var matched = [[Bool]?](repeating: nil, count: groupCount)
        var seen: [Int: LabelIndexBySteps] = [:]
        for row in 0..<many.rowCount {
            let group = manyGroups[row]
            if oneRows[group].isEmpty, fillOne == nil { continue }
            try combine(row, oneRows[group], &matched[group], &seen, group)
        }
        if let fillMany {
            for row in 0..<one.rowCount { try fillManySide(row, fillMany, matched[oneGroups[row]]) }
        }
        return collector.table
    }

    private mutating func findActiveSteps() {
        func presence(_ table: Table) -> [Bool] {
            var result = [Bool](repeating: false, count: steps)
            for row in 0..<table.rowCount {
                for step in 0..<steps where table.isPresent(row, step) { result[step] = true }
            }
            return result
        }
        if fillOne != nil || fillMany != nil {
            isActive = Array(repeating: true, count: steps)
            return
        }
        let left = presence(many)
        let right = presence(one)
        isActive = (0..<steps).map { left[$0] && right[$0] }
    }

    /// Two rows of one group on the "one" side must not have a value at the same step.
    private func checkOneSide(_ oneRows: [[Int]]) throws(QueryError) {
        for rows in oneRows where rows.count > 1 {
            for step in 0..<steps where isActive[step] {
                var first: Int?
                for row in rows where one.isPresent(row, step) {
                    guard let other = first else {
                        first = row
                        continue
                    }
                    let names = [one.labels[row].braced, one.labels[other].braced].sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
                    throw QueryError(
                        .execution,
                        "found duplicate series for the match group \(matchLabels(one.labels[row]).braced) on the \(isSwapped ? "left" : "right") hand-side of the operation: [\(names[0]), \(names[1])];many-to-many matching not allowed: matching labels must be unique on one side")
                }
            }
        }
    }

    private func matchLabels(_ labels: Labels) -> Labels {
        matching.isOn ? labels.keeping(matchNames) : labels.dropping(matchNames)
    }

    // MARK: - Pairs

    private mutating func combine(
        _ row: Int, _ candidates: [Int], _ matched: inout [Bool]?, _ seen: inout [Int: LabelIndexBySteps], _ group: Int
    ) throws(QueryError) {
        // Each partner gives labels of its own.
        var partners: [(row: Int?, output: Int, drops: Bool)] = candidates.map { ($0, -1, false) }
        if fillOne != nil { partners.append((nil, -1, false)) }
        for index in partners.indices {
            let partner = partners[index].row
            let partnerLabels = if let partner { one.labels[partner] } else { matchLabels(many.labels[row]) }
            var output: Table?
            var labels = Labels.empty
            for step in 0..<steps where isActive[step] && many.isPresent(row, step) {
                if let partner {
                    guard one.isPresent(partner, step) else { continue }
                } else if candidates.contains(where: { one.isPresent($0, step) }) {
                    continue
                }
                let element = operate(
                    many.value(row, step), many.histogram(row, step), partner.map { one.value($0, step) } ?? fillOne ?? 0,
                    partner.flatMap { one.histogram($0, step) })
                guard let element else { continue }
                if output == nil {
                    labels = resultLabels(many.labels[row], partnerLabels)
                    output = Table(stepCount: steps)
                    output?.appendRow(labels, dropsName: binary.returnsBool)
                }
                try note(step, labels, &matched, &seen, group)
                guard element.isKept else { continue }
                if let histogram = element.histogram {
                    output?.setHistogram(histogram, row: 0, step: step)
                } else {
                    output?.values[step] = element.value
                }
            }
            if let output { try collector.add(output, 0) }
        }
    }

    private mutating func fillManySide(_ row: Int, _ fill: Double, _ matched: [Bool]?) throws(QueryError) {
        let labels = resultLabels(matchLabels(one.labels[row]), one.labels[row])
        var output = Table(stepCount: steps)
        output.appendRow(labels, dropsName: binary.returnsBool)
        for step in 0..<steps where one.isPresent(row, step) && !(matched?[step] ?? false) {
            guard let element = operate(fill, nil, one.value(row, step), one.histogram(row, step)), element.isKept else { continue }
            if let histogram = element.histogram {
                output.setHistogram(histogram, row: 0, step: step)
            } else {
                output.values[step] = element.value
            }
        }
        try collector.add(output, 0)
    }

    /// Refuses a second match where only one is allowed.
    private func note(
        _ step: Int, _ labels: Labels, _ matched: inout [Bool]?, _ seen: inout [Int: LabelIndexBySteps], _ group: Int
    ) throws(QueryError) {
        let isSecond = matched?[step] ?? false
        if matching.cardinality == .oneToOne, isSecond {
            throw QueryError(.execution, "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
        }
        if matched == nil { matched = Array(repeating: false, count: steps) }
        matched?[step] = true
        if matching.cardinality != .oneToOne {
            guard seen[group, default: LabelIndexBySteps()].insert(labels, step, steps) else {
                throw QueryError(.execution, "multiple matches for labels: grouping labels must ensure unique matches")
            }
        }
    }

    private struct Element {
        var value: Double
        var histogram: FloatHistogram?
        var isKept: Bool
    }

    /// The operator on one value of each side, or nil when it has no result.
    private mutating func operate(_ manyValue: Double, _ manyHistogram: FloatHistogram?, _ oneValue: Double, _ oneHistogram: FloatHistogram?)
        -> Element?
    {
        let a = isSwapped ? oneValue : manyValue
        let b = isSwapped ? manyValue : oneValue
        let operation = binary.operation
        if manyHistogram != nil || oneHistogram != nil || operation == .trimUpper || operation == .trimLower {
            let result = HistogramOperation.combine(
                operation, a, isSwapped ? oneHistogram : manyHistogram, b, isSwapped ? manyHistogram : oneHistogram, place: binary.place,
                &annotations)
            guard let result else { return nil }
            if binary.returnsBool { return Element(value: result.isKept ? 1 : 0, histogram: nil, isKept: true) }
            return Element(value: result.value, histogram: result.histogram, isKept: result.isKept)
        }
        if operation.isComparison {
            let isTrue = ScalarOperation.holds(operation, a, b)
            if binary.returnsBool { return Element(value: isTrue ? 1 : 0, histogram: nil, isKept: true) }
            return Element(value: a, histogram: nil, isKept: isTrue)
        }
        return Element(value: ScalarOperation.value(operation, a, b), histogram: nil, isKept: true)
    }

    private func resultLabels(_ manyLabels: Labels, _ oneLabels: Labels) -> Labels {
        var labels = manyLabels
        let isTrim = binary.operation == .trimUpper || binary.operation == .trimLower
        if (binary.returnsBool && !rules.delaysNameRemoval) || !(binary.operation.isComparison || isTrim) {
            labels = labels.dropping(Labels.metadataNames)
        }
        if matching.cardinality == .oneToOne {
            let names = LabelNames(matching.labels)
            labels = matching.isOn ? labels.keeping(names) : labels.dropping(names)
        }
        guard !matching.include.isEmpty else { return labels }
        var builder = LabelsBuilder(labels)
        for name in matching.include { builder.set(name, oneLabels.value(of: name) ?? "") }
        return builder.labels()
    }
}

/// Which label sets have been given out at which step.
struct LabelIndexBySteps {
    private var index = LabelIndex(capacity: 8)
    private var used: [[Bool]] = []

    /// False when the labels have been inserted at the step before.
    mutating func insert(_ labels: Labels, _ step: Int, _ steps: Int) -> Bool {
        let (number, isNew) = index.insert(labels)
        if isNew { used.append(Array(repeating: false, count: steps)) }
        if used[number][step] { return false }
        used[number][step] = true
        return true
    }
}
