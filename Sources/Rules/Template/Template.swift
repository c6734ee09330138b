public import MetricModel
import Platform

/// A template of an alert's label or annotation.
public struct Template: Sendable {
    /// What a template can ask for beside its data.
    public struct Surroundings: Sendable {
        /// Evaluates a query; elements of its vector.
        public var query: @Sendable (String) throws -> [(labels: Labels, value: Double)]
        /// Milliseconds since 1970.
        public var now: Timestamp
        /// Where users reach this server, without a slash at the end.
        public var externalURL: String
        /// When it must have ended, on the clock of `MonotonicTime`; templates that need longer fail.
        public var deadline = UInt64.max
        /// The seconds that clocks of a time zone are ahead of UTC at a time in seconds since 1970, and what
        /// the zone is called then; nil for a zone that is not known.
        public var zone: @Sendable (String, Int64) -> (offset: Int64, name: String)? = { _, _ in nil }
        var bounds = Bounds()
        /// Whether functions of notifications are there, too.
        var isNotification = false

        public init(
            now: Timestamp, externalURL: String = "",
            query: @escaping @Sendable (String) throws -> [(labels: Labels, value: Double)] = { _ in [] }
        ) {
            self.now = now
            self.externalURL = externalURL
            self.query = query
        }

        /// - Throws: `template` when the time is up.
        func checkTime() throws(RulesError) {
            guard deadline == .max || MonotonicTime.nanoseconds() < deadline else {
                throw RulesError(.template, "the template takes too long")
            }
        }
    }

    /// How much a template may do.
    struct Bounds: Sendable {
        var steps = 1_000_000
        /// Bytes of the text; no text that a function gives is longer.
        var output = 1 << 20
        /// Bytes that functions may be given and give in all.
        var work = 64 << 20
    }

    /// What an alert's templates see as `$labels`, `$value`, `$externalLabels`, `$externalURL`.
    public struct AlertData: Sendable {
        public var labels: Labels
        public var value: Double
        public var externalLabels: Labels
        /// More numbers by name, as `$values`; nil for templates that have none.
        public var values: [String: NamedValue]?
        /// What `$value` prints in place of the number; nil for the number.
        public var valueText: String?

        public init(labels: Labels, value: Double, externalLabels: Labels = .empty) {
            self.labels = labels
            self.value = value
            self.externalLabels = externalLabels
        }
    }

    /// A number of `$values` with the labels of its own.
    public struct NamedValue: Sendable {
        public var labels: Labels
        public var value: Double

        public init(labels: Labels, value: Double) {
            self.labels = labels
            self.value = value
        }
    }

    private let nodes: [TemplateNode]
    private let definitions: [String: [TemplateNode]]
    /// The text when nothing in it is an action.
    private let plain: String?

    /// - Throws: `template`.
    public init(_ text: String) throws(RulesError) {
        guard text.contains("{{") else {
            nodes = []
            definitions = [:]
            plain = text
            return
        }
        plain = nil
        (nodes, definitions) = try TemplateParser.parse(text)
    }

    /// The text with its actions carried out.
    ///
    /// - Throws: `template`.
    public func expand(_ data: AlertData, _ surroundings: Surroundings) throws(RulesError) -> String {
        if let plain { return plain }
        let labels = TemplateValue.labels(data.labels.pairs)
        let external = TemplateValue.labels(data.externalLabels.pairs)
        let value = data.valueText.map(TemplateValue.string) ?? .float(data.value)
        var members: [String: TemplateValue] = [
            "Labels": labels, "ExternalLabels": external,
            "ExternalURL": .string(surroundings.externalURL), "Value": value,
        ]
        let values = data.values.map { values in
            TemplateValue.map(values.mapValues(TemplateValue.named), isLabels: false)
        }
        members["Values"] = values
        let dot = TemplateValue.map(members, isLabels: false)
        var run = TemplateRun(definitions: definitions, surroundings: surroundings)
        run.variables = [
            ("", dot), ("labels", labels), ("externalLabels", external),
            ("externalURL", .string(surroundings.externalURL)), ("value", value),
        ]
        if let values { run.variables.append(("values", values)) }
        _ = try run.run(nodes, dot)
        return run.output
    }
}
