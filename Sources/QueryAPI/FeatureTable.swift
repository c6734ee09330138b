import PromQLSyntax

/// What `/api/v1/features` tells: by category (under Prometheus' names) and name, whether a part is on.
/// Only what works stands here.
enum FeatureTable {
    static func all(_ services: QueryServices) -> [String: [String: Bool]] {
        var result: [String: [String: Bool]] = [
            "api": [
                "admin": services.isAdminEnabled, "exclude_alerts": true, "label_values_match": true,
                "lifecycle": services.reload != nil, "query_stats": true, "query_warnings": true,
                "time_range_labels": true, "time_range_series": true,
            ],
            "promql": [
                "at_modifier": true, "bool": true, "by": true, "group_left": true, "group_right": true,
                "ignoring": true,
                "negative_offset": true, "offset": true, "on": true, "per_query_lookback_delta": true,
                "subqueries": true,
                "without": true,
            ],
            "promql_operators": [:],
            "promql_functions": [:],
        ]
        for (name, function) in FunctionSignature.table {
            result["promql_functions"]?[name] =
                !function.isExperimental || services.parserOptions.experimentalFunctions
        }
        for operation in BinaryOperator.allCases { result["promql_operators"]?[operation.rawValue] = true }
        for operation in AggregateOperator.allCases {
            let isExperimental = operation == .limitk || operation == .limitRatio
            result["promql_operators"]?[operation.rawValue] =
                !isExperimental || services.parserOptions.experimentalFunctions
        }
        for (category, names) in services.features {
            result[category, default: [:]].merge(names) { _, given in given }
        }
        return result
    }
}
