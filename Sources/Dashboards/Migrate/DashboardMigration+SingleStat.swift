import JSON

extension DashboardMigration {
    /// The old singlestat as stat, or as gauge when it drew one.
    mutating func singleStat(_ panel: inout JSONObject, _ title: String) {
        let gauge = panel.take("gauge")?.object ?? [:]
        let isGauge = gauge.flag("show") == true
        panel["type"] = isGauge ? "gauge" : "stat"
        var defaults: JSONObject = [:]
        defaults["unit"] = panel.take("format")
        if let decimals = panel.take("decimals"), decimals.int != nil { defaults["decimals"] = decimals }
        if let text = panel.take("nullText")?.string, !text.isEmpty { defaults["noValue"] = .string(text) }
        defaults["thresholds"] = DashboardMigration.steps(
            values: panel.take("thresholds"), colours: panel.take("colors")?.array ?? [])
        if isGauge {
            defaults["min"] = .number(gauge.real("minValue") ?? 0)
            defaults["max"] = .number(gauge.real("maxValue") ?? 100)
        }
        let usesRanges = panel.take("mappingType")?.int == 2
        let values = panel.take("valueMaps")?.array ?? []
        let ranges = panel.take("rangeMaps")?.array ?? []
        let mappings = usesRanges ? ValueMappings.ofRangeMaps(ranges) : ValueMappings.ofValueMaps(values)
        if !mappings.isEmpty { defaults["mappings"] = .array(mappings) }

        let valueName = panel.take("valueName")?.string ?? "avg"
        let column = panel.take("tableColumn")?.string ?? ""
        let calc = valueName == "name" ? "lastNotNull" : Reducers.named(valueName)
        var options: JSONObject = [
            "reduceOptions": [
                "calcs": [.string(calc)], "values": false,
                "fields": column.isEmpty ? "" : .string("/^\(column)$/"),
            ],
            "orientation": "horizontal",
        ]
        let sparkline = panel.take("sparkline")?.object ?? [:]
        let coloursBackground = panel.take("colorBackground")?.bool == true
        let coloursValue = panel.take("colorValue")?.bool == true
        if isGauge {
            options["showThresholdLabels"] = .bool(gauge.flag("thresholdLabels") ?? false)
            options["showThresholdMarkers"] = .bool(gauge.flag("thresholdMarkers") ?? true)
        } else {
            options["textMode"] = valueName == "name" ? "name" : "auto"
            options["colorMode"] = coloursBackground ? "background" : coloursValue ? "value" : "none"
            options["graphMode"] = sparkline.flag("show") == true ? "area" : "none"
            options["justifyMode"] = "auto"
            if sparkline.flag("show") == true, !coloursBackground, !coloursValue,
                let colour = sparkline.some("lineColor")
            {
                defaults["color"] = ["mode": "fixed", "fixedColor": colour]
            }
        }
        // The original drops what stood before and after the value.
        for member in ["prefix", "postfix"] {
            if let text = panel.take(member)?.string, !text.isEmpty {
                options[member] = .string(text)
                report.note(.changed, title, "the \(member) \"\(text)\" is kept as an option")
            }
        }
        panel["fieldConfig"] = ["defaults": .object(defaults), "overrides": []]
        panel["options"] = .object(options)
        for member in [
            "mappingTypes", "nullPointMode", "prefixFontSize", "postfixFontSize", "valueFontSize",
            "cacheTimeout", "colorPrefix", "colorPostfix", "height",
        ] { panel[member] = nil }
        report.note(.changed, title, "singlestat became \(isGauge ? "gauge" : "stat")")
    }

    /// Threshold steps of texts such as "50,80" with three colours.
    static func steps(values: JSONValue?, colours: [JSONValue]) -> JSONValue? {
        let bounds: [Double] =
            switch values {
            case .string(let text):
                text.split(separator: ",").compactMap { Double(String($0.filter { $0 != " " })) }
            case .array(let items):
                items.compactMap { $0.double ?? $0.string.flatMap { Double($0) } }
            default: []
            }
        guard !colours.isEmpty else { return nil }
        var steps: [JSONValue] = [["color": colours[0], "value": .null]]
        for (index, bound) in bounds.enumerated() where index + 1 < colours.count {
            steps.append(["color": colours[index + 1], "value": .number(bound)])
        }
        return ["mode": "absolute", "steps": .array(steps)]
    }
}
