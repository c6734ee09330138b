extension FunctionSignature {
    /// Every function of PromQL by name. Source: the 90 entries of Prometheus 3.14's parser.
    public static let table: [String: FunctionSignature] = {
        var result: [String: FunctionSignature] = [:]
        for signature in all { result[signature.name] = signature }
        return result
    }()

    private static let all: [FunctionSignature] =
        [
            "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp",
            "floor", "ln",
            "log10", "log2", "rad", "sgn", "sin", "sinh", "sqrt", "tan", "tanh", "absent", "histogram_avg",
            "histogram_count",
            "histogram_sum", "histogram_stddev", "histogram_stdvar", "sort", "sort_desc", "timestamp",
        ].map { FunctionSignature($0, [.vector]) }
        + [
            "rate", "irate", "increase", "resets", "changes", "delta", "idelta", "deriv", "avg_over_time",
            "min_over_time",
            "max_over_time", "sum_over_time", "count_over_time", "last_over_time", "first_over_time",
            "present_over_time",
            "absent_over_time", "stddev_over_time", "stdvar_over_time",
        ].map { FunctionSignature($0, [.matrix]) }
        + ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year"]
        .map {
            FunctionSignature($0, [.vector], variadic: 1)
        }
        + [
            FunctionSignature("clamp", [.vector, .scalar, .scalar]),
            FunctionSignature("clamp_max", [.vector, .scalar]),
            FunctionSignature("clamp_min", [.vector, .scalar]),
            FunctionSignature("round", [.vector, .scalar], variadic: 1),
            FunctionSignature("pi", [], returns: .scalar),
            FunctionSignature("time", [], returns: .scalar),
            FunctionSignature("scalar", [.vector], returns: .scalar),
            FunctionSignature("vector", [.scalar]),
            FunctionSignature("label_replace", [.vector, .string, .string, .string, .string]),
            FunctionSignature("label_join", [.vector, .string, .string, .string], variadic: -1),
            FunctionSignature("predict_linear", [.matrix, .scalar]),
            FunctionSignature("quantile_over_time", [.scalar, .matrix]),
            FunctionSignature("histogram_quantile", [.scalar, .vector]),
            FunctionSignature("histogram_fraction", [.scalar, .scalar, .vector]),
        ]
        + [
            FunctionSignature("info", [.vector, .vector], variadic: 1, isExperimental: true),
            FunctionSignature(
                "histogram_quantiles",
                [
                    .vector, .string, .scalar, .scalar, .scalar, .scalar, .scalar, .scalar, .scalar, .scalar,
                    .scalar, .scalar,
                ],
                variadic: 9, isExperimental: true),
            FunctionSignature(
                "double_exponential_smoothing", [.matrix, .scalar, .scalar], isExperimental: true),
            FunctionSignature("mad_over_time", [.matrix], isExperimental: true),
            FunctionSignature("ts_of_first_over_time", [.matrix], isExperimental: true),
            FunctionSignature("ts_of_last_over_time", [.matrix], isExperimental: true),
            FunctionSignature("ts_of_max_over_time", [.matrix], isExperimental: true),
            FunctionSignature("ts_of_min_over_time", [.matrix], isExperimental: true),
            FunctionSignature("sort_by_label", [.vector, .string], variadic: -1, isExperimental: true),
            FunctionSignature("sort_by_label_desc", [.vector, .string], variadic: -1, isExperimental: true),
            FunctionSignature("start", [], returns: .scalar, isExperimental: true),
            FunctionSignature("end", [], returns: .scalar, isExperimental: true),
            FunctionSignature("range", [], returns: .scalar, isExperimental: true),
            FunctionSignature("step", [], returns: .scalar, isExperimental: true),
            FunctionSignature("max_of", [.scalar, .scalar], returns: .scalar, isExperimental: true),
            FunctionSignature("min_of", [.scalar, .scalar], returns: .scalar, isExperimental: true),
            FunctionSignature("start_timestamp", [.vector], isExperimental: true),
        ]
}
