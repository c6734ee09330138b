public import MetricModel

/// Which parts of the language are on.
public struct ParserOptions: Sendable {
    /// Functions and aggregations that Prometheus calls experimental.
    public var experimentalFunctions: Bool
    /// `anchored` and `smoothed`.
    public var extendedRangeSelectors: Bool
    /// `fill`, `fill_left`, `fill_right`.
    public var fillModifiers: Bool
    /// Whether matchers may take the time to compile a pattern; otherwise one that is not known from before is an error.
    public var compilesPatterns = true

    public init(
        experimentalFunctions: Bool = false, extendedRangeSelectors: Bool = false, fillModifiers: Bool = false
    ) {
        self.experimentalFunctions = experimentalFunctions
        self.extendedRangeSelectors = extendedRangeSelectors
        self.fillModifiers = fillModifiers
    }

    /// Everything that Prometheus 3.14 knows.
    public static let all = ParserOptions(
        experimentalFunctions: true, extendedRangeSelectors: true, fillModifiers: true)
}

extension Expression {
    /// The longest query that is read, in bytes.
    public static let textLengthMax = 128 * 1024
    /// The deepest nesting of parentheses, calls and the like. A deeper one would need more stack than a
    /// thread may have.
    public static let nestingMax = 200
    /// The highest tree that parsing gives: a chain of operators (`a or b or c …`) makes it higher
    /// without parentheses. Whoever walks a tree may recurse this deep.
    public static let heightMax = 600

    /// Parses a query and checks its types.
    ///
    /// - Throws: ``SyntaxError`` with the place.
    public static func parse(_ text: String, options: ParserOptions = ParserOptions()) throws(SyntaxError)
        -> Expression
    {
        var parser = try Parser(text, options: options)
        return try parser.whole()
    }

    /// Parses a bare selector such as `up{job="a"}`, as `match[]` takes it.
    ///
    /// - Throws: ``SyntaxError``; also when every matcher accepts the empty value.
    public static func parseSelector(_ text: String, options: ParserOptions = ParserOptions())
        throws(SyntaxError)
        -> [LabelMatcher]
    {
        var parser = try Parser(text, options: options)
        return try parser.wholeSelector()
    }
}

struct Parser {
    private var lexer: Lexer
    private let options: ParserOptions
    private var token: Token
    private var previousEnd = 0
    private var depth = 0
    /// Of the expression that was read last.
    private var height = 0
    /// Inside the second argument of info(), whose selector may accept the empty value.
    private var allowsEmptySelector = false

    init(_ text: String, options: ParserOptions) throws(SyntaxError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Expression.textLengthMax else {
            throw SyntaxError(
                "query of \(bytes.count) bytes is too long, the limit is \(Expression.textLengthMax)",
                at: 0..<0, in: [])
        }
        lexer = Lexer(bytes)
        self.options = options
        token = try lexer.next()
    }

    mutating func whole() throws(SyntaxError) -> Expression {
        if token.kind == .end { throw error("no expression found in input", 0..<lexer.text.count) }
        let result = try expression(0)
        guard token.kind == .end else { throw unexpected("") }
        return result
    }

    mutating func wholeSelector() throws(SyntaxError) -> [LabelMatcher] {
        if token.kind == .end { throw error("no expression found in input", 0..<lexer.text.count) }
        var name: String?
        let start = token.range.lowerBound
        if case .identifier(let word) = token.kind {
            name = word
            try advance()
        }
        guard name != nil || isSymbol("{") else { throw unexpected("vector selector") }
        let result = try selector(name: name, from: start)
        guard token.kind == .end else { throw unexpected("vector selector") }
        return result.matchers
    }

    // MARK: - Operators

    private static let precedence: [String: (level: Int, operation: BinaryOperator)] = [
        "or": (1, .or), "and": (2, .and), "unless": (2, .unless), "==": (3, .equal), "!=": (3, .notEqual),
        "<": (3, .less),
        "<=": (3, .lessOrEqual), ">": (3, .greater), ">=": (3, .greaterOrEqual), "</": (3, .trimUpper),
        ">/": (3, .trimLower),
        "+": (4, .add), "-": (4, .subtract), "*": (5, .multiply), "/": (5, .divide), "%": (5, .modulo),
        "atan2": (5, .atan2),
        "^": (6, .power),
    ]

    private var binaryOperator: (level: Int, operation: BinaryOperator)? {
        switch token.kind {
        case .symbol(let symbol): Parser.precedence[symbol]
        case .identifier(let word): Parser.precedence[word.lowercased()]
        default: nil
        }
    }

    private mutating func expression(_ minimum: Int) throws(SyntaxError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.nestingMax else {
            throw error("expression is nested deeper than \(Expression.nestingMax) levels", token.range)
        }
        var left = try unary()
        var leftHeight = height
        while let (level, operation) = binaryOperator, level >= minimum {
            let operatorRange = token.range
            try advance()
            let modifiers = try binaryModifiers()
            // The power operator is right-associative.
            let right = try expression(operation == .power ? level : level + 1)
            leftHeight = max(leftHeight, height) + 1
            guard leftHeight <= Expression.heightMax else {
                throw error(
                    "expression has more than \(Expression.heightMax) operators upon each other",
                    operatorRange)
            }
            left = try binary(operation, left, right, modifiers, operatorRange)
        }
        height = leftHeight
        return left
    }

    private mutating func unary() throws(SyntaxError) -> Expression {
        guard isSymbol("+") || isSymbol("-") else {
            height = 0
            let result = try postfix()
            // Parentheses, calls and subqueries add at most a few levels to what they hold.
            height += 3
            return result
        }
        let start = token.range.lowerBound
        let isNegation = isSymbol("-")
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.nestingMax else {
            throw error("expression is nested deeper than \(Expression.nestingMax) levels", token.range)
        }
        try advance()
        // Binds like multiplication: -1^2 is -(1^2).
        let operand = try expression(6)
        height += 1
        let range = start..<operand.source.upperBound
        if case .number(var literal) = operand, !literal.isDuration {
            literal.value = isNegation ? -literal.value : literal.value
            literal.source = range
            return .number(literal)
        }
        guard operand.type == .scalar || operand.type == .vector else {
            throw error(
                "unary expression only allowed on expressions of type scalar or instant vector, got \(LabelText.quoted(Parser.describe(operand.type)))",
                range)
        }
        return .unary(Unary(isNegation: isNegation, operand: operand, source: range))
    }

    private struct BinaryModifiers {
        var returnsBool = false
        var matching: VectorMatching?
        var boolRange: Range<Int>?
        var hasFill = false
    }

    private mutating func binaryModifiers() throws(SyntaxError) -> BinaryModifiers {
        var result = BinaryModifiers()
        if isKeyword("bool") {
            result.returnsBool = true
            result.boolRange = token.range
            try advance()
        }
        if isKeyword("on") || isKeyword("ignoring") {
            var matching = VectorMatching(isOn: isKeyword("on"))
            try advance()
            matching.labels = try labelList()
            if isKeyword("group_left") || isKeyword("group_right") {
                matching.cardinality = isKeyword("group_left") ? .manyToOne : .oneToMany
                try advance()
                if isSymbol("(") { matching.include = try labelList() }
            }
            result.matching = matching
        }
        while options.fillModifiers, isKeyword("fill") || isKeyword("fill_left") || isKeyword("fill_right"),
            nextIsOpenParenthesis
        {
            let word = keyword
            try advance()
            try expect("(", "fill modifier")
            var sign = 1.0
            if isSymbol("-") || isSymbol("+") {
                if isSymbol("-") { sign = -1 }
                try advance()
            }
            let value: Double
            switch token.kind {
            case .number(let number): value = number
            case .identifier(let word) where word.lowercased() == "inf": value = .infinity
            case .identifier(let word) where word.lowercased() == "nan": value = .nan
            default: throw unexpected("fill modifier")
            }
            try advance()
            try expect(")", "fill modifier")
            var matching = result.matching ?? VectorMatching()
            if word != "fill_right" {
                guard matching.fillLeft == nil else { throw error("fill value given twice", token.range) }
                matching.fillLeft = sign * value
            }
            if word != "fill_left" {
                guard matching.fillRight == nil else { throw error("fill value given twice", token.range) }
                matching.fillRight = sign * value
            }
            result.matching = matching
            result.hasFill = true
        }
        return result
    }

    private func binary(
        _ operation: BinaryOperator, _ left: Expression, _ right: Expression, _ modifiers: BinaryModifiers,
        _ operatorRange: Range<Int>
    ) throws(SyntaxError) -> Expression {
        let range = left.source.lowerBound..<right.source.upperBound
        if modifiers.returnsBool, !operation.isComparison {
            throw error(
                "bool modifier can only be used on comparison operators", modifiers.boolRange ?? range)
        }
        for side in [left, right] where side.type != .scalar && side.type != .vector {
            throw error("binary expression must contain only scalar and instant vector types", side.source)
        }
        let bothScalar = left.type == .scalar && right.type == .scalar
        let bothVector = left.type == .vector && right.type == .vector
        if operation.isComparison, bothScalar, !modifiers.returnsBool {
            throw error("comparisons between scalars must use BOOL modifier", range)
        }
        if operation.isSetOperator, !bothVector {
            throw error(
                "set operator \(LabelText.quoted(operation.rawValue)) not allowed in binary scalar expression",
                range)
        }
        var matching = modifiers.matching
        if let given = matching {
            if given.isOn {
                for label in given.include where given.labels.contains(label) {
                    throw error(
                        "label \(LabelText.quoted(label)) must not occur in ON and GROUP clause at once",
                        operatorRange)
                }
            }
            if !bothVector {
                if modifiers.hasFill {
                    throw error("filling in missing series only allowed between instant vectors", range)
                }
                if !given.labels.isEmpty || given.isOn || given.cardinality != .oneToOne {
                    throw error("vector matching only allowed between instant vectors", range)
                }
                matching = nil
            }
            if operation.isSetOperator {
                if given.cardinality != .oneToOne {
                    throw error(
                        "no grouping allowed for \(LabelText.quoted(operation.rawValue)) operation", range)
                }
                if modifiers.hasFill {
                    throw error("filling in missing series not allowed for set operators", range)
                }
            }
        }
        if bothVector {
            var effective = matching ?? VectorMatching()
            if operation.isSetOperator { effective.cardinality = .manyToMany }
            matching = effective
        }
        return .binary(
            Binary(
                operation: operation, left: left, right: right, matching: matching,
                returnsBool: modifiers.returnsBool, source: range))
    }

    // MARK: - Postfix

    private mutating func postfix() throws(SyntaxError) -> Expression {
        var result = try primary()
        while true {
            if isSymbol("[") {
                result = try bracket(result)
            } else if isKeyword("offset") {
                let start = result.source.lowerBound
                try advance()
                let offset = try offsetDuration()
                result = try with(offset: offset, result, start..<previousEnd)
            } else if isSymbol("@") {
                result = try at(result)
            } else if options.extendedRangeSelectors, isKeyword("anchored") || isKeyword("smoothed") {
                result = try extended(result)
            } else {
                return result
            }
        }
    }

    private mutating func bracket(_ operand: Expression) throws(SyntaxError) -> Expression {
        let start = operand.source.lowerBound
        lexer.isInBrackets = true
        defer { lexer.isInBrackets = false }
        try advance()
        let rangeStart = token.range.lowerBound
        let range = try durationExpression(0, of: "range selector")
        try checkPositive(range, rangeStart..<previousEnd)
        if isSymbol(":") {
            try advance()
            var step: DurationExpression?
            if !isSymbol("]") {
                let stepStart = token.range.lowerBound
                let given = try durationExpression(0, of: "subquery selector")
                try checkPositive(given, stepStart..<previousEnd)
                step = given
            }
            lexer.isInBrackets = false
            try expect("]", "subquery selector")
            guard operand.type == .vector else {
                throw error(
                    "subquery is only allowed on instant vector, got \(Parser.describe(operand.type)) instead",
                    start..<previousEnd)
            }
            return .subquery(Subquery(inner: operand, range: range, step: step, source: start..<previousEnd))
        }
        lexer.isInBrackets = false
        try expect("]", "subquery or range selector")
        guard case .selector(let selector) = operand else {
            throw error("ranges only allowed for vector selectors", start..<previousEnd)
        }
        if selector.offset != nil {
            throw error("no offset modifiers allowed before range", start..<previousEnd)
        }
        if selector.at != nil { throw error("no @ modifiers allowed before range", start..<previousEnd) }
        if selector.extended != nil {
            throw error("no anchored or smoothed modifier allowed before range", start..<previousEnd)
        }
        return .range(RangeSelector(selector: selector, range: range, source: start..<previousEnd))
    }

    private func with(offset: DurationExpression, _ operand: Expression, _ range: Range<Int>)
        throws(SyntaxError) -> Expression
    {
        let twice = "offset may not be set multiple times"
        switch operand {
        case .selector(var node):
            guard node.offset == nil else { throw error(twice, range) }
            node.offset = offset
            node.source = range
            return .selector(node)
        case .range(var node):
            guard node.selector.offset == nil else { throw error(twice, range) }
            node.selector.offset = offset
            node.source = range
            return .range(node)
        case .subquery(var node):
            guard node.offset == nil else { throw error(twice, range) }
            node.offset = offset
            node.source = range
            return .subquery(node)
        default:
            throw error(
                "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
                range)
        }
    }

    private mutating func at(_ operand: Expression) throws(SyntaxError) -> Expression {
        let start = operand.source.lowerBound
        try advance()
        var modifier: AtModifier
        var sign = 1.0
        if isSymbol("-") || isSymbol("+") {
            if isSymbol("-") { sign = -1 }
            try advance()
        }
        switch token.kind {
        case .number(let seconds):
            let milliseconds = (sign * seconds * 1000).rounded(.toNearestOrAwayFromZero)
            guard milliseconds.isFinite, milliseconds.magnitude < 9.2e18 else {
                throw error("timestamp out of bounds for @ modifier: \(sign * seconds)", token.range)
            }
            modifier = .timestamp(Int64(milliseconds))
            try advance()
        case .duration(let milliseconds):
            modifier = .timestamp(sign < 0 ? -milliseconds : milliseconds)
            try advance()
        case .identifier(let word) where ["inf", "nan"].contains(word.lowercased()):
            throw error("timestamp out of bounds for @ modifier: \(word)", token.range)
        case .identifier(let word) where ["start", "end"].contains(word.lowercased()) && sign == 1:
            modifier = word.lowercased() == "start" ? .start : .end
            try advance()
            try expect("(", "@ modifier")
            try expect(")", "@ modifier")
        default: throw unexpected("@ modifier, want timestamp")
        }
        let range = start..<previousEnd
        let twice = "@ <timestamp> may not be set multiple times"
        switch operand {
        case .selector(var node):
            guard node.at == nil else { throw error(twice, range) }
            node.at = modifier
            node.source = range
            return .selector(node)
        case .range(var node):
            guard node.selector.at == nil else { throw error(twice, range) }
            node.selector.at = modifier
            node.source = range
            return .range(node)
        case .subquery(var node):
            guard node.at == nil else { throw error(twice, range) }
            node.at = modifier
            node.source = range
            return .subquery(node)
        default:
            throw error(
                "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
                range)
        }
    }

    private mutating func extended(_ operand: Expression) throws(SyntaxError) -> Expression {
        let start = operand.source.lowerBound
        let kind: ExtendedRange = keyword == "anchored" ? .anchored : .smoothed
        try advance()
        let range = start..<previousEnd
        switch operand {
        case .selector(var node):
            guard node.extended == nil else {
                throw error("anchored or smoothed may not be set multiple times", range)
            }
            node.extended = kind
            node.source = range
            return .selector(node)
        case .range(var node):
            guard node.selector.extended == nil else {
                throw error("anchored or smoothed may not be set multiple times", range)
            }
            node.selector.extended = kind
            node.source = range
            return .range(node)
        default:
            throw error(
                "\(kind.rawValue) modifier must be preceded by an instant vector selector or range vector selector",
                range)
        }
    }

    // MARK: - Durations

    private mutating func offsetDuration() throws(SyntaxError) -> DurationExpression {
        let start = token.range.lowerBound
        let result = try durationUnary(of: "offset")
        if result.isConstant, result.milliseconds(step: 0, range: 0) == nil {
            throw error("duration out of range", start..<previousEnd)
        }
        return simplified(result)
    }

    private func simplified(_ expression: DurationExpression) -> DurationExpression {
        switch expression {
        case .seconds, .negate(.constant), .negate(.seconds):
            if let milliseconds = expression.milliseconds(step: 0, range: 0) {
                return .constant(milliseconds: milliseconds)
            }
            return expression
        default: return expression
        }
    }

    private func checkPositive(_ expression: DurationExpression, _ range: Range<Int>) throws(SyntaxError) {
        // What needs computing is checked when the query runs.
        switch expression {
        case .constant, .seconds: break
        default: return
        }
        guard let milliseconds = expression.milliseconds(step: 0, range: 0) else {
            throw error("duration out of range", range)
        }
        guard milliseconds > 0 else { throw error("duration must be greater than 0", range) }
    }

    private mutating func durationExpression(_ minimum: Int, of context: String) throws(SyntaxError)
        -> DurationExpression
    {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Expression.nestingMax else {
            throw error("expression is nested deeper than \(Expression.nestingMax) levels", token.range)
        }
        var left = try durationUnary(of: context)
        var chain = 0
        while case .symbol(let symbol) = token.kind, let (level, operation) = Parser.precedence[symbol],
            level >= 4, level >= minimum
        {
            chain += 1
            guard chain <= Expression.nestingMax else {
                throw error("more than \(Expression.nestingMax) operators in a row", token.range)
            }
            let operatorRange = token.range
            try advance()
            let right = try durationExpression(operation == .power ? level : level + 1, of: context)
            if operation == .divide || operation == .modulo, right.isConstant,
                right.milliseconds(step: 0, range: 0) == 0
            {
                throw error(operation == .divide ? "division by zero" : "modulo by zero", operatorRange)
            }
            left = .binary(operation, left, right)
        }
        return minimum == 0 ? simplified(left) : left
    }

    private mutating func durationUnary(of context: String) throws(SyntaxError) -> DurationExpression {
        if isSymbol("-") || isSymbol("+") {
            let isNegation = isSymbol("-")
            depth += 1
            defer { depth -= 1 }
            guard depth <= Expression.nestingMax else {
                throw error("expression is nested deeper than \(Expression.nestingMax) levels", token.range)
            }
            try advance()
            // Without parentheses an offset ends before an operator.
            let operand =
                context == "offset" ? try durationUnary(of: context) : try durationExpression(6, of: context)
            return isNegation ? .negate(operand) : operand
        }
        switch token.kind {
        case .number(let value):
            guard value.isFinite, value.magnitude <= DurationExpression.secondsMax else {
                throw error("duration out of range", token.range)
            }
            try advance()
            return .seconds(value)
        case .duration(let milliseconds):
            try advance()
            return .constant(milliseconds: milliseconds)
        case .symbol("("):
            try advance()
            let inner = try durationExpression(0, of: "duration expression")
            try expect(")", "duration expression")
            return .parentheses(inner)
        case .identifier(let word):
            switch word.lowercased() {
            case "step", "range":
                try advance()
                try expect("(", "duration expression")
                try expect(")", "duration expression")
                return word.lowercased() == "step" ? .step : .range
            case "min_of", "max_of":
                try advance()
                try expect("(", "duration expression")
                let first = try durationExpression(0, of: context)
                try expect(",", "duration expression")
                let second = try durationExpression(0, of: context)
                try expect(")", "duration expression")
                return word.lowercased() == "min_of" ? .minimum(first, second) : .maximum(first, second)
            default: throw unexpected("\(context), want number, duration, step(), or range()")
            }
        default: throw unexpected("\(context), want number, duration, step(), or range()")
        }
    }

    // MARK: - Primary expressions

    private mutating func primary() throws(SyntaxError) -> Expression {
        let start = token.range.lowerBound
        switch token.kind {
        case .number(let value):
            try advance()
            return .number(NumberLiteral(value: value, source: start..<previousEnd))
        case .duration(let milliseconds):
            try advance()
            return .number(
                NumberLiteral(
                    value: Double(milliseconds) / 1000, isDuration: true, source: start..<previousEnd))
        case .string(let value):
            try advance()
            return .string(
                StringLiteral(
                    value: value, invalidBytes: lexer.invalidBytes(of: start..<previousEnd),
                    source: start..<previousEnd))
        case .symbol("("):
            try advance()
            let inner = try expression(0)
            try expect(")", "paren expression")
            return .parentheses(Parentheses(inner: inner, source: start..<previousEnd))
        case .symbol("{"):
            return .selector(try selector(name: nil, from: start))
        case .identifier(let word):
            return try name(word, from: start)
        default: throw unexpected("")
        }
    }

    /// Words that are never metric names.
    private static let reserved: Set<String> = [
        "and", "or", "unless", "atan2", "bool", "on", "ignoring", "group_left", "group_right", "offset", "by",
        "without",
    ]

    private mutating func name(_ word: String, from start: Int) throws(SyntaxError) -> Expression {
        let lower = word.lowercased()
        if lower == "inf" || lower == "nan" {
            try advance()
            return .number(
                NumberLiteral(value: lower == "inf" ? .infinity : .ordinaryNaN, source: start..<previousEnd))
        }
        if let operation = AggregateOperator(rawValue: lower), nextStartsAggregate {
            return try aggregate(operation, from: start)
        }
        if let signature = FunctionSignature.table[word], nextIsOpenParenthesis {
            return try call(signature, from: start)
        }
        if nextIsOpenParenthesis, !Parser.reserved.contains(lower) {
            throw error("unknown function with name \(LabelText.quoted(word))", token.range)
        }
        if ["bool", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "atan2"].contains(
            lower)
        {
            // As a metric name "and", "or", "unless" are legal where an operand is wanted.
            guard ["and", "or", "unless"].contains(lower) else { throw unexpected("") }
        }
        try advance()
        return .selector(try selector(name: word, from: start))
    }

    private mutating func selector(name: String?, from start: Int) throws(SyntaxError) -> VectorSelector {
        var matchers: [LabelMatcher] = []
        var quotedName: String?
        if isSymbol("{") {
            try advance()
            while !isSymbol("}") {
                let labelRange = token.range
                let label: String
                var isQuoted = false
                switch token.kind {
                case .identifier(let word):
                    guard !word.contains(":") else {
                        throw unexpected("label matching, want identifier or \"}\"")
                    }
                    label = word
                case .string(let value):
                    label = value
                    isQuoted = true
                default: throw unexpected("label matching, want identifier or \"}\"")
                }
                try advance()
                if isQuoted, isSymbol(",") || isSymbol("}") {
                    if let first = quotedName ?? name {
                        throw error(
                            "metric name must not be set twice: \(LabelText.quoted(first)) or \(LabelText.quoted(label))",
                            labelRange)
                    }
                    quotedName = label
                    matchers.append(LabelMatcher(Labels.metricNameLabel, equals: label))
                } else {
                    let kind: LabelMatcher.Kind
                    switch token.kind {
                    case .symbol("="): kind = .equal
                    case .symbol("!="): kind = .notEqual
                    case .symbol("=~"): kind = .matches
                    case .symbol("!~"): kind = .notMatches
                    default: throw unexpected("label matching, want label matching operator")
                    }
                    try advance()
                    guard case .string(let value) = token.kind else {
                        throw unexpected("label matching, want string")
                    }
                    let valueRange = token.range
                    try advance()
                    guard options.compilesPatterns || LabelMatcher.isQuick(kind, value) else {
                        throw self.error("the pattern has to be compiled", valueRange)
                    }
                    do {
                        matchers.append(try LabelMatcher(label, kind, value))
                    } catch {
                        throw self.error(error.message, valueRange)
                    }
                }
                if isSymbol(",") {
                    try advance()
                } else if !isSymbol("}") {
                    throw unexpected("label matching, want \",\" or \"}\"")
                }
            }
            try advance()
        }
        let range = start..<previousEnd
        if let name {
            if let other = matchers.first(where: { $0.name == Labels.metricNameLabel }) {
                throw error(
                    "metric name must not be set twice: \(LabelText.quoted(name)) or \(LabelText.quoted(other.value))",
                    range)
            }
            matchers.append(LabelMatcher(Labels.metricNameLabel, equals: name))
        }
        if quotedName != nil,
            matchers.filter({ $0.name == Labels.metricNameLabel && $0.kind == .equal }).count > 1
        {
            throw error("metric name must not be set twice", range)
        }
        guard allowsEmptySelector || matchers.contains(where: { !$0.matchesEmpty }) else {
            throw error("vector selector must contain at least one non-empty matcher", range)
        }
        return VectorSelector(name: name, matchers: matchers, source: range)
    }

    private mutating func aggregate(_ operation: AggregateOperator, from start: Int) throws(SyntaxError)
        -> Expression
    {
        if operation == .limitk || operation == .limitRatio, !options.experimentalFunctions {
            throw error(
                "\(operation.rawValue)() is experimental and must be enabled with --enable-feature=promql-experimental-functions",
                token.range)
        }
        try advance()
        var grouping: [String] = []
        var isWithout = false
        var hasClause = false
        if isKeyword("by") || isKeyword("without") {
            isWithout = isKeyword("without")
            hasClause = true
            try advance()
            grouping = try labelList()
        }
        try expect("(", "aggregation")
        let arguments = try argumentList()
        if !hasClause, isKeyword("by") || isKeyword("without") {
            isWithout = isKeyword("without")
            try advance()
            grouping = try labelList()
        }
        let range = start..<previousEnd
        let wanted = operation.takesParameter ? 2 : 1
        guard !arguments.isEmpty else { throw error("no arguments for aggregate expression provided", range) }
        guard arguments.count == wanted else {
            throw error(
                "wrong number of arguments for aggregate expression provided, expected \(wanted), got \(arguments.count)",
                range)
        }
        let operand = arguments[wanted - 1]
        guard operand.type == .vector else {
            throw error(
                "expected type instant vector in aggregation expression, got \(Parser.describe(operand.type))",
                operand.source)
        }
        let parameter = operation.takesParameter ? arguments[0] : nil
        if let parameter {
            let type: ValueType = operation == .countValues ? .string : .scalar
            guard parameter.type == type else {
                throw error(
                    "expected type \(Parser.describe(type)) in aggregation parameter, got \(Parser.describe(parameter.type))",
                    parameter.source)
            }
        }
        return .aggregate(
            Aggregate(
                operation: operation, operand: operand, parameter: parameter, grouping: grouping,
                isWithout: isWithout, source: range))
    }

    private mutating func call(_ signature: FunctionSignature, from start: Int) throws(SyntaxError)
        -> Expression
    {
        if signature.isExperimental, !options.experimentalFunctions {
            throw error(
                "function \(LabelText.quoted(signature.name)) is not enabled: it is experimental and needs --enable-feature=promql-experimental-functions",
                token.range)
        }
        try advance()
        try expect("(", "function call")
        let arguments = try argumentList(ofInfo: signature.name == "info")
        let range = start..<previousEnd
        let declared = signature.arguments.count
        let minimum =
            signature.variadic > 0
            ? declared - signature.variadic : signature.variadic < 0 ? declared - 1 : declared
        let quotedName = LabelText.quoted(signature.name)
        if signature.variadic == 0, arguments.count != declared {
            throw error(
                "expected \(declared) argument(s) in call to \(quotedName), got \(arguments.count)", range)
        }
        if arguments.count < minimum {
            throw error(
                "expected at least \(minimum) argument(s) in call to \(quotedName), got \(arguments.count)",
                range)
        }
        if signature.variadic > 0, arguments.count > declared {
            throw error(
                "expected at most \(declared) argument(s) in call to \(quotedName), got \(arguments.count)",
                range)
        }
        for (index, argument) in arguments.enumerated() {
            let type = signature.arguments[min(index, declared - 1)]
            guard argument.type == type else {
                throw error(
                    "expected type \(Parser.describe(type)) in call to function \(quotedName), got \(Parser.describe(argument.type))",
                    argument.source)
            }
        }
        if signature.name == "info", arguments.count > 1 {
            guard case .selector(let selector) = arguments[1], selector.name == nil else {
                throw error(
                    "expected label selectors only in the second argument of info()", arguments[1].source)
            }
        }
        return .call(Call(function: signature, arguments: arguments, source: range))
    }

    /// The rest of a list behind "(", to and with ")". No trailing comma.
    private mutating func argumentList(ofInfo isInfo: Bool = false) throws(SyntaxError) -> [Expression] {
        var arguments: [Expression] = []
        if isSymbol(")") {
            try advance()
            return arguments
        }
        var highest = 0
        defer { height = highest }
        while true {
            allowsEmptySelector = isInfo && arguments.count == 1
            defer { allowsEmptySelector = false }
            arguments.append(try expression(0))
            highest = max(highest, height)
            if isSymbol(")") {
                try advance()
                return arguments
            }
            try expect(",", "argument list")
            if isSymbol(")") { throw error("trailing commas not allowed in function call args", token.range) }
        }
    }

    /// `(a, "b c", …)`, a trailing comma allowed.
    private mutating func labelList() throws(SyntaxError) -> [String] {
        try expect("(", "grouping opts")
        var labels: [String] = []
        while !isSymbol(")") {
            switch token.kind {
            case .identifier(let word):
                guard MetricName.isLegacyLabelName(word) else {
                    throw unexpected("grouping opts, want label")
                }
                labels.append(word)
            case .string(let value):
                guard !value.isEmpty else { throw unexpected("grouping opts, want label") }
                labels.append(value)
            default: throw unexpected("grouping opts, want label")
            }
            try advance()
            if isSymbol(",") {
                guard !labels.isEmpty else { throw unexpected("grouping opts, want label") }
                try advance()
            } else if !isSymbol(")") {
                throw unexpected("grouping opts, want \",\" or \")\"")
            }
        }
        try advance()
        return labels
    }

    // MARK: - Tokens

    private mutating func advance() throws(SyntaxError) {
        previousEnd = token.range.upperBound
        token = try lexer.next()
    }

    private func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol(symbol) }

    private var keyword: String {
        if case .identifier(let word) = token.kind { word.lowercased() } else { "" }
    }

    private func isKeyword(_ word: String) -> Bool { keyword == word }

    private func following() -> Token.Kind {
        var copy = lexer
        return (try? copy.next().kind) ?? .end
    }

    private var nextIsOpenParenthesis: Bool { following() == .symbol("(") }

    private var nextStartsAggregate: Bool {
        switch following() {
        case .symbol("("): true
        case .identifier(let word): ["by", "without"].contains(word.lowercased())
        default: false
        }
    }

    private mutating func expect(_ symbol: String, _ context: String) throws(SyntaxError) {
        guard isSymbol(symbol) else { throw unexpected("\(context), want \(LabelText.quoted(symbol))") }
        try advance()
    }

    private func unexpected(_ context: String) -> SyntaxError {
        let shown =
            switch token.kind {
            case .end: "end of input"
            case .number: "number \(LabelText.quoted(written))"
            case .duration: "duration \(LabelText.quoted(written))"
            case .string: "string \(written)"
            case .identifier: "identifier \(LabelText.quoted(written))"
            case .symbol: LabelText.quoted(written)
            }
        return error("unexpected \(shown)" + (context.isEmpty ? "" : " in \(context)"), token.range)
    }

    private var written: String { String(decoding: lexer.text[token.range].prefix(80), as: UTF8.self) }

    private func error(_ message: String, _ range: Range<Int>) -> SyntaxError {
        SyntaxError(message, at: range, in: lexer.text)
    }

    /// The name that Prometheus' messages use for a type.
    private static func describe(_ type: ValueType) -> String {
        switch type {
        case .scalar: "scalar"
        case .string: "string"
        case .vector: "instant vector"
        case .matrix: "range vector"
        }
    }
}
