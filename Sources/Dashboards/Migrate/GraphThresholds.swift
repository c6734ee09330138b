import JSON

/// Thresholds of an old graph.
struct GraphThresholds {
    private let items: [JSONObject]

    init(_ items: [JSONValue]) {
        self.items = items.compactMap(\.object).filter { $0.real("value") != nil }
            .sorted { ($0.real("value") ?? 0) < ($1.real("value") ?? 0) }
    }

    /// Ascending steps and how they are drawn; nil when there are none.
    var modern: (steps: JSONValue, mode: String)? {
        guard !items.isEmpty else { return nil }
        // From below: the colour up to the first value, then from each value on.
        var base: JSONValue = "transparent"
        var steps: [JSONValue] = []
        for (index, item) in items.enumerated() {
            let value = JSONValue.number(item.real("value") ?? 0)
            if item.text("op") == "lt" {
                if steps.isEmpty { base = colour(item) }
                let next = index + 1 < items.count ? items[index + 1] : nil
                steps.append([
                    "value": value,
                    "color": next?.text("op") == "lt" ? next.map(colour) ?? "transparent" : "transparent",
                ])
            } else {
                steps.append(["value": value, "color": colour(item)])
            }
        }
        let hasArea = items.contains { $0.isTruthy("fill") }
        let hasLine = items.contains { $0.isTruthy("line") }
        let all = [["value": .null, "color": base] as JSONValue] + steps
        return (
            ["mode": "absolute", "steps": .array(all)],
            hasArea ? hasLine ? "line+area" : "area" : hasLine ? "line" : "off"
        )
    }

    private func colour(_ item: JSONObject) -> JSONValue {
        switch item.text("colorMode") {
        case "critical": "red"
        case "warning": "orange"
        case "ok": "green"
        default: item.some("fillColor") ?? item.some("lineColor") ?? "red"
        }
    }
}
