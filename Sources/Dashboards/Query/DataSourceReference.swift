public import JSON

/// What a panel, target or variable says about its data source.
public struct DataSourceReference: Sendable, Equatable {
    public var type: String?
    /// A uid, or in old documents a name.
    public var uid: String

    public init(type: String?, uid: String) {
        self.type = type
        self.uid = uid
    }

    /// Reads `{type, uid}`, a uid or a name; nil for null and for empty ones.
    public init?(_ value: JSONValue?) {
        switch value {
        case .string(let name) where !name.isEmpty: self.init(type: nil, uid: name)
        case .object(let object):
            guard let uid = object.text("uid"), !uid.isEmpty else { return nil }
            self.init(type: object.text("type"), uid: uid)
        default: return nil
        }
    }

    /// The numeric id that old clients send.
    static func legacy(_ query: JSONObject) -> DataSourceReference? {
        query.whole("datasourceId").map { DataSourceReference(type: "id", uid: String($0)) }
    }

    public var json: JSONValue {
        var object = JSONObject()
        if let type { object["type"] = .string(type) }
        object["uid"] = .string(uid)
        return .object(object)
    }
}
