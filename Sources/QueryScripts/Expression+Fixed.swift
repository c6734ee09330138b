import MetricModel
import PromQLSyntax

extension Expression {
    /// The same with `@ time` on every selector and subquery that has none (but for what is inside of a
    /// subquery); nil when a function in it depends on the evaluation time all the same.
    func fixed(at time: Timestamp) -> Expression? {
        switch self {
        case .number, .string: return self
        case .selector(var node):
            node.at = node.at ?? .timestamp(time)
            return .selector(node)
        case .range(var node):
            node.selector.at = node.selector.at ?? .timestamp(time)
            return .range(node)
        case .subquery(var node):
            // What is inside stays, yet must not depend on the time.
            guard node.inner.fixed(at: time) != nil else { return nil }
            node.at = node.at ?? .timestamp(time)
            return .subquery(node)
        case .call(var node):
            guard !Expression.dependOnTime.contains(node.function.name) else { return nil }
            var arguments: [Expression] = []
            for argument in node.arguments {
                guard let argument = argument.fixed(at: time) else { return nil }
                arguments.append(argument)
            }
            node.arguments = arguments
            return .call(node)
        case .aggregate(var node):
            guard let operand = node.operand.fixed(at: time) else { return nil }
            node.operand = operand
            if let parameter = node.parameter {
                guard let fixed = parameter.fixed(at: time) else { return nil }
                node.parameter = fixed
            }
            return .aggregate(node)
        case .binary(var node):
            guard let left = node.left.fixed(at: time), let right = node.right.fixed(at: time) else {
                return nil
            }
            node.left = left
            node.right = right
            return .binary(node)
        case .unary(var node):
            guard let operand = node.operand.fixed(at: time) else { return nil }
            node.operand = operand
            return .unary(node)
        case .parentheses(var node):
            guard let inner = node.inner.fixed(at: time) else { return nil }
            node.inner = inner
            return .parentheses(node)
        }
    }

    private static let dependOnTime: Set<String> = [
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "end", "hour", "minute", "month",
        "year", "predict_linear",
        "range", "start", "step", "time", "timestamp",
    ]
}
