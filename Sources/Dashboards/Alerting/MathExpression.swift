#if canImport(Glibc)
    import Glibc
#endif

/// A formula over other queries: `$A * 100 > 5 && !is_nan($B)`.
///
/// Source: the original's documentation of server-side expressions.
struct MathExpression: Sendable {
    enum Operator: String, Sendable {
        case or = "||"
        case and = "&&"
        case equal = "=="
        case notEqual = "!="
        case greaterOrEqual = ">="
        case lessOrEqual = "<="
        case greater = ">"
        case less = "<"
        case add = "+"
        case subtract = "-"
        case power = "**"
        case multiply = "*"
        case divide = "/"
        case remainder = "%"

        /// Higher binds tighter.
        var rank: Int {
            switch self {
            case .or: 1
            case .and: 2
            case .equal, .notEqual, .greater, .greaterOrEqual, .less, .lessOrEqual: 3
            case .add, .subtract: 4
            case .multiply, .divide, .remainder: 5
            case .power: 6
            }
        }

        func callAsFunction(_ a: Double, _ b: Double) -> Double {
            func truth(_ value: Bool) -> Double { value ? 1 : 0 }
            return switch self {
            case .or: truth(a != 0 || b != 0)
            case .and: truth(a != 0 && b != 0)
            case .equal: truth(a == b)
            case .notEqual: truth(a != b)
            case .greaterOrEqual: truth(a >= b)
            case .lessOrEqual: truth(a <= b)
            case .greater: truth(a > b)
            case .less: truth(a < b)
            case .add: a + b
            case .subtract: a - b
            case .power: pow(a, b)
            case .multiply: a * b
            case .divide: a / b
            case .remainder: fmod(a, b)
            }
        }
    }

    enum Function: String, Sendable {
        case abs, log, round, ceil, floor
        case isNaN = "is_nan"
        case isInf = "is_inf"
        case isNull = "is_null"
        case isNumber = "is_number"
        case inf, infn, nan, null

        /// Whether it stands for a value and takes nothing.
        var isConstant: Bool { [.inf, .infn, .nan, .null].contains(self) }

        func callAsFunction(_ value: Double?) -> Double? {
            func truth(_ value: Bool) -> Double { value ? 1 : 0 }
            switch self {
            case .inf: return .infinity
            case .infn: return -.infinity
            case .nan: return .nan
            case .null: return nil
            case .isNull: return truth(value == nil)
            case .isNaN: return truth(value?.isNaN ?? false)
            case .isInf: return truth(value?.isInfinite ?? false)
            case .isNumber: return truth(value?.isFinite ?? false)
            case .abs: return value?.magnitude
            case .log: return value.map { Glibc.log($0) }
            case .round: return value?.rounded(.toNearestOrAwayFromZero)
            case .ceil: return value?.rounded(.up)
            case .floor: return value?.rounded(.down)
            }
        }
    }

    indirect enum Node: Sendable {
        case number(Double)
        case variable(String)
        case call(Function, Node?)
        case negate(Node)
        case not(Node)
        case binary(Operator, Node, Node)
    }

    let root: Node
    /// The names of what it is computed from, in their order.
    let variables: [String]

    /// - Throws: `invalidInput` that says where.
    init(_ text: String) throws(DashboardsError) {
        var parser = MathParser(text)
        root = try parser.parse()
        variables = parser.variables
    }

    /// - Parameter values: by name.
    /// - Throws: `invalidInput` for too many results, and when the task is cancelled.
    func evaluate(_ values: [String: ExpressionValue]) throws(DashboardsError) -> ExpressionValue {
        try evaluate(root, values)
    }

    private func evaluate(
        _ node: Node, _ values: [String: ExpressionValue]
    ) throws(DashboardsError) -> ExpressionValue {
        // A long formula over many series takes its time: it ends with its deadline.
        guard !Task.isCancelled else { throw DashboardsError(.invalidInput, "the formula was stopped") }
        switch node {
        case .number(let number): return ExpressionValue([.init(.number(number))])
        case .variable(let name): return values[name] ?? ExpressionValue([])
        case .call(let function, let argument):
            guard let argument else { return ExpressionValue([.init(.number(function(nil)))]) }
            return try evaluate(argument, values).map { function($0) }
        case .negate(let inner): return try evaluate(inner, values).map { $0.map { -$0 } }
        case .not(let inner): return try evaluate(inner, values).map { $0.map { $0 == 0 ? 1 : 0 } }
        case .binary(let operation, let a, let b):
            return try MathExpression.join(operation, try evaluate(a, values), try evaluate(b, values))
        }
    }

    /// Brings together what goes with each other by its labels; two things alone always do.
    private static func join(
        _ operation: Operator, _ a: ExpressionValue, _ b: ExpressionValue
    ) throws(DashboardsError) -> ExpressionValue {
        var index = LabelIndex(b.items.map(\.labels))
        var result: [ExpressionValue.Item] = []
        for left in a.items {
            for position in index.fitting(left.labels) {
                let right = b.items[position]
                let labels = left.labels.count >= right.labels.count ? left.labels : right.labels
                result.append(.init(labels: labels, combine(operation, left.kind, right.kind)))
                guard result.count <= ExpressionValue.itemsMax else {
                    throw DashboardsError(
                        .invalidInput, "the formula gives more than \(ExpressionValue.itemsMax) results")
                }
            }
        }
        if result.isEmpty, a.items.count == 1, b.items.count == 1 {
            result.append(.init(combine(operation, a.items[0].kind, b.items[0].kind)))
        }
        return ExpressionValue(result)
    }

    private static func combine(
        _ operation: Operator, _ a: ExpressionValue.Kind, _ b: ExpressionValue.Kind
    ) -> ExpressionValue.Kind {
        func value(_ a: Double?, _ b: Double?) -> Double? {
            guard let a, let b else { return nil }
            return operation(a, b)
        }
        switch (a, b) {
        case (.number(let a), .number(let b)): return .number(value(a, b))
        case (.series(let points), .number(let b)):
            return .series(points.map { .init(time: $0.time, value: value($0.value, b)) })
        case (.number(let a), .series(let points)):
            return .series(points.map { .init(time: $0.time, value: value(a, $0.value)) })
        case (.series(let a), .series(let b)):
            let others = Dictionary(b.map { ($0.time, $0.value) }, uniquingKeysWith: { _, last in last })
            return .series(
                a.compactMap { point in
                    others[point.time].map { .init(time: point.time, value: value(point.value, $0)) }
                })
        }
    }
}
