#if canImport(Glibc)
    import Glibc
#endif

/// Functions of one float.
enum ElementFunction {
    static let table: [String: @Sendable (Double) -> Double] = [
        "abs": { $0.magnitude },
        "ceil": { $0.rounded(.up) },
        "floor": { $0.rounded(.down) },
        "sqrt": { $0.squareRoot() },
        "exp": { exp($0) },
        "ln": { log($0) },
        "log2": { log2($0) },
        "log10": { log10($0) },
        "sin": { sin($0) },
        "cos": { cos($0) },
        "tan": { tan($0) },
        "asin": { asin($0) },
        "acos": { acos($0) },
        "atan": { atan($0) },
        "sinh": { sinh($0) },
        "cosh": { cosh($0) },
        "tanh": { tanh($0) },
        "asinh": { asinh($0) },
        "acosh": { acosh($0) },
        "atanh": { atanh($0) },
        "rad": { $0 * .pi / 180 },
        "deg": { $0 * 180 / .pi },
        "sgn": { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 },
        "minute": { Double(date($0).secondOfDay / 60 % 60) },
        "hour": { Double(date($0).secondOfDay / 3600) },
        "day_of_week": { Double(date($0).weekday) },
        "day_of_month": { Double(date($0).day) },
        "day_of_year": { Double(date($0).dayOfYear) },
        "days_in_month": { Double(date($0).daysInMonth) },
        "month": { Double(date($0).month) },
        "year": { Double(date($0).year) },
    ]

    /// The moment that a float number of seconds since 1970 stands for, cut to whole seconds. NaN and
    /// numbers out of range become what Go's conversion on amd64 gives, the smallest integer.
    private static func date(_ seconds: Double) -> CalendarDate {
        CalendarDate(seconds: Int64(exactly: seconds.rounded(.towardZero)) ?? .min)
    }
}
