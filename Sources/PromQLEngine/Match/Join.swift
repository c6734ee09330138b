import MetricModel
import PromQLSyntax

/// An arithmetic, comparison or trim operator between two instant vectors.
///
/// Works pair of rows by pair of rows over all steps. Where several rows of one side share a match group
/// (legal as long as they do not overlap in time), each step looks for the row that has a value.
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
    private let signatures: MatchSignatures
    private let checkCancellation: () throws(QueryError) -> Void
    private let steps: Int
    private let matchNames: LabelNames
    private let namesOfOn: LabelNames
    private(set) var annotations = Annotations()
    private var collector: RowCollector
    /// Of each row of the result, the row of the "many" side and the group that it came from first.
    private var origins: [(row: Int, group: Int)] = []
    /// Steps at which both sides have any value: elsewhere the original looks at nothing. Nil: all.
    private var isActive: [Bool]?
    /// The result of a pair of rows.
    private var line: [Double]
    private var histogramLine: [FloatHistogram?]?

    init(
        _ binary: BinaryPlan, _ matching: VectorMatching, _ left: Table, _ right: Table,
        _ signatures: MatchSignatures,
        _ rules: EvaluationRules, checkCancellation: @escaping () throws(QueryError) -> Void
    ) {
        self.checkCancellation = checkCancellation
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
        self.signatures = signatures
        steps = left.stepCount
        matchNames = LabelNames(matching.isOn ? matching.labels : matching.labels + [Labels.metricNameLabel])
        namesOfOn = LabelNames(matching.labels)
        collector = RowCollector(stepCount: steps)
        line = Array(repeating: .absent, count: steps)
    }

    mutating func result() throws(QueryError) -> Table {
        /// The first row of each group on the "one" side; -1 for none.
        var firstOne = [Int](repeating: -1, count: groupCount)
        /// Where there are several, all of them.
        var severalOne: [Int: [Int]] = [:]
        for row in 0..<one.rowCount {
            let group = oneGroups[row]
            if firstOne[group] < 0 {
                firstOne[group] = row
            } else {
                severalOne[group, default: [firstOne[group]]].append(row)
            }
        }
        if !severalOne.isEmpty { try checkOneSide(severalOne) }
        var manyCounts = [Int32](repeating: 0, count: groupCount)
        for group in manyGroups { manyCounts[group] += 1 }
        if severalOne.isEmpty, isSimple, !manyCounts.contains(where: { $0 > 1 }) {
            return try simpleResult(firstOne)
        }
        /// By group, the steps at which it has been matched; kept only where somebody asks.
        var matched: [Int: [Bool]] = [:]
        for row in 0..<many.rowCount {
            if row & 255 == 255 { try checkCancellation() }
            let group = manyGroups[row]
            let candidates = severalOne[group] ?? (firstOne[group] < 0 ? [] : [firstOne[group]])
            let notes = fillMany != nil || (matching.cardinality == .oneToOne && manyCounts[group] > 1)
            for candidate in candidates { try combine(row, candidate, candidates, group, notes, &matched) }
            if fillOne != nil { try combine(row, nil, candidates, group, notes, &matched) }
        }
        if let fillMany {
            for row in 0..<one.rowCount { try fillManySide(row, fillMany, matched[oneGroups[row]]) }
        }
        return collector.table
    }

    /// One row against one row, with nothing but the labels of `on` in the result: no two results can have
    /// the same labels.
    private var isSimple: Bool {
        matching.cardinality == .oneToOne && matching.isOn && fillOne == nil && fillMany == nil
            && !many.hasHistograms
            && !one.hasHistograms && binary.operation != .trimUpper && binary.operation != .trimLower
            && !matching.labels.contains { ["__name__", "__type__", "__unit__"].contains($0) }
    }

    private mutating func simpleResult(_ firstOne: [Int]) throws(QueryError) -> Table {
        var table = Table(stepCount: steps)
        for row in 0..<many.rowCount {
            if row & 255 == 255 { try checkCancellation() }
            let group = manyGroups[row]
            guard firstOne[group] >= 0, combineFloats(row, firstOne[group]) > 0 else { continue }
            table.appendRow(signatures.labels(group), dropsName: binary.returnsBool, values: line)
        }
        return table
    }

    /// Two rows of one group on the "one" side must not have a value at the same step.
    private mutating func checkOneSide(_ several: [Int: [Int]]) throws(QueryError) {
        if fillOne == nil && fillMany == nil {
            let left = presence(many)
            let right = presence(one)
            isActive = (0..<steps).map { left[$0] && right[$0] }
        }
        for group in several.keys.sorted() {
            let rows = several[group] ?? []
            for step in 0..<steps where isActive?[step] ?? true {
                let present = rows.filter { one.isPresent($0, step) }
                guard present.count > 1 else { continue }
                let names = [one.labels[present[0]].braced, one.labels[present[1]].braced].sorted {
                    $0.utf8.lexicographicallyPrecedes($1.utf8)
                }
                throw QueryError(
                    .execution,
                    "found duplicate series for the match group \(matchLabels(one.labels[present[1]]).braced) on the \(isSwapped ? "left" : "right") hand-side of the operation: [\(names[0]), \(names[1])];many-to-many matching not allowed: matching labels must be unique on one side"
                )
            }
        }
    }

    private func presence(_ table: Table) -> [Bool] {
        var result = [Bool](repeating: false, count: steps)
        for row in 0..<table.rowCount {
            for step in 0..<steps where table.isPresent(row, step) { result[step] = true }
        }
        return result
    }

    private func matchLabels(_ labels: Labels) -> Labels {
        matching.isOn ? labels.keeping(matchNames) : labels.dropping(matchNames)
    }

    // MARK: - Pairs

    /// Combines a row of the "many" side with one of the "one" side, or with the fill value where none of
    /// the candidates has a value.
    private mutating func combine(
        _ row: Int, _ partner: Int?, _ candidates: [Int], _ group: Int, _ notes: Bool,
        _ matched: inout [Int: [Bool]]
    ) throws(QueryError) {
        let isPlain =
            partner != nil && many.histogramColumn(row) == nil
            && partner.flatMap { one.histogramColumn($0) } == nil
            && binary.operation != .trimUpper && binary.operation != .trimLower
        var matchCount = 0
        if isPlain, let partner {
            matchCount = combineFloats(row, partner)
        } else {
            matchCount = combineMixed(row, partner, candidates)
        }
        guard matchCount > 0 else { return }
        if notes { try note(row, partner, candidates, group, &matched) }
        let partnerLabels = if let partner { one.labels[partner] } else { matchLabels(many.labels[row]) }
        try store(resultLabels(many.labels[row], partnerLabels), row, group)
    }

    /// Fills the line and returns how many steps have a value on both sides.
    private mutating func combineFloats(_ row: Int, _ partner: Int) -> Int {
        let operation = binary.operation
        let returnsBool = binary.returnsBool
        let isComparison = operation.isComparison
        var count = 0
        histogramLine = nil
        let isSwapped = isSwapped
        let steps = steps
        many.values.withUnsafeBufferPointer { many in
            one.values.withUnsafeBufferPointer { one in
                line.withUnsafeMutableBufferPointer { line in
                    for step in 0..<steps {
                        let first = many[row * steps + step]
                        let second = one[partner * steps + step]
                        if first.isAbsent || second.isAbsent {
                            line[step] = .absent
                            continue
                        }
                        count += 1
                        let a = isSwapped ? second : first
                        let b = isSwapped ? first : second
                        if isComparison {
                            let isTrue = ScalarOperation.holds(operation, a, b)
                            line[step] = returnsBool ? (isTrue ? 1 : 0) : isTrue ? a : .absent
                        } else {
                            line[step] = ScalarOperation.value(operation, a, b)
                        }
                    }
                }
            }
        }
        return count
    }

    private mutating func combineMixed(_ row: Int, _ partner: Int?, _ candidates: [Int]) -> Int {
        var count = 0
        histogramLine = nil
        for step in 0..<steps {
            line[step] = .absent
            guard isMatch(row, partner, candidates, step) else { continue }
            let element = operate(
                many.value(row, step), many.histogram(row, step),
                partner.map { one.value($0, step) } ?? fillOne ?? 0,
                partner.flatMap { one.histogram($0, step) })
            guard let element else { continue }
            count += 1
            guard element.isKept else { continue }
            if let histogram = element.histogram {
                if histogramLine == nil { histogramLine = Array(repeating: nil, count: steps) }
                histogramLine?[step] = histogram
            } else {
                line[step] = element.value
            }
        }
        return count
    }

    private func isMatch(_ row: Int, _ partner: Int?, _ candidates: [Int], _ step: Int) -> Bool {
        guard isActive?[step] ?? true, many.isPresent(row, step) else { return false }
        if let partner { return one.isPresent(partner, step) }
        return !candidates.contains { one.isPresent($0, step) }
    }

    private mutating func fillManySide(_ row: Int, _ fill: Double, _ matched: [Bool]?) throws(QueryError) {
        histogramLine = nil
        for step in 0..<steps {
            line[step] = .absent
            guard one.isPresent(row, step), !(matched?[step] ?? false) else { continue }
            guard let element = operate(fill, nil, one.value(row, step), one.histogram(row, step)),
                element.isKept
            else { continue }
            if let histogram = element.histogram {
                if histogramLine == nil { histogramLine = Array(repeating: nil, count: steps) }
                histogramLine?[step] = histogram
            } else {
                line[step] = element.value
            }
        }
        try store(resultLabels(matchLabels(one.labels[row]), one.labels[row]), -1, oneGroups[row])
    }

    // MARK: - Results

    /// Puts the line into the result.
    private mutating func store(_ labels: Labels, _ row: Int, _ group: Int) throws(QueryError) {
        let before = collector.table.rowCount
        let target = collector.row(labels, dropsName: binary.returnsBool)
        if target == before {
            origins.append((row, group))
            collector.replace(target, line, histogramLine)
            return
        }
        let origin = origins[target]
        if matching.cardinality != .oneToOne, origin.group == group, origin.row >= 0, row >= 0,
            origin.row != row
        {
            // Also a comparison that is false counts as a match.
            for step in 0..<steps where many.isPresent(origin.row, step) && many.isPresent(row, step) {
                if fillOne != nil || one.rowCount > 0 && oneIsPresent(group, step) {
                    throw QueryError(
                        .execution, "multiple matches for labels: grouping labels must ensure unique matches")
                }
            }
        }
        for step in 0..<steps {
            if let histogram = histogramLine?[step] {
                try collector.set(target, step, 0, histogram)
            } else if !line[step].isAbsent {
                try collector.set(target, step, line[step])
            }
        }
    }

    private func oneIsPresent(_ group: Int, _ step: Int) -> Bool {
        (0..<one.rowCount).contains { oneGroups[$0] == group && one.isPresent($0, step) }
    }

    /// Notes the matches of a pair, and refuses a second one where only one is allowed.
    private func note(
        _ row: Int, _ partner: Int?, _ candidates: [Int], _ group: Int, _ matched: inout [Int: [Bool]]
    ) throws(QueryError) {
        var steps = matched[group] ?? Array(repeating: false, count: self.steps)
        for step in steps.indices where isMatch(row, partner, candidates, step) {
            if steps[step], matching.cardinality == .oneToOne {
                throw QueryError(
                    .execution,
                    "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                )
            }
            steps[step] = true
        }
        matched[group] = steps
    }

    private struct Element {
        var value: Double
        var histogram: FloatHistogram?
        var isKept: Bool
    }

    /// The operator on one value of each side, or nil when it has no result.
    private mutating func operate(
        _ manyValue: Double, _ manyHistogram: FloatHistogram?, _ oneValue: Double,
        _ oneHistogram: FloatHistogram?
    ) -> Element? {
        let a = isSwapped ? oneValue : manyValue
        let b = isSwapped ? manyValue : oneValue
        let operation = binary.operation
        if manyHistogram != nil || oneHistogram != nil || operation == .trimUpper || operation == .trimLower {
            let result = HistogramOperation.combine(
                operation, a, isSwapped ? oneHistogram : manyHistogram, b,
                isSwapped ? manyHistogram : oneHistogram, place: binary.place,
                &annotations)
            guard let result else { return nil }
            if binary.returnsBool {
                return Element(value: result.isKept ? 1 : 0, histogram: nil, isKept: true)
            }
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
            labels = matching.isOn ? labels.keeping(namesOfOn) : labels.dropping(namesOfOn)
        }
        guard !matching.include.isEmpty else { return labels }
        for name in matching.include { labels = labels.setting(name, oneLabels.value(of: name) ?? "") }
        return labels
    }
}
