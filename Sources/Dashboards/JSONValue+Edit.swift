package import JSON

// Reading and changing documents without a failure at every step: what is missing or of another type
// reads as nil, which is how the original treats dashboards too.

extension JSONObject {
    /// The member, with JSON's null as nil.
    package func some(_ name: String) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    package func text(_ name: String) -> String? { self[name]?.string }
    package func flag(_ name: String) -> Bool? { self[name]?.bool }
    package func list(_ name: String) -> [JSONValue] { self[name]?.array ?? [] }
    package func object(_ name: String) -> JSONObject? { self[name]?.object }

    /// A whole number, also when it was written as a string.
    package func whole(_ name: String) -> Int? {
        guard let value = self[name] else { return nil }
        return value.int ?? value.string.flatMap { Int($0) }
    }

    /// A finite number, also when it was written as a string.
    package func real(_ name: String) -> Double? {
        guard let value = self[name] else { return nil }
        guard let result = value.double ?? value.string.flatMap({ Double($0) }), result.isFinite
        else { return nil }
        return result
    }

    /// True for `true`, non-zero numbers and non-empty strings, as JavaScript sees it.
    package func isTruthy(_ name: String) -> Bool {
        switch self[name] {
        case .bool(let value): value
        case .number: (self[name]?.double ?? 0) != 0
        case .string(let value): !value.isEmpty
        case .array, .object: true
        case .null, nil: false
        }
    }

    /// Changes an object member in place, starting with an empty one when there is none.
    package mutating func edit<Failure: Error>(
        _ name: String, _ body: (inout JSONObject) throws(Failure) -> Void
    ) throws(Failure) {
        var member = self[name]?.object ?? JSONObject()
        try body(&member)
        self[name] = .object(member)
    }

    /// Sets a member only where there is none (or null).
    package mutating func setDefault(_ name: String, _ value: JSONValue) {
        if some(name) == nil { self[name] = value }
    }

    /// Takes a member out.
    @discardableResult
    package mutating func take(_ name: String) -> JSONValue? {
        let value = self[name]
        self[name] = nil
        return value
    }
}

extension JSONValue {
    /// Changes every object of an array member.
    package static func mapObjects(
        _ items: [JSONValue], _ body: (inout JSONObject) -> Void
    ) -> [JSONValue] {
        items.map { item in
            guard case .object(var object) = item else { return item }
            body(&object)
            return .object(object)
        }
    }

    /// Changes every string of the document, member names excepted.
    package func mapStrings(_ body: (String) -> String) -> JSONValue {
        switch self {
        case .string(let value): return .string(body(value))
        case .array(let items): return .array(items.map { $0.mapStrings(body) })
        case .object(let object):
            return .object(JSONObject(object.members.map { ($0.name, $0.value.mapStrings(body)) }))
        case .null, .bool, .number: return self
        }
    }
}
