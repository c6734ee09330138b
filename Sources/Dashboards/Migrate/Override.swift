import JSON

/// Overrides of a field configuration.
enum Override {
    static func byName(_ name: String, _ properties: [JSONValue]) -> JSONValue {
        ["matcher": ["id": "byName", "options": .string(name)], "properties": .array(properties)]
    }

    /// An old series alias: a regular expression between slashes, or a name.
    static func byAlias(_ alias: String, _ properties: [JSONValue]) -> JSONValue {
        let isPattern = alias.count > 1 && alias.hasPrefix("/") && alias.dropFirst().contains("/")
        return [
            "matcher": ["id": isPattern ? "byRegexp" : "byName", "options": .string(alias)],
            "properties": .array(properties),
        ]
    }

    static func property(_ id: String, _ value: JSONValue) -> JSONValue {
        ["id": .string(id), "value": value]
    }

    static func fixedColour(_ colour: JSONValue) -> JSONValue {
        property("color", ["fixedColor": colour, "mode": "fixed"])
    }

    static func colour(_ colour: JSONValue, ofSeries name: String) -> JSONValue {
        byName(name, [fixedColour(colour)])
    }
}
