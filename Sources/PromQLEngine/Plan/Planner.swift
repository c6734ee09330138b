import MetricModel
import PromQLSyntax

/// Turns an expression into a plan for one query.
struct Planner {
    /// Milliseconds since 1970.
    let start: Timestamp
    let end: Timestamp
    /// Milliseconds; 0 for an instant query.
    let step: Int64
    /// Of subqueries that name none, milliseconds.
    let subqueryStep: Int64
    private var repeats = Repeats()

    init(start: Timestamp, end: Timestamp, step: Int64, subqueryStep: Int64) {
        self.start = start
        self.end = end
        self.step = step
        self.subqueryStep = subqueryStep
    }

    mutating func plan(_ expression: Expression) throws(QueryError) -> Plan {
        repeats = Repeats(in: expression)
        let node = try node(expression, Context())
        return node.isInvariant && node.isWorthMarking ? .invariant(node.plan) : node.plan
    }

    /// What stands above a node.
    private struct Context {
        /// A function that looks at count and sum of histograms only.
        var hasStatistic = false
        /// A function, operator or subquery that needs whole histograms.
        var needsBuckets = false
        /// How often the shared part that this is in stands in the query.
        var sharedCount = 1
    }

    private struct Node {
        var plan: Plan
        /// The value is the same at every step.
        var isInvariant: Bool
        /// Literals and range selectors need no mark.
        var isWorthMarking: Bool

        var marked: Plan { isInvariant && isWorthMarking ? .invariant(plan) : plan }
    }

    /// Functions whose value depends on the step even if their arguments do not.
    private static let stepDependent: Set<String> = [
        "days_in_month", "day_of_month", "day_of_week", "day_of_year", "hour", "minute", "month", "year",
        "predict_linear",
        "time", "timestamp",
    ]

    private func node(_ expression: Expression, _ context: Context) throws(QueryError) -> Node {
        guard !repeats.isEmpty, let (number, count) = repeats.number(of: expression),
            count > context.sharedCount
        else {
            return try unsharedNode(expression, context)
        }
        var inner = context
        inner.sharedCount = count
        var node = try unsharedNode(expression, inner)
        // The same words mean two things when only one of them may leave out buckets.
        let variant = 2 * number + (context.hasStatistic && !context.needsBuckets ? 1 : 0)
        if node.plan.type == .vector {
            node.plan = .shared(
                SharedPlan(number: variant, inner: node.plan, place: expression.source.lowerBound))
        }
        return node
    }

    private func unsharedNode(_ expression: Expression, _ context: Context) throws(QueryError) -> Node {
        switch expression {
        case .number(let literal):
            return Node(plan: .number(literal.value), isInvariant: true, isWorthMarking: false)
        case .string(let literal):
            return Node(
                plan: .string(literal.value, invalid: literal.invalidBytes.map(FixedText.quoted)),
                isInvariant: true, isWorthMarking: false)
        case .parentheses(let node): return try self.node(node.inner, context)
        case .selector(let selector):
            let plan = try self.selector(selector, context)
            return Node(plan: .selector(plan), isInvariant: plan.at != nil, isWorthMarking: plan.at != nil)
        case .range(let range):
            let selector = try self.selector(range.selector, context)
            let length = try positive(range.range)
            return Node(
                plan: .window(WindowPlan(selector: selector, range: length, place: range.source.lowerBound)),
                isInvariant: selector.at != nil, isWorthMarking: false)
        case .subquery(let subquery): return try self.subquery(subquery, context)
        case .unary(let unary):
            var inner = try node(unary.operand, context)
            if case .number(let value) = inner.plan {
                inner.plan = .number(unary.isNegation ? -value : value)
            } else if unary.isNegation {
                inner.plan = .negation(inner.plan)
            }
            return inner
        case .call(let call): return try self.call(call, context)
        case .aggregate(let aggregate): return try self.aggregate(aggregate, context)
        case .binary(let binary): return try self.binary(binary, context)
        }
    }

    // MARK: - Selectors

    private func selector(_ selector: VectorSelector, _ context: Context) throws(QueryError) -> SelectorPlan {
        SelectorPlan(
            matchers: selector.matchers, offset: try offset(selector.offset), at: time(selector.at),
            extended: selector.extended,
            needsStatisticsOnly: context.hasStatistic && !context.needsBuckets,
            place: selector.source.lowerBound)
    }

    private func subquery(_ subquery: Subquery, _ context: Context) throws(QueryError) -> Node {
        // Resets can only be found in the buckets then.
        var context = context
        context.needsBuckets = true
        let inner = try node(subquery.inner, context)
        let step = if let given = subquery.step { try positive(given) } else { subqueryStep }
        let at = time(subquery.at)
        let plan = SubqueryPlan(
            inner: inner.isInvariant ? .invariant(inner.plan) : inner.plan,
            range: try positive(subquery.range), step: max(step, 1),
            offset: try offset(subquery.offset), at: at, place: subquery.source.lowerBound)
        return Node(plan: .subquery(plan), isInvariant: at != nil, isWorthMarking: false)
    }

    private func time(_ modifier: AtModifier?) -> Timestamp? {
        switch modifier {
        case .timestamp(let time): Steps.clamp(time)
        case .start: start
        case .end: end
        case nil: nil
        }
    }

    // MARK: - Durations

    private func offset(_ duration: DurationExpression?) throws(QueryError) -> Int64 {
        guard let duration else { return 0 }
        return try milliseconds(duration)
    }

    private func positive(_ duration: DurationExpression) throws(QueryError) -> Int64 {
        let value = try milliseconds(duration)
        guard value > 0 else { throw QueryError(.execution, "duration must be greater than 0") }
        return value
    }

    private func milliseconds(_ duration: DurationExpression) throws(QueryError) -> Int64 {
        guard let value = duration.milliseconds(step: step, range: end - start) else {
            throw QueryError(.execution, "duration is not finite or out of range")
        }
        return value
    }

    // MARK: - Operations

    private func call(_ call: Call, _ context: Context) throws(QueryError) -> Node {
        let name = call.function.name
        var context = context
        switch name {
        case "start": return constant(Double(start) / 1000)
        case "end": return constant(Double(end) / 1000)
        case "range": return constant(Double(end - start) / 1000)
        case "step": return constant(start == end ? 0 : Double(step) / 1000)
        case "pi": return constant(.pi)
        case "histogram_count", "histogram_sum", "histogram_avg": context.hasStatistic = true
        case "histogram_quantile", "histogram_quantiles", "histogram_fraction": context.needsBuckets = true
        default: break
        }
        var arguments: [Node] = []
        for argument in call.arguments { arguments.append(try node(argument, context)) }
        let allInvariant = arguments.allSatisfy(\.isInvariant)
        var isInvariant = allInvariant && !Planner.stepDependent.contains(name)
        // timestamp() of a selector with @ gives the time of that sample at every step.
        if name == "timestamp", allInvariant, case .selector = arguments[0].plan.evaluated {
            isInvariant = true
        }
        let plan = CallPlan(
            signature: call.function, arguments: arguments.map { isInvariant ? $0.plan : $0.marked },
            argumentPlaces: call.arguments.map { $0.withoutParentheses.source.lowerBound },
            place: call.source.lowerBound)
        return Node(plan: .call(plan), isInvariant: isInvariant, isWorthMarking: isInvariant)
    }

    private func constant(_ value: Double) -> Node {
        Node(plan: .number(value), isInvariant: true, isWorthMarking: false)
    }

    private func aggregate(_ aggregate: Aggregate, _ context: Context) throws(QueryError) -> Node {
        let operand = try node(aggregate.operand, context)
        var parameter: Node?
        if let given = aggregate.parameter { parameter = try node(given, context) }
        // As in the original, the operand alone decides.
        let plan = AggregatePlan(
            operation: aggregate.operation, operand: operand.plan, parameter: parameter?.marked,
            grouping: aggregate.grouping,
            isWithout: aggregate.isWithout, place: aggregate.source.lowerBound,
            operandPlace: aggregate.operand.withoutParentheses.source.lowerBound,
            parameterPlace: aggregate.parameter?.withoutParentheses.source.lowerBound ?? 0)
        return Node(
            plan: .aggregate(plan), isInvariant: operand.isInvariant, isWorthMarking: operand.isWorthMarking)
    }

    private func binary(_ binary: Binary, _ context: Context) throws(QueryError) -> Node {
        var context = context
        if binary.operation == .trimUpper || binary.operation == .trimLower { context.needsBuckets = true }
        let left = try node(binary.left, context)
        let right = try node(binary.right, context)
        if case .number(let a) = left.plan, case .number(let b) = right.plan {
            return constant(ScalarOperation.value(binary.operation, a, b))
        }
        let isInvariant = left.isInvariant && right.isInvariant
        let plan = BinaryPlan(
            operation: binary.operation, left: isInvariant ? left.plan : left.marked,
            right: isInvariant ? right.plan : right.marked,
            matching: binary.matching, returnsBool: binary.returnsBool, place: binary.source.lowerBound)
        return Node(plan: .binary(plan), isInvariant: isInvariant, isWorthMarking: isInvariant)
    }
}

extension Expression {
    var withoutParentheses: Expression {
        if case .parentheses(let node) = self { node.inner.withoutParentheses } else { self }
    }
}
