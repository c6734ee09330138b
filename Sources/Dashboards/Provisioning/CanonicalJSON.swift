public import JSON

/// Dashboards in a form that makes small differences small in Git: known members in a fixed order, the
/// others by name behind them, two spaces a level, a line's end at the end.
public enum CanonicalJSON {
    private static let order = [
        "apiVersion", "kind", "uid", "title", "description", "id", "type", "name", "label", "tags",
        "timezone",
        "editable", "graphTooltip", "time", "timepicker", "refresh", "gridPos", "transparent", "datasource",
        "templating", "annotations", "links", "targets", "refId", "expr", "legendFormat", "fieldConfig",
        "defaults", "overrides", "matcher", "properties", "options", "transformations", "panels",
    ]
    private static let ranks = Dictionary(
        order.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

    public static func bytes(_ dashboard: JSONObject) -> [UInt8] {
        sorted(.object(dashboard)).bytes(indent: 2) + [0x0A]
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let items): .array(items.map(sorted))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.sorted { a, b in
                        let (x, y) = (ranks[a.name] ?? .max, ranks[b.name] ?? .max)
                        return x != y ? x < y : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
                    }.map { ($0.name, sorted($0.value)) }))
        default: value
        }
    }
}
