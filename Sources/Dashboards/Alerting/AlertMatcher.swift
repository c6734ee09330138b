public import JSON
import MetricModel

/// A condition on a label: of a policy, or of a silence.
public struct AlertMatcher: Sendable, Equatable {
    public enum Operation: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    public let name: String
    public let operation: Operation
    public let value: String
    /// RE2's, whose time is bounded; nil for a comparison of texts.
    private let pattern: Pattern?

    public static func == (a: AlertMatcher, b: AlertMatcher) -> Bool {
        a.name == b.name && a.operation == b.operation && a.value == b.value
    }

    /// - Throws: `invalidInput` for a regular expression that is none.
    init(_ name: String, _ operation: Operation, _ value: String, _ place: String) throws(DashboardsError) {
        self.name = name
        self.operation = operation
        self.value = value
        guard !name.isEmpty, name.utf8.count <= 1000, value.utf8.count <= 4000 else {
            throw DashboardsError(.invalidInput, "\(place): a matcher needs a label of at most 1000 bytes")
        }
        guard operation == .matches || operation == .matchesNot else {
            pattern = nil
            return
        }
        do { pattern = try Pattern(value) } catch {
            throw DashboardsError(
                .invalidInput, "\(place): \"\(value.prefix(60))\" is no regular expression: \(error.message)")
        }
    }

    /// Whether the labels meet it; a label that is missing counts as empty.
    public func matches(_ labels: [String: String]) -> Bool {
        let text = labels[name] ?? ""
        switch operation {
        case .equal: return text == value
        case .notEqual: return text != value
        case .matches: return pattern?.matches(text) ?? false
        case .matchesNot: return !(pattern?.matches(text) ?? true)
        }
    }

    /// `name="value"`, as files and APIs write it.
    ///
    /// - Throws: `invalidInput` that names the place.
    public init(_ text: String, place: String) throws(DashboardsError) {
        let operators: [Operation] = [.notEqual, .matches, .matchesNot, .equal]
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
            "name": .string(name), "value": .string(value),
            "isRegex": .bool(operation == .matches || operation == .matchesNot),
            "isEqual": .bool(operation == .equal || operation == .matches),
        ]
    }
}
