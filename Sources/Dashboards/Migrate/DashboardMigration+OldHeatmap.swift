import JSON

extension DashboardMigration {
    /// The heatmap before version 9.1.
    mutating func oldHeatmap(_ panel: inout JSONObject, _ title: String) {
        let isBuckets = panel.take("dataFormat")?.string == "tsbuckets"
        let axis = panel.take("yAxis")?.object ?? [:]
        let colour = panel.take("color")?.object ?? [:]
        let cards = panel.take("cards")?.object ?? [:]
        var options: JSONObject = ["calculate": .bool(!isBuckets)]
        if !isBuckets {
            options["calculation"] = [
                "xBuckets": DashboardMigration.buckets(panel, "xBucket"),
                "yBuckets": DashboardMigration.buckets(panel, "yBucket", logBase: axis.whole("logBase")),
            ]
        }
        var modern: JSONObject = [
            "mode": colour.text("mode") == "opacity" ? "opacity" : "scheme", "steps": 64,
        ]
        modern["fill"] = colour.some("cardColor") ?? "dark-orange"
        modern["scale"] = colour.text("colorScale") == "linear" ? "linear" : "exponential"
        modern["exponent"] = .number(colour.real("exponent") ?? 0.5)
        let scheme = (colour.text("colorScheme") ?? "interpolateOranges").replacing("interpolate", with: "")
        modern["scheme"] = .string(scheme)
        modern["reverse"] = false
        modern["min"] = colour.some("min")
        modern["max"] = colour.some("max")
        options["color"] = .object(modern)
        options["cellGap"] = .number(cards.real("cardPadding") ?? 2)
        var y: JSONObject = [
            "unit": axis["format"] ?? "short",
            "axisPlacement": axis.flag("show") == false ? "hidden" : "left",
        ]
        y["decimals"] = axis.whole("decimals").map { .number($0) }
        y["min"] = axis.real("min").map { .number($0) }
        y["max"] = axis.real("max").map { .number($0) }
        y["reverse"] = .bool(panel.take("reverseYBuckets")?.bool ?? false)
        options["yAxis"] = .object(y)
        let bound = panel.take("yBucketBound")?.string
        options["rowsFrame"] = ["layout": bound == "upper" ? "le" : bound == "lower" ? "ge" : "auto"]
        if panel.take("hideZeroBuckets")?.bool == true { options["filterValues"] = ["le": .number(1e-9)] }
        options["legend"] = ["show": .bool(panel.take("legend")?["show"]?.bool ?? false)]
        let tooltip = panel.take("tooltip")?.object ?? [:]
        options["tooltip"] = [
            "mode": tooltip.flag("show") == false ? "none" : "single",
            "yHistogram": .bool(tooltip.flag("showHistogram") ?? false), "showColorScale": false,
        ]
        panel["options"] = .object(options)
        panel["fieldConfig"] = ["defaults": [:], "overrides": []]
        for member in [
            "xAxis", "heatmap", "highlightCards", "xBucketSize", "xBucketNumber", "yBucketSize",
            "yBucketNumber",
        ] {
            panel[member] = nil
        }
        report.note(.changed, title, "the old heatmap became heatmap")
    }

    private static func buckets(_ panel: JSONObject, _ name: String, logBase: Int? = nil) -> JSONValue {
        var result: JSONObject = [:]
        if let number = panel.real("\(name)Number") {
            result = ["mode": "count", "value": .string(JSONValue.number(number).text())]
        } else if let size = panel[name + "Size"], !size.isNull {
            result = ["mode": "size", "value": .string(size.string ?? size.text())]
        }
        if let logBase, logBase > 1 { result["scale"] = ["type": "log", "log": .number(logBase)] }
        return .object(result)
    }
}
