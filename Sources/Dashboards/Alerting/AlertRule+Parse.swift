public import JSON

extension AlertRule {
    /// Members that are kept elsewhere than in ``body``.
    private static let known = [
        "id", "uid", "orgID", "orgId", "folderUID", "folderUid", "ruleGroup", "title", "updated",
        "provenance",
        "condition", "data", "noDataState", "execErrState", "for", "keep_firing_for", "keepFiringFor",
        "annotations", "labels", "isPaused", "dashboardUid", "dasboardUid", "panelId",
    ]

    /// Reads a rule in the form of the API or of a file; they differ in few names.
    ///
    /// - Parameters:
    ///   - group: where it stands; nil when the object says so itself.
    ///   - place: named in errors, for instance the file and the group.
    /// - Throws: `invalidInput` that names place, rule and key.
    public init(
        _ object: JSONObject, group: GroupKey? = nil, place: String = "alert rule"
    ) throws(DashboardsError) {
        let title = try StrictMembers(object, place).need("title")
        let members = StrictMembers(object, "\(place): rule \"\(title.prefix(80))\"")
        guard title.utf8.count <= AlertRule.nameBytesMax else {
            throw members.failure("title", "at most \(AlertRule.nameBytesMax) bytes are taken")
        }
        self.title = title
        uid = try members.text("uid") ?? ""
        guard uid.isEmpty || UID.isValid(uid) else {
            throw members.failure("uid", "it contains illegal characters or is longer than 40")
        }
        if let group {
            groupKey = group
        } else {
            groupKey = GroupKey(
                folder: try members.need("folderUID", "folderUid"), name: try members.need("ruleGroup"))
        }
        guard groupKey.name.utf8.count <= AlertRule.nameBytesMax else {
            throw members.failure("ruleGroup", "at most \(AlertRule.nameBytesMax) bytes are taken")
        }
        guard object.some("record") == nil else {
            throw members.failure("record", "recording rules belong into the rule files of the server role")
        }
        if let text = try members.text("noDataState") {
            guard let action = NoDataAction(rawValue: text) else {
                throw members.failure("noDataState", "want NoData, Alerting, OK or KeepLast, got \"\(text)\"")
            }
            noDataAction = action
        }
        if let text = try members.text("execErrState") {
            guard let action = ErrorAction(rawValue: text) else {
                throw members.failure("execErrState", "want Error, Alerting, OK or KeepLast, got \"\(text)\"")
            }
            errorAction = action
        }
        pending = try members.duration("for") ?? 0
        keepFiring = try members.duration("keep_firing_for", "keepFiringFor") ?? 0
        missingMax =
            try members.whole(
                "missingSeriesEvalsToResolve", "missing_series_evals_to_resolve", in: 1...1000) ?? 2
        annotations = try members.textsByName("annotations")
        labels = try members.textsByName("labels")
        isPaused = try members.flag("isPaused")
        if let dashboard = try members.text("dashboardUid", "dasboardUid") {
            annotations["__dashboardUid__"] = dashboard
            if let panel = try members.text("panelId") { annotations["__panelId__"] = panel }
        }
        if let settings = try members.object("notification_settings") {
            directPolicy = try NotificationPolicy(
                direct: settings, place: members.place + ": notification_settings")
        }
        queries = []
        var names = Set<String>()
        for (index, item) in try members.list("data", most: AlertRule.queriesMax).enumerated() {
            let query = try Query(item, "\(members.place): data[\(index)]")
            guard names.insert(query.refID).inserted else {
                throw members.failure("data[\(index)].refId", "\"\(query.refID)\" is there twice")
            }
            queries.append(query)
        }
        guard !queries.isEmpty else { throw members.failure("data", "want at least one query") }
        condition = try members.need("condition")
        guard names.contains(condition) else {
            throw members.failure("condition", "no query or expression has the refId \"\(condition)\"")
        }
        body = object
        for name in AlertRule.known { body[name] = nil }
        // What a query or an expression lacks shows when it is saved, not in the night when it counts.
        _ = try AlertPipeline(self, place: members.place)
    }

    /// The rule in the form of the provisioning API.
    public var json: JSONObject {
        var result: JSONObject = [
            "id": .number(Int(id)), "uid": .string(uid), "orgID": 1, "folderUID": .string(groupKey.folder),
            "ruleGroup": .string(groupKey.name), "title": .string(title), "condition": .string(condition),
            "data": .array(queries.map { .object($0.json) }),
            "updated": .string(CivilTime(milliseconds: updated).iso),
            "noDataState": .string(noDataAction.rawValue), "execErrState": .string(errorAction.rawValue),
            "for": .string(AlertRule.duration(pending)),
        ]
        if keepFiring > 0 { result["keep_firing_for"] = .string(AlertRule.duration(keepFiring)) }
        if !annotations.isEmpty { result["annotations"] = AlertRule.object(annotations) }
        if !labels.isEmpty { result["labels"] = AlertRule.object(labels) }
        if provenance != .none { result["provenance"] = .string(provenance.rawValue) }
        result["isPaused"] = .bool(isPaused)
        for (name, value) in body.members { result[name] = value }
        return result
    }

    /// The rule in the form of a file below `alerting`.
    public var fileJSON: JSONObject {
        var result = json
        for name in ["id", "orgID", "folderUID", "ruleGroup", "updated", "provenance", "keep_firing_for"] {
            result[name] = nil
        }
        if keepFiring > 0 { result["keepFiringFor"] = .string(AlertRule.duration(keepFiring)) }
        if let dashboard = annotations["__dashboardUid__"] {
            result["dashboardUid"] = .string(dashboard)
            if let panel = annotations["__panelId__"].flatMap({ Int($0) }) {
                result["panelId"] = .number(panel)
            }
        }
        return result
    }

    /// "5m", or "0s" for none.
    public static func duration(_ milliseconds: Int64) -> String {
        milliseconds <= 0 ? "0s" : IntervalText.text(milliseconds: milliseconds)
    }

    /// Texts by name as an object, sorted.
    public static func object(_ texts: [String: String]) -> JSONValue {
        .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}

extension AlertRule.Query {
    init(_ value: JSONValue, _ place: String) throws(DashboardsError) {
        let members = try StrictMembers(value, place)
        refID = try members.need("refId")
        guard refID.utf8.count <= 100 else { throw members.failure("refId", "at most 100 bytes are taken") }
        dataSource = try members.need("datasourceUid", "datasourceUID")
        model = try members.object("model") ?? [:]
        let range = StrictMembers(
            try members.object("relativeTimeRange") ?? [:], place + ".relativeTimeRange")
        let most = 10 * 366 * 86_400
        from = try AlertRule.Query.seconds(range, "from", most) ?? 0
        to = try AlertRule.Query.seconds(range, "to", most) ?? 0
        if !isExpression {
            guard from > to || (from == to && from == 0) else {
                throw range.failure("from", "want more seconds than to (\(to)), got \(from)")
            }
        }
    }

    /// Seconds as a number, or as a duration.
    private static func seconds(
        _ range: StrictMembers, _ key: String, _ most: Int
    ) throws(DashboardsError) -> Int? {
        if let text = range.object.text(key), Int(text) == nil {
            let seconds = Int((try range.duration(key) ?? 0) / 1000)
            guard seconds <= most else { throw range.failure(key, "at most \(most) seconds are taken") }
            return seconds
        }
        return try range.whole(key, in: 0...most)
    }

    var json: JSONObject {
        [
            "refId": .string(refID), "queryType": .string(model.text("queryType") ?? ""),
            "relativeTimeRange": ["from": .number(from), "to": .number(to)],
            "datasourceUid": .string(dataSource), "model": .object(model),
        ]
    }
}
