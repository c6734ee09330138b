public import JSON

/// Brings classic dashboards of any version to schema version 42. Tolerant: a part that is missing or
/// of another type is passed over, and members that mean nothing here stay where they are.
public struct DashboardMigration {
    /// The version that results.
    public static let version = 42
    /// Panels of a dashboard beyond which the rest is left as it is.
    static let panelsMax = 20_000

    var dashboard: JSONObject
    var report = MigrationReport()
    let sources: DataSourceTable
    /// Types of data source by variable: "DS" → "prometheus"; "" for variables of other kinds.
    var sourceVariables: [String: String] = [:]
    private var panelCount = 0

    /// - Parameters:
    ///   - dashboard: a classic document.
    ///   - sources: to resolve data sources by name.
    public static func migrate(
        _ dashboard: JSONObject, sources: DataSourceTable
    ) -> (dashboard: JSONObject, report: MigrationReport) {
        var migration = DashboardMigration(dashboard: dashboard, sources: sources)
        migration.run()
        return (migration.dashboard, migration.report)
    }

    private init(dashboard: JSONObject, sources: DataSourceTable) {
        self.dashboard = dashboard
        self.sources = sources
        report.fromVersion = dashboard.whole("schemaVersion") ?? 0
    }

    private mutating func run() {
        let from = report.fromVersion
        migrateTopLevel(from: from)
        migrateVariables()
        if !dashboard.list("rows").isEmpty || dashboard["panels"] == nil { layOutRows() }
        dropSavedRepeats()
        numberPanels()
        eachPanel { migration, panel in migration.migratePanel(&panel, from: from) }
        migrateAnnotations()
        dashboard["schemaVersion"] = .number(max(from, DashboardMigration.version))
    }

    /// Changes every panel, those in collapsed rows too.
    mutating func eachPanel(_ body: (inout DashboardMigration, inout JSONObject) -> Void) {
        panelCount = 0
        let panels = dashboard.list("panels").map { item -> JSONValue in
            guard case .object(var panel) = item else { return item }
            panelCount += 1
            guard panelCount <= DashboardMigration.panelsMax else { return item }
            if panel.text("type") == "row" {
                let inner = panel.list("panels").map { item -> JSONValue in
                    guard case .object(var panel) = item else { return item }
                    panelCount += 1
                    guard panelCount <= DashboardMigration.panelsMax else { return item }
                    body(&self, &panel)
                    return .object(panel)
                }
                if panel["panels"] != nil { panel["panels"] = .array(inner) }
            }
            body(&self, &panel)
            return .object(panel)
        }
        if dashboard["panels"] != nil { dashboard["panels"] = .array(panels) }
    }

    // MARK: - The document

    private mutating func migrateTopLevel(from: Int) {
        if dashboard.take("sharedCrosshair")?.bool == true, dashboard.whole("graphTooltip") == nil {
            dashboard["graphTooltip"] = 1
        }
        // 15 % of public dashboards hold a bool or null here.
        if let refresh = dashboard["refresh"], refresh.string == nil { dashboard["refresh"] = "" }
        if dashboard["timepicker"]?.object?["time_options"] != nil {
            dashboard.edit("timepicker") { $0["time_options"] = nil }
        }
        if let pulldowns = dashboard.take("pulldowns")?.array {
            for pulldown in pulldowns where pulldown["type"]?.string == "annotations" {
                dashboard.edit("annotations") { $0.setDefault("list", pulldown["annotations"] ?? []) }
            }
        }
        if let nav = dashboard.take("nav")?.array?.first?.object {
            if dashboard["timepicker"] == nil { dashboard["timepicker"] = .object(nav) }
        }
        if let services = dashboard.take("services")?["filter"]?.object {
            dashboard.setDefault("time", services["time"] ?? ["from": "now-6h", "to": "now"])
            if let list = services["list"] { dashboard.edit("templating") { $0.setDefault("list", list) } }
        }
        dashboard["iteration"] = nil
        dashboard["hideControls"] = nil
    }

    private mutating func migrateAnnotations() {
        guard var annotations = dashboard.object("annotations") else { return }
        annotations["list"] = .array(
            JSONValue.mapObjects(annotations.list("list")) { annotation in
                let isBuiltIn = annotation.whole("builtIn") == 1
                annotation["datasource"] =
                    isBuiltIn
                    ? ["type": "grafana", "uid": "-- Grafana --"]
                    : resolve(annotation["datasource"], of: annotation.text("name") ?? "")
            })
        dashboard["annotations"] = .object(annotations)
    }

    /// Gives every panel an id of its own and a place.
    private mutating func numberPanels() {
        var used = Set<Int>()
        var largest = 0
        eachPanel { _, panel in largest = max(largest, min(panel.whole("id") ?? 0, 1 << 30)) }
        var nextRow = 0
        eachPanel { _, panel in
            if let id = panel.whole("id"), id > 0, used.insert(id).inserted {
                panel["id"] = .number(id)
            } else {
                largest += 1
                used.insert(largest)
                panel["id"] = .number(largest)
            }
            var place = panel.object("gridPos") ?? [:]
            let width = min(max(place.whole("w") ?? 6, 1), 24)
            let height = min(max(place.whole("h") ?? 3, 1), 1000)
            let x = min(max(place.whole("x") ?? 0, 0), 24 - width)
            let y = min(max(place.whole("y") ?? nextRow, 0), 1_000_000)
            (place["h"], place["w"], place["x"], place["y"]) = (
                .number(height), .number(width), .number(x), .number(y)
            )
            nextRow = max(nextRow, y + height)
            panel["gridPos"] = .object(place)
        }
    }

    private mutating func dropSavedRepeats() {
        func isClone(_ item: JSONValue) -> Bool {
            item["repeatPanelId"]?.isNull == false || item["repeatByRow"]?.bool == true
        }
        var count = 0
        let panels = dashboard.list("panels").compactMap { item -> JSONValue? in
            if isClone(item) {
                count += 1
                return nil
            }
            guard case .object(var row) = item, row.text("type") == "row", row["panels"] != nil
            else { return item }
            row["panels"] = .array(row.list("panels").filter { !isClone($0) })
            return .object(row)
        }
        if count > 0 {
            dashboard["panels"] = .array(panels)
            report.note(.changed, "", "\(count) saved copies of repeated panels were dropped")
        }
    }
}
