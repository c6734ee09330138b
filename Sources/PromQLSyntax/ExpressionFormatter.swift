/// Lays an expression out over several lines where it is longer than one: Prometheus' style, in time that
/// grows with the text only.
struct ExpressionFormatter {
    /// A node that is longer than this is split.
    static let lineLengthMax = 100

    private let printed: ExpressionPrinter
    private var next = 0
    private var output: [UInt8] = []

    private init(_ printed: ExpressionPrinter) {
        self.printed = printed
    }

    static func format(_ expression: Expression) -> String {
        var printer = ExpressionPrinter()
        printer.put(expression)
        var formatter = ExpressionFormatter(printer)
        formatter.format(expression, level: 0)
        return String(decoding: formatter.output, as: UTF8.self)
    }

    /// - Parameter isIndented: false when the indentation stands already.
    private mutating func format(_ expression: Expression, level: Int, isIndented: Bool = true) {
        let extent = printed.extents[next]
        if case .unary(let unary) = expression {
            next += 1
            if isIndented { indent(level) }
            write(unary.isNegation ? "-" : "+")
            format(unary.operand, level: level, isIndented: false)
            return
        }
        if extent.text.count <= ExpressionFormatter.lineLengthMax || expression.isLeaf {
            next += extent.nodeCount
            if isIndented { indent(level) }
            output.append(contentsOf: printed.output[extent.text])
            return
        }
        next += 1
        switch expression {
        case .subquery(let subquery):
            format(subquery.inner, level: level, isIndented: isIndented)
            write(subquery.suffix)
        case .binary(let binary):
            format(binary.left, level: level + 1)
            write("\n")
            indent(level)
            write("\(binary.operatorText)\n")
            format(binary.right, level: level + 1)
        case .call(let call):
            if isIndented { indent(level) }
            write("\(call.function.name)(\n")
            for (position, argument) in call.arguments.enumerated() {
                if position > 0 { write(",\n") }
                format(argument, level: level + 1)
            }
            close(level)
        case .aggregate(let aggregate):
            if isIndented { indent(level) }
            write("\(aggregate.head)(\n")
            if let parameter = aggregate.parameter {
                format(parameter, level: level + 1)
                write(",\n")
            }
            format(aggregate.operand, level: level + 1)
            close(level)
        case .parentheses(let node):
            if isIndented { indent(level) }
            write("(\n")
            format(node.inner, level: level + 1)
            close(level)
        case .number, .string, .selector, .range, .unary: break
        }
    }

    private mutating func close(_ level: Int) {
        write("\n")
        indent(level)
        write(")")
    }

    private mutating func indent(_ level: Int) {
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * level))
    }

    private mutating func write(_ text: String) {
        output.append(contentsOf: text.utf8)
    }
}

extension Expression {
    /// The expression laid out for people: `/format_query`, `promql format`.
    public var formatted: String { ExpressionFormatter.format(self) }

    fileprivate var isLeaf: Bool {
        switch self {
        case .number, .string, .selector, .range: true
        default: false
        }
    }
}
