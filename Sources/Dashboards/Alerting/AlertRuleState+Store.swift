import JSON

// What of a state outlives a restart: the instances that are not normal.
extension AlertRuleState {
    /// Instances that are stored of a rule; of the others the wait begins anew.
    private static let storedMax = 1000

    var json: JSONValue {
        .array(
            instances.values.filter { $0.state != .normal }.sorted { $0.sortText < $1.sortText }
                .prefix(AlertRuleState.storedMax).map { .object($0.json) })
    }

    /// - Parameter time: when the program started: instances count as seen then.
    init(json: JSONValue, at time: Int64) {
        self.init()
        for item in json.array ?? [] {
            guard let object = item.object, let instance = AlertInstance(json: object, at: time) else {
                continue
            }
            restore(instance)
        }
    }

    /// Whether something that is stored is different now.
    public func isStoredDifferently(than other: AlertRuleState) -> Bool {
        func stored(_ state: AlertRuleState) -> [[String: String]: Int64] {
            state.instances.filter { $0.value.state != .normal }.mapValues(\.since)
        }
        return stored(self) != stored(other)
    }
}

extension AlertInstance {
    var json: JSONObject {
        var result: JSONObject = [
            "labels": AlertRule.object(labels), "resultLabels": AlertRule.object(resultLabels),
            "annotations": AlertRule.object(annotations), "state": .string(state.rawValue),
            "reason": .string(reason), "since": .number(Int(since)), "activeAt": .number(Int(activeAt)),
        ]
        if let firedAt { result["firedAt"] = .number(Int(firedAt)) }
        return result
    }

    /// nil for what makes no sense.
    init?(json: JSONObject, at time: Int64) {
        func texts(_ name: String) -> [String: String] {
            Dictionary(
                (json.object(name)?.members ?? []).compactMap { name, value in value.string.map { (name, $0) }
                },
                uniquingKeysWith: { first, _ in first })
        }
        guard let state = json.text("state").flatMap(State.init(rawValue:)), let since = json.whole("since"),
            let activeAt = json.whole("activeAt")
        else { return nil }
        self.init(
            labels: texts("labels"), resultLabels: texts("resultLabels"), annotations: texts("annotations"),
            at: time)
        self.state = state
        reason = json.text("reason") ?? ""
        (self.since, self.activeAt) = (Int64(since), Int64(activeAt))
        firedAt = json.whole("firedAt").map { Int64($0) }
    }
}
