import ArgumentParser
import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet tool tsdb create-blocks-from openmetrics FILE [FOLDER]`
struct TSDBCreateBlocks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openmetrics",
        abstract: "Import samples from OpenMetrics input and produce TSDB blocks.",
        discussion: """
            The file is read once and may be of any size, in any order. Samples out of order are sorted; of several with \
            the same series and time the first counts. When the file has an error, no block is written.
            """)

    @Flag(name: [.customShort("r"), .customLong("human-readable")], help: "Print human readable values.")
    var isReadable = false

    @Flag(name: .shortAndLong, help: "Do not print created blocks.")
    var quiet = false

    @Option(
        name: .customLong("max-block-duration"),
        help: "Maximum duration created blocks may span. Anything less than 2h is ignored.")
    var maxBlockDuration: DurationFlag?

    @Option(
        name: .customLong("label"), parsing: .singleValue,
        help: "Label to attach to metrics, as name=value. Can be specified multiple times.")
    var labels: [String] = []

    @Argument(help: "OpenMetrics file to read samples from.")
    var file: String

    @Argument(help: "Output directory for generated blocks.")
    var folder = "data/"

    func run() async throws {
        var options = OpenMetricsImport.Options()
        options.maxBlockDuration = maxBlockDuration?.milliseconds ?? 0
        for label in labels {
            guard let equals = label.firstIndex(of: "="), equals != label.startIndex else {
                throw ValidationError("--label must be name=value, got \"\(label)\"")
            }
            options.labels.append((String(label[..<equals]), String(label[label.index(after: equals)...])))
        }
        let showsProgress = !quiet && isatty(STDERR_FILENO) == 1
        var shown = -1
        let result = try OpenMetricsImport(file, into: folder, options: options) { share in
            let percent = Int(share * 100)
            guard showsProgress, percent != shown else { return }
            shown = percent
            let bar =
                String(repeating: "#", count: percent / 2) + String(repeating: ".", count: 50 - percent / 2)
            StandardError.write("\r[\(bar)] \(percent) %")
        }
        if showsProgress { StandardError.write("\r\u{1B}[K") }
        if result.duplicateCount > 0 {
            StandardError.write(
                "warning: left out \(result.duplicateCount) samples with the series and time of another\n")
        }
        if !quiet, !result.blocks.isEmpty {
            StandardOutput.write(BlockTable.text(result.blocks, isReadable: isReadable))
        }
    }
}
