/// The functions of range vectors.
enum RangeFunction: String, Sendable {
    case rate
    case increase
    case delta
    case irate
    case idelta
    case resets
    case changes
    case deriv
    case predictLinear = "predict_linear"
    case doubleExponentialSmoothing = "double_exponential_smoothing"
    case sum = "sum_over_time"
    case average = "avg_over_time"
    case minimum = "min_over_time"
    case maximum = "max_over_time"
    case count = "count_over_time"
    case last = "last_over_time"
    case first = "first_over_time"
    case present = "present_over_time"
    case absent = "absent_over_time"
    case standardDeviation = "stddev_over_time"
    case variance = "stdvar_over_time"
    case quantile = "quantile_over_time"
    case medianDeviation = "mad_over_time"
    case timeOfFirst = "ts_of_first_over_time"
    case timeOfLast = "ts_of_last_over_time"
    case timeOfMinimum = "ts_of_min_over_time"
    case timeOfMaximum = "ts_of_max_over_time"

    var keepsName: Bool { self == .last || self == .first }

    /// Looks for counter resets in start timestamps too.
    var usesStartTimestamps: Bool {
        switch self {
        case .rate, .increase, .irate, .resets: true
        default: false
        }
    }
}
