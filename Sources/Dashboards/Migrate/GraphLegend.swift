import JSON

/// Legend and tooltip of an old graph.
enum GraphLegend {
    private static let values = ["min", "max", "avg", "current", "total"]

    static func options(_ legend: JSONValue?) -> JSONObject {
        if let isShown = legend?.bool {
            return ["displayMode": "list", "placement": "bottom", "showLegend": .bool(isShown), "calcs": []]
        }
        let legend = legend?.object ?? [:]
        let showsValues = legend.flag("values") ?? false
        // In the order of the old columns.
        let calcs = showsValues ? values.filter { legend.flag($0) == true } : []
        var result: JSONObject = [
            "displayMode": legend.flag("alignAsTable") == true ? "table" : "list",
            "placement": legend.flag("rightSide") == true ? "right" : "bottom",
            "showLegend": .bool(legend.flag("show") ?? true),
            "calcs": .array(calcs.map { .string(Reducers.named($0)) }),
        ]
        if let width = legend.real("sideWidth") { result["width"] = .number(width) }
        if let sort = legend.text("sort") {
            result["sortBy"] = .string(Reducers.title(Reducers.named(sort)))
            result["sortDesc"] = .bool(legend.flag("sortDesc") ?? false)
        }
        return result
    }

    static func tooltip(_ tooltip: JSONObject) -> JSONValue {
        let sort: JSONValue =
            switch tooltip.whole("sort") {
            case 1: "asc"
            case 2: "desc"
            default: "none"
            }
        return ["mode": tooltip.flag("shared") == false ? "single" : "multi", "sort": sort]
    }

    /// `hideEmpty` and `hideZero` leave series out of the legend.
    static func hideOverrides(_ legend: JSONObject) -> [JSONValue] {
        [("hideEmpty", "allIsNull"), ("hideZero", "allIsZero")].compactMap { member, reducer in
            guard legend.flag(member) == true else { return nil }
            return [
                "matcher": [
                    "id": "byValue", "options": ["reducer": .string(reducer), "op": "gte", "value": 0],
                ],
                "properties": [
                    Override.property("custom.hideFrom", ["legend": true, "tooltip": true, "viz": false])
                ],
            ]
        }
    }
}
