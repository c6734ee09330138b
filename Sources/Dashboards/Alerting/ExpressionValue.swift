/// What a query or an expression of an alert rule gives: numbers and series, each with its labels. None
/// at all is "no data".
public struct ExpressionValue: Sendable {
    /// A point of a series; nil for a value that is missing.
    public struct Point: Sendable, Equatable {
        /// Milliseconds since 1970.
        public var time: Int64
        public var value: Double?

        public init(time: Int64, value: Double?) {
            self.time = time
            self.value = value
        }
    }

    public enum Kind: Sendable {
        case number(Double?)
        /// By time.
        case series([Point])
    }

    public struct Item: Sendable {
        public var labels: [String: String]
        public var kind: Kind

        public init(labels: [String: String] = [:], _ kind: Kind) {
            self.labels = labels
            self.kind = kind
        }

        public var isSeries: Bool { if case .series = kind { true } else { false } }
        public var number: Double? { if case .number(let value) = kind { value } else { nil } }
    }

    public var items: [Item]

    public init(_ items: [Item]) { self.items = items }

    /// The most items that an expression may give.
    static let itemsMax = 10_000

    /// Applies a function of numbers to all values.
    func map(_ body: (Double?) -> Double?) -> ExpressionValue {
        ExpressionValue(
            items.map { item in
                switch item.kind {
                case .number(let value): Item(labels: item.labels, .number(body(value)))
                case .series(let points):
                    Item(
                        labels: item.labels,
                        .series(points.map { Point(time: $0.time, value: body($0.value)) }))
                }
            })
    }
}

extension PrometheusAnswer {
    /// The answer of an instant query as numbers, that of a range query as series.
    ///
    /// - Throws: `invalidInput` for too many.
    public func expressionValue() throws(DashboardsError) -> ExpressionValue {
        guard series.count <= ExpressionValue.itemsMax else {
            throw DashboardsError(
                .invalidInput,
                "it gives \(series.count) series, at most \(ExpressionValue.itemsMax) are taken")
        }
        return ExpressionValue(
            series.compactMap { series in
                var labels: [String: String] = [:]
                for label in series.labels { labels[label.name] = label.value }
                switch resultType {
                case .vector, .scalar:
                    guard let value = series.values.first else { return nil }
                    return .init(labels: labels, .number(number(value)))
                case .matrix:
                    guard !series.values.isEmpty else { return nil }
                    return .init(
                        labels: labels,
                        .series(
                            zip(series.times, series.values).map {
                                ExpressionValue.Point(time: $0, value: number($1))
                            }))
                case .string: return nil
                }
            })
    }
}
