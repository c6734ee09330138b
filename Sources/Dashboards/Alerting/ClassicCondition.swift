import JSON

/// A condition of the original's older alerts: any series of a query, made one number, meets a threshold.
struct ClassicCondition: Sendable {
    let input: String
    let reducer: AlertReducer
    let threshold: AlertThreshold
    let operation: String

    init(_ value: JSONValue, _ place: String) throws(DashboardsError) {
        let members = try StrictMembers(value, place)
        let query = StrictMembers(try members.object("query") ?? [:], place + ".query")
        guard let input = try query.texts("params").first else {
            throw query.failure("params", "want the refId of a query")
        }
        self.input = input
        let name = try StrictMembers(try members.object("reducer") ?? [:], place + ".reducer").need("type")
        guard let kind = AlertReducer.Kind(name) else {
            throw members.failure("reducer.type", "\"\(name)\" is not known")
        }
        reducer = AlertReducer(kind: kind)
        threshold = try AlertThreshold(try members.object("evaluator") ?? [:], place + ".evaluator")
        operation =
            try StrictMembers(try members.object("operator") ?? [:], place + ".operator").text("type")
            ?? "and"
        guard ["and", "or", "logic-or"].contains(operation) else {
            throw members.failure("operator.type", "want and, or or logic-or, got \"\(operation)\"")
        }
    }

    /// One number without labels: 1 when the conditions hold, 0 when they do not, none when no query
    /// found anything.
    static func evaluate(
        _ conditions: [ClassicCondition], _ values: [String: ExpressionValue]
    ) -> ExpressionValue {
        var result: (firing: Bool, noData: Bool)?
        for condition in conditions {
            let numbers = (values[condition.input]?.items ?? []).map(condition.reducer.classic)
            let isEmpty = numbers.allSatisfy { $0 == nil }
            let firing =
                isEmpty
                ? condition.threshold.kind == .noValue : numbers.contains(where: condition.threshold.holds)
            // Asked for nothing and found nothing: that is an answer.
            let noData = isEmpty && condition.threshold.kind != .noValue
            guard let before = result else {
                result = (firing, noData)
                continue
            }
            if condition.operation == "and" {
                result = (before.firing && firing, before.noData || noData)
            } else {
                result = (before.firing || firing, before.noData && noData)
            }
        }
        guard let result else { return ExpressionValue([]) }
        let value: Double? = result.firing ? 1 : result.noData ? nil : 0
        return ExpressionValue([.init(.number(value))])
    }
}
