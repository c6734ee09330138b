import JSON

/// The second form of dashboards: panels as named elements, placed by a tree of layouts.
enum ElementsDashboard {
    private static let depthMax = 20

    /// The classic form: tabs and rows become rows.
    static func classic(_ spec: JSONObject) -> JSONObject {
        var dashboard: JSONObject = [:]
        for name in ["title", "description", "tags", "links", "liveNow", "preload", "editable", "revision"] {
            dashboard[name] = spec[name]
        }
        switch spec.text("cursorSync") {
        case "Crosshair": dashboard["graphTooltip"] = 1
        case "Tooltip": dashboard["graphTooltip"] = 2
        default: dashboard["graphTooltip"] = 0
        }
        if let settings = spec.object("timeSettings") {
            dashboard["time"] = [
                "from": settings["from"] ?? "now-6h", "to": settings["to"] ?? "now",
            ]
            dashboard["refresh"] = settings["autoRefresh"] ?? ""
            dashboard["timezone"] = settings["timezone"]
            dashboard["fiscalYearStartMonth"] = settings["fiscalYearStartMonth"]
            dashboard["weekStart"] = settings["weekStart"]
            var picker: JSONObject = [:]
            picker["hidden"] = settings["hideTimepicker"]
            picker["refresh_intervals"] = settings["autoRefreshIntervals"]
            picker["quick_ranges"] = settings["quickRanges"]
            dashboard["timepicker"] = .object(picker)
        }
        dashboard["templating"] = [
            "list": .array(spec.list("variables").compactMap { $0.object.map { .object(variable($0)) } })
        ]
        dashboard["annotations"] = [
            "list": .array(spec.list("annotations").compactMap { $0.object.map { .object(annotation($0)) } })
        ]
        var layout = Layout(elements: spec.object("elements") ?? [:])
        layout.add(spec.object("layout") ?? [:], depth: 0)
        dashboard["panels"] = .array(layout.panels)
        dashboard["schemaVersion"] = .number(DashboardMigration.version)
        return dashboard
    }

    // MARK: - Layout

    private struct Layout {
        let elements: JSONObject
        var panels: [JSONValue] = []
        private var y = 0
        private var nextID = 100_000

        init(elements: JSONObject) {
            self.elements = elements
        }

        mutating func add(_ layout: JSONObject, depth: Int) {
            guard depth < depthMax else { return }
            let spec = layout.object("spec") ?? [:]
            switch layout.text("kind") {
            case "RowsLayout": addRows(spec.list("rows"), title: "title", depth: depth)
            case "TabsLayout": addRows(spec.list("tabs"), title: "title", depth: depth)
            case "AutoGridLayout", "ResponsiveGridLayout": addAutoGrid(spec)
            default: addGrid(spec.list("items"))
            }
        }

        private mutating func addRows(_ rows: [JSONValue], title: String, depth: Int) {
            for case .object(let row) in rows {
                let spec = row.object("spec") ?? [:]
                nextID += 1
                let isCollapsed = spec.flag("collapse") ?? false
                var header: JSONObject = [
                    "id": .number(nextID), "type": "row", "title": spec[title] ?? "",
                    "collapsed": .bool(isCollapsed), "panels": [],
                    "gridPos": ["x": 0, "y": .number(y), "w": 24, "h": 1],
                ]
                if let variable = spec["repeat"]?["value"]?.string { header["repeat"] = .string(variable) }
                if let condition = spec.some("conditionalRendering") {
                    header["conditionalRendering"] = condition
                }
                y += 1
                let outer = panels
                panels = []
                add(spec.object("layout") ?? [:], depth: depth + 1)
                let inner = panels
                let hasRows = inner.contains { $0["type"]?.string == "row" }
                panels = outer
                if isCollapsed, !hasRows {
                    header["panels"] = .array(inner)
                    panels.append(.object(header))
                } else {
                    header["collapsed"] = false
                    panels.append(.object(header))
                    panels.append(contentsOf: inner)
                }
            }
        }

        private mutating func addGrid(_ items: [JSONValue]) {
            var bottom = y
            for case .object(let item) in items {
                let spec = item.object("spec") ?? [:]
                guard var panel = panel(spec["element"]?["name"]?.string) else { continue }
                let (x, top) = (spec.whole("x") ?? 0, spec.whole("y") ?? 0)
                let (width, height) = (spec.whole("width") ?? 12, spec.whole("height") ?? 8)
                let rows = min(max(top, 0), 1_000_000)
                panel["gridPos"] = [
                    "x": .number(x), "y": .number(y + rows), "w": .number(width), "h": .number(height),
                ]
                apply(spec["repeat"]?.object, to: &panel)
                bottom = max(bottom, y + rows + min(max(height, 1), 1000))
                panels.append(.object(panel))
            }
            y = bottom
        }

        private mutating func addAutoGrid(_ spec: JSONObject) {
            let columns = min(max(spec.whole("maxColumnCount") ?? 3, 1), 24)
            let width = 24 / columns
            let height = 8
            var index = 0
            for case .object(let item) in spec.list("items") {
                let inner = item.object("spec") ?? [:]
                guard var panel = panel(inner["element"]?["name"]?.string) else { continue }
                panel["gridPos"] = [
                    "x": .number(index % columns * width), "y": .number(y + index / columns * height),
                    "w": .number(width), "h": .number(height),
                ]
                apply(inner["repeat"]?.object, to: &panel)
                if let condition = inner.some("conditionalRendering") {
                    panel["conditionalRendering"] = condition
                }
                panels.append(.object(panel))
                index += 1
            }
            y += (index + columns - 1) / columns * height
        }

        private func apply(_ repetition: JSONObject?, to panel: inout JSONObject) {
            guard let repetition, let variable = repetition.text("value") else { return }
            panel["repeat"] = .string(variable)
            panel["repeatDirection"] = repetition["direction"] ?? "h"
            panel["maxPerRow"] = repetition["maxPerRow"]
        }

        /// An element in classic form.
        private func panel(_ name: String?) -> JSONObject? {
            guard let name, let element = elements.object(name), let spec = element.object("spec")
            else { return nil }
            var panel: JSONObject = [:]
            for member in ["id", "title", "description", "links", "transparent"] {
                panel[member] = spec[member]
            }
            if element.text("kind") == "LibraryPanel" {
                panel["libraryPanel"] = spec["libraryPanel"]
                panel["type"] = "library-panel-ref"
                return panel
            }
            let config = spec.object("vizConfig") ?? [:]
            let visual = config.object("spec") ?? [:]
            // Early versions put the plug-in's id into `kind`.
            let kind = config.text("kind")
            panel["type"] = .string(config.text("group") ?? (kind == "VizConfig" ? "" : kind ?? ""))
            panel["pluginVersion"] = config["version"] ?? visual["pluginVersion"]
            panel["options"] = visual["options"] ?? [:]
            panel["fieldConfig"] = visual["fieldConfig"] ?? ["defaults": [:], "overrides": []]
            let data = spec["data"]?["spec"]?.object ?? [:]
            let targets = data.list("queries").compactMap(\.object).map(target)
            panel["targets"] = .array(targets.map { .object($0) })
            let sources = targets.compactMap { $0["datasource"] }
            if let first = sources.first {
                panel["datasource"] =
                    sources.allSatisfy { $0 == first }
                    ? first : ["type": "datasource", "uid": "-- Mixed --"]
            }
            panel["transformations"] = .array(
                data.list("transformations").compactMap(\.object).map { step in
                    var result = step.object("spec") ?? [:]
                    result["id"] = step["group"] ?? result["id"] ?? step["kind"] ?? ""
                    return .object(result)
                })
            for (name, value) in data.object("queryOptions")?.members ?? [] { panel[name] = value }
            return panel
        }

        private func target(_ query: JSONObject) -> JSONObject {
            let outer = query.object("spec") ?? [:]
            let inner = outer.object("query") ?? [:]
            var result = inner.object("spec") ?? [:]
            result["refId"] = outer["refId"] ?? "A"
            if outer.flag("hidden") == true { result["hide"] = true }
            result["datasource"] = source(inner, outer)
            return result
        }
    }

    /// A data source of a query: named in the query, or beside it in early versions.
    private static func source(_ query: JSONObject, _ outer: JSONObject) -> JSONValue? {
        if let old = outer.some("datasource") { return old }
        let type = query.text("group") ?? query.text("kind")
        guard let uid = query["datasource"]?["name"]?.string else {
            return nil
        }
        return DataSourceReference(type: type == "DataQuery" ? nil : type, uid: uid).json
    }

    // MARK: - Variables and annotations

    private static let kinds: [String: String] = [
        "QueryVariable": "query", "CustomVariable": "custom", "TextVariable": "textbox",
        "ConstantVariable": "constant", "DatasourceVariable": "datasource",
        "IntervalVariable": "interval", "AdhocVariable": "adhoc", "GroupByVariable": "groupby",
        "SwitchVariable": "switch",
    ]

    private static func variable(_ variable: JSONObject) -> JSONObject {
        var result = variable.object("spec") ?? [:]
        let kind = variable.text("kind") ?? ""
        result["type"] = .string(kinds[kind] ?? kind)
        switch result.text("hide") {
        case "hideLabel": result["hide"] = 1
        case "hideVariable": result["hide"] = 2
        case "inControlsMenu": result["hide"] = 3
        case .some: result["hide"] = 0
        case nil: break
        }
        switch result.text("refresh") {
        case "never": result["refresh"] = 0
        case "onDashboardLoad": result["refresh"] = 1
        case "onTimeRangeChanged": result["refresh"] = 2
        default: break
        }
        let sorts = [
            "disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc",
            "alphabeticalCaseInsensitiveAsc", "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc",
        ]
        if let sort = result.text("sort") { result["sort"] = .number(sorts.firstIndex(of: sort) ?? 0) }
        if let query = result["query"]?.object, let spec = query.object("spec") {
            result["datasource"] = source(query, result)
            result["query"] = spec["__legacyStringValue"] ?? .object(spec)
        }
        if kind == "DatasourceVariable" { result["query"] = result.take("pluginId") ?? "" }
        return result
    }

    private static func annotation(_ annotation: JSONObject) -> JSONObject {
        var result = annotation.object("spec") ?? [:]
        if let query = result.take("query")?.object, let spec = query.object("spec") {
            result["datasource"] = source(query, result) ?? result["datasource"]
            for (name, value) in spec.members { result.setDefault(name, value) }
        }
        for (name, value) in result.take("legacyOptions")?.object?.members ?? [] {
            result.setDefault(name, value)
        }
        if result.flag("builtIn") == true { result["builtIn"] = 1 }
        return result
    }
}
