import ArgumentParser
import MetricModel
import PromQLSyntax
import StorageAPI
import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// What both kinds of dump select.
struct DumpFlags: ParsableArguments {
    @Option(
        name: .customLong("min-time"), parsing: .unconditional,
        help: "Minimum timestamp to dump, in milliseconds since the Unix epoch.")
    var minTime = Int64.min

    @Option(
        name: .customLong("max-time"), parsing: .unconditional,
        help: "Maximum timestamp to dump, in milliseconds since the Unix epoch.")
    var maxTime = Int64.max

    @Option(
        parsing: .singleValue, help: "Series selector. Can be specified multiple times. (default: all series)"
    )
    var match: [String] = []

    @Option(
        name: .customLong("sandbox-dir-root"), help: "Accepted for promtool's sake: no sandbox is needed.")
    var sandbox: String?

    @Argument(help: "Database path.")
    var path = "data/"

    /// Writes what the selectors find to standard output.
    func dump(_ format: Database.DumpFormat) throws {
        try tell(try dump(format) { bytes in StandardOutput.write(bytes) })
    }

    /// Gives `write` what the selectors find: each selector's series in turn, one that several find only
    /// once. Returns warnings.
    func dump(_ format: Database.DumpFormat, to write: ([UInt8]) throws(StorageError) -> Void) throws
        -> [String]
    {
        let selectors = try match.map { try Expression.parseSelector($0) }
        let database = try Database(DatabaseOptions(reading: path))
        defer { database.close() }
        var warnings: [String] = []
        for (index, matchers) in (selectors.isEmpty ? [[]] : selectors).enumerated() {
            let earlier = selectors.prefix(index)
            let isLast = index + 1 >= selectors.count
            warnings += try database.dump(
                matchers, from: minTime, through: maxTime, format: format,
                where: { labels in !earlier.contains { $0.allSatisfy { $0.matches(labels) } } },
                endsText: isLast, write)
        }
        return warnings
    }

    /// Says what is missing, with exit code 1.
    func tell(_ warnings: [String]) throws {
        for warning in warnings { StandardError.write("warning: \(warning)\n") }
        if !warnings.isEmpty { throw ExitCode(1) }
    }
}

/// `martlet tool tsdb dump [PATH]`
struct TSDBDump: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump", abstract: "Dump data (series+samples or optionally just series) from a TSDB.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case prom, seriesjson
    }

    @Option(help: "Output format of the dump: prom or seriesjson.")
    var format = Format.prom

    @OptionGroup var flags: DumpFlags

    func run() async throws {
        try flags.dump(format == .prom ? .promtool : .seriesJSON)
    }
}

/// `martlet tool tsdb dump-openmetrics [PATH]`
struct TSDBDumpOpenMetrics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump-openmetrics",
        abstract:
            "Dump samples from a TSDB into OpenMetrics text format, excluding native histograms and staleness markers."
    )

    @OptionGroup var flags: DumpFlags

    func run() async throws {
        try flags.dump(.openMetrics)
    }
}
