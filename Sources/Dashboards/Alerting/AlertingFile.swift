import JSON

/// A file below `alerting`, read whole before anything of it is applied.
struct AlertingFile: Sendable {
    struct Group: Sendable {
        let name: String
        /// A folder's title.
        let folder: String
        let interval: Int
        /// Without a folder, which may have to be made first.
        let rules: [AlertRule]
    }

    var groups: [Group] = []
    var deletedRules: [String] = []
    var contactPoints: [ContactPoint] = []
    var deletedContactPoints: [String] = []
    var policy: JSONObject?
    var resetsPolicy = false
    var templates: [(name: String, text: String)] = []
    var deletedTemplates: [String] = []
    var muteTimings: [MuteTiming] = []
    var deletedMuteTimings: [String] = []
    /// Keys that mean nothing here.
    var unknownKeys: [String] = []

    /// The most rules of one group.
    static let rulesMax = 1000

    private static let keys: Set<String> = [
        "apiVersion", "groups", "deleteRules", "contactPoints", "deleteContactPoints", "policies",
        "resetPolicies", "templates", "deleteTemplates", "muteTimes", "deleteMuteTimes",
    ]

    /// - Throws: `invalidInput` that names file, group, rule and key.
    init(_ object: JSONObject, path: String) throws(DashboardsError) {
        let members = StrictMembers(object, path)
        unknownKeys = object.members.map(\.name).filter { !AlertingFile.keys.contains($0) }
        func each(
            _ key: String, _ body: (StrictMembers) throws(DashboardsError) -> Void
        ) throws(DashboardsError) {
            for (index, item) in try members.list(key, most: 10_000).enumerated() {
                let place = "\(path): \(key)[\(index)]"
                let item = try StrictMembers(item, place)
                for key in ["orgId", "orgID"] {
                    if let other = try item.whole(key, in: 0...Int.max), other > 1 {
                        throw item.failure(key, "there is one organisation, 1, got \(other)")
                    }
                }
                try body(item)
            }
        }
        try each("groups") { item throws(DashboardsError) in
            groups.append(try AlertingFile.group(item, path))
        }
        try each("deleteRules") { item throws(DashboardsError) in deletedRules.append(try item.need("uid")) }
        try each("contactPoints") { item throws(DashboardsError) in
            let name = try item.need("name")
            for (index, receiver) in try item.list("receivers", most: 1000).enumerated() {
                let place = "\(path): contact point \"\(name)\": receivers[\(index)]"
                let point = try ContactPoint(
                    try StrictMembers(receiver, place).object, name: name, place: place)
                guard !point.uid.isEmpty else {
                    throw DashboardsError(.invalidInput, "\(place): uid: it is missing")
                }
                contactPoints.append(point)
            }
        }
        try each("deleteContactPoints") { item throws(DashboardsError) in
            deletedContactPoints.append(try item.need("uid"))
        }
        try each("policies") { item throws(DashboardsError) in
            guard policy == nil else {
                throw members.failure("policies", "there is one tree of policies, got a second")
            }
            var tree = item.object
            for key in ["orgId", "orgID"] { tree[key] = nil }
            _ = try NotificationPolicy(tree, place: "\(path): policies")
            policy = tree
        }
        resetsPolicy = try !members.list("resetPolicies", most: 100).isEmpty
        try each("templates") { item throws(DashboardsError) in
            templates.append((try item.need("name"), try item.need("template")))
        }
        try each("deleteTemplates") { item throws(DashboardsError) in
            deletedTemplates.append(try item.need("name"))
        }
        try each("muteTimes") { item throws(DashboardsError) in
            muteTimings.append(try MuteTiming(item.object, place: "\(path): mute timing"))
        }
        try each("deleteMuteTimes") { item throws(DashboardsError) in
            deletedMuteTimings.append(try item.need("name"))
        }
    }

    private static func group(_ item: StrictMembers, _ path: String) throws(DashboardsError) -> Group {
        let name = try item.need("name")
        let members = StrictMembers(item.object, "\(path): group \"\(name)\"")
        guard name.utf8.count <= AlertRule.nameBytesMax else {
            throw members.failure("name", "at most \(AlertRule.nameBytesMax) bytes are taken")
        }
        let folder = try members.need("folder")
        guard let interval = try members.duration("interval"), interval >= 1000 else {
            throw members.failure("interval", "want a duration such as 1m")
        }
        var rules: [AlertRule] = []
        var seen = Set<String>()
        for (index, value) in try members.list("rules", most: rulesMax).enumerated() {
            let object = try StrictMembers(value, "\(members.place): rules[\(index)]").object
            var rule = try AlertRule(
                object, group: .init(folder: "", name: name), place: members.place)
            guard !rule.uid.isEmpty else {
                throw members.failure("rule \"\(rule.title)\": uid", "it is missing")
            }
            guard seen.insert(rule.uid).inserted else {
                throw members.failure("rule \"\(rule.title)\": uid", "\"\(rule.uid)\" is there twice")
            }
            rule.position = index
            rule.interval = Int(interval / 1000)
            rules.append(rule)
        }
        guard !rules.isEmpty else { throw members.failure("rules", "want at least one") }
        return Group(name: name, folder: folder, interval: Int(interval / 1000), rules: rules)
    }
}
