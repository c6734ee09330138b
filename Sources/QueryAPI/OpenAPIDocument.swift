import HTTPTypes

/// `/openapi.yaml`: the routes of the API in the words of OpenAPI 3.1, made from the route table itself.
enum OpenAPIDocument {
    /// Parameters by path; those with a star must be given, those with brackets may come several times.
    private static let parameters: [String: [String]] = [
        "/query": ["query*", "time", "timeout", "limit", "lookback_delta", "stats"],
        "/query_range": ["query*", "start*", "end*", "step*", "timeout", "limit", "lookback_delta", "stats"],
        "/query_exemplars": ["query*", "start", "end"],
        "/format_query": ["query*"],
        "/parse_query": ["query*"],
        "/series": ["match[]*", "start", "end", "limit"],
        "/labels": ["match[]", "start", "end", "limit"],
        "/label/:name/values": ["match[]", "start", "end", "limit"],
        "/metadata": ["metric", "limit", "limit_per_metric"],
        "/targets": ["state", "scrapePool"],
        "/targets/metadata": ["match_target", "metric", "limit"],
        "/targets/relabel_steps": ["scrapePool*", "labels*"],
        "/scrape_pools/config": ["scrapePool*"],
        "/rules": [
            "type", "rule_name[]", "rule_group[]", "file[]", "match[]", "exclude_alerts", "group_limit",
            "group_next_token",
        ],
        "/status/tsdb": ["limit"],
        "/admin/tsdb/delete_series": ["match[]*", "start", "end"],
        "/admin/tsdb/snapshot": ["skip_head"],
    ]

    static func text(_ routes: [APIRoute], version: String, prefix: String) -> String {
        var text = """
            openapi: 3.1.0
            info:
              title: Martlet HTTP API
              description: Prometheus' HTTP API version 1.
              version: \(version)
            servers:
              - url: \(prefix)/api/v1
            paths:

            """
        for route in routes {
            let names = route.path.split(separator: "/").filter { $0.hasPrefix(":") }.map {
                String($0.dropFirst())
            }
            let path =
                "/"
                + route.path.split(separator: "/").map {
                    $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0)
                }.joined(separator: "/")
            text += "  \(path):\n"
            for method in route.methods {
                let words = route.path.split { !$0.isLetter }.joined(separator: "-")
                text +=
                    "    \(method.rawValue.lowercased()):\n      operationId: \(method.rawValue.lowercased())-\(words)\n"
                let listed = names.map { ($0, "path", true) } + query(route.path)
                if !listed.isEmpty { text += "      parameters:\n" }
                for (name, place, isRequired) in listed {
                    let isList = name.hasSuffix("[]")
                    let schema = isList ? "{type: array, items: {type: string}}" : "{type: string}"
                    text +=
                        "        - {name: \"\(name)\", in: \(place), required: \(isRequired), schema: \(schema)}\n"
                }
                text += "      responses:\n        \"200\": {description: \"status success, with data\"}\n"
                text += "        default: {description: \"status error, with errorType and error\"}\n"
            }
        }
        return text
    }

    private static func query(_ path: String) -> [(name: String, place: String, isRequired: Bool)] {
        (parameters[path] ?? []).map { name in
            name.hasSuffix("*") ? (String(name.dropLast()), "query", true) : (name, "query", false)
        }
    }
}
