import JSON

extension DashboardMigration {
    /// Turns `rows` of spans (up to version 15) into panels on the grid.
    mutating func layOutRows() {
        let rows = dashboard.list("rows").compactMap(\.object)
        let showsRows = rows.contains {
            $0.isTruthy("collapse") || $0.isTruthy("showTitle") || $0.isTruthy("repeat")
        }
        var nextID = rows.flatMap { $0.list("panels") }.compactMap { $0["id"]?.int }.max() ?? 0
        nextID = max(0, min(nextID, 1 << 30))
        var y = 0
        var result = dashboard.list("panels")
        for row in rows where row.some("repeatIteration") == nil {
            let height = DashboardMigration.gridHeight(row["height"])
            var header: JSONObject?
            if showsRows {
                nextID += 1
                header = [
                    "id": .number(nextID), "type": "row", "title": row["title"] ?? "",
                    "collapsed": .bool(row.isTruthy("collapse")),
                    "gridPos": ["x": 0, "y": .number(y), "w": 24, "h": 1], "panels": [],
                ]
                if let variable = row.some("repeat") { header?["repeat"] = variable }
                y += 1
            }
            var area = RowArea(height: height, y: y)
            var panels: [JSONValue] = []
            for item in row.list("panels") {
                guard case .object(var panel) = item else { continue }
                let span = panel.real("span").map { Int(min(max($0, 1), 12)) } ?? 4
                let own = panel.some("height").map { _ in DashboardMigration.gridHeight(panel["height"]) }
                let size = (width: span * 2, height: own ?? height)
                let place = area.place(width: size.width, height: size.height)
                panel["gridPos"] = [
                    "h": .number(size.height), "w": .number(size.width), "x": .number(place.x),
                    "y": .number(place.y),
                ]
                if let least = panel.whole("minSpan") {
                    panel["minSpan"] = .number(min(24, max(1, min(least, 12)) * 2))
                }
                panel["span"] = nil
                panel["height"] = nil
                panels.append(.object(panel))
            }
            if var header {
                let isCollapsed = header.flag("collapsed") == true
                if isCollapsed { header["panels"] = .array(panels) }
                result.append(.object(header))
                if !isCollapsed { result.append(contentsOf: panels) }
                y = isCollapsed ? area.y : area.y + height
            } else {
                result.append(contentsOf: panels)
                y = area.y + height
            }
        }
        dashboard["rows"] = nil
        dashboard["panels"] = .array(result)
    }

    /// Rows of the grid (30 pixels and a gap of 8) for a height in pixels: at least 90, by default 250.
    static func gridHeight(_ value: JSONValue?) -> Int {
        var pixels: Double =
            switch value {
            case .string(let text): Double(text.prefix { $0.isNumber || $0 == "." }) ?? 250
            case .number: value?.double ?? 250
            default: 250
            }
        if pixels == 0 { pixels = 250 }
        pixels = min(max(pixels, 90), 10_000)
        return Int((pixels / 38).rounded(.up))
    }
}

/// The 24 columns of one old row, filled from the left; what does not fit begins below.
private struct RowArea {
    let height: Int
    private(set) var y: Int
    private var filled = [Int](repeating: 0, count: 24)

    init(height: Int, y: Int) {
        self.height = height
        self.y = y
    }

    /// The place of the next panel.
    mutating func place(width: Int, height panelHeight: Int) -> (x: Int, y: Int) {
        var start = freeStart
        if start.map({ 24 - $0 < width }) ?? true {
            y += height
            filled = [Int](repeating: 0, count: 24)
            start = 0
        }
        let x = start ?? 0
        let top = filled[x...].max() ?? 0
        for column in x..<min(24, x + width) { filled[column] = top + panelHeight }
        return (x, y + top)
    }

    /// The first column of those at the right that have room left: a step down to the right would
    /// leave a hole under the higher neighbour.
    private var freeStart: Int? {
        var start: Int?
        for column in stride(from: 23, through: 0, by: -1) {
            guard filled[column] < height else { break }
            if let right = start, filled[column] > filled[right] { break }
            start = column
        }
        return start
    }
}
