public import JSON
public import PromQLEngine

/// The plan of a query as `/api/v1/explain_query` writes it.
extension PlanNode {
    public var json: JSONValue {
        var members: [(String, JSONValue)] = [("title", .string(title)), ("stepCount", .number(stepCount))]
        if let seriesCount { members.append(("seriesCount", .number(seriesCount))) }
        members += [
            ("rowCount", .number(rowCount)), ("samplesRead", .number(samplesRead)),
            ("seconds", .number(seconds)),
            ("children", .array(children.map(\.json))),
        ]
        return .object(JSONObject(members))
    }

    /// Nil for what is no node; members that are not there are 0.
    public init?(json: JSONValue) {
        guard let title = json["title"]?.string else { return nil }
        self.init(
            title: title, stepCount: json["stepCount"]?.int ?? 0, seriesCount: json["seriesCount"]?.int,
            rowCount: json["rowCount"]?.int ?? 0, samplesRead: json["samplesRead"]?.int ?? 0,
            seconds: json["seconds"]?.double ?? 0,
            children: (json["children"]?.array ?? []).compactMap(PlanNode.init(json:)))
    }
}
