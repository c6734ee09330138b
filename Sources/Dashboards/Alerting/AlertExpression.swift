import JSON

/// An expression over other queries of a rule: a query of the data source `__expr__`.
enum AlertExpression: Sendable {
    case math(MathExpression)
    case reduce(String, AlertReducer)
    /// With what ends it again, for instances that alert already.
    case threshold(String, AlertThreshold, unload: AlertThreshold?)
    case resample(String, AlertResampling)
    case classic([ClassicCondition])

    /// The queries that it needs.
    var inputs: [String] {
        switch self {
        case .math(let formula): formula.variables
        case .reduce(let input, _), .threshold(let input, _, _), .resample(let input, _): [input]
        case .classic(let conditions): conditions.map(\.input)
        }
    }

    /// - Throws: `invalidInput` that names place and key.
    init(_ model: JSONObject, _ place: String) throws(DashboardsError) {
        let members = StrictMembers(model, place + ".model")
        func input() throws(DashboardsError) -> String {
            let text = try members.need("expression")
            return text.hasPrefix("$") ? String(text.dropFirst().filter { $0 != "{" && $0 != "}" }) : text
        }
        let type = try members.need("type")
        switch type {
        case "math":
            do { self = .math(try MathExpression(try members.need("expression"))) } catch {
                throw members.failure("expression", error.message)
            }
        case "reduce":
            let name = try members.need("reducer")
            guard let kind = AlertReducer.Kind(name), AlertExpression.reducers.contains(kind) else {
                throw members.failure("reducer", "\"\(name)\" is not known")
            }
            let settings = StrictMembers(try members.object("settings") ?? [:], place + ".model.settings")
            let mode: AlertReducer.Mode
            switch try settings.text("mode") ?? "" {
            case "", "strict": mode = .strict
            case "dropNN": mode = .drop
            case "replaceNN":
                guard let value = settings.object.real("replaceWithValue") else {
                    throw settings.failure("replaceWithValue", "want a number")
                }
                mode = .replace(value)
            case let other: throw settings.failure("mode", "\"\(other)\" is not known")
            }
            self = .reduce(try input(), AlertReducer(kind: kind, mode: mode))
        case "threshold":
            let conditions = try members.list("conditions", most: 1)
            let condition = StrictMembers(conditions.first?.object ?? [:], place + ".model.conditions[0]")
            guard let evaluator = try condition.object("evaluator") else {
                throw condition.failure("evaluator", "it is missing")
            }
            let unload = try condition.object("unloadEvaluator")
            self = .threshold(
                try input(), try AlertThreshold(evaluator, condition.place + ".evaluator"),
                unload: try unload.map { object throws(DashboardsError) in
                    try AlertThreshold(object, condition.place + ".unloadEvaluator")
                })
        case "resample": self = .resample(try input(), try AlertResampling(members))
        case "classic_conditions":
            var conditions: [ClassicCondition] = []
            for (index, item) in try members.list("conditions", most: 50).enumerated() {
                conditions.append(try ClassicCondition(item, "\(place).model.conditions[\(index)]"))
            }
            guard !conditions.isEmpty else { throw members.failure("conditions", "want at least one") }
            self = .classic(conditions)
        default: throw members.failure("type", "\"\(type)\" is not known")
        }
    }

    private static let reducers: Set<AlertReducer.Kind> = [.last, .mean, .min, .max, .sum, .count, .median]

    /// - Parameters:
    ///   - values: of the inputs.
    ///   - range: of the rule's query, milliseconds since 1970.
    ///   - alerting: label sets of the results that alert already.
    func evaluate(
        _ values: [String: ExpressionValue], range: ClosedRange<Int64>, alerting: Set<[String: String]>
    ) throws(DashboardsError) -> ExpressionValue {
        switch self {
        case .math(let formula): return try formula.evaluate(values)
        case .reduce(let input, let reducer):
            return ExpressionValue((values[input]?.items ?? []).map(reducer.reduce))
        case .threshold(let input, let load, let unload):
            return ExpressionValue(
                (values[input]?.items ?? []).map { item in
                    let isLoaded = unload != nil && alerting.contains(item.labels)
                    func truth(_ value: Double?) -> Double? {
                        guard let value else { return nil }
                        if isLoaded, let unload { return unload.holds(value) ? 0 : 1 }
                        return load.holds(value) ? 1 : 0
                    }
                    return ExpressionValue([item]).map(truth).items.first ?? item
                })
        case .resample(let input, let resampling):
            return ExpressionValue(
                try (values[input]?.items ?? []).map { item throws(DashboardsError) in
                    try resampling.resample(item, range)
                })
        case .classic(let conditions): return ClassicCondition.evaluate(conditions, values)
        }
    }
}
