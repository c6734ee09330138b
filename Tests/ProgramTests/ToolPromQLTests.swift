import TestKit
import Testing

@Suite struct ToolPromQLTests {
    @Test func formats() async throws {
        let good = try await BuiltProgram.run(["tool", "--experimental", "promql", "format", "sum(a)by(b)"])
        #expect(good.ending == .exit(0))
        #expect(good.output == "sum by (b) (a)\n")
        let bad = try await BuiltProgram.run(["tool", "promql", "format", "sum(a\n+"])
        #expect(bad.ending == .exit(1))
        #expect(bad.output.hasPrefix("2:2: parse error: "), "\(bad.output)")
    }

    @Test(arguments: [
        ["tool", "--enable-feature=promql-experimental-functions", "promql", "format", "limitk(1, a)"],
        ["tool", "promql", "format", "--enable-feature", "promql-experimental-functions", "limitk(1, a)"],
    ])
    func takesFeaturesBeforeAndAfterTheCommand(arguments: [String]) async throws {
        let (ending, output) = try await BuiltProgram.run(arguments)
        #expect(ending == .exit(0))
        #expect(output == "limitk(1, a)\n")
    }

    @Test func refusesExperimentalFunctionsWithoutTheFeature() async throws {
        let (ending, output) = try await BuiltProgram.run(["tool", "promql", "format", "limitk(1, a)"])
        #expect(ending == .exit(1))
        #expect(output.contains("promql-experimental-functions"))
    }

    @Test(arguments: [
        (["set", "a{b=\"c\"} + d", "b", "x"], "a{b=\"x\"} + d{b=\"x\"}\n"),
        (["set", "-t", "!~", "a", "b", "x.*"], "a{b!~\"x.*\"}\n"),
        (["delete", "rate(a{b=\"c\",d=\"e\"}[5m])", "b"], "rate(a{d=\"e\"}[5m])\n"),
    ])
    func editsMatchers(arguments: [String], wanted: String) async throws {
        let (ending, output) = try await BuiltProgram.run(["tool", "promql", "label-matchers"] + arguments)
        #expect(ending == .exit(0))
        #expect(output == wanted)
    }

    @Test func runsScripts() async throws {
        let folder = TemporaryFolder()
        let script =
            "load 1m\n  m 1 2 3\n\neval instant at 2m m\n  m 3\n\neval instant at 1m m\n  m 9\n\neval instant at 1m sum(\n  expect fail\n"
        try TestFile.write(script, to: folder.path + "/a.test")
        let program = try BuiltProgram.start(["tool", "promql", "test", folder.path + "/a.test"], in: folder)
        #expect(try await program.end() == .exit(1))
        #expect(program.output.contains("a.test:line 7: m"), "\(program.output)")
        #expect(program.output.contains("expected 9.0"), "\(program.output)")
        #expect(program.output.contains("got 2.0"), "\(program.output)")
        #expect(program.output.hasSuffix("1 passed, 2 failed\n"), "\(program.output)")
    }

    @Test(.enabled(if: SharedFolders.conformance != nil))
    func passesScriptsOfPrometheus() async throws {
        let folder = try #require(SharedFolders.conformance) + "/promql/"
        let files = ["operators.test", "subquery.test"].map { folder + $0 }
        let (ending, output) = try await BuiltProgram.run(["tool", "promql", "test"] + files)
        #expect(ending == .exit(0))
        #expect(output.hasSuffix(" passed, 0 failed\n"), "\(output)")
    }
}
