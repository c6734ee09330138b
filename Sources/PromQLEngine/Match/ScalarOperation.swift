import PromQLSyntax

#if canImport(Glibc)
    import Glibc
#endif

/// Binary operators on floats.
enum ScalarOperation {
    /// The value; comparisons give 1 or 0.
    static func value(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> Double {
        switch operation {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .modulo: fmod(a, b)
        case .power: pow(a, b)
        case .atan2: atan2(a, b)
        default: holds(operation, a, b) ? 1 : 0
        }
    }

    /// Whether the comparison is true.
    static func holds(_ operation: BinaryOperator, _ a: Double, _ b: Double) -> Bool {
        switch operation {
        case .equal: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        default: false
        }
    }
}
