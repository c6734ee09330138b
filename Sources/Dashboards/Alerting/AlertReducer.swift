/// Makes one number of a series.
struct AlertReducer: Sendable {
    enum Kind: String, Sendable {
        case last, mean, min, max, sum, count, median
        // Of classic conditions.
        case difference = "diff"
        case absoluteDifference = "diff_abs"
        case percentDifference = "percent_diff"
        case absolutePercentDifference = "percent_diff_abs"
        case countNonNull = "count_non_null"

        /// Also by the names of classic conditions.
        init?(_ name: String) {
            if name == "avg" { self = .mean } else { self.init(rawValue: name) }
        }
    }

    /// What becomes of values that are no numbers.
    enum Mode: Sendable, Equatable {
        /// They spoil the result.
        case strict
        case drop
        case replace(Double)
    }

    let kind: Kind
    var mode = Mode.strict

    func reduce(_ item: ExpressionValue.Item) -> ExpressionValue.Item {
        switch item.kind {
        case .number(let value): return .init(labels: item.labels, .number(afterwards(value)))
        case .series(let points):
            var values = points.map(\.value)
            switch mode {
            case .strict: break
            case .drop: values.removeAll { !($0?.isFinite ?? false) }
            case .replace(let other): values = values.map { $0?.isFinite ?? false ? $0 : other }
            }
            return .init(labels: item.labels, .number(afterwards(number(values))))
        }
    }

    /// Nothing was left: no number rather than one that is none.
    private func afterwards(_ value: Double?) -> Double? {
        switch mode {
        case .strict: value
        case .drop: value?.isFinite ?? false ? value : nil
        case .replace(let other): value?.isFinite ?? false ? value : other
        }
    }

    private func number(_ values: [Double?]) -> Double? {
        // A missing value spoils a strict reduction just as NaN does.
        let numbers = values.map { $0 ?? .nan }
        let isSpoilt = numbers.contains { $0.isNaN }
        switch kind {
        case .count: return Double(values.count)
        case .countNonNull: return Double(values.count { $0 != nil })
        case .last: return numbers.last ?? .nan
        case .sum: return numbers.reduce(0, +)
        case .mean: return numbers.isEmpty ? .nan : numbers.reduce(0, +) / Double(numbers.count)
        case .min: return isSpoilt ? .nan : numbers.min() ?? .nan
        case .max: return isSpoilt ? .nan : numbers.max() ?? .nan
        case .median:
            guard !isSpoilt, !numbers.isEmpty else { return .nan }
            let sorted = numbers.sorted()
            let middle = sorted.count / 2
            return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        case .difference, .absoluteDifference, .percentDifference, .absolutePercentDifference:
            guard let first = numbers.first, let last = numbers.last else { return nil }
            var value = last - first
            if kind == .percentDifference || kind == .absolutePercentDifference {
                value = value / first.magnitude * 100
            }
            return kind == .difference || kind == .percentDifference ? value : value.magnitude
        }
    }

    /// The number of a series as classic conditions want it: values that are none are passed over.
    func classic(_ item: ExpressionValue.Item) -> Double? {
        guard case .series(let points) = item.kind else { return item.number }
        if kind == .count { return Double(points.count) }
        let values = points.map(\.value).filter { $0.map { !$0.isNaN } ?? false }
        if kind == .countNonNull { return values.isEmpty ? nil : Double(values.count) }
        return values.isEmpty ? nil : number(values)
    }
}
