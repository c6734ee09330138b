import ArgumentParser
import MetricModel
import PromQLSyntax
import TSDB

/// `martlet tool tsdb analyze [PATH] [BLOCK]`
struct TSDBAnalyze: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze", abstract: "Analyze churn, label pair cardinality and compaction efficiency.")

    @Option(help: "How many items to show in each list.")
    var limit = 20

    @Flag(help: "Run extended analysis.")
    var extended = false

    @Option(help: "Series selector to analyze.")
    var match: String?

    @Argument(help: "Database path.")
    var path = "data/"

    @Argument(help: "Block to analyze (default is the last block).")
    var block: String?

    func run() async throws {
        let matchers = try match.map { try Expression.parseSelector($0) } ?? []
        let analysis = try BlockAnalysis(path: path, ulid: block, matchers: matchers, readsChunks: extended)
        var text = "Block ID: \(analysis.block.ulid)\n"
        text +=
            "Duration: \(GoText.duration(milliseconds: analysis.block.maxTime - analysis.block.minTime))\n"
        text += "Total Series: \(analysis.block.seriesCount)\n"
        if let match { text += "Matcher: \(match)\n" }
        text += "Label names: \(analysis.labelNameCount)\n"
        if match != nil { text += "Matched series: \(analysis.seriesCount)\n" }
        text += "Postings (unique label pairs): \(analysis.labelPairCount)\n"
        text += "Postings entries (total label pairs): \(analysis.labelCount)\n"
        let rankings: [(String, [BlockAnalysis.Entry])] = [
            ("Label pairs most involved in churning", analysis.churnByPair),
            ("Label names most involved in churning", analysis.churnByName),
            ("Most common label pairs", analysis.seriesByPair),
            ("Label names with highest cumulative label value length", analysis.valueBytesByName),
            ("Highest cardinality labels", analysis.valuesByName),
            ("Highest cardinality metric names", analysis.seriesByMetric),
        ]
        for (title, entries) in rankings {
            text +=
                "\n\(title):\n" + entries.prefix(max(limit, 0)).map { "\($0.count) \($0.name)\n" }.joined()
        }
        if extended {
            text += "\nCompaction analysis:\n\n"
            for (kind, chunks) in [("float", analysis.floatChunks), ("histogram", analysis.histogramChunks)] {
                let total = analysis.floatChunks.count + analysis.histogramChunks.count
                text += TSDBAnalyze.distribution("samples per \(kind) chunk", chunks.map(\.samples), total)
                text += TSDBAnalyze.distribution("bytes per \(kind) chunk", chunks.map(\.bytes), total)
            }
        }
        StandardOutput.write(text)
    }

    /// Bars of tens, hundreds, …: ten or so.
    private static func distribution(_ title: String, _ numbers: [Int], _ total: Int) -> String {
        guard let least = numbers.min(), let most = numbers.max() else { return "\(title): N/A\n\n" }
        var step = 10
        while step < (most - least) / 10, step <= 10_000 { step *= 10 }
        let start = least - least % step
        var counts = [Int](repeating: 0, count: (most - start) / step + 1)
        for number in numbers { counts[(number - start) / step] += 1 }
        var text = "\(title) (min/avg/max): \(least)/\(numbers.reduce(0, +) / numbers.count)/\(most)\n"
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = "\(number)"
            return String(repeating: " ", count: max(width - digits.count, 0)) + digits
        }
        let width = "\(start + counts.count * step)".count
        let countWidth = "\(counts.max() ?? 0)".count
        for (index, count) in counts.enumerated() {
            let bar = String(repeating: "#", count: 100 * count / max(total, 1))
            text +=
                "[\(padded(index * step + start + 1, width)), \(padded((index + 1) * step + start, width))]: \(padded(count, countWidth)) \(bar)\n"
        }
        return text + "\n"
    }
}
