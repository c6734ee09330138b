import PromQLSyntax

/// Which parts of an expression are written more than once.
struct Repeats {
    private var numbers: [String: Int] = [:]
    private var counts: [Int] = []

    /// Longer queries are not searched: each part is printed to compare it.
    private static let lengthMax = 4096

    init() {}

    init(in expression: Expression) {
        guard expression.source.count <= Repeats.lengthMax else { return }
        visit(expression)
        if !counts.contains(where: { $0 > 1 }) { self = Repeats() }
    }

    var isEmpty: Bool { counts.isEmpty }

    /// A number for what is written, and how often it is; nil for parts that are not worth it.
    func number(of expression: Expression) -> (number: Int, count: Int)? {
        guard Repeats.isWorthIt(expression), let number = numbers[expression.description], counts[number] > 1
        else { return nil }
        return (number, counts[number])
    }

    private static func isWorthIt(_ expression: Expression) -> Bool {
        switch expression {
        case .selector, .aggregate: true
        case .call(let call): call.function.returns == .vector && !call.arguments.isEmpty
        default: false
        }
    }

    private mutating func visit(_ expression: Expression) {
        if Repeats.isWorthIt(expression) {
            let text = expression.description
            if let number = numbers[text] {
                counts[number] += 1
            } else {
                numbers[text] = counts.count
                counts.append(1)
            }
        }
        switch expression {
        case .number, .string, .selector, .range: break
        case .subquery(let node): visit(node.inner)
        case .call(let node): for argument in node.arguments { visit(argument) }
        case .aggregate(let node):
            visit(node.operand)
            if let parameter = node.parameter { visit(parameter) }
        case .binary(let node):
            visit(node.left)
            visit(node.right)
        case .unary(let node): visit(node.operand)
        case .parentheses(let node): visit(node.inner)
        }
    }
}
