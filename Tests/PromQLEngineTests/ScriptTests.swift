import QueryScripts
import Testing

/// The reader of test scripts.
@Suite struct ScriptTests {
    @Test func readsLinesOfWindows() throws {
        let report = ScriptRunner().run(
            try QueryScript("load 1m\r\n  m 1 2\r\n\r\neval instant at 1m m\r\n  m 2\r\n"))
        #expect(report.passedCount == 1)
        #expect(report.failures.isEmpty)
    }

    @Test(arguments: [
        ("load 1m\n  m@st 1m", 2), ("nonsense", 1), ("clear\nload", 2), ("load 1m\n  m 1 2 x", 2),
        ("\n\neval instant at\n", 3),
    ])
    func namesTheLine(text: String, line: Int) {
        let error = #expect(throws: ScriptError.self) { try QueryScript(text) }
        #expect(error?.line == line, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(arguments: [
        "{{schema:1 sum:4.5 count:6 buckets:[1 2 3]}}",
        "{{schema:-53 custom_values:[1 2] n_offset:2 n_buckets:[1]}}", "{{}}",
    ])
    func writesHistograms(text: String) throws {
        let written = SeriesText.text(of: try SeriesText.histogram(text))
        #expect(SeriesText.text(of: try SeriesText.histogram(written)) == written)
        #expect(written.contains("sum:4.5") == text.contains("sum:4.5"))
    }
}
