import JSON

/// A comparison with fixed numbers: true is 1.
struct AlertThreshold: Sendable {
    enum Kind: String, Sendable {
        case greater = "gt"
        case less = "lt"
        case equal = "eq"
        case notEqual = "ne"
        case greaterOrEqual = "gte"
        case lessOrEqual = "lte"
        case within = "within_range"
        case outside = "outside_range"
        case withinIncluded = "within_range_included"
        case outsideIncluded = "outside_range_included"
        /// Of classic conditions: nothing was found.
        case noValue = "no_value"

        var parameterCount: Int {
            switch self {
            case .noValue: 0
            case .greater, .less, .equal, .notEqual, .greaterOrEqual, .lessOrEqual: 1
            case .within, .outside, .withinIncluded, .outsideIncluded: 2
            }
        }
    }

    let kind: Kind
    let parameters: [Double]

    /// - Parameter evaluator: `{type, params}`.
    init(_ evaluator: JSONObject, _ place: String) throws(DashboardsError) {
        let members = StrictMembers(evaluator, place)
        let name = try members.need("type")
        guard let kind = Kind(rawValue: name) else {
            throw members.failure("type", "\"\(name)\" is not known")
        }
        var parameters: [Double] = []
        for item in try members.list("params", most: 10) {
            guard let number = item.double ?? item.string.flatMap({ Double($0) }) else {
                throw members.failure("params", "want numbers, got \(StrictMembers.shown(item))")
            }
            parameters.append(number)
        }
        guard parameters.count >= kind.parameterCount else {
            throw members.failure("params", "want \(kind.parameterCount) numbers, got \(parameters.count)")
        }
        self.kind = kind
        self.parameters = parameters
    }

    func holds(_ value: Double?) -> Bool {
        guard let value else { return kind == .noValue }
        let first = parameters.first ?? 0
        let second = parameters.count > 1 ? parameters[1] : 0
        let (low, high) = (Swift.min(first, second), Swift.max(first, second))
        return switch kind {
        case .greater: value > first
        case .less: value < first
        case .equal: value == first
        case .notEqual: value != first
        case .greaterOrEqual: value >= first
        case .lessOrEqual: value <= first
        case .within: value > low && value < high
        case .outside: value < low || value > high
        case .withinIncluded: value >= low && value <= high
        case .outsideIncluded: value <= low || value >= high
        case .noValue: false
        }
    }
}
