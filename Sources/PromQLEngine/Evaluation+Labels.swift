import MetricModel
import PromQLSyntax

/// Functions that change labels or order.
extension Evaluation {
    private func text(_ plan: Plan) -> String {
        if case .string(let value, _) = plan.evaluated { value } else { "" }
    }

    /// Whether a string can be the name of a label.
    private func isName(_ plan: Plan) -> Bool {
        if case .string(let name, nil) = plan.evaluated { !name.isEmpty } else { false }
    }

    func labelReplace(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let target = text(call.arguments[1])
        let replacement = text(call.arguments[2])
        let source = text(call.arguments[3])
        let expression = text(call.arguments[4])
        let pattern: Pattern
        do { pattern = try Pattern(expression) } catch {
            throw QueryError(.execution, "invalid regular expression in label_replace(): \(expression)")
        }
        guard isName(call.arguments[1]) else {
            throw QueryError(.execution, "invalid destination label name in label_replace(): \(target)")
        }
        return try relabelled(call.arguments[0], steps, target: target) { labels in
            let value = labels.value(of: source) ?? ""
            guard let groups = pattern.match(value) else { return nil }
            return pattern.expand(replacement, value: value, groups: groups)
        }
    }

    func labelJoin(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let target = text(call.arguments[1])
        let separator = text(call.arguments[2])
        let sources = call.arguments.dropFirst(3).map { text($0) }
        for (source, argument) in zip(sources, call.arguments.dropFirst(3)) where !isName(argument) {
            throw QueryError(.execution, "invalid source label name in label_join(): \(source)")
        }
        guard isName(call.arguments[1]) else {
            throw QueryError(.execution, "invalid destination label name in label_join(): \(target)")
        }
        return try relabelled(call.arguments[0], steps, target: target) { labels in
            sources.map { labels.value(of: $0) ?? "" }.joined(separator: separator)
        }
    }

    /// Sets one label of each row to what `value` gives, or leaves it for nil.
    private func relabelled(
        _ operand: Plan, _ steps: Steps, target: String, _ value: (Labels) -> String?
    ) throws(QueryError) -> any RowSource {
        let table = try releasing { () throws(QueryError) in
            var table = try collect(try rows(operand, steps))
            var bytes = 0
            for row in 0..<table.rowCount {
                guard let value = value(table.labels[row]) else { continue }
                guard value.utf8.count <= min(options.labelBytesMax, Labels.stringLengthMax) else {
                    throw QueryError(
                        .tooManySamples,
                        "label \(LabelText.quoted(target)) would grow to \(value.utf8.count) bytes, the limit is \(options.labelBytesMax)"
                    )
                }
                // A label that doubles in each of several nested calls must not fill the memory.
                bytes += value.utf8.count
                guard bytes <= options.bytesMax / 8, heldBytes + bytes <= options.bytesMax else {
                    throw QueryError(
                        .tooManySamples,
                        "query processing would need more than \(options.bytesMax) bytes of memory")
                }
                table.setLabels(table.labels[row].setting(target, value), at: row)
                if target == Labels.metricNameLabel { table.dropsName[row] = false }
            }
            return try table.withUniqueLabels(.merge)
        }
        return TableSource(table: table)
    }

    // MARK: - Order

    func sort(_ call: CallPlan, _ steps: Steps) throws(QueryError) -> any RowSource {
        let byValue = call.name == "sort" || call.name == "sort_desc"
        let isDescending = call.name.hasSuffix("_desc")
        if steps.count > 1 { annotations.sortInRangeQuery(at: call.place) }
        var table = try collect(try rows(call.arguments[0], steps))
        if byValue, table.hasHistograms {
            for row in 0..<table.rowCount { table.setHistograms(nil, row: row) }
        }
        guard steps.count == 1 else { return TableSource(table: table) }
        let present = (0..<table.rowCount).filter { table.isPresent($0, 0) }
        let order: [Int]
        if byValue {
            order = present.sorted { a, b in
                let left = table.values[a]
                let right = table.values[b]
                if left.isNaN || right.isNaN { return !left.isNaN && right.isNaN }
                return isDescending ? left > right : left < right
            }
        } else {
            let names = call.arguments.dropFirst().map { text($0) }
            let keys = table.labels.map { labels in names.map { labels.value(of: $0) ?? "" } }
            order = present.sorted { a, b in
                for (left, right) in zip(keys[a], keys[b]) where !left.hasSameBytes(as: right) {
                    return NaturalOrder.precedes(left, right) != isDescending
                }
                return isDescending ? table.labels[b] < table.labels[a] : table.labels[a] < table.labels[b]
            }
        }
        var result = Table(stepCount: 1)
        for row in order { result.appendRow(of: table, row) }
        return TableSource(table: result)
    }
}

/// The order in which people count: `a2` before `a10`.
enum NaturalOrder {
    /// Compares runs of digits as numbers and the rest by bytes.
    static func precedes(_ a: String, _ b: String) -> Bool {
        let a = pieces(a)
        let b = pieces(b)
        for (left, right) in zip(a, b) {
            if left.elementsEqual(right) { continue }
            if let first = left.first, let second = right.first, isDigit(first), isDigit(second) {
                let x = left.drop { $0 == UInt8(ascii: "0") }
                let y = right.drop { $0 == UInt8(ascii: "0") }
                if x.count != y.count { return x.count < y.count }
                if !x.elementsEqual(y) { return x.lexicographicallyPrecedes(y) }
                return left.count < right.count
            }
            return left.lexicographicallyPrecedes(right)
        }
        return a.count < b.count
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func pieces(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        for i in bytes.indices where i > start && isDigit(bytes[i]) != isDigit(bytes[i - 1]) {
            result.append(bytes[start..<i])
            start = i
        }
        if start < bytes.count { result.append(bytes[start...]) }
        return result
    }
}
