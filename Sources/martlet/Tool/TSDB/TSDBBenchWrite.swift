import ArgumentParser
import MetricModel
import Platform
import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet tool tsdb bench write [FILE]`
struct TSDBBenchWrite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Run a write performance benchmark.",
        discussion: """
            Writes scrapes of the series into a new database below the output path, without making blocks, and prints \
            what it took. An output path that holds anything but an earlier run is refused.
            """)

    @Option(name: .customLong("out"), help: "Set the output path.")
    var output = "benchout"

    @Option(help: "Number of metrics to read or to make up.")
    var metrics = 10_000

    @Option(help: "Number of scrapes to simulate.")
    var scrapes = 3000

    @Argument(help: "Input file with a JSON object of labels a line; without one series are made up.")
    var file: String?

    /// Tells that the folder is ours to empty.
    private static let mark = ".bench-write"
    private static let storageName = "storage"

    func validate() throws {
        guard metrics > 0, scrapes > 0 else {
            throw ValidationError("--metrics and --scrapes must be positive")
        }
    }

    func run() async throws {
        let disk = RealDisk()
        try prepare(disk)
        let series =
            try file.map { try WriteBench.series(in: $0, limit: metrics) }
            ?? WriteBench.madeUpSeries(metrics)
        let before = Self.usage
        let showsProgress = isatty(STDERR_FILENO) == 1
        var shown = -1
        let bench = try WriteBench(series, scrapes: scrapes, into: output + "/" + Self.storageName) { share in
            let percent = Int(share * 100)
            guard showsProgress, percent != shown else { return }
            shown = percent
            StandardError.write("\r\(percent) %")
        }
        if showsProgress { StandardError.write("\r\u{1B}[K") }
        let after = Self.usage
        let bytes = try disk.sizeOfTree(output + "/" + Self.storageName)
        StandardOutput.write(text(bench, before, after, diskBytes: bytes))
    }

    private func text(_ bench: WriteBench, _ before: Usage, _ after: Usage, diskBytes: Int64) -> String {
        let samples = Double(max(bench.sampleCount, 1))
        let seconds = Double(bench.appendNanoseconds) / 1e9
        let grown = max(after.peakBytes - before.peakBytes, 0)
        return """
            series: \(bench.seriesCount), known after \(GoText.fixed3(Double(bench.registerNanoseconds) / 1e9)) s
             > total samples: \(bench.sampleCount)
             > samples/sec: \(GoText.fixed3(samples / max(seconds, 1e-9)))
             > ns/sample: \(GoText.fixed3(Double(bench.appendNanoseconds) / samples)) \
            (CPU, all threads: \(GoText.fixed3((after.cpuSeconds - before.cpuSeconds) * 1e9 / samples)))
             > memory: \(ByteText.readable(after.peakBytes)) at most, \
            \(grown / Int64(max(bench.seriesCount, 1))) bytes a series
             > disk: \(ByteText.readable(diskBytes)), \(GoText.fixed3(Double(diskBytes) / samples)) bytes a sample
             > closing: \(GoText.fixed3(Double(bench.closeNanoseconds) / 1e9)) s

            """
    }

    /// Empties the place of the database; what somebody else put there stays.
    private func prepare(_ disk: RealDisk) throws {
        let mark = output + "/" + Self.mark
        if try disk.status(mark) == nil {
            if try disk.status(output) != nil, try !disk.list(output).isEmpty {
                throw ProgramError(
                    .settings, "cannot write into \(output): it holds something that is not of a benchmark")
            }
            try disk.makeFolder(output)
            _ = try disk.open(mark, .create)
        }
        try disk.remove(output + "/" + Self.storageName)
    }

    private struct Usage {
        var peakBytes: Int64
        /// User and system.
        var cpuSeconds: Double
    }

    private static var usage: Usage {
        var usage = rusage()
        guard getrusage(__rusage_who_t(0), &usage) == 0 else { return Usage(peakBytes: 0, cpuSeconds: 0) }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return Usage(
            peakBytes: Int64(usage.ru_maxrss) * 1024,
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
    }
}
