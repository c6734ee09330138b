import JSON

/// `custom.displayMode` of table cells became `custom.cellOptions` in version 38.
enum CellOptions {
    static func migrate(_ custom: inout JSONObject) {
        guard let mode = custom.take("displayMode")?.string else { return }
        custom.setDefault("cellOptions", options(mode))
    }

    static func options(_ mode: String) -> JSONValue {
        switch mode {
        case "color-background": ["type": "color-background", "mode": "gradient"]
        case "color-background-solid": ["type": "color-background", "mode": "basic"]
        case "gradient-gauge": ["type": "gauge", "mode": "gradient"]
        case "lcd-gauge": ["type": "gauge", "mode": "lcd"]
        case "basic": ["type": "gauge", "mode": "basic"]
        default: ["type": .string(mode)]
        }
    }
}
