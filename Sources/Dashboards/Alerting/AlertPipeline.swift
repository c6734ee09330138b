/// The queries and expressions of a rule in the order in which they are computed.
public struct AlertPipeline: Sendable {
    /// What the condition gave.
    public struct Outcome: Sendable {
        /// A number of one of the rule's queries that belongs to a result.
        public struct Value: Sendable, Equatable {
            public var labels: [String: String]
            public var number: Double?
        }

        public struct Result: Sendable {
            public var labels: [String: String]
            /// nil for no data, 0 for normal, anything else alerts.
            public var number: Double?
            /// By refId.
            public var values: [String: Value]
        }

        /// Empty for no data.
        public var results: [Result]
    }

    private let condition: String
    private let expressions: [(refID: String, expression: AlertExpression)]
    /// The longest range of the queries, seconds before the evaluation.
    private let range: (from: Int, to: Int)
    /// What must be asked of data sources.
    public let queries: [AlertRule.Query]

    /// - Throws: `invalidInput` for an expression that makes no sense, needs what is not there, or itself.
    public init(_ rule: AlertRule, place: String? = nil) throws(DashboardsError) {
        let place = place ?? "rule \"\(rule.title)\""
        condition = rule.condition
        queries = rule.queries.filter { !$0.isExpression }
        range = (queries.map(\.from).max() ?? 0, queries.map(\.to).min() ?? 0)
        var ready = Set(queries.map(\.refID))
        let names = Set(rule.queries.map(\.refID))
        var waiting: [(String, AlertExpression)] = []
        for query in rule.queries where query.isExpression {
            let expression = try AlertExpression(query.model, "\(place): expression \(query.refID)")
            for input in expression.inputs where !names.contains(input) {
                throw DashboardsError(
                    .invalidInput,
                    "\(place): expression \(query.refID): no query or expression has the refId \"\(input)\"")
            }
            waiting.append((query.refID, expression))
        }
        var ordered: [(String, AlertExpression)] = []
        while !waiting.isEmpty {
            guard let index = waiting.firstIndex(where: { $0.1.inputs.allSatisfy(ready.contains) }) else {
                let names = waiting.map(\.0).joined(separator: ", ")
                throw DashboardsError(.invalidInput, "\(place): the expressions \(names) need each other")
            }
            let next = waiting.remove(at: index)
            ready.insert(next.0)
            ordered.append(next)
        }
        expressions = ordered.map { (refID: $0.0, expression: $0.1) }
    }

    /// - Parameters:
    ///   - answers: of ``queries``, by refId.
    ///   - time: of the evaluation, milliseconds since 1970.
    ///   - alerting: labels of the results that alert already.
    /// - Throws: `invalidInput`.
    public func evaluate(
        _ answers: [String: ExpressionValue], at time: Int64, alerting: Set<[String: String]> = []
    ) throws(DashboardsError) -> Outcome {
        var values = answers
        let start = time - Int64(range.from) * 1000
        let end = max(start, time - Int64(range.to) * 1000)
        for (refID, expression) in expressions {
            do {
                values[refID] = try expression.evaluate(values, range: start...end, alerting: alerting)
            } catch {
                throw DashboardsError(.invalidInput, "expression \(refID): \(error.message)")
            }
        }
        let items = values[condition]?.items ?? []
        guard items.count <= ExpressionValue.itemsMax else {
            throw DashboardsError(
                .invalidInput,
                "the condition \(condition) gives \(items.count) results, at most \(ExpressionValue.itemsMax) are watched"
            )
        }
        guard !items.contains(where: \.isSeries) else {
            throw DashboardsError(
                .invalidInput,
                "the condition \(condition) gives series: reduce them to numbers by an expression")
        }
        var seen = Set<[String: String]>()
        for item in items where !seen.insert(item.labels).inserted {
            throw DashboardsError(
                .invalidInput, "the condition \(condition) gives two results with the same labels")
        }
        return Outcome(results: captured(items, values))
    }

    /// Adds to each result the numbers of the other queries that belong to it.
    private func captured(
        _ items: [ExpressionValue.Item], _ values: [String: ExpressionValue]
    ) -> [Outcome.Result] {
        var results = items.map { Outcome.Result(labels: $0.labels, number: $0.number, values: [:]) }
        for (refID, value) in values {
            let numbers = value.items.filter { !$0.isSeries }
            guard !numbers.isEmpty else { continue }
            var index = LabelIndex(numbers.map(\.labels))
            for position in results.indices {
                guard let found = index.fitting(results[position].labels, contained: true).first else {
                    continue
                }
                results[position].values[refID] = .init(
                    labels: numbers[found].labels, number: numbers[found].number)
            }
        }
        return results
    }
}
