import JSON

extension DashboardMigration {
    /// Panels that are drawn here.
    static let knownPanels: Set<String> = [
        "timeseries", "stat", "gauge", "bargauge", "table", "text", "piechart", "heatmap",
        "state-timeline", "status-history", "barchart", "histogram", "logs", "dashlist", "alertlist",
        "row", "annolist", "trend", "xychart", "candlestick", "canvas", "geomap",
        "nodeGraph", "grafana-polystat-panel",
    ]

    mutating func migratePanel(_ panel: inout JSONObject, from version: Int) {
        let title = panel.text("title") ?? ""
        migrateTargets(&panel, title)
        migrateRepeat(&panel, from: version)
        migrateLinks(&panel)
        for (member, isOld) in [("isNew", true), ("error", true), ("editable", true)] where isOld {
            if panel[member]?.bool != nil { panel[member] = nil }
        }
        migrateType(&panel, title, from: version)
        migrateFieldConfig(&panel)
        migrateOptions(&panel)
        migrateTransformations(&panel)
        let type = panel.text("type") ?? ""
        if !DashboardMigration.knownPanels.contains(type) {
            report.note(.unknownPanel, title, "panels of type \(type) are not drawn here")
        }
    }

    // MARK: - Type

    private mutating func migrateType(_ panel: inout JSONObject, _ title: String, from version: Int) {
        let type = panel.text("type") ?? ""
        switch type {
        case "graph", "graphite": graph(&panel, title)
        case "singlestat", "grafana-singlestat-panel": singleStat(&panel, title)
        case "table-old": oldTable(&panel, title)
        case "table" where panel.some("styles") != nil && version < 24: oldTable(&panel, title)
        case "table2": panel["type"] = "table"
        case "text2": panel["type"] = "text"
        case "text" where panel["content"] != nil && panel["options"]?["content"] == nil: oldText(&panel)
        case "heatmap-new": panel["type"] = "heatmap"
        case "heatmap"
        where panel["dataFormat"] != nil || panel["yAxis"] != nil && panel["options"]?["calculate"] == nil:
            oldHeatmap(&panel, title)
        case "grafana-piechart-panel": oldPieChart(&panel, title)
        case "grafana-worldmap-panel": panel["type"] = "geomap"
        case "alertlist" where panel["options"]?["alertName"] == nil && panel["show"] != nil: break
        default: break
        }
    }

    private func oldText(_ panel: inout JSONObject) {
        let content = panel.take("content") ?? ""
        let mode = panel.take("mode") ?? "markdown"
        panel.edit("options") { options in
            options["mode"] = mode
            options["content"] = content
        }
    }

    private mutating func oldPieChart(_ panel: inout JSONObject, _ title: String) {
        panel["type"] = "piechart"
        let calc = Reducers.named(panel.take("valueName")?.string)
        let pieType = panel.take("pieType")?.string
        let legendType = panel.take("legendType")?.string
        let legend = panel.take("legend")?.object ?? [:]
        var defaults: JSONObject = [:]
        if let unit = panel.take("format") { defaults["unit"] = unit }
        defaults["decimals"] = legend["decimals"]?.isNull == false ? legend["decimals"] : nil
        let colours = panel.take("aliasColors")?.object ?? [:]
        panel["fieldConfig"] = [
            "defaults": .object(defaults),
            "overrides": .array(colours.members.map { Override.colour($0.value, ofSeries: $0.name) }),
        ]
        var values: [JSONValue] = []
        if legend.flag("values") == true { values.append("value") }
        if legend.flag("percentage") == true { values.append("percent") }
        panel["options"] = [
            "pieType": pieType == "donut" ? "donut" : "pie",
            "reduceOptions": ["calcs": [.string(calc)], "fields": "", "values": false],
            "displayLabels": legendType == "On graph" ? ["name"] : [],
            "legend": [
                "showLegend": .bool(legend.flag("show") ?? true),
                "displayMode": values.isEmpty ? "list" : "table",
                "placement": legendType == "Right side" ? "right" : "bottom", "values": .array(values),
            ],
        ]
        report.note(.changed, title, "pie chart plug-in became piechart")
    }

    // MARK: - Targets and data source

    private mutating func migrateTargets(_ panel: inout JSONObject, _ title: String) {
        let type = panel.text("type") ?? ""
        guard type != "row" else { return }
        let hasQueries = panel["targets"] != nil || panel["datasource"] != nil
        guard hasQueries, type != "text" || !panel.list("targets").isEmpty else { return }
        let source = resolve(panel["datasource"], of: title)
        if panel["datasource"] != nil || !panel.list("targets").isEmpty { panel["datasource"] = source }
        let isMixed = source["uid"]?.string == "-- Mixed --"
        var used = Set(panel.list("targets").compactMap { $0["refId"]?.string })
        let targets = panel.list("targets").map { item -> JSONValue in
            guard case .object(var target) = item else { return item }
            if target.text("refId")?.isEmpty ?? true {
                let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map(String.init)
                let free = letters.first { !used.contains($0) } ?? "A\(used.count)"
                used.insert(free)
                target["refId"] = .string(free)
            }
            if target.some("datasource") == nil {
                if !isMixed { target["datasource"] = source }
            } else {
                target["datasource"] = resolve(target["datasource"], of: title)
            }
            // Old editors left numbers here.
            if target["format"]?.int != nil { target["format"] = "time_series" }
            return .object(target)
        }
        if panel["targets"] != nil { panel["targets"] = .array(targets) }
    }

    private func migrateRepeat(_ panel: inout JSONObject, from version: Int) {
        for member in ["repeatIteration", "repeatPanelId", "repeatByRow", "scopedVars"]
        where panel[member]?.isNull == true {
            panel[member] = nil
        }
        panel["scopedVars"] = nil
        guard let least = panel.whole("minSpan"), panel["maxPerRow"] == nil else { return }
        let wanted = 24 / min(max(least, 1), 24)
        panel["maxPerRow"] = .number((1...24).last { $0 <= wanted && 24 % $0 == 0 } ?? 1)
        panel["minSpan"] = nil
    }

    // MARK: - Links

    private func migrateLinks(_ panel: inout JSONObject) {
        guard !panel.list("links").isEmpty else { return }
        panel["links"] = .array(
            JSONValue.mapObjects(panel.list("links")) { link in
                if let url = link.text("url"), link["type"] == nil, link["dashUri"] == nil {
                    link["url"] = .string(DashboardMigration.fieldTemplates(url))
                    return
                }
                var url = link.text("url") ?? ""
                if let uri = link.take("dashUri")?.string {
                    url = "dashboard/\(uri)"
                } else if url.isEmpty, let dashboard = link.take("dashboard")?.string {
                    url = "dashboard/db/\(Slug.make(dashboard))"
                }
                var items: [String] = []
                if link.take("keepTime")?.bool == true { items.append("$__url_time_range") }
                if link.take("includeVars")?.bool == true { items.append("$__all_variables") }
                if let params = link.take("params")?.string, !params.isEmpty { items.append(params) }
                if !items.isEmpty { url += (url.contains("?") ? "&" : "?") + items.joined(separator: "&") }
                link["url"] = .string(DashboardMigration.fieldTemplates(url))
                link["type"] = nil
                link["dashUri"] = nil
                link["dashboard"] = nil
                link.setDefault("title", "")
            })
    }

    /// The names of templates in links changed in version 21.
    static func fieldTemplates(_ text: String) -> String {
        text.replacing("${__series.labels", with: "${__field.labels")
            .replacing("$__series_name", with: "${__series.name}")
            .replacing("$__value_time", with: "${__value.time}")
            .replacing("$__field_name", with: "${__field.name}")
    }

    // MARK: - Modern members in old forms

    private func migrateFieldConfig(_ panel: inout JSONObject) {
        guard var config = panel.object("fieldConfig") else { return }
        if var defaults = config.object("defaults") {
            defaults["mappings"] = defaults["mappings"].map(ValueMappings.modern)
            if defaults["links"]?.array?.isEmpty == false {
                defaults["links"] = defaults["links"]?.mapStrings(DashboardMigration.fieldTemplates)
            }
            if panel.text("type") == "table" { defaults.editIfThere("custom", CellOptions.migrate) }
            config["defaults"] = .object(defaults)
        }
        if config["overrides"] != nil {
            config["overrides"] = .array(
                JSONValue.mapObjects(config.list("overrides")) { override in
                    override["properties"] = .array(
                        JSONValue.mapObjects(override.list("properties")) { property in
                            switch property.text("id") {
                            case "mappings": property["value"] = property["value"].map(ValueMappings.modern)
                            case "custom.displayMode" where panel.text("type") == "table":
                                property["id"] = "custom.cellOptions"
                                property["value"] = CellOptions.options(property.text("value") ?? "auto")
                            case "custom.hideFrom" where property["value"]?["viz"]?.bool == true:
                                property.edit("value") { $0["tooltip"] = true }
                            default: break
                            }
                        })
                })
        }
        panel["fieldConfig"] = .object(config)
    }

    private func migrateOptions(_ panel: inout JSONObject) {
        guard var options = panel.object("options") else { return }
        if let tooltip = options.take("tooltipOptions") { options.setDefault("tooltip", tooltip) }
        if var legend = options.object("legend"), legend.text("displayMode") == "hidden" {
            legend["displayMode"] = "list"
            legend["showLegend"] = false
            options["legend"] = .object(legend)
        } else if var legend = options.object("legend"), legend["showLegend"] == nil,
            legend["displayMode"] != nil
        {
            legend["showLegend"] = true
            options["legend"] = .object(legend)
        }
        if panel.text("type") == "gauge" || panel.text("type") == "bargauge" || panel.text("type") == "stat" {
            GaugeOptions.migrate(&options, &panel)
        }
        panel["options"] = .object(options)
    }

    private func migrateTransformations(_ panel: inout JSONObject) {
        guard !panel.list("transformations").isEmpty else { return }
        panel["transformations"] = .array(
            JSONValue.mapObjects(panel.list("transformations")) { step in
                switch step.text("id") {
                case "seriesToColumns": step["id"] = "joinByField"
                case "timeSeriesTable":
                    let options = step["options"]?.object
                    guard let old = options?["refIdToStat"]?.object else { return }
                    var fresh = options ?? [:]
                    fresh["refIdToStat"] = nil
                    for (name, stat) in old.members { fresh[name] = ["stat": stat] }
                    step["options"] = .object(fresh)
                default: break
                }
            })
    }
}

extension JSONObject {
    /// Changes an object member in place when it is there.
    mutating func editIfThere(_ name: String, _ body: (inout JSONObject) -> Void) {
        guard var member = self[name]?.object else { return }
        body(&member)
        self[name] = .object(member)
    }
}
