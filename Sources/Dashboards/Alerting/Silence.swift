public import JSON
import MetricModel

/// Alerts of certain labels are not told about for a while.
public struct Silence: Sendable, Equatable {
    public enum State: String, Sendable {
        case pending, active, expired
    }

    public var id: String
    public var matchers: [AlertMatcher]
    /// Milliseconds since 1970.
    public var startsAt: Int64
    public var endsAt: Int64
    public var createdBy: String
    public var comment: String
    public var updatedAt: Int64

    /// Reads one in the form of an Alertmanager.
    ///
    /// - Throws: `invalidInput`.
    public init(_ object: JSONObject) throws(DashboardsError) {
        let members = StrictMembers(object, "silence")
        id = try members.text("id") ?? ""
        guard id.isEmpty || UID.isValid(id) else { throw members.failure("id", "it is not valid") }
        func time(_ key: String) throws(DashboardsError) -> Int64 {
            let text = try members.need(key)
            guard let time = CivilTime(iso: text) else {
                throw members.failure(
                    key, "want a time such as 2026-01-31T10:20:30Z, got \"\(text.prefix(40))\"")
            }
            return time.milliseconds
        }
        startsAt = try time("startsAt")
        endsAt = try time("endsAt")
        guard endsAt > startsAt else { throw members.failure("endsAt", "it is not after startsAt") }
        createdBy = try members.text("createdBy") ?? ""
        comment = try members.text("comment") ?? ""
        updatedAt = object["updatedAt"]?.string.flatMap { CivilTime(iso: $0) }?.milliseconds ?? 0
        matchers = []
        for item in try members.list("matchers", most: 100) {
            let matcher = try StrictMembers(item, "silence: matchers")
            let isRegex = try matcher.flag("isRegex")
            let isEqual = matcher.object.flag("isEqual") ?? true
            matchers.append(
                try AlertMatcher(
                    try matcher.need("name"),
                    isRegex ? isEqual ? .matches : .notMatches : isEqual ? .equal : .notEqual,
                    matcher.object.text("value") ?? "", "silence: matchers"))
        }
        guard !matchers.isEmpty else { throw members.failure("matchers", "want at least one") }
        guard comment.utf8.count <= 10_000, createdBy.utf8.count <= 1000 else {
            throw members.failure("comment", "at most 10000 bytes are taken")
        }
    }

    /// - Parameter time: milliseconds since 1970.
    public func state(at time: Int64) -> State {
        time >= endsAt ? .expired : time < startsAt ? .pending : .active
    }

    /// Whether it keeps an alert of these labels quiet now.
    public func covers(_ labels: [String: String], at time: Int64) -> Bool {
        state(at: time) == .active && matchers.allSatisfy { $0.matches(labels) }
    }

    /// In the form of an Alertmanager.
    public func json(at time: Int64) -> JSONObject {
        [
            "id": .string(id), "status": ["state": .string(state(at: time).rawValue)],
            "updatedAt": .string(CivilTime(milliseconds: updatedAt).iso), "comment": .string(comment),
            "createdBy": .string(createdBy), "startsAt": .string(CivilTime(milliseconds: startsAt).iso),
            "endsAt": .string(CivilTime(milliseconds: endsAt).iso),
            "matchers": .array(matchers.map(\.json)),
        ]
    }
}
