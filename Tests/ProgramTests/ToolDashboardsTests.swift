import TestKit
import Testing

@Suite struct ToolDashboardsTests {
    @Test func checksFoldersOfDashboards() async throws {
        let folder = TemporaryFolder()
        try TestFile.write(
            #"{"title":"Old","schemaVersion":14,"rows":[{"panels":[{"type":"singlestat","title":"s"},{"type":"flamegraph"}]}]}"#,
            to: folder.path + "/a.json")
        try TestFile.write("{\n \"title\": }", to: folder.path + "/b.json")
        try TestFile.write(
            #"{"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","metadata":{"name":"x"},"spec":{"title":"New","elements":{"p":{"kind":"Panel","spec":{"id":1,"title":"t","vizConfig":{"group":"stat","spec":{}}}}},"layout":{"kind":"GridLayout","spec":{"items":[{"kind":"GridLayoutItem","spec":{"x":0,"y":0,"width":12,"height":8,"element":{"name":"p"}}}]}}}}"#,
            to: folder.path + "/c.json")
        try TestFile.write(String(repeating: "[", count: 100_000), to: folder.path + "/d.json")
        let program = try BuiltProgram.start(["tool", "dashboards", "check", folder.path], in: folder)
        #expect(try await program.end() == .exit(1))
        let lines = program.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 5, "\(program.output)")
        #expect(
            lines[0].contains("a.json: Old, 2 panels, from version 14, ")
                && lines[0].hasSuffix("unsupported: flamegraph"), "\(lines[0])")
        #expect(lines[1].contains("b.json: FAILED: ") && lines[1].contains("line 2"), "\(lines[1])")
        #expect(lines[2].contains("c.json: New, 1 panels"), "\(lines[2])")
        #expect(lines[3].contains("d.json: FAILED: "), "\(lines[3])")
        #expect(lines[4] == "4 files, 3 panels, 2 failed")
        let good = try await BuiltProgram.run(["tool", "dashboards", "check", folder.path + "/c.json"])
        #expect(good.ending == .exit(0), "\(good.output)")
        #expect(
            try await BuiltProgram.run(["tool", "dashboards", "check", folder.path + "/none"]).ending
                == .exit(1))
    }

    @Test func refusesWhatIsNoGrafanaDatabase() async throws {
        let folder = TemporaryFolder()
        try TestFile.write("nothing", to: folder.path + "/x.db")
        let program = try BuiltProgram.start(
            ["tool", "grafana", "import", "--data-path", folder.path + "/data", folder.path + "/x.db"],
            in: folder)
        #expect(try await program.end() == .exit(1))
        #expect(program.output.contains("as a grafana.db"), "\(program.output)")
    }

    /// Whoever is locked out gets in again, with the program stopped or running.
    @Test func resetsTheAdministratorsPassword() async throws {
        let folder = TemporaryFolder()
        let command = ["tool", "grafana", "reset-admin-password", "--data-path", folder.path + "/data"]
        let none = try BuiltProgram.start(command + ["new password"], in: folder)
        #expect(try await none.end() == .exit(1))
        #expect(none.output.contains("no database"), "\(none.output)")
        let bare = try BuiltProgram.start(command, in: folder)
        #expect(try await bare.end() == .exit(2))
    }
}
