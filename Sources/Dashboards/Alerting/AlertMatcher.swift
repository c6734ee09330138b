public import JSON
import MetricModel

/// A condition on a label: of a policy, or of a silence.
public struct AlertMatcher: Sendable, Equatable {
    private let condition: LabelMatcher

    /// - Throws: `invalidInput` for a regular expression that is none, and for what is too long.
    init(
        _ name: String, _ operation: LabelMatcher.Kind, _ value: String, _ place: String
    ) throws(DashboardsError) {
        guard !name.isEmpty, name.utf8.count <= 1000, value.utf8.count <= 4000 else {
            throw DashboardsError(.invalidInput, "\(place): a matcher needs a label of at most 1000 bytes")
        }
        do { condition = try LabelMatcher(name, operation, value) } catch {
            throw DashboardsError(
                .invalidInput, "\(place): \"\(value.prefix(60))\" is no regular expression: \(error.message)")
        }
    }

    /// Whether the labels meet it; a label that is missing counts as empty.
    public func matches(_ labels: [String: String]) -> Bool {
        condition.matches(labels[condition.name] ?? "")
    }

    /// `name="value"`, as files and APIs write it.
    ///
    /// - Throws: `invalidInput` that names the place.
    public init(_ text: String, place: String) throws(DashboardsError) {
        let operators: [LabelMatcher.Kind] = [.notEqual, .matches, .notMatches, .equal]
        guard
            let (range, operation) = operators.compactMap({ operation in
                text.firstRange(of: operation.rawValue).map { ($0, operation) }
            }).min(by: { $0.0.lowerBound < $1.0.lowerBound })
        else {
            throw DashboardsError(
                .invalidInput, "\(place): want a matcher such as a=\"b\", got \"\(text.prefix(60))\"")
        }
        func trimmed(_ part: Substring) -> String {
            var part = part.drop { $0 == " " }
            while part.last == " " { part.removeLast() }
            if part.count >= 2, part.first == "\"", part.last == "\"" {
                return String(part.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing(
                    "\\\\", with: "\\")
            }
            return String(part)
        }
        try self.init(
            trimmed(text[..<range.lowerBound]), operation, trimmed(text[range.upperBound...]), place)
    }

    /// In the form of an Alertmanager: `{name, value, isRegex, isEqual}`.
    public var json: JSONValue {
        [
            "name": .string(condition.name), "value": .string(condition.value),
            "isRegex": .bool(condition.pattern != nil),
            "isEqual": .bool(condition.kind == .equal || condition.kind == .matches),
        ]
    }
}
