import JSON

/// The members of an object of the operator's, read strictly: a value of another type is an error that
/// names the place and the key.
struct StrictMembers {
    let object: JSONObject
    /// File, group and rule.
    let place: String

    init(_ value: JSONValue, _ place: String) throws(DashboardsError) {
        guard case .object(let object) = value else {
            throw DashboardsError(
                .invalidInput, "\(place): want an object, got \(StrictMembers.shown(value))")
        }
        (self.object, self.place) = (object, place)
    }

    init(_ object: JSONObject, _ place: String) {
        (self.object, self.place) = (object, place)
    }

    func failure(_ key: String, _ text: String) -> DashboardsError {
        DashboardsError(.invalidInput, "\(place): \(key): \(text)")
    }

    private func wanted(_ key: String, _ want: String, _ value: JSONValue) -> DashboardsError {
        failure(key, "want \(want), got \(StrictMembers.shown(value))")
    }

    /// A value as it appears in an error, cut to a line.
    static func shown(_ value: JSONValue) -> String {
        let text = value.text()
        return text.utf8.count > 60 ? String(text.prefix(57)) + "..." : text
    }

    /// nil when missing, null or empty.
    func text(_ keys: String...) throws(DashboardsError) -> String? {
        for key in keys {
            guard let value = object.some(key) else { continue }
            // YAML reads a name such as 2024 as a number.
            switch value {
            case .string(let text): if !text.isEmpty { return text }
            case .number(let text): return text
            default: throw wanted(key, "a text", value)
            }
        }
        return nil
    }

    func need(_ keys: String...) throws(DashboardsError) -> String {
        for key in keys { if let text = try text(key) { return text } }
        throw failure(keys.first ?? "", "it is missing")
    }

    func flag(_ key: String) throws(DashboardsError) -> Bool {
        guard let value = object.some(key) else { return false }
        guard let flag = value.bool else { throw wanted(key, "true or false", value) }
        return flag
    }

    func whole(_ keys: String..., in range: ClosedRange<Int>) throws(DashboardsError) -> Int? {
        for key in keys {
            guard let value = object.some(key) else { continue }
            guard let number = object.whole(key), range.contains(number) else {
                throw wanted(key, "a number from \(range.lowerBound) to \(range.upperBound)", value)
            }
            return number
        }
        return nil
    }

    /// A duration such as `5m`, milliseconds.
    func duration(_ keys: String...) throws(DashboardsError) -> Int64? {
        for key in keys {
            guard let value = object.some(key) else { continue }
            if value.int == 0 { return 0 }
            guard let text = value.string else { throw wanted(key, "a duration such as 5m", value) }
            if text.isEmpty { continue }
            guard let nanoseconds = IntervalText.nanoseconds(text), nanoseconds >= 0 else {
                throw wanted(key, "a duration such as 5m", value)
            }
            return nanoseconds / 1_000_000
        }
        return nil
    }

    /// - Parameter most: more items are an error.
    func list(_ key: String, most: Int) throws(DashboardsError) -> [JSONValue] {
        guard let value = object.some(key) else { return [] }
        guard let items = value.array else { throw wanted(key, "a list", value) }
        guard items.count <= most else { throw failure(key, "at most \(most) are taken, got \(items.count)") }
        return items
    }

    func texts(_ key: String, most: Int = 1000) throws(DashboardsError) -> [String] {
        var result: [String] = []
        for item in try list(key, most: most) {
            switch item {
            case .string(let text), .number(let text): result.append(text)
            default: throw wanted(key, "a list of texts", item)
            }
        }
        return result
    }

    /// Texts by name, as labels and annotations are; numbers and flags are taken as they are written.
    func textsByName(_ key: String, most: Int = 200) throws(DashboardsError) -> [String: String] {
        guard let value = object.some(key) else { return [:] }
        guard case .object(let members) = value else { throw wanted(key, "texts by name", value) }
        guard members.members.count <= most else {
            throw failure(key, "at most \(most) are taken, got \(members.members.count)")
        }
        var result: [String: String] = [:]
        for (name, item) in members.members {
            switch item {
            case .string(let text), .number(let text): result[name] = text
            case .bool(let flag): result[name] = String(flag)
            case .null: continue
            default: throw wanted("\(key).\(name)", "a text", item)
            }
        }
        return result
    }

    func object(_ key: String) throws(DashboardsError) -> JSONObject? {
        guard let value = object.some(key) else { return nil }
        guard case .object(let members) = value else { throw wanted(key, "an object", value) }
        return members
    }
}
