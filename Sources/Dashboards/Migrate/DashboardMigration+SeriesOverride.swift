import JSON

extension DashboardMigration {
    /// One entry of an old graph's `seriesOverrides`; nil when it says nothing.
    mutating func seriesOverride(
        _ old: JSONObject, left: GraphAxis, right: GraphAxis, style: GraphStyle, _ title: String
    ) -> JSONValue? {
        guard let alias = old.text("alias"), !alias.isEmpty else { return nil }
        var properties: [JSONValue] = []
        func set(_ id: String, _ value: JSONValue) { properties.append(Override.property(id, value)) }
        var hidden: JSONObject = [:]
        var dash: (isOn: Bool, lengths: [JSONValue]) = (false, [10, 10])
        var unknown: [String] = []
        for (name, value) in old.members {
            switch name {
            case "alias", "$$hashKey": break
            case "color": properties.append(Override.fixedColour(value))
            case "fill": set("custom.fillOpacity", .number(min(max((value.double ?? 0) * 10, 0), 100)))
            case "fillGradient":
                if let gradient = value.double, gradient > 0 {
                    set("custom.gradientMode", "opacity")
                    set("custom.fillOpacity", .number(min(gradient * 10, 100)))
                }
            case "fillBelowTo":
                set("custom.fillBelowTo", value)
                if old["fill"] == nil { set("custom.fillOpacity", 35) }
            case "transform": set("custom.transform", value)
            case "points":
                set("custom.showPoints", value.bool == true ? "always" : "never")
            case "pointradius":
                if let radius = value.double { set("custom.pointSize", .number(2 + 2 * radius)) }
            case "bars":
                if value.bool == true {
                    set("custom.drawStyle", "bars")
                    set("custom.fillOpacity", 100)
                } else if style.custom.text("drawStyle") == "bars" {
                    set("custom.drawStyle", "line")
                }
            case "lines":
                // "true" on a graph of lines says nothing; the original zeroes the width by mistake.
                if value.bool == false {
                    if old.flag("bars") != true { set("custom.lineWidth", 0) }
                } else if style.custom.text("drawStyle") != "line", old.flag("bars") != true {
                    set("custom.drawStyle", "line")
                }
            case "linewidth": set("custom.lineWidth", value)
            case "dashes": dash.isOn = value.bool == true
            case "dashLength": dash.lengths[0] = value
            case "spaceLength": dash.lengths[1] = value
            case "steppedLine": set("custom.lineInterpolation", value.bool == true ? "stepAfter" : "linear")
            case "nullPointMode":
                switch value.string {
                case "connected": set("custom.spanNulls", true)
                case "null as zero": set("custom.nullValue", 0)
                default: set("custom.spanNulls", false)
                }
            case "stack":
                switch value {
                case .bool(false): set("custom.stacking", ["mode": "none", "group": "A"])
                case .bool(true): set("custom.stacking", ["mode": "normal", "group": "A"])
                case .string(let group): set("custom.stacking", ["mode": "normal", "group": .string(group)])
                default: break
                }
            case "yaxis":
                if old.whole("yaxis") == 2 { properties += right.overrides(of: left) }
            case "legend": if value.bool == false { hidden["legend"] = true }
            case "hideTooltip": if value.bool == true { hidden["tooltip"] = true }
            case "hiddenSeries": if value.bool == true { hidden["viz"] = true }
            case "zindex": set("custom.zIndex", value)
            default: unknown.append(name)
            }
        }
        if dash.isOn { set("custom.lineStyle", ["fill": "dash", "dash": .array(dash.lengths)]) }
        if !hidden.members.isEmpty {
            for name in ["legend", "tooltip", "viz"] { hidden.setDefault(name, false) }
            if hidden.flag("viz") == true { hidden["tooltip"] = true }
            set("custom.hideFrom", .object(hidden))
        }
        for name in unknown {
            report.note(.notConverted, title, "\(name) of the series override \(alias)")
        }
        return properties.isEmpty ? nil : Override.byAlias(alias, properties)
    }
}
