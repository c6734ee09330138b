import ArgumentParser
import Platform
import TSDB

/// How `martlet server` stores.
struct ServerStorageFlags: ParsableArguments {
    @Option(
        name: .customLong("storage.tsdb.retention.size"),
        help: "Maximum number of bytes that can be stored for blocks.")
    var retentionSize: SizeFlag?

    @Option(
        name: .customLong("storage.tsdb.wal-fsync-interval"),
        help: "How often what was answered is made safe against a power cut; 0s does it before each answer.")
    var walFsyncInterval = DurationFlag(1000)

    @Option(
        name: .customLong("storage.tsdb.retention.percentage"),
        help: "Maximum share of the disk that can be used for blocks, percent; takes the place of the size.")
    var retentionPercentage: Double?

    @Option(
        name: .customLong("storage.tsdb.memory-limit"),
        help: "Memory that the bound on series is derived from; by default all that the process may use.")
    var memoryLimit: SizeFlag?

    @Option(
        name: .customLong("storage.tsdb.max-series"),
        help: "Maximum number of series in memory; by default derived from the memory, 0 is no bound.")
    var seriesMax: Int?

    @Option(name: .customLong("storage.tsdb.min-block-duration"), help: .hidden)
    var minBlockDuration = DurationFlag(2 * 3_600_000)

    @Option(name: .customLong("storage.tsdb.max-block-duration"), help: .hidden)
    var maxBlockDuration: DurationFlag?

    @Option(name: .customLong("storage.tsdb.wal-segment-size"), help: .hidden)
    var walSegmentSize = SizeFlag(128 << 20)

    @Flag(name: .customLong("storage.tsdb.wal-compression"), inversion: .prefixedNo, help: .hidden)
    var walCompression = true

    @Option(name: .customLong("storage.tsdb.wal-compression-type"), help: .hidden)
    var walCompressionType = WALCompressionFlag.snappy

    @Flag(
        name: .customLong("storage.tsdb.head-snapshot"), inversion: .prefixedNo,
        help: "Whether a clean end writes the head as a snapshot, from which the next start is faster.")
    var takesHeadSnapshot = true

    @Option(name: .customLong("storage.tsdb.samples-per-chunk"), help: .hidden)
    var samplesPerChunk = 120

    /// Bytes that the bound on series is derived from.
    var memory: Int64 { memoryLimit?.bytes ?? MemoryLimit.current() }

    var seriesLimit: Int { seriesMax ?? DatabaseOptions.seriesLimit(memory: memory) }

    func validate() throws {
        guard (10...10_000).contains(samplesPerChunk) else {
            throw ValidationError(
                "--storage.tsdb.samples-per-chunk: got \(samplesPerChunk), want 10 to 10000")
        }
        guard (1 << 20...1 << 30).contains(walSegmentSize.bytes) else {
            throw ValidationError("--storage.tsdb.wal-segment-size: got \(walSegmentSize), want 1MB to 1GB")
        }
        guard minBlockDuration.milliseconds >= 60_000 else {
            throw ValidationError(
                "--storage.tsdb.min-block-duration: got \(minBlockDuration), want at least 1m")
        }
        guard (seriesMax ?? 0) >= 0 else {
            throw ValidationError("--storage.tsdb.max-series: got \(seriesMax ?? 0), want 0 or more")
        }
        guard (0...100).contains(retentionPercentage ?? 0) else {
            throw ValidationError(
                "--storage.tsdb.retention.percentage: got \(retentionPercentage ?? 0), want 0 to 100")
        }
    }
}

/// How the log is compressed, where it is.
enum WALCompressionFlag: String, ExpressibleByArgument, CaseIterable {
    case snappy, zstd
}
