import JSON

/// How an old graph draws its series.
struct GraphStyle {
    /// `fieldConfig.defaults.custom` of the timeseries.
    var custom: JSONObject = [:]
    let isStacked: Bool

    /// Takes the old members out of the panel.
    init(_ panel: inout JSONObject) {
        let hasBars = panel.take("bars")?.bool ?? false
        let hasLines = panel.take("lines")?.bool ?? true
        let hasPoints = panel.take("points")?.bool ?? false
        let radius = panel.real("pointradius")
        panel["pointradius"] = nil
        let style = hasBars ? "bars" : hasLines ? "line" : "points"
        custom["drawStyle"] = .string(style)
        if hasPoints {
            custom["showPoints"] = "always"
        } else if style != "points" {
            custom["showPoints"] = "never"
        }
        if hasPoints || style == "points", let radius { custom["pointSize"] = .number(2 + 2 * radius) }
        if let width = panel.take("linewidth"), width.double != nil { custom["lineWidth"] = width }
        var opacity = panel.take("fill")?.double.map { $0 * 10 }
        if let gradient = panel.take("fillGradient")?.double, gradient > 0 {
            custom["gradientMode"] = "opacity"
            opacity = gradient * 10
        }
        if hasBars { opacity = 100 }
        custom["fillOpacity"] = opacity.map { .number(min(max($0, 0), 100)) }
        switch panel.take("nullPointMode")?.string {
        case "connected": custom["spanNulls"] = true
        // The modern panel lost this mode; here a missing value may still be drawn as zero.
        case "null as zero": custom["nullValue"] = 0
        default: break
        }
        if panel.take("steppedLine")?.bool == true { custom["lineInterpolation"] = "stepAfter" }
        let dash = [panel.take("dashLength")?.double ?? 10, panel.take("spaceLength")?.double ?? 10]
        if panel.take("dashes")?.bool == true {
            custom["lineStyle"] = ["fill": "dash", "dash": .array(dash.map { .number($0) })]
        }
        let isPercent = panel.take("percentage")?.bool == true
        isStacked = panel.take("stack")?.bool == true
        if isStacked {
            custom["stacking"] = ["mode": isPercent ? "percent" : "normal", "group": "A"]
        }
    }
}
