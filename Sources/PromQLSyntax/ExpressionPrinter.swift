import MetricModel

/// Writes an expression on one line, as Prometheus prints it, and remembers which part each node took.
struct ExpressionPrinter {
    /// What a node became, in the order in which nodes are entered.
    struct Extent {
        /// Byte offsets in the text.
        var text: Range<Int>
        /// Nodes in the subtree, this one included.
        var nodeCount: Int
    }

    private(set) var output: [UInt8] = []
    private(set) var extents: [Extent] = []

    mutating func put(_ expression: Expression) {
        let index = extents.count
        let start = output.count
        extents.append(Extent(text: start..<start, nodeCount: 0))
        switch expression {
        case .number(let literal): write(literal.text)
        case .string(let literal):
            write(literal.invalidBytes == nil ? LabelText.quoted(literal.value) : literal.escaped)
        case .selector(let selector):
            write(selector.base)
            write(
                Modifiers.text(
                    at: selector.at, extended: selector.extended, offset: selector.offset,
                    extendedIsFirst: false))
        case .range(let range):
            let selector = range.selector
            write("\(selector.base)[\(range.range.text)]")
            write(
                Modifiers.text(
                    at: selector.at, extended: selector.extended, offset: selector.offset,
                    extendedIsFirst: true))
        case .subquery(let subquery):
            put(subquery.inner)
            write(subquery.suffix)
        case .call(let call):
            write("\(call.function.name)(")
            for (position, argument) in call.arguments.enumerated() {
                if position > 0 { write(", ") }
                put(argument)
            }
            write(")")
        case .aggregate(let aggregate):
            write("\(aggregate.head)(")
            if let parameter = aggregate.parameter {
                put(parameter)
                write(", ")
            }
            put(aggregate.operand)
            write(")")
        case .binary(let binary):
            putLeft(of: binary)
            write(" \(binary.operatorText) ")
            put(binary.right)
        case .unary(let unary):
            write(unary.isNegation ? "-" : "+")
            put(unary.operand)
        case .parentheses(let node):
            write("(")
            put(node.inner)
            write(")")
        }
        extents[index] = Extent(text: start..<output.count, nodeCount: extents.count - index)
    }

    private mutating func putLeft(of binary: Binary) {
        guard binary.operation == .power, case .number(let literal) = binary.left, literal.value == .infinity
        else { return put(binary.left) }
        // A sign before a power is the power's, not the number's: "+Inf ^ 2" would be read as +(Inf ^ 2).
        extents.append(Extent(text: output.count..<output.count + 3, nodeCount: 1))
        write("Inf")
    }

    private mutating func write(_ text: String) {
        output.append(contentsOf: text.utf8)
    }
}

extension Expression: CustomStringConvertible {
    /// The expression on one line in its normal form.
    public var description: String {
        var printer = ExpressionPrinter()
        printer.put(self)
        return String(decoding: printer.output, as: UTF8.self)
    }
}

// MARK: - Parts

extension NumberLiteral {
    var text: String {
        guard isDuration else { return FloatText.plain(value) }
        let milliseconds = value * 1000
        guard milliseconds.magnitude < 9e15 else { return FloatText.plain(value) }
        return DurationText.format(milliseconds: Int64(milliseconds.rounded(.toNearestOrAwayFromZero)))
    }
}

extension StringLiteral {
    fileprivate var escaped: String {
        var result = "\""
        for byte in invalidBytes ?? [] {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                result += "\\" + String(decoding: [byte], as: UTF8.self)
            case 0x20..<0x7F: result += String(decoding: [byte], as: UTF8.self)
            default: result += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return result + "\""
    }
}

extension VectorSelector {
    /// Name and matchers.
    var base: String {
        var conditions: [String] = []
        for matcher in matchers {
            if matcher.name == Labels.metricNameLabel, matcher.kind == .equal, matcher.value == name,
                !matcher.value.isEmpty
            {
                continue
            }
            let shown =
                MetricName.isLegacyLabelName(matcher.name) ? matcher.name : LabelText.quoted(matcher.name)
            conditions.append(shown + matcher.kind.rawValue + LabelText.quoted(matcher.value))
        }
        conditions.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return (name ?? "") + (conditions.isEmpty ? "" : "{" + conditions.joined(separator: ",") + "}")
    }
}

extension Subquery {
    var suffix: String {
        "[\(range.text):\(step?.text ?? "")]"
            + Modifiers.text(at: at, extended: nil, offset: offset, extendedIsFirst: false)
    }
}

extension Aggregate {
    /// Operator and grouping.
    var head: String {
        if isWithout { return "\(operation.rawValue) without (\(NameList.text(grouping))) " }
        return grouping.isEmpty
            ? operation.rawValue : "\(operation.rawValue) by (\(NameList.text(grouping))) "
    }
}

extension Binary {
    /// Operator, `bool` and matching.
    var operatorText: String {
        var result = operation.rawValue
        if returnsBool { result += " bool" }
        guard let matching else { return result }
        let isGrouped = matching.cardinality == .manyToOne || matching.cardinality == .oneToMany
        if !matching.labels.isEmpty || matching.isOn || isGrouped {
            result += " \(matching.isOn ? "on" : "ignoring") (\(NameList.text(matching.labels)))"
        }
        if isGrouped {
            result +=
                " group_\(matching.cardinality == .manyToOne ? "left" : "right") (\(NameList.text(matching.include)))"
        }
        func number(_ value: Double) -> String { FloatText.string(value, style: .exposition) }
        switch (matching.fillLeft, matching.fillRight) {
        case (let left?, let right?) where left == right: result += " fill (\(number(left)))"
        case (let left, let right):
            if let left { result += " fill_left (\(number(left)))" }
            if let right { result += " fill_right (\(number(right)))" }
        }
        return result
    }
}

private enum NameList {
    static func text(_ names: [String]) -> String {
        names.map { MetricName.isLegacyLabelName($0) ? $0 : LabelText.quoted($0) }.joined(separator: ", ")
    }
}

private enum Modifiers {
    static func text(
        at: AtModifier?, extended: ExtendedRange?, offset: DurationExpression?, extendedIsFirst: Bool
    ) -> String {
        let extendedText = extended.map { " \($0.rawValue)" } ?? ""
        let atText =
            switch at {
            case .timestamp(let time): " @ \(seconds(time))"
            case .start: " @ start()"
            case .end: " @ end()"
            case nil: ""
            }
        let offsetText = offset.map { $0.isZero ? "" : " offset \($0.text)" } ?? ""
        return (extendedIsFirst ? extendedText + atText : atText + extendedText) + offsetText
    }

    /// With three decimals.
    private static func seconds(_ time: Timestamp) -> String {
        let rest = String(time.magnitude % 1000)
        return "\(time < 0 ? "-" : "")\(time.magnitude / 1000)."
            + String(repeating: "0", count: 3 - rest.utf8.count) + rest
    }
}

extension DurationExpression {
    fileprivate var isZero: Bool { self == .constant(milliseconds: 0) }

    /// As it is written in brackets and after `offset`.
    var text: String {
        switch self {
        case .constant(let milliseconds): DurationText.format(milliseconds: milliseconds)
        case .seconds(let value): FloatText.plain(value)
        case .step: "step()"
        case .range: "range()"
        case .negate(let inner): "-\(inner.text)"
        case .parentheses(let inner): "(\(inner.text))"
        case .minimum(let a, let b): "min_of(\(a.text), \(b.text))"
        case .maximum(let a, let b): "max_of(\(a.text), \(b.text))"
        case .binary(let operation, let a, let b): "\(a.text) \(operation.rawValue) \(b.text)"
        }
    }
}
