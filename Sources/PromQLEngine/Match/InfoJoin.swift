import MetricModel
import PromQLSyntax

/// Adds the labels of info series to the rows of a vector.
struct InfoJoin {
    private static let identity = ["instance", "job"]
    private static let identityNames = LabelNames(identity)

    private let base: Table
    private let names: [LabelMatcher]
    /// The labels that are wanted; none = all.
    private let data: [LabelMatcher]
    /// Rows that are info series themselves.
    private let isInfo: [Bool]

    init(_ base: Table, names: [LabelMatcher], data: [LabelMatcher]) {
        self.base = base
        self.names = names
        self.data = data
        isInfo = base.labels.map { labels in
            let name = labels.metricName ?? ""
            return names.allSatisfy { $0.matches(name) }
        }
    }

    /// Which info metrics are looked at: `target_info` when nothing is said, all that end in `_info` when
    /// only some are excluded.
    static func nameMatchers(_ given: [LabelMatcher]) -> [LabelMatcher] {
        if given.isEmpty { return [LabelMatcher(Labels.metricNameLabel, equals: "target_info")] }
        if given.contains(where: { $0.kind == .equal || $0.kind == .matches }) { return given }
        guard let anyInfo = try? LabelMatcher(Labels.metricNameLabel, .matches, ".+_info") else {
            return given
        }
        return [anyInfo] + given
    }

    /// Matchers for the identifying labels that the rows have; nil when they have none.
    func identityMatchers() throws(QueryError) -> [LabelMatcher]? {
        var result: [LabelMatcher] = []
        for name in InfoJoin.identity {
            var values: Set<String> = []
            for row in 0..<base.rowCount where !isInfo[row] {
                if let value = base.labels[row].value(of: name) { values.insert(value) }
            }
            if values.isEmpty { continue }
            let pattern = values.sorted().map(InfoJoin.escaped).joined(separator: "|")
            do {
                // A pattern too long to compile only means that more series are looked at.
                if pattern.utf8.count <= Pattern.lengthMax {
                    result.append(try LabelMatcher(name, .matches, pattern))
                } else {
                    result.append(try LabelMatcher(name, .matches, ".+"))
                }
            } catch { throw QueryError(.execution, error.message) }
        }
        return result.isEmpty ? nil : result
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            if "\\.+*?()|[]{}^$".unicodeScalars.contains(character) { result += "\\" }
            result.unicodeScalars.append(character)
        }
        return result
    }

    /// - Parameter infos: info series; the values are the times of their samples, in seconds.
    func result(_ infos: Table) throws(QueryError) -> Table {
        var index = LabelIndex(capacity: infos.rowCount)
        var candidates: [[Int]] = []
        var key: [UInt8] = []
        for row in 0..<infos.rowCount {
            let (group, isNew) = index.insert(identity(infos.labels[row], &key))
            if isNew { candidates.append([]) }
            candidates[group].append(row)
        }
        var collector = RowCollector(stepCount: base.stepCount)
        for row in 0..<base.rowCount {
            if isInfo[row] {
                try collector.add(base, row)
                continue
            }
            let rows = index.find(identity(base.labels[row], &key)).map { candidates[$0] } ?? []
            try add(row, infos, rows, &collector)
        }
        return collector.table
    }

    private func identity(_ labels: Labels, _ key: inout [UInt8]) -> [UInt8] {
        key.removeAll(keepingCapacity: true)
        labels.appendPacked(keeping: InfoJoin.identityNames, to: &key)
        return key
    }

    private func add(_ row: Int, _ infos: Table, _ candidates: [Int], _ collector: inout RowCollector)
        throws(QueryError)
    {
        var known: (rows: [Int], labels: Labels)?
        for step in 0..<base.stepCount where base.isPresent(row, step) {
            let chosen = try newest(infos, candidates, step)
            if chosen.isEmpty, data.contains(where: { !$0.matchesEmpty }) { continue }
            if known?.rows != chosen { known = (chosen, try labels(base.labels[row], infos, chosen)) }
            guard let labels = known?.labels else { continue }
            let target = collector.row(labels, dropsName: base.dropsName[row])
            try collector.set(target, step, base.value(row, step), base.histogram(row, step))
        }
    }

    /// Of each info metric the series with the newest sample.
    private func newest(_ infos: Table, _ candidates: [Int], _ step: Int) throws(QueryError) -> [Int] {
        var result: [Int] = []
        for row in candidates where infos.isPresent(row, step) {
            let name = infos.labels[row].metricName
            guard let position = result.firstIndex(where: { infos.labels[$0].metricName == name }) else {
                result.append(row)
                continue
            }
            let time = infos.value(row, step)
            let other = infos.value(result[position], step)
            if time == other {
                throw QueryError(
                    .execution,
                    "found duplicate series for info metric: existing \(infos.labels[result[position]].braced) @ \(Int64(other * 1000)), new \(infos.labels[row].braced) @ \(Int64(time * 1000))"
                )
            }
            if time > other { result[position] = row }
        }
        return result
    }

    private func labels(_ labels: Labels, _ infos: Table, _ rows: [Int]) throws(QueryError) -> Labels {
        var builder = LabelsBuilder(labels)
        var added: [String: String] = [:]
        for row in rows {
            for (name, value) in infos.labels[row].pairs where name != Labels.metricNameLabel {
                if !data.isEmpty, !data.contains(where: { $0.name == name }) { continue }
                if let other = added[name], !other.hasSameBytes(as: value) {
                    throw QueryError(.execution, "conflicting label: \(name)")
                }
                if labels.value(of: name) != nil { continue }
                added[name] = value
                builder.set(name, value)
            }
        }
        return builder.labels()
    }
}
