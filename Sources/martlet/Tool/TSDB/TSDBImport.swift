import ArgumentParser
import MetricModel
import QueryAPI
import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet tool tsdb import DIR`. Ours alone.
struct TSDBImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take over the data directory of a Prometheus that stands still.",
        discussion: """
            Every checksum of DIR is checked first, and nothing in it is changed. Blocks become hard links, copies where \
            that cannot be; log and head chunks are copied, or made into blocks when the target has series of its own. \
            Both servers must be stopped.
            """)

    @Option(name: .customLong("storage.tsdb.path"), help: "The data directory that gets it all.")
    var target = "data/"

    @Flag(help: "Go on when the target has samples of the same time.")
    var merge = false

    @Flag(name: .customLong("accept-damage"), help: "Take damaged blocks over as they are.")
    var acceptsDamage = false

    @Argument(help: "The data directory to take over.")
    var directory: String

    func run() async throws {
        var options = DirectoryImport.Options()
        options.mergesOverlaps = merge
        options.acceptsDamage = acceptsDamage
        let shows = isatty(STDERR_FILENO) == 1
        // Two names for one directory are found out by the whole path.
        let result = try DirectoryImport(
            Self.wholePath(directory), into: Self.wholePath(target), options: options
        ) { step in if shows { StandardError.write("\(step) …\n") } }
        for warning in result.warnings { StandardError.write("warning: \(warning)\n") }
        StandardOutput.write(report(result))
    }

    private func report(_ result: DirectoryImport) -> String {
        let samples = result.blocks.reduce(0) { $0 + $1.sampleCount }
        var text = "took over \(result.blocks.count) blocks with \(samples) samples"
        if result.knownBlockCount > 0 { text += "; \(result.knownBlockCount) others were there already" }
        if result.hasLog {
            text += "\nlog and head chunks as they are: \(result.headSeriesCount) series"
        } else if !result.headBlocks.isEmpty {
            let samples = result.headBlocks.reduce(0) { $0 + $1.sampleCount }
            text +=
                "\nmade \(result.headBlocks.count) blocks with \(samples) samples of the log, without its exemplars and metadata"
        }
        if let times = result.times {
            text +=
                "\nsamples from \(RFC3339.text(times.lowerBound)) through \(RFC3339.text(times.upperBound))"
            text += "\na retention shorter than that deletes blocks when the server starts"
        }
        return text + "\n"
    }

    private static func wholePath(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }
}
