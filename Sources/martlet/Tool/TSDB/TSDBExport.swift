import ArgumentParser
import Platform
import PromQLSyntax
import StorageAPI
import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet tool tsdb export [PATH]`. Ours alone.
struct TSDBExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write samples of a data directory out as blocks or as OpenMetrics text.",
        discussion: """
            The directory is only read, also beside a running server. Memory: the labels of the series, and the samples \
            of one of them. OpenMetrics text has neither native histograms nor staleness markers.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case blocks, openmetrics
    }

    @Option(help: "What is written: blocks or openmetrics.")
    var format = Format.blocks

    @Option(
        name: .shortAndLong,
        help: "The folder of the blocks; the file of the text, - for standard output.")
    var output: String

    @Option(
        name: .customLong("max-block-duration"),
        help: "Maximum duration created blocks may span. Anything less than 2h is ignored.")
    var maxBlockDuration = DurationFlag(24 * 3_600_000)

    @Flag(name: [.customShort("r"), .customLong("human-readable")], help: "Print human readable values.")
    var isReadable = false

    @OptionGroup var flags: DumpFlags

    func run() async throws {
        switch format {
        case .blocks: try writeBlocks()
        case .openmetrics: try writeText()
        }
    }

    private func writeBlocks() throws {
        guard output != "-" else { throw ValidationError("--output: blocks need a folder") }
        let selectors = try flags.match.map { try Expression.parseSelector($0) }
        let database = try Database(DatabaseOptions(reading: flags.path))
        defer { database.close() }
        let showsProgress = isatty(STDERR_FILENO) == 1
        let result = try BlockExport(
            database, selectors, from: flags.minTime, through: flags.maxTime, into: output,
            maxBlockDuration: maxBlockDuration.milliseconds
        ) { share in
            if showsProgress { StandardError.write("\r\(Int(share * 100)) %") }
        }
        if showsProgress { StandardError.write("\r\u{1B}[K") }
        StandardOutput.write(BlockTable.text(result.blocks, isReadable: isReadable))
        try flags.tell(result.warnings)
    }

    private func writeText() throws {
        if output == "-" { return try flags.dump(.openMetrics) }
        let disk = RealDisk()
        let temporary = output + ".tmp"
        let warnings: [String]
        do {
            let file = try disk.open(temporary, .create)
            var offset: Int64 = 0
            warnings = try flags.dump(.openMetrics) { (bytes: [UInt8]) throws(StorageError) in
                do throws(DiskError) {
                    try TSDBExport.write(bytes, to: file, at: offset)
                } catch {
                    throw StorageError(
                        error.kind == .diskFull ? .diskFull : .io, "cannot export: \(error.description)")
                }
                offset += Int64(bytes.count)
            }
            try file.sync()
            try disk.rename(temporary, to: output)
        } catch {
            try? disk.remove(temporary)
            throw error
        }
        try flags.tell(warnings)
    }

    private static func write(_ bytes: [UInt8], to file: any DiskFile, at offset: Int64) throws(DiskError) {
        var failure: DiskError?
        bytes.withUnsafeBytes { bytes in
            do throws(DiskError) { try file.write(bytes, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}
