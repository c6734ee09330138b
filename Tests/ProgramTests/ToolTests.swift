import TestKit
import Testing

@Suite struct ToolTests {
    @Test func checksMetrics() async throws {
        let folder = TemporaryFolder()
        let text =
            "# HELP good_total Fine.\n# TYPE good_total counter\ngood_total 1\n# TYPE bad_seconds counter\nbad_seconds 1\n"
        let program = try RunningProgram(
            BuiltProgram.path, ["tool", "check", "metrics"], input: Array(text.utf8), folder: folder)
        #expect(try await program.end() == .exit(3))
        #expect(
            program.output
                == "bad_seconds no help text\nbad_seconds counter metrics should have \"_total\" suffix\n")
        let broken = try RunningProgram(
            BuiltProgram.path, ["tool", "check", "metrics"], input: Array("a{ 1\n".utf8), folder: folder)
        #expect(try await broken.end() == .exit(1))
    }

    @Test func checksConfigurations() async throws {
        let folder = TemporaryFolder()
        try TestFile.write(
            "scrape_configs:\n  - job_name: a\n    static_configs:\n      - targets: [localhost:1]\n",
            to: folder.path + "/good.yml")
        try TestFile.write("scrape_configs: 3\n", to: folder.path + "/bad.yml")
        let good = try BuiltProgram.start(["tool", "check", "config", folder.path + "/good.yml"], in: folder)
        #expect(try await good.end() == .exit(0))
        #expect(good.output.contains("SUCCESS"))
        let bad = try BuiltProgram.start(["tool", "check", "config", folder.path + "/bad.yml"], in: folder)
        #expect(try await bad.end() == .exit(1))
        #expect(bad.output.contains("bad.yml"))
    }
}
