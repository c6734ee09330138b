import JSON
import PromQLSyntax
import TestKit
import Testing

@Suite struct ConformanceTests {
    /// Cases that were cut short when they were taken from the original's sources: there the text goes on
    /// behind a backtick.
    private static let cut: Set<String> = ["{'foo\\'bar', "]

    @Test(.enabled(if: SharedFolders.conformance != nil))
    func agreesWithPrometheusOnEveryCase() throws {
        let path = try #require(SharedFolders.conformance) + "/promql/parse-cases.jsonl"
        let lines = try #require(SharedFolders.read(path)).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count > 200)
        for line in lines {
            let test = try JSONValue.parse(line)
            let input = try #require(test["input"]?.string)
            if ConformanceTests.cut.contains(input) { continue }
            let mustFail = test["fail"] == true
            do {
                let expression = try Expression.parse(input, options: .all)
                #expect(!mustFail, "accepted: \(input)")
                _ = expression
            } catch {
                #expect(mustFail, "refused: \(input): \(error)")
            }
        }
    }

    @Test(.enabled(if: SharedFolders.conformance != nil))
    func readsEveryQueryOfTheTestScripts() throws {
        let folder = try #require(SharedFolders.conformance) + "/promql"
        var count = 0
        for name in SharedFolders.list(folder) where name.hasSuffix(".test") {
            let text = String(decoding: try #require(SharedFolders.read("\(folder)/\(name)")), as: UTF8.self)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() where line.hasPrefix("eval ") {
                let words = line.split(separator: " ", omittingEmptySubsequences: true)
                let skip = words.dropFirst().first == "instant" ? 4 : 8
                guard words.count > skip else { continue }
                let query = words[skip...].joined(separator: " ")
                let isFailure =
                    index + 1 < lines.count
                    && lines[(index + 1)...].prefix { $0.hasPrefix("\t") || $0.hasPrefix("  ") }.contains {
                        $0.contains("expect fail")
                    }
                if isFailure { continue }
                count += 1
                #expect(throws: Never.self, "\(name): \(query)") {
                    try Expression.parse(query, options: .all)
                }
            }
        }
        #expect(count > 1000)
    }
}
