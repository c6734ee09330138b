import MetricModel
import PromQLSyntax

/// An expression made ready for one query: durations and `@` resolved to milliseconds, functions known,
/// parentheses gone, constants folded, and what does not depend on the step marked to be evaluated once.
indirect enum Plan: Sendable {
    case number(Double)
    /// With the name that messages use when it is no UTF-8.
    case string(String, invalid: String?)
    case selector(SelectorPlan)
    case window(WindowPlan)
    case subquery(SubqueryPlan)
    case call(CallPlan)
    case aggregate(AggregatePlan)
    case binary(BinaryPlan)
    case negation(Plan)
    /// Evaluated at the first step only; the value holds for all.
    case invariant(Plan)
    /// Stands in the query more than once.
    case shared(SharedPlan)

    var type: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregate: .vector
        case .window, .subquery: .matrix
        case .call(let call): call.signature.returns
        case .binary(let binary):
            binary.left.type == .scalar && binary.right.type == .scalar ? .scalar : .vector
        case .negation(let inner), .invariant(let inner): inner.type
        case .shared(let shared): shared.inner.type
        }
    }

    /// The plan without marks.
    var evaluated: Plan {
        switch self {
        case .invariant(let inner): inner.evaluated
        case .shared(let shared): shared.inner.evaluated
        default: self
        }
    }
}

/// A part of a query that is written more than once.
struct SharedPlan: Sendable {
    /// The same for all of its places.
    var number: Int
    var inner: Plan
    var place: Int
}

struct SelectorPlan: Sendable {
    var matchers: [LabelMatcher]
    /// Milliseconds to look back; negative looks ahead.
    var offset: Int64
    /// The moment of `@`, milliseconds since 1970.
    var at: Timestamp?
    var extended: ExtendedRange?
    /// Only count, sum and counter resets of native histograms matter, so that their buckets need not be
    /// kept.
    var needsStatisticsOnly = false
    var place: Int

    /// Whether all series have the same name, so that dropping it keeps them apart.
    var isOfOneMetric: Bool {
        matchers.contains { $0.name == Labels.metricNameLabel && $0.kind == .equal && !$0.value.isEmpty }
    }
}

/// A range vector selector.
struct WindowPlan: Sendable {
    var selector: SelectorPlan
    /// Milliseconds, > 0.
    var range: Int64
    var place: Int
}

struct SubqueryPlan: Sendable {
    var inner: Plan
    /// Milliseconds, > 0.
    var range: Int64
    /// Milliseconds, > 0.
    var step: Int64
    var offset: Int64
    var at: Timestamp?
    var place: Int
}

struct CallPlan: Sendable {
    var signature: FunctionSignature
    var arguments: [Plan]
    /// Where each argument stands in the query; and the call itself.
    var argumentPlaces: [Int]
    var place: Int

    var name: String { signature.name }
}

struct AggregatePlan: Sendable {
    var operation: AggregateOperator
    var operand: Plan
    var parameter: Plan?
    var grouping: [String]
    var isWithout: Bool
    var place: Int
    var operandPlace: Int
    var parameterPlace: Int
}

struct BinaryPlan: Sendable {
    var operation: BinaryOperator
    var left: Plan
    var right: Plan
    var matching: VectorMatching?
    var returnsBool: Bool
    var place: Int
}
