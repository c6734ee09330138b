import ArgumentParser
import MetricModel
import ServerConfig

/// `martlet tool test rules FILE…`; exit code 1 when a test failed.
struct TestRules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rules", abstract: "Unit tests for rules.")

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags

    @Option(
        parsing: .singleValue,
        help:
            "If set, will only run test groups whose names match the regular expression. Can be specified multiple times."
    )
    var run: [String] = []

    @Option(help: "File path to store JUnit XML test results.")
    var junit: String?

    @Flag(name: .customLong("debug"), help: "Tell when each test starts and ends.")
    var isDebugging = false

    @Flag(
        name: .customLong("diff"),
        help: "Accepted for promtool's sake: expected and received output are always shown.")
    var showsDifference = false

    @Flag(name: .customLong("ignore-unknown-fields"), help: "Ignore unknown fields in the rule files.")
    var ignoresUnknownFields = false

    @Argument(help: "The unit test file.")
    var files: [String]

    func run() async throws {
        let pattern: Pattern?
        do { pattern = try run.isEmpty ? nil : Pattern(run.joined(separator: "|")) } catch {
            throw ValidationError("--run: \(error)")
        }
        let features = ToolFeatures(tool.flags, flags)
        var report = JUnitReport()
        var hasFailed = false
        for path in files {
            var suite = JUnitReport.Suite(name: path)
            let failures = test(path, pattern, features, &suite)
            report.suites.append(suite)
            if failures.isEmpty {
                StandardOutput.write("  SUCCESS\n\n")
            } else {
                hasFailed = true
                StandardError.write("  FAILED:\n" + failures.map { $0 + "\n\n" }.joined())
            }
        }
        if let junit { try ProgramFile.write(report.xml, to: junit) }
        if hasFailed { throw ExitCode(1) }
    }

    private func test(
        _ path: String, _ pattern: Pattern?, _ features: ToolFeatures, _ suite: inout JUnitReport.Suite
    ) -> [String] {
        do {
            let file = try RuleTestFile.load(path)
            var ruleFiles: [String] = []
            for name in file.ruleFiles {
                let found = FilePattern.matching(name)
                if found.isEmpty { StandardError.write("  WARNING: no file match pattern \(name)\n") }
                ruleFiles += found
            }
            var failures: [String] = []
            for (number, test) in file.tests.enumerated() {
                if let pattern, pattern.match(test.name, anchored: false) == nil { continue }
                let name = test.name.isEmpty ? "unnamed#\(number)" : test.name
                if isDebugging { StandardError.write("DEBUG: Starting test \(name)\n") }
                let new = RuleTest(
                    test, of: file, ruleFiles: ruleFiles, features: features,
                    ignoresUnknownFields: ignoresUnknownFields
                ).failures()
                if isDebugging { StandardError.write("DEBUG: Test \(name) finished\n") }
                suite.cases.append(JUnitReport.Case(name: name, failures: new))
                failures += new
            }
            return failures
        } catch {
            suite.cases.append(JUnitReport.Case(name: "read", failures: ["\(error)"]))
            return ["\(error)"]
        }
    }
}
