import JSON

/// Texts for values: the forms before version 30 and of singlestat.
enum ValueMappings {
    /// Turns `{type: 1 | 2, value, text, from, to}` into the modern form; that one passes.
    static func modern(_ mappings: JSONValue) -> JSONValue {
        guard case .array(let items) = mappings, items.contains(where: { $0["type"]?.int != nil })
        else { return mappings }
        var values = JSONObject()
        var others: [JSONValue] = []
        for item in items {
            guard case .object(let mapping) = item else { continue }
            let text = mapping["text"] ?? ""
            switch mapping.whole("type") {
            case 1 where mapping.text("value") == "null": others.append(special("null", text))
            case 1: values[plain(mapping["value"])] = ["text": text]
            case 2: others.append(range(mapping["from"], mapping["to"], text))
            default: others.append(item)
            }
        }
        return .array(joined(values, others))
    }

    /// `valueMaps` of a singlestat.
    static func ofValueMaps(_ maps: [JSONValue]) -> [JSONValue] {
        var values = JSONObject()
        var others: [JSONValue] = []
        for case .object(let map) in maps {
            let text = map["text"] ?? ""
            let value = plain(map["value"])
            if value == "null" {
                others.append(special("null", text))
            } else {
                values[value] = ["text": text]
            }
        }
        return joined(values, others)
    }

    /// `rangeMaps` of a singlestat.
    static func ofRangeMaps(_ maps: [JSONValue]) -> [JSONValue] {
        maps.compactMap(\.object).map { map in
            if plain(map["from"]) == "null", plain(map["to"]) == "null" {
                return special("null", map["text"] ?? "")
            }
            return range(map["from"], map["to"], map["text"] ?? "")
        }
    }

    private static func joined(_ values: JSONObject, _ others: [JSONValue]) -> [JSONValue] {
        guard !values.members.isEmpty else { return others }
        return [["type": "value", "options": .object(values)]] + others
    }

    private static func special(_ match: String, _ text: JSONValue) -> JSONValue {
        ["type": "special", "options": ["match": .string(match), "result": ["text": text]]]
    }

    private static func range(_ from: JSONValue?, _ to: JSONValue?, _ text: JSONValue) -> JSONValue {
        ["type": "range", "options": ["from": bound(from), "to": bound(to), "result": ["text": text]]]
    }

    private static func bound(_ value: JSONValue?) -> JSONValue {
        value?.double.map { JSONValue.number($0) } ?? value?.string.flatMap { Double($0) }.map {
            JSONValue.number($0)
        } ?? .null
    }

    private static func plain(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text): text
        case .number(let text): text
        case .bool(let value): value ? "true" : "false"
        default: "null"
        }
    }
}
