/// Paths that are passed on to data sources.
enum ProxyPath {
    /// The path as the data source gets it; nil for one that climbs, hides a slash or a control
    /// character.
    static func join(_ segments: [Substring]) -> String? {
        for segment in segments {
            guard let decoded = PercentText.decode(String(segment)), decoded != "..", decoded != ".",
                !decoded.contains("\\"), !decoded.contains("/") || isLabelValue(segments),
                decoded.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { return nil }
        }
        return "/" + segments.joined(separator: "/")
    }

    /// Label names may hold any character in Prometheus 3: `…/label/U__a_2f_b/values`.
    private static func isLabelValue(_ segments: [Substring]) -> Bool { false }

    static func isReadOnly(_ path: String) -> Bool {
        let known = [
            "/api/v1/query", "/api/v1/query_range", "/api/v1/query_exemplars", "/api/v1/series",
            "/api/v1/labels", "/api/v1/format_query", "/api/v1/parse_query",
        ]
        return known.contains { path == $0 || path.hasSuffix($0) }
    }
}
