import JSON

extension DashboardMigration {
    /// The old table with column styles.
    mutating func oldTable(_ panel: inout JSONObject, _ title: String) {
        panel["type"] = "table"
        let columns = panel.take("columns")?.array ?? []
        var steps = panel.list("transformations")
        switch panel.take("transform")?.string {
        case "timeseries_to_rows": steps.append(["id": "seriesToRows", "options": ["reducers": []]])
        case "timeseries_to_columns": steps.append(["id": "joinByField", "options": ["byField": "Time"]])
        case "timeseries_aggregations":
            let reducers = columns.compactMap { $0["value"]?.string }.map {
                JSONValue.string(Reducers.named($0))
            }
            steps.append([
                "id": "reduce",
                "options": [
                    "reducers": reducers.isEmpty ? ["mean"] : .array(reducers), "includeTimeField": false,
                ],
            ])
        case "table": steps.append(["id": "merge", "options": ["reducers": []]])
        case nil: break
        case let other?: report.note(.notConverted, title, "the table transform \(other)")
        }
        if !steps.isEmpty { panel["transformations"] = .array(steps) }

        var defaults: JSONObject = ["custom": ["align": "auto"]]
        var overrides: [JSONValue] = []
        for style in (panel.take("styles")?.array ?? []).compactMap(\.object) {
            let properties = DashboardMigration.columnProperties(style)
            let pattern = style.text("pattern") ?? ""
            if pattern == "/.*/" {
                apply(properties, to: &defaults)
            } else if !properties.isEmpty, !pattern.isEmpty {
                overrides.append(Override.byAlias(pattern, properties))
            }
        }
        panel["fieldConfig"] = ["defaults": .object(defaults), "overrides": .array(overrides)]
        let sort = panel.take("sort")?.object
        var options: JSONObject = ["showHeader": .bool(panel.take("showHeader")?.bool ?? true)]
        if let column = sort?.whole("col"), column >= 0, column < columns.count,
            let name = columns[column]["text"]?.string
        {
            options["sortBy"] = [["displayName": .string(name), "desc": .bool(sort?.flag("desc") ?? false)]]
        }
        panel["options"] = .object(options)
        for member in ["fontSize", "scroll", "pageSize", "hideTimeOverride"] where panel[member] != nil {
            if member != "hideTimeOverride" { panel[member] = nil }
        }
        report.note(.changed, title, "the old table became table")
    }

    private func apply(_ properties: [JSONValue], to defaults: inout JSONObject) {
        for property in properties {
            guard let id = property["id"]?.string, let value = property["value"] else { continue }
            if id.hasPrefix("custom.") {
                defaults.edit("custom") { $0[String(id.dropFirst(7))] = value }
            } else {
                defaults[id] = value
            }
        }
    }

    private static func columnProperties(_ style: JSONObject) -> [JSONValue] {
        var result: [JSONValue] = []
        func set(_ id: String, _ value: JSONValue) { result.append(Override.property(id, value)) }
        if let alias = style.text("alias"), !alias.isEmpty { set("displayName", .string(alias)) }
        switch style.text("type") {
        case "date":
            set("unit", .string("time: " + (style.text("dateFormat") ?? "YYYY-MM-DD HH:mm:ss")))
        case "hidden": set("custom.hidden", true)
        case "number":
            if let unit = style.text("unit") { set("unit", .string(unit)) }
            if let decimals = style.whole("decimals") { set("decimals", .number(decimals)) }
        default: break
        }
        if let align = style.text("align"), !align.isEmpty, align != "auto" {
            set("custom.align", .string(align))
        }
        switch style.text("colorMode") {
        case "cell", "row":
            var cell: JSONObject = ["type": "color-background", "mode": "basic"]
            if style.text("colorMode") == "row" { cell["applyToRow"] = true }
            set("custom.cellOptions", .object(cell))
        case "value": set("custom.cellOptions", ["type": "color-text"])
        default: break
        }
        if style.text("colorMode") != nil,
            let steps = steps(values: style["thresholds"], colours: style.list("colors"))
        {
            set("thresholds", steps)
        }
        if style.flag("link") == true {
            set(
                "links",
                [
                    [
                        "title": style["linkTooltip"] ?? "", "url": style["linkUrl"] ?? "",
                        "targetBlank": style["linkTargetBlank"] ?? false,
                    ]
                ])
        }
        let mappings =
            style.whole("mappingType") == 2
            ? ValueMappings.ofRangeMaps(style.list("rangeMaps"))
            : ValueMappings.ofValueMaps(style.list("valueMaps"))
        if !mappings.isEmpty { set("mappings", .array(mappings)) }
        return result
    }
}
