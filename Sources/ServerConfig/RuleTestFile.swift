/// A file of unit tests for rules, as `promtool test rules` reads it. Format: Prometheus'
/// `docs/configuration/unit_testing_rules.md`. Durations in milliseconds.
public struct RuleTestFile: Sendable {
    /// `tests[]`.
    public struct Test: Sendable {
        public var name = ""
        /// Between the samples of the input series, and of rule groups that have none of their own.
        public var interval: Int64 = 0
        /// Seconds since 1970 or RFC 3339; empty for 1970.
        public var startTime = ""
        public var inputSeries: [(series: String, values: String)] = []
        public var externalLabels: [String: String] = [:]
        public var externalURL = ""
        public var alertTests: [AlertTest] = []
        public var expressionTests: [ExpressionTest] = []
    }

    /// `alert_rule_test[]`.
    public struct AlertTest: Sendable {
        public var time: Int64 = 0
        public var alertName = ""
        public var alerts: [(labels: [String: String], annotations: [String: String])] = []
    }

    /// `promql_expr_test[]`.
    public struct ExpressionTest: Sendable {
        public var expression = ""
        public var time: Int64 = 0
        public var samples: [(labels: String, value: Double, histogram: String)] = []
    }

    /// Paths and patterns, relative ones joined to the folder of the file.
    public var ruleFiles: [String] = []
    public var evaluationInterval: Int64 = 60_000
    public var groupOrder: [String] = []
    /// Values that are neighbours among the doubles count as equal.
    public var comparesFuzzily = false
    public var tests: [Test] = []

    /// Blocks on the disk.
    public static func load(_ path: String) throws(ConfigurationError) -> RuleTestFile {
        try parse(try Files.read(path), file: path)
    }

    /// The same from text.
    public static func parse(_ text: String, file: String = "") throws(ConfigurationError) -> RuleTestFile {
        var result = RuleTestFile()
        guard let root = try YAMLValue.read(text, file: file) else { return result }
        let section = try Section(root, path: "", file: file)
        result.ruleFiles = (try section.strings("rule_files") ?? []).map {
            $0.isEmpty ? $0 : $0.joined(to: Files.folder(of: file))
        }
        result.evaluationInterval =
            try section.duration("evaluation_interval").flatMap { $0 > 0 ? $0 : nil } ?? 60_000
        result.groupOrder = try section.strings("group_eval_order") ?? []
        if let twice = result.groupOrder.enumerated().first(where: {
            result.groupOrder.firstIndex(of: $1) != $0
        })?.element {
            throw section.error(
                .conflict, "group name repeated in evaluation order: \(twice)", at: "group_eval_order")
        }
        result.comparesFuzzily = try section.bool("fuzzy_compare") ?? false
        for test in try section.sections("tests", nullMessage: "an empty entry is no test") {
            result.tests.append(try test.ruleTest(result.evaluationInterval))
        }
        try section.finish()
        return result
    }
}

extension Section {
    fileprivate func ruleTest(_ evaluationInterval: Int64) throws(ConfigurationError) -> RuleTestFile.Test {
        var test = RuleTestFile.Test()
        test.name = try string("name") ?? ""
        test.interval = try duration("interval").flatMap { $0 > 0 ? $0 : nil } ?? evaluationInterval
        test.startTime = try string("start_timestamp") ?? ""
        test.externalLabels = try stringMap("external_labels") ?? [:]
        test.externalURL = try string("external_url") ?? ""
        for series in try sections("input_series", nullMessage: "an empty entry is no series") {
            test.inputSeries.append((try series.string("series") ?? "", try series.string("values") ?? ""))
            try series.finish()
        }
        for alert in try sections("alert_rule_test", nullMessage: "an empty entry is no test") {
            test.alertTests.append(try alert.alertTest())
        }
        for expression in try sections("promql_expr_test", nullMessage: "an empty entry is no test") {
            test.expressionTests.append(try expression.expressionTest())
        }
        try finish()
        return test
    }

    private func alertTest() throws(ConfigurationError) -> RuleTestFile.AlertTest {
        var test = RuleTestFile.AlertTest()
        test.time = try duration("eval_time") ?? 0
        test.alertName = try string("alertname") ?? ""
        for alert in try sections("exp_alerts", nullMessage: "an empty entry is no alert") {
            test.alerts.append(
                (try alert.stringMap("exp_labels") ?? [:], try alert.stringMap("exp_annotations") ?? [:]))
            try alert.finish()
        }
        try finish()
        return test
    }

    private func expressionTest() throws(ConfigurationError) -> RuleTestFile.ExpressionTest {
        var test = RuleTestFile.ExpressionTest()
        test.expression = try string("expr") ?? ""
        test.time = try duration("eval_time") ?? 0
        for sample in try sections("exp_samples", nullMessage: "an empty entry is no sample") {
            test.samples.append(
                (
                    try sample.string("labels") ?? "", try sample.double("value") ?? 0,
                    try sample.string("histogram") ?? ""
                ))
            try sample.finish()
        }
        try finish()
        return test
    }
}
