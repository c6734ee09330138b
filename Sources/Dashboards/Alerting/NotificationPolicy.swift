public import JSON
import MetricModel

/// A node of the tree that decides who is told of an alert.
public struct NotificationPolicy: Sendable, Equatable {
    /// "" inherits.
    public var receiver = ""
    /// nil inherits; "..." alone groups by all labels.
    public var groupBy: [String]?
    public var matchers: [AlertMatcher] = []
    /// Whether policies behind this one are asked too.
    public var continues = false
    /// Milliseconds; nil inherits.
    public var groupWait: Int64?
    public var groupInterval: Int64?
    public var repeatInterval: Int64?
    public var muteTimings: [String] = []
    public var activeTimings: [String] = []
    public var children: [NotificationPolicy] = []

    /// The receiver that tells nobody; it needs no contact point.
    public static let nobody = "empty"
    /// The one that the original brings along, which files name without making it. Here it tells nobody
    /// either, unless somebody makes it.
    public static let defaultEmail = "grafana-default-email"

    static let policiesMax = 5000

    /// What counts while nobody has written a tree.
    public static let defaultJSON: JSONObject = [
        "receiver": .string(nobody), "group_by": ["grafana_folder", "alertname"],
    ]

    /// Reads the root of a tree.
    ///
    /// - Throws: `invalidInput` that names place, path and key.
    public init(_ object: JSONObject, place: String = "policies") throws(DashboardsError) {
        var budget = NotificationPolicy.policiesMax
        try self.init(object, place, depth: 0, &budget)
        let members = StrictMembers(object, place)
        guard !receiver.isEmpty else { throw members.failure("receiver", "it is missing") }
        guard matchers.isEmpty else {
            throw members.failure("matchers", "the root takes every alert and has none")
        }
        guard muteTimings.isEmpty, activeTimings.isEmpty else {
            throw members.failure("mute_time_intervals", "the root cannot be muted")
        }
        guard !continues else { throw members.failure("continue", "the root has nothing behind it") }
    }

    /// Reads what a rule says for itself in place of the tree.
    init(direct object: JSONObject, place: String) throws(DashboardsError) {
        var budget = 2
        try self.init(object, place, depth: 0, &budget)
        guard !receiver.isEmpty else {
            throw StrictMembers(object, place).failure("receiver", "it is missing")
        }
    }

    private init(
        _ object: JSONObject, _ place: String, depth: Int, _ budget: inout Int
    ) throws(DashboardsError) {
        let members = StrictMembers(object, place)
        budget -= 1
        guard budget > 0, depth < 50 else {
            throw members.failure(
                "routes", "more than \(NotificationPolicy.policiesMax) policies or 50 levels")
        }
        receiver = try members.text("receiver") ?? ""
        if object.some("group_by") != nil {
            groupBy = try members.texts("group_by", most: 200)
            guard Set(groupBy ?? []).count == groupBy?.count else {
                throw members.failure("group_by", "a label is there twice")
            }
        }
        continues = try members.flag("continue")
        groupWait = try members.duration("group_wait")
        groupInterval = try members.duration("group_interval")
        repeatInterval = try members.duration("repeat_interval")
        if groupInterval == 0 { throw members.failure("group_interval", "it cannot be 0") }
        if repeatInterval == 0 { throw members.failure("repeat_interval", "it cannot be 0") }
        muteTimings = try members.texts("mute_time_intervals")
        activeTimings = try members.texts("active_time_intervals")
        matchers = try NotificationPolicy.matchers(members)
        for (index, item) in try members.list("routes", most: NotificationPolicy.policiesMax).enumerated() {
            let path = "\(place).routes[\(index)]"
            children.append(
                try NotificationPolicy(try StrictMembers(item, path).object, path, depth: depth + 1, &budget))
        }
    }

    private static func matchers(_ members: StrictMembers) throws(DashboardsError) -> [AlertMatcher] {
        var result: [AlertMatcher] = []
        for text in try members.texts("matchers", most: 100) {
            // One text may hold several, in braces and with commas.
            let inner =
                text.hasPrefix("{") && text.hasSuffix("}") ? String(text.dropFirst().dropLast()) : text
            for part in parts(inner) {
                result.append(try AlertMatcher(part, place: members.place + ".matchers"))
            }
        }
        for item in try members.list("object_matchers", most: 100) {
            let parts = (item.array ?? []).compactMap(\.string)
            guard parts.count == 3, let operation = LabelMatcher.Kind(rawValue: parts[1]) else {
                throw members.failure(
                    "object_matchers", "want [label, operator, value], got \(StrictMembers.shown(item))")
            }
            result.append(try AlertMatcher(parts[0], operation, parts[2], members.place + ".object_matchers"))
        }
        for (key, operation) in [("match", LabelMatcher.Kind.equal), ("match_re", .matches)] {
            for (name, value) in try members.textsByName(key).sorted(by: { $0.key < $1.key }) {
                result.append(try AlertMatcher(name, operation, value, "\(members.place).\(key)"))
            }
        }
        return result
    }

    /// Splits at commas outside of quotes.
    private static func parts(_ text: String) -> [String] {
        var result: [String] = []
        var part = ""
        var isQuoted = false
        for character in text {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                result.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        return (result + [part]).filter { $0.contains { $0 != " " } }
    }

    /// Receivers that are named anywhere in the tree.
    public var receivers: Set<String> {
        children.reduce(into: receiver.isEmpty ? [] : [receiver]) { $0.formUnion($1.receivers) }
    }

    /// Timings that are named anywhere in the tree.
    public var timings: Set<String> {
        children.reduce(into: Set(muteTimings + activeTimings)) { $0.formUnion($1.timings) }
    }

    /// The policies that take an alert, each with all that it inherits. Never empty for a root.
    public func routes(of labels: [String: String]) -> [NotificationPolicy] {
        guard matchers.allSatisfy({ $0.matches(labels) }) else { return [] }
        var result: [NotificationPolicy] = []
        for child in children {
            let found = child.inheriting(from: self).routes(of: labels)
            result += found
            if !found.isEmpty, !child.continues { break }
        }
        return result.isEmpty ? [self] : result
    }

    private func inheriting(from parent: NotificationPolicy) -> NotificationPolicy {
        var result = self
        if result.receiver.isEmpty { result.receiver = parent.receiver }
        result.groupBy = result.groupBy ?? parent.groupBy
        result.groupWait = result.groupWait ?? parent.groupWait
        result.groupInterval = result.groupInterval ?? parent.groupInterval
        result.repeatInterval = result.repeatInterval ?? parent.repeatInterval
        return result
    }
}
