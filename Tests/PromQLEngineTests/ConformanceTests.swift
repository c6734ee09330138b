import QueryScripts
import TestKit
import Testing

/// Prometheus' own scripts.
@Suite struct ConformanceTests {
    /// What is not there yet: file and reason. A file that is not in this table must pass completely.
    static let missing: [String: String] = [:]

    static let files: [String] =
        SharedFolders.conformance.map { folder in
            SharedFolders.list("\(folder)/promql").filter { $0.hasSuffix(".test") }
        } ?? []

    @Test(.enabled(if: SharedFolders.conformance != nil), arguments: files)
    func passes(_ file: String) throws {
        if ConformanceTests.missing[file] != nil { return }
        let folder = try #require(SharedFolders.conformance)
        let bytes = try #require(SharedFolders.read("\(folder)/promql/\(file)"))
        let report = ScriptRunner().run(try QueryScript(String(decoding: bytes, as: UTF8.self)))
        print("\(file): \(report.passedCount) passed, \(report.failures.count) failed")
        for failure in report.failures { Issue.record("\(file) \(failure)") }
        #expect(report.passedCount > 0)
    }
}
