import Logging
import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import QueryScripts
import Rules
import ServerConfig

/// Runs one test of a ``RuleTestFile``: input series and rules side by side over time, then expressions.
struct RuleTest {
    private let test: RuleTestFile.Test
    private let file: RuleTestFile
    private let ruleFiles: [String]
    private let features: ToolFeatures
    private let ignoresUnknownFields: Bool

    init(
        _ test: RuleTestFile.Test, of file: RuleTestFile, ruleFiles: [String], features: ToolFeatures,
        ignoresUnknownFields: Bool
    ) {
        self.test = test
        self.file = file
        self.ruleFiles = ruleFiles
        self.features = features
        self.ignoresUnknownFields = ignoresUnknownFields
    }

    /// What is not as expected; empty when all is well.
    func failures() -> [String] {
        do { return try run() } catch { return ["\(error)"] }
    }

    private func run() throws -> [String] {
        let start = try startTime()
        let storage = MemoryStorage()
        var input = InputSeries(from: start, interval: test.interval)
        for (series, values) in test.inputSeries { try input.add(series, values: values) }
        var engineOptions = features.engine
        engineOptions.subqueryStep = file.evaluationInterval
        let engine = QueryEngine(options: engineOptions)
        let workers = WorkerThreads(name: "rules", count: 1)
        defer { workers.shutDown() }
        let rules = try RuleService(
            storage: storage, store: storage, engine: engine, workers: workers,
            logger: Logger(label: "rules") { _ in SwiftLogNoOpLogHandler() })
        try rules.apply(try groups(), options: options())
        if let nameless = test.alertTests.first(where: \.alertName.isEmpty) {
            let place = test.name.isEmpty ? "" : " (in TestGroup \(test.name))"
            return [
                "an item under alert_rule_test misses required attribute alertname at eval_time \(DurationText.format(milliseconds: nameless.time))\(place)"
            ]
        }
        var failures: [String] = []
        let length = (test.alertTests.map(\.time) + test.expressionTests.map(\.time)).max() ?? 0
        var time = start
        while time <= start + length {
            input.load(through: time, into: storage)
            rules.evaluateOnce(at: time)
            let groups = rules.groups()
            let errors = groups.flatMap(\.rules).filter { $0.health == .bad }.map {
                "    rule: \($0.settings.name), time: \(GoText.duration(milliseconds: time)), err: \($0.lastError)"
            }
            failures += errors
            if !errors.isEmpty { return failures }
            let passed = time - start
            // A test between two evaluations looks at the earlier one.
            let due = test.alertTests.filter {
                $0.time >= passed && $0.time < passed + file.evaluationInterval
            }
            for one in due.sorted(by: { $0.time < $1.time }) {
                if let failure = check(one, groups) { failures.append(failure) }
            }
            time += file.evaluationInterval
        }
        input.load(through: start + length, into: storage)
        for one in test.expressionTests {
            if let failure = check(one, at: start + one.time, engine, storage) { failures.append(failure) }
        }
        return failures
    }

    private func startTime() throws(ProgramError) -> Timestamp {
        guard !test.startTime.isEmpty else { return 0 }
        guard let time = TimeFlag(argument: test.startTime) else {
            throw ProgramError(
                .settings, "cannot parse \(LabelText.quoted(test.startTime)) to a valid timestamp")
        }
        return time.milliseconds
    }

    private func groups() throws(ConfigurationError) -> [RuleGroupSettings] {
        var groups: [RuleGroupSettings] = []
        for ruleFile in ruleFiles {
            groups += try RuleFile.load(
                ruleFile, options: features.parser, ignoresUnknownFields: ignoresUnknownFields)
        }
        // Groups that the order does not name come first, as in promtool.
        func place(_ group: RuleGroupSettings) -> Int { file.groupOrder.firstIndex(of: group.name) ?? 0 }
        return groups.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
            .map(\.element)
    }

    private func options() -> RuleOptions {
        var options = RuleOptions()
        options.externalURL = test.externalURL
        options.externalLabels = Labels(test.externalLabels.map { ($0.key, $0.value) })
        options.evaluationInterval = test.interval
        options.parserOptions = features.parser
        options.startsRestored = true
        return options
    }

    // MARK: - Alerts

    private struct ShownAlert: Equatable, CustomStringConvertible {
        var labels: Labels
        var annotations: Labels

        var description: String {
            "Labels:\(GoText.labels(labels))\nAnnotations:\(GoText.labels(annotations))"
        }
    }

    /// Only firing alerts count.
    private func check(_ wanted: RuleTestFile.AlertTest, _ groups: [RuleGroupSnapshot]) -> String? {
        var got: [ShownAlert] = []
        for rule in groups.flatMap(\.rules) where rule.settings.name == wanted.alertName {
            guard case .alerting = rule.settings.kind else { continue }
            got += rule.alerts.filter { $0.state == .firing }.map {
                ShownAlert(labels: $0.labels, annotations: $0.annotations)
            }
        }
        var expected = wanted.alerts.map { alert in
            ShownAlert(
                labels: Labels(alert.labels.map { ($0.key, $0.value) }).setting(
                    "alertname", wanted.alertName),
                annotations: Labels(alert.annotations.map { ($0.key, $0.value) }))
        }
        func isBefore(_ a: ShownAlert, _ b: ShownAlert) -> Bool {
            a.labels == b.labels ? a.annotations < b.annotations : a.labels < b.labels
        }
        got.sort(by: isBefore)
        expected.sort(by: isBefore)
        if got == expected { return nil }
        let name = test.name.isEmpty ? "" : "    name: \(test.name),\n"
        return name
            + "    alertname: \(wanted.alertName), time: \(DurationText.format(milliseconds: wanted.time)), \n        exp:\(text(expected)), \n        got:\(text(got))"
    }

    private func text(_ alerts: [ShownAlert]) -> String {
        if alerts.isEmpty { return "[]" }
        func indented(_ text: String, _ indent: String) -> String {
            text.replacing("\n", with: "\n" + indent)
        }
        let items = alerts.enumerated().map { "\($0):" + indented("\n\($1)", "  ") }
        return indented("[\n" + items.joined(separator: ",\n") + "\n]", "            ")
    }

    // MARK: - Expressions

    private struct ShownSample: CustomStringConvertible {
        var labels: Labels
        var value: Double
        /// Empty for a float.
        var histogram: String

        var description: String {
            GoText.labels(labels) + " " + (histogram.isEmpty ? GoText.exponent(value) : histogram)
        }
    }

    private func check(
        _ wanted: RuleTestFile.ExpressionTest, at time: Timestamp, _ engine: QueryEngine,
        _ storage: MemoryStorage
    ) -> String? {
        let place =
            "    expr: \(LabelText.quoted(wanted.expression)), time: \(DurationText.format(milliseconds: wanted.time)),"
        var got: [ShownSample] = []
        do {
            let expression = try Expression.parse(wanted.expression, options: features.parser)
            switch try engine.evaluate(
                Query(expression, at: .instant(time), text: wanted.expression), over: storage
            ).value {
            case .scalar(let sample): got = [ShownSample(labels: .empty, value: sample.value, histogram: "")]
            case .vector(let elements):
                got = elements.map {
                    ShownSample(
                        labels: $0.labels, value: $0.sample.value,
                        histogram: $0.histogram.map(SeriesText.text(of:)) ?? "")
                }
            case .string, .matrix: return place + " err: rule result is not a vector or scalar"
            }
        } catch {
            return place + " err: \(error)"
        }
        var expected: [ShownSample] = []
        for (labels, value, histogram) in wanted.samples {
            do {
                let text = histogram.isEmpty ? "" : SeriesText.text(of: try SeriesText.histogram(histogram))
                expected.append(
                    ShownSample(labels: try SeriesText.labels(labels), value: value, histogram: text))
            } catch {
                return place + " err: labels \(LabelText.quoted(labels)): \(error)"
            }
        }
        got.sort { $0.labels < $1.labels }
        expected.sort { $0.labels < $1.labels }
        if got.count == expected.count, zip(got, expected).allSatisfy({ isEqual($0, $1) }) { return nil }
        func text(_ samples: [ShownSample]) -> String {
            samples.isEmpty ? "nil" : samples.map { "\($0)" }.joined(separator: ", ")
        }
        return place + "\n        exp: \(text(expected))\n        got: \(text(got))"
    }

    private func isEqual(_ a: ShownSample, _ b: ShownSample) -> Bool {
        guard a.labels == b.labels, a.histogram == b.histogram else { return false }
        if !a.histogram.isEmpty || a.value == b.value { return true }
        // NaN equals nothing, as in promtool.
        return file.comparesFuzzily && (a.value.nextUp == b.value || a.value.nextDown == b.value)
    }
}
