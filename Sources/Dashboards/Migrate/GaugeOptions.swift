import JSON

/// Options of gauges and stats before field configuration: `fieldOptions` (versions 18 to 22) and the
/// flat ones before that.
enum GaugeOptions {
    static func migrate(_ options: inout JSONObject, _ panel: inout JSONObject) {
        if let old = options.take("fieldOptions")?.object {
            var config = panel.object("fieldConfig") ?? [:]
            var defaults = config.object("defaults") ?? [:]
            for (name, value) in old["defaults"]?.object?.members ?? [] {
                defaults.setDefault(name == "title" ? "displayName" : name, value)
            }
            if let thresholds = old["thresholds"]?.array {
                defaults.setDefault("thresholds", absolute(thresholds))
            }
            if let mappings = old["mappings"] {
                defaults.setDefault("mappings", ValueMappings.modern(mappings))
            }
            config["defaults"] = .object(defaults)
            config.setDefault("overrides", old["overrides"] ?? [])
            panel["fieldConfig"] = .object(config)
            options.setDefault(
                "reduceOptions",
                [
                    "values": old["values"] ?? false, "calcs": old["calcs"] ?? ["lastNotNull"], "fields": "",
                ])
        }
        if let stat = options.take("stat")?.string {
            options.setDefault(
                "reduceOptions",
                [
                    "values": false, "calcs": [.string(Reducers.named(stat))], "fields": "",
                ])
        }
        if let thresholds = options.take("thresholds")?.array {
            // The oldest gauges listed the highest first.
            let ascending = thresholds.sorted {
                ($0["value"]?.double ?? -.infinity) < ($1["value"]?.double ?? -.infinity)
            }
            panel.edit("fieldConfig") { config in
                config.edit("defaults") { $0.setDefault("thresholds", absolute(ascending)) }
                config.setDefault("overrides", [])
            }
        }
        for (old, new) in [
            ("unit", "unit"), ("decimals", "decimals"), ("minValue", "min"), ("maxValue", "max"),
        ] {
            guard let value = options.take(old), !value.isNull else { continue }
            panel.edit("fieldConfig") { config in
                config.edit("defaults") { $0.setDefault(new, value) }
                config.setDefault("overrides", [])
            }
        }
    }

    private static func absolute(_ steps: [JSONValue]) -> JSONValue {
        let steps = steps.enumerated().map { index, step -> JSONValue in
            guard case .object(var object) = step else { return step }
            object["index"] = nil
            if index == 0 { object["value"] = .null }
            return .object(object)
        }
        return ["mode": "absolute", "steps": .array(steps)]
    }
}
