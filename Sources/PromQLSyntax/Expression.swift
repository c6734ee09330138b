public import MetricModel

/// A node of a parsed PromQL expression. `source` ranges are UTF-8 byte offsets into the query text.
public indirect enum Expression: Sendable, Equatable {
    case number(NumberLiteral)
    case string(StringLiteral)
    case selector(VectorSelector)
    case range(RangeSelector)
    case subquery(Subquery)
    case call(Call)
    case aggregate(Aggregate)
    case binary(Binary)
    case unary(Unary)
    case parentheses(Parentheses)

    /// Where the node stands in the query text.
    public var source: Range<Int> {
        switch self {
        case .number(let node): node.source
        case .string(let node): node.source
        case .selector(let node): node.source
        case .range(let node): node.source
        case .subquery(let node): node.source
        case .call(let node): node.source
        case .aggregate(let node): node.source
        case .binary(let node): node.source
        case .unary(let node): node.source
        case .parentheses(let node): node.source
        }
    }

    /// The type of the node's value, known after parsing.
    public var type: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .selector: .vector
        case .range, .subquery: .matrix
        case .call(let node): node.function.returns
        case .aggregate: .vector
        case .binary(let node): node.type
        case .unary(let node): node.operand.type
        case .parentheses(let node): node.inner.type
        }
    }
}

/// The four types of PromQL values, under the names of the HTTP API.
public enum ValueType: String, Sendable {
    case scalar
    case string
    case vector
    case matrix
}

/// A number, or a duration used as a number (`5m` is 300).
public struct NumberLiteral: Sendable, Equatable {
    public var value: Double
    /// Whether it was written as a duration; the printer keeps that.
    public var isDuration: Bool
    public var source: Range<Int>

    public init(value: Double, isDuration: Bool = false, source: Range<Int>) {
        self.value = value
        self.isDuration = isDuration
        self.source = source
    }
}

public struct StringLiteral: Sendable, Equatable {
    public var value: String
    /// The bytes when escapes wrote what is no UTF-8 (`value` has replacement characters in it then),
    /// else nil. No label can have such a name or value.
    public var invalidBytes: [UInt8]?
    public var source: Range<Int>

    public init(value: String, invalidBytes: [UInt8]? = nil, source: Range<Int>) {
        self.value = value
        self.invalidBytes = invalidBytes
        self.source = source
    }
}

/// A length of time in an expression: a constant, or an expression over `step()` and `range()` that
/// is known only when the query's step and range are.
public indirect enum DurationExpression: Sendable, Equatable {
    /// Milliseconds; may be negative in offsets.
    case constant(milliseconds: Int64)
    /// `step()`: the step of the query.
    case step
    /// `range()`: end minus start of the query.
    case range
    case negate(DurationExpression)
    /// `+ - * / % ^`, in seconds.
    case binary(BinaryOperator, DurationExpression, DurationExpression)
    /// `min_of(a, b)`.
    case minimum(DurationExpression, DurationExpression)
    /// `max_of(a, b)`.
    case maximum(DurationExpression, DurationExpression)
    /// A number of seconds inside a duration expression.
    case seconds(Double)
    /// Kept so that the printer writes what was read.
    case parentheses(DurationExpression)
}

/// The `@` modifier.
public enum AtModifier: Sendable, Equatable {
    /// Milliseconds since 1970.
    case timestamp(Timestamp)
    case start
    case end
}

/// `anchored` and `smoothed` range selectors (experimental).
public enum ExtendedRange: String, Sendable {
    case anchored
    case smoothed
}

public struct VectorSelector: Sendable, Equatable {
    /// The metric name when it was written outside of the braces; its matcher is in `matchers` too.
    public var name: String?
    public var matchers: [LabelMatcher]
    public var offset: DurationExpression?
    public var at: AtModifier?
    public var extended: ExtendedRange?
    public var source: Range<Int>

    public init(
        name: String?, matchers: [LabelMatcher], offset: DurationExpression? = nil,
        at: AtModifier? = nil, extended: ExtendedRange? = nil, source: Range<Int>
    ) {
        self.name = name
        self.matchers = matchers
        self.offset = offset
        self.at = at
        self.extended = extended
        self.source = source
    }
}

/// `selector[5m]`; offset and @ are those of `selector`.
public struct RangeSelector: Sendable, Equatable {
    public var selector: VectorSelector
    public var range: DurationExpression
    public var source: Range<Int>

    public init(selector: VectorSelector, range: DurationExpression, source: Range<Int>) {
        self.selector = selector
        self.range = range
        self.source = source
    }
}

/// `expr[1h:5m]`.
public struct Subquery: Sendable, Equatable {
    public var inner: Expression
    public var range: DurationExpression
    /// nil: the global evaluation interval.
    public var step: DurationExpression?
    public var offset: DurationExpression?
    public var at: AtModifier?
    public var source: Range<Int>

    public init(
        inner: Expression, range: DurationExpression, step: DurationExpression?,
        offset: DurationExpression? = nil, at: AtModifier? = nil, source: Range<Int>
    ) {
        self.inner = inner
        self.range = range
        self.step = step
        self.offset = offset
        self.at = at
        self.source = source
    }
}

public struct Call: Sendable, Equatable {
    public var function: FunctionSignature
    public var arguments: [Expression]
    public var source: Range<Int>

    public init(function: FunctionSignature, arguments: [Expression], source: Range<Int>) {
        self.function = function
        self.arguments = arguments
        self.source = source
    }
}

public enum AggregateOperator: String, Sendable, CaseIterable {
    case sum, avg, min, max, group, count, stddev, stdvar, topk, bottomk, quantile
    case countValues = "count_values"
    case limitk
    case limitRatio = "limit_ratio"

    /// Whether the aggregation takes a parameter before the vector.
    public var takesParameter: Bool {
        switch self {
        case .topk, .bottomk, .quantile, .countValues, .limitk, .limitRatio: true
        default: false
        }
    }
}

public struct Aggregate: Sendable, Equatable {
    public var operation: AggregateOperator
    public var operand: Expression
    public var parameter: Expression?
    /// The labels of `by` or `without`.
    public var grouping: [String]
    public var isWithout: Bool
    public var source: Range<Int>

    public init(
        operation: AggregateOperator, operand: Expression, parameter: Expression? = nil,
        grouping: [String] = [], isWithout: Bool = false, source: Range<Int>
    ) {
        self.operation = operation
        self.operand = operand
        self.parameter = parameter
        self.grouping = grouping
        self.isWithout = isWithout
        self.source = source
    }
}

public enum BinaryOperator: String, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and
    case or
    case unless
    case trimUpper = "</"
    case trimLower = ">/"

    public var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: true
        default: false
        }
    }

    public var isSetOperator: Bool { self == .and || self == .or || self == .unless }
}

/// How the two sides of a binary operation are matched.
public struct VectorMatching: Sendable, Equatable {
    public enum Cardinality: String, Sendable {
        case oneToOne = "one-to-one"
        /// `group_left`.
        case manyToOne = "many-to-one"
        /// `group_right`.
        case oneToMany = "one-to-many"
        /// Set operators.
        case manyToMany = "many-to-many"
    }

    public var cardinality: Cardinality
    /// The labels of `on` or `ignoring`.
    public var labels: [String]
    /// `on` rather than `ignoring`.
    public var isOn: Bool
    /// The labels of `group_left` or `group_right`.
    public var include: [String]
    /// `fill`/`fill_left`, `fill`/`fill_right`: the value for a missing side.
    public var fillLeft: Double?
    public var fillRight: Double?

    public init(
        cardinality: Cardinality = .oneToOne, labels: [String] = [], isOn: Bool = false,
        include: [String] = [], fillLeft: Double? = nil, fillRight: Double? = nil
    ) {
        self.cardinality = cardinality
        self.labels = labels
        self.isOn = isOn
        self.include = include
        self.fillLeft = fillLeft
        self.fillRight = fillRight
    }
}

public struct Binary: Sendable, Equatable {
    public var operation: BinaryOperator
    public var left: Expression
    public var right: Expression
    /// nil unless both sides are vectors.
    public var matching: VectorMatching?
    /// The `bool` modifier of comparisons.
    public var returnsBool: Bool
    public var source: Range<Int>
    /// Scalar when both sides are, else vector. Kept, since a chain of operators asks each for its type. A side may only
    /// be replaced by one of the same type.
    let type: ValueType

    public init(
        operation: BinaryOperator, left: Expression, right: Expression,
        matching: VectorMatching? = nil, returnsBool: Bool = false, source: Range<Int>
    ) {
        self.operation = operation
        self.left = left
        self.right = right
        self.matching = matching
        self.returnsBool = returnsBool
        type = left.type == .scalar && right.type == .scalar ? .scalar : .vector
        self.source = source
    }
}

public struct Unary: Sendable, Equatable {
    /// `-` rather than `+`.
    public var isNegation: Bool
    public var operand: Expression
    public var source: Range<Int>

    public init(isNegation: Bool, operand: Expression, source: Range<Int>) {
        self.isNegation = isNegation
        self.operand = operand
        self.source = source
    }
}

public struct Parentheses: Sendable, Equatable {
    public var inner: Expression
    public var source: Range<Int>

    public init(inner: Expression, source: Range<Int>) {
        self.inner = inner
        self.source = source
    }
}
