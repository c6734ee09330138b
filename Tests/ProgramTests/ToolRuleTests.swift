import TestKit
import Testing

/// `tool test rules` on promtool's own test files, and `tool check rules`.
@Suite(.enabled(if: SharedFolders.conformance != nil)) struct ToolRuleTests {
    private static let folder = (SharedFolders.conformance ?? "") + "/promtool/"

    @Test(
        arguments: [
            ("unittest.yml", 0), ("at-modifier-test.yml", 0), ("negative-offset-test.yml", 0),
            ("start-time-test.yml", 0),
            ("no-test-group-interval.yml", 0), ("long-period.yml", 0), ("failing.yml", 1),
            ("bad-input-series.yml", 1),
            ("bad-promql.yml", 1), ("bad-rules-error-test.yml", 1), ("bad-rules-syntax-test.yml", 1),
            ("rules_run_fuzzy.yml", 1),
            ("rules_run_no_fuzzy.yml", 1),
        ] as [(String, Int32)])
    func endsAsPromtool(file: String, code: Int32) async throws {
        let (ending, output) = try await BuiltProgram.run(["tool", "test", "rules", Self.folder + file])
        #expect(ending == .exit(code), "\(output)")
    }

    @Test func runsOnlyWhatIsAskedFor() async throws {
        let good = try await BuiltProgram.run([
            "tool", "test", "rules", "--run", "correct", Self.folder + "rules_run.yml",
        ])
        #expect(good.ending == .exit(0), "\(good.output)")
        let fuzzy = try await BuiltProgram.run([
            "tool", "test", "rules", "--run", "^correct", Self.folder + "rules_run_fuzzy.yml",
        ])
        #expect(fuzzy.ending == .exit(0), "\(fuzzy.output)")
    }

    @Test func ignoresUnknownFieldsOnRequest() async throws {
        let arguments = ["tool", "test", "rules", Self.folder + "rules_run_extrafields.yml"]
        let strict = try await BuiltProgram.run(arguments)
        #expect(strict.ending == .exit(1))
        #expect(strict.output.contains("unknown field"), "\(strict.output)")
        let relaxed = try await BuiltProgram.run(arguments + ["--ignore-unknown-fields"])
        #expect(relaxed.ending == .exit(0), "\(relaxed.output)")
    }

    @Test func writesJUnit() async throws {
        let folder = TemporaryFolder()
        let program = try BuiltProgram.start(
            ["tool", "test", "rules", "--junit", folder.path + "/j.xml", Self.folder + "rules_run.yml"],
            in: folder)
        #expect(try await program.end() == .exit(1))
        let xml = String(decoding: SharedFolders.read(folder.path + "/j.xml") ?? [], as: UTF8.self)
        #expect(xml.contains("failures=\"1\""), "\(xml)")
        #expect(xml.contains("<failure"))
    }

    @Test(
        arguments: [
            (["rules.yml"], 0, "rules found"), (["bad-rules-syntax.yml"], 1, "FAILED"),
            (["prometheus-rules.lint.yml"], 0, "duplicate rule(s) found"),
            (["--lint-fatal", "prometheus-rules.lint.yml"], 3, "duplicate rule(s) found"),
            (["--lint=none", "prometheus-rules.lint.yml"], 0, "rules found"),
        ] as [([String], Int32, String)])
    func checksRules(arguments: [String], code: Int32, wanted: String) async throws {
        let last = Self.folder + (arguments.last ?? "")
        let (ending, output) = try await BuiltProgram.run(
            ["tool", "check", "rules"] + arguments.dropLast() + [last])
        #expect(ending == .exit(code), "\(output)")
        #expect(output.contains(wanted), "\(output)")
    }

    @Test(
        arguments: [
            (["prometheus-config.good.yml"], 0), (["prometheus-config.bad.yml"], 1),
            (["--lint=all", "--lint-fatal", "prometheus-config.lint.too_long_scrape_interval.yml"], 3),
            (["config_with_rule_files.yml"], 1), (["--syntax-only", "config_with_rule_files.yml"], 0),
            (["authorization_credentials_file.bad.yml"], 1),
            (["--syntax-only", "authorization_credentials_file.bad.yml"], 0),
        ] as [([String], Int32)])
    func checksConfigurations(arguments: [String], code: Int32) async throws {
        let last = Self.folder + (arguments.last ?? "")
        let (ending, output) = try await BuiltProgram.run(
            ["tool", "check", "config"] + arguments.dropLast() + [last])
        #expect(ending == .exit(code), "\(output)")
    }
}
