import ArgumentParser
import QueryScripts

/// `martlet tool promql test FILE…`: runs test scripts of Prometheus' language (`load`, `clear`, `eval`) against
/// our engine. Exit code 1 when anything failed.
struct PromQLTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run PromQL test scripts (promqltest) against the query engine.",
        discussion: "All experimental parts of the language are on, as Prometheus' own scripts expect.")

    @Argument(help: "The scripts.")
    var files: [String]

    func run() async throws {
        var passed = 0
        var failed = 0
        for file in files {
            do {
                let script = try QueryScript(String(decoding: try ProgramFile.read(file), as: UTF8.self))
                let report = ScriptRunner().run(script)
                for failure in report.failures { StandardOutput.write("\(file):\(failure)\n") }
                passed += report.passedCount
                failed += report.failures.count
            } catch let error as ScriptError {
                StandardOutput.write("\(file):\(error)\n")
                failed += 1
            }
        }
        StandardOutput.write("\(passed) passed, \(failed) failed\n")
        if failed > 0 { throw ExitCode(1) }
    }
}
