#if canImport(Glibc)
    import Glibc
#endif

extension DurationExpression {
    /// The longest duration, in seconds: Go's count of nanoseconds in 64 bits.
    static let secondsMax = 9_223_372_036.854775807

    /// The length in milliseconds.
    ///
    /// - Parameters:
    ///   - step: of the query, milliseconds.
    ///   - range: end minus start of the query, milliseconds.
    /// - Returns: nil when it is not finite or does not fit (division by zero, overflow).
    public func milliseconds(step: Int64, range: Int64) -> Int64? {
        if case .constant(let milliseconds) = self { return milliseconds }
        let value = seconds(step: Double(step) / 1000, range: Double(range) / 1000)
        guard value.isFinite, value.magnitude <= DurationExpression.secondsMax else { return nil }
        return Int64((value * 1000).rounded(.towardZero))
    }

    private func seconds(step: Double, range: Double) -> Double {
        switch self {
        case .constant(let milliseconds): return Double(milliseconds) / 1000
        case .seconds(let value): return value
        case .step: return step
        case .range: return range
        case .negate(let inner): return -inner.seconds(step: step, range: range)
        case .parentheses(let inner): return inner.seconds(step: step, range: range)
        case .minimum(let a, let b):
            return min(a.seconds(step: step, range: range), b.seconds(step: step, range: range))
        case .maximum(let a, let b):
            return max(a.seconds(step: step, range: range), b.seconds(step: step, range: range))
        case .binary(let operation, let a, let b):
            let left = a.seconds(step: step, range: range)
            let right = b.seconds(step: step, range: range)
            switch operation {
            case .add: return left + right
            case .subtract: return left - right
            case .multiply: return left * right
            case .divide: return right == 0 ? .nan : left / right
            case .modulo: return right == 0 ? .nan : left.truncatingRemainder(dividingBy: right)
            case .power: return pow(left, right)
            default: return .nan
            }
        }
    }

    /// Whether the value depends on the query's step or range.
    public var isConstant: Bool {
        switch self {
        case .constant, .seconds: true
        case .step, .range: false
        case .negate(let inner), .parentheses(let inner): inner.isConstant
        case .minimum(let a, let b), .maximum(let a, let b), .binary(_, let a, let b):
            a.isConstant && b.isConstant
        }
    }
}
