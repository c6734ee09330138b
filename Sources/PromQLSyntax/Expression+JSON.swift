public import JSON
import MetricModel

extension Expression {
    /// The tree in the form of Prometheus' `/api/v1/parse_query`.
    public var json: JSONValue {
        switch self {
        case .number(let literal):
            return ["type": "numberLiteral", "val": .string(FloatText.plain(literal.value))]
        case .string(let literal): return ["type": "stringLiteral", "val": .string(literal.value)]
        case .parentheses(let node): return ["expr": node.inner.json, "type": "parenExpr"]
        case .unary(let unary):
            return ["expr": unary.operand.json, "op": unary.isNegation ? "-" : "+", "type": "unaryExpr"]
        case .selector(let selector): return selector.json(type: "vectorSelector", range: nil)
        case .range(let range): return range.selector.json(type: "matrixSelector", range: range.range)
        case .subquery(let subquery): return subquery.json
        case .call(let call): return call.json
        case .aggregate(let aggregate): return aggregate.json
        case .binary(let binary): return binary.json
        }
    }
}

extension VectorSelector {
    fileprivate func json(type: String, range: DurationExpression?) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("anchored", .bool(extended == .anchored)),
            (
                "matchers",
                .array(
                    matchers.map { matcher in
                        [
                            "name": .string(matcher.name), "type": .string(matcher.kind.rawValue),
                            "value": .string(matcher.value),
                        ]
                    })
            ),
            ("name", .string(name ?? "")),
            ("offset", offset.fixedMilliseconds),
            ("offsetExpr", offset.expressionJSON),
        ]
        if let range {
            members.append(("range", range.fixedJSON))
            members.append(("rangeExpr", range.expressionJSON))
        }
        members.append(("smoothed", .bool(extended == .smoothed)))
        members.append(("startOrEnd", at.startOrEnd))
        members.append(("timestamp", at.timestamp))
        members.append(("type", .string(type)))
        return .object(JSONObject(members))
    }
}

extension Subquery {
    fileprivate var json: JSONValue {
        [
            "expr": inner.json, "offset": offset.fixedMilliseconds, "offsetExpr": offset.expressionJSON,
            "range": range.fixedJSON,
            "rangeExpr": range.expressionJSON, "startOrEnd": at.startOrEnd, "step": step.fixedMilliseconds,
            "stepExpr": step.expressionJSON,
            "timestamp": at.timestamp, "type": "subquery",
        ]
    }
}

extension Call {
    fileprivate var json: JSONValue {
        let function: JSONValue = [
            "argTypes": .array(self.function.arguments.map { .string($0.rawValue) }),
            "name": .string(self.function.name),
            "returnType": .string(self.function.returns.rawValue),
            "variadic": .number(self.function.variadic),
        ]
        return ["args": .array(arguments.map(\.json)), "func": function, "type": "call"]
    }
}

extension Aggregate {
    fileprivate var json: JSONValue {
        [
            "expr": operand.json, "grouping": .array(grouping.map { .string($0) }),
            "op": .string(operation.rawValue),
            "param": parameter?.json ?? .null, "type": "aggregation", "without": .bool(isWithout),
        ]
    }
}

extension Binary {
    fileprivate var json: JSONValue {
        var match = JSONValue.null
        if let matching {
            let fill: JSONValue = [
                "lhs": matching.fillLeft.map { .number($0) } ?? .null,
                "rhs": matching.fillRight.map { .number($0) } ?? .null,
            ]
            match = [
                "card": .string(matching.cardinality.rawValue), "fillValues": fill,
                "include": .array(matching.include.map { .string($0) }),
                "labels": .array(matching.labels.map { .string($0) }), "on": .bool(matching.isOn),
            ]
        }
        return [
            "bool": .bool(returnsBool), "lhs": left.json, "matching": match,
            "op": .string(operation.rawValue), "rhs": right.json,
            "type": "binaryExpr",
        ]
    }
}

extension Optional where Wrapped == AtModifier {
    fileprivate var timestamp: JSONValue {
        if case .timestamp(let time) = self { .number(Int(time)) } else { .null }
    }

    fileprivate var startOrEnd: JSONValue {
        switch self {
        case .start: "start"
        case .end: "end"
        default: .null
        }
    }
}

extension DurationExpression {
    /// Milliseconds of a plain duration, 0 for one that is to be computed.
    fileprivate var fixedJSON: JSONValue {
        if case .constant(let milliseconds) = self { .number(Int(milliseconds)) } else { .number(0) }
    }

    fileprivate var expressionJSON: JSONValue {
        if case .constant = self { .null } else { node(isWrapped: false) }
    }

    private func node(isWrapped: Bool) -> JSONValue {
        func operation(_ op: String, _ left: DurationExpression?, _ right: DurationExpression?) -> JSONValue {
            [
                "lhs": left?.node(isWrapped: false) ?? .null, "op": .string(op),
                "rhs": right?.node(isWrapped: false) ?? .null,
                "type": "durationExpr", "wrapped": .bool(isWrapped),
            ]
        }
        switch self {
        case .constant(let milliseconds):
            return [
                "duration": true, "type": "numberLiteral",
                "val": .string(FloatText.plain(Double(milliseconds) / 1000)),
            ]
        case .seconds(let value):
            return ["duration": false, "type": "numberLiteral", "val": .string(FloatText.plain(value))]
        case .step: return operation("step", nil, nil)
        case .range: return operation("range", nil, nil)
        case .negate(let inner): return operation("-", nil, inner)
        case .parentheses(let inner): return inner.node(isWrapped: true)
        case .minimum(let a, let b): return operation("min_of", a, b)
        case .maximum(let a, let b): return operation("max_of", a, b)
        case .binary(let op, let a, let b): return operation(op.rawValue, a, b)
        }
    }
}

extension Optional where Wrapped == DurationExpression {
    fileprivate var fixedMilliseconds: JSONValue { map(\.fixedJSON) ?? .number(0) }

    fileprivate var expressionJSON: JSONValue { flatMap { $0.expressionJSON } ?? .null }
}
