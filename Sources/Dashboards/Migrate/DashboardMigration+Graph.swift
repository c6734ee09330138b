import JSON

extension DashboardMigration {
    /// The old graph as timeseries; by x-axis mode as bargauge or histogram.
    mutating func graph(_ panel: inout JSONObject, _ title: String) {
        let xaxis = panel.take("xaxis")?.object ?? [:]
        switch xaxis.text("mode") {
        case "series":
            graphAsBars(&panel, calc: xaxis.list("values").first?.string)
            report.note(.changed, title, "a graph of bars by series became bargauge")
            return
        case "histogram":
            graphAsHistogram(&panel, buckets: xaxis.some("buckets"))
            report.note(.changed, title, "a graph in histogram mode became histogram")
            return
        default: break
        }
        panel["type"] = "timeseries"
        let axes = panel.take("yaxes")?.array ?? DashboardMigration.oldestAxes(&panel)
        let left = GraphAxis(axes.first?.object)
        let right = GraphAxis(axes.count > 1 ? axes[1].object : nil)
        var style = GraphStyle(&panel)
        var defaults = left.fieldConfig
        let thresholds = GraphThresholds(
            panel.take("thresholds")?.array ?? DashboardMigration.oldestThresholds(&panel))
        if let modern = thresholds.modern {
            defaults["thresholds"] = modern.steps
            style.custom["thresholdsStyle"] = ["mode": .string(modern.mode)]
        }
        var custom = defaults.object("custom") ?? [:]
        for (name, value) in style.custom.members { custom[name] = value }
        defaults["custom"] = .object(custom)

        var overrides: [JSONValue] = []
        for (series, colour) in panel.take("aliasColors")?.object?.members ?? [] {
            overrides.append(Override.colour(colour, ofSeries: series))
        }
        for item in panel.take("seriesOverrides")?.array ?? [] {
            guard let old = item.object else { continue }
            if let override = seriesOverride(old, left: left, right: right, style: style, title) {
                overrides.append(override)
            }
        }
        let legend = panel.take("legend")
        overrides += GraphLegend.hideOverrides(legend?.object ?? [:])
        // A default counts for the time axis too, which did not go with the y axis.
        let hidesTime = xaxis.flag("show") == false
        if hidesTime || left.isHidden {
            overrides.append([
                "matcher": ["id": "byType", "options": "time"],
                "properties": [Override.property("custom.axisPlacement", hidesTime ? "hidden" : "auto")],
            ])
        }
        panel["fieldConfig"] = ["defaults": .object(defaults), "overrides": .array(overrides)]

        let links = panel["options"]?["dataLinks"]?.array ?? []
        var options: JSONObject = [:]
        var legendOptions = GraphLegend.options(legend)
        if let decimals = panel.take("decimals"), decimals.int != nil {
            // Counted for legend and tooltip only: the axis kept its own.
            legendOptions["decimals"] = decimals
        }
        options["legend"] = .object(legendOptions)
        options["tooltip"] = GraphLegend.tooltip(panel.take("tooltip")?.object ?? [:])
        panel["options"] = .object(options)
        if !links.isEmpty {
            panel.edit("fieldConfig") { config in
                config.edit("defaults") {
                    $0["links"] = JSONValue.array(links).mapStrings(DashboardMigration.fieldTemplates)
                }
            }
        }
        if let regions = panel.take("timeRegions")?.array, !regions.isEmpty {
            // The pages draw them from there.
            panel["timeRegions"] = .array(regions)
        }
        for member in [
            "renderer", "hiddenSeries", "yaxis", "grid", "pluginVersion", "x-axis", "y-axis", "xAxis",
            "yAxis",
        ] {
            panel[member] = nil
        }
        report.note(.changed, title, "graph became timeseries")
    }

    // MARK: - Other modes

    private func dropGraphMembers(_ panel: inout JSONObject) -> JSONObject {
        let axis = GraphAxis(panel.take("yaxes")?.array?.first?.object)
        var style = GraphStyle(&panel)
        style.custom = [:]
        for member in [
            "legend", "tooltip", "thresholds", "seriesOverrides", "aliasColors", "timeRegions", "yaxis",
            "grid", "renderer", "hiddenSeries", "decimals",
        ] { panel[member] = nil }
        var defaults = axis.fieldConfig
        defaults["custom"] = nil
        return defaults
    }

    private func graphAsBars(_ panel: inout JSONObject, calc: String?) {
        let defaults = dropGraphMembers(&panel)
        panel["type"] = "bargauge"
        panel["fieldConfig"] = ["defaults": .object(defaults), "overrides": []]
        panel["options"] = [
            "displayMode": "basic", "orientation": "vertical", "showUnfilled": false,
            "reduceOptions": [
                "values": false, "calcs": [.string(Reducers.named(calc ?? "total"))], "fields": "",
            ],
        ]
    }

    private func graphAsHistogram(_ panel: inout JSONObject, buckets: JSONValue?) {
        var defaults = dropGraphMembers(&panel)
        defaults["custom"] = ["fillOpacity": 80]
        panel["type"] = "histogram"
        panel["fieldConfig"] = ["defaults": .object(defaults), "overrides": []]
        var options: JSONObject = [
            "legend": ["displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []]
        ]
        if let buckets { options["bucketCount"] = buckets }
        panel["options"] = .object(options)
    }

    // MARK: - Before version 12

    private static func oldestAxes(_ panel: inout JSONObject) -> [JSONValue] {
        let grid = panel.object("grid") ?? [:]
        let formats = panel.take("y_formats")?.array ?? [panel.take("y_format") ?? "short"]
        func axis(_ format: JSONValue?, _ side: String) -> JSONValue {
            [
                "format": format ?? "short", "min": grid["\(side)Min"] ?? .null,
                "max": grid["\(side)Max"] ?? .null, "logBase": grid["\(side)LogBase"] ?? 1,
                "label": .null, "show": panel["y-axis"] ?? true,
            ]
        }
        return [axis(formats.first, "left"), axis(formats.count > 1 ? formats[1] : nil, "right")]
    }

    private static func oldestThresholds(_ panel: inout JSONObject) -> [JSONValue] {
        guard let grid = panel.object("grid") else { return [] }
        let first = grid.real("threshold1")
        let second = grid.real("threshold2")
        var result: [JSONValue] = []
        for (name, value) in [("threshold1", first), ("threshold2", second)] {
            guard let value else { continue }
            let isFalling = first.flatMap { first in second.map { $0 < first } } ?? false
            let isLine = grid.flag("thresholdLine") == true
            var threshold: JSONObject = [
                "value": .number(value), "op": isFalling ? "lt" : "gt", "fill": .bool(!isLine),
                "line": .bool(isLine), "colorMode": "custom",
            ]
            let colour = grid["\(name)Color"] ?? "orange"
            threshold["fillColor"] = colour
            threshold["lineColor"] = colour
            result.append(.object(threshold))
        }
        return result
    }
}
