import JSON

extension DashboardMigration {
    mutating func migrateVariables() {
        guard var templating = dashboard.object("templating") else { return }
        let list = templating.list("list")
        for variable in list {
            guard let name = variable["name"]?.string else { continue }
            let isSource = variable["type"]?.string == "datasource"
            sourceVariables[name] = isSource ? variable["query"]?.string ?? "prometheus" : ""
        }
        templating["list"] = .array(JSONValue.mapObjects(list) { variable in migrate(&variable) })
        dashboard["templating"] = .object(templating)
    }

    private mutating func migrate(_ variable: inout JSONObject) {
        let name = variable.text("name") ?? ""
        if variable.text("type") == "filter" || variable.text("type") == nil { variable["type"] = "query" }
        if let refresh = variable["refresh"]?.bool { variable["refresh"] = refresh ? 1 : 0 }
        if variable.take("hideVariable")?.bool == true {
            variable["hide"] = 2
        } else if variable.take("hideLabel")?.bool == true {
            variable["hide"] = 1
        }
        for member in ["tags", "tagsQuery", "tagValuesQuery", "useTags"] {
            let value = variable.take(member)
            if member == "useTags", value?.bool == true {
                report.note(
                    .notConverted, "", "the variable \(name) had value groups by tag, which no longer exist")
            }
        }
        switch variable.text("type") {
        case "query":
            if variable["datasource"] != nil || sources.defaultSource != nil {
                variable["datasource"] = resolve(variable["datasource"], of: "variable \(name)")
            }
            if variable.whole("refresh") != 1, variable.whole("refresh") != 2 {
                variable["refresh"] = 1
                if !variable.list("options").isEmpty { variable["options"] = [] }
            }
        case "adhoc":
            variable["datasource"] = resolve(variable["datasource"], of: "variable \(name)")
        case "constant":
            // A constant that could be seen was in truth a field to type in.
            let hide = variable.whole("hide") ?? 0
            if hide == 0 || hide == 1 {
                variable["type"] = "textbox"
            }
            let query = variable["query"] ?? ""
            variable["current"] = ["selected": true, "text": query, "value": query]
            variable["options"] = [["selected": true, "text": query, "value": query]]
        default: break
        }
    }
}
