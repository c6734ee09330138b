public import MetricModel

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

        public init(
            now: Timestamp, externalURL: String = "",
            query: @escaping @Sendable (String) throws -> [(labels: Labels, value: Double)] = { _ in [] }
        ) {
            self.now = now
            self.externalURL = externalURL
            self.query = query
        }
    }

    /// What an alert's templates see as `$labels`, `$value`, `$externalLabels`, `$externalURL`.
    public struct AlertData: Sendable {
        public var labels: Labels
        public var value: Double
        public var externalLabels: Labels

        public init(labels: Labels, value: Double, externalLabels: Labels = .empty) {
            self.labels = labels
            self.value = value
            self.externalLabels = externalLabels
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
        let dot = TemplateValue.map(
            [
                "Labels": labels, "ExternalLabels": external,
                "ExternalURL": .string(surroundings.externalURL),
                "Value": .float(data.value),
            ], isLabels: false)
        var run = TemplateRun(definitions: definitions, surroundings: surroundings)
        run.variables = [
            ("", dot), ("labels", labels), ("externalLabels", external),
            ("externalURL", .string(surroundings.externalURL)), ("value", .float(data.value)),
        ]
        _ = try run.run(nodes, dot)
        return run.output
    }
}
