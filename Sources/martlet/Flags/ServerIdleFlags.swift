import ArgumentParser

/// Flags of Prometheus that are taken so that its command lines start us, and have no effect here.
struct ServerIdleFlags: ParsableArguments {
    @Option(name: .customLong("web.user-assets"), help: .hidden) var userAssets: String?
    @Option(name: .customLong("web.console.templates"), help: .hidden) var consoleTemplates: String?
    @Option(name: .customLong("web.console.libraries"), help: .hidden) var consoleLibraries: String?
    @Option(name: .customLong("web.search.max-limit"), help: .hidden) var searchLimit: Int?
    @Flag(name: .customLong("web.enable-otlp-receiver"), inversion: .prefixedNo, help: .hidden)
    var otlpReceiver: Bool?
    @Flag(name: .customLong("storage.tsdb.no-lockfile"), inversion: .prefixedNo, help: .hidden)
    var noLockFile: Bool?
    @Flag(name: .customLong("storage.tsdb.allow-overlapping-blocks"), inversion: .prefixedNo, help: .hidden)
    var overlappingBlocks: Bool?
    @Flag(
        name: .customLong("storage.tsdb.allow-overlapping-compaction"), inversion: .prefixedNo, help: .hidden)
    var overlappingCompaction: Bool?
    @Option(name: .customLong("storage.tsdb.head-chunks-write-queue-size"), help: .hidden) var chunkQueueSize:
        Int?
    @Option(name: .customLong("storage.tsdb.max-block-chunk-segment-size"), help: .hidden)
    var chunkSegmentSize: SizeFlag?
    @Option(name: .customLong("storage.tsdb.block-reload-interval"), help: .hidden) var blockReloadInterval:
        DurationFlag?
    @Option(name: .customLong("storage.tsdb.delay-compact-file.path"), help: .hidden) var delayCompactFile:
        String?
    @Option(name: .customLong("storage.remote.flush-deadline"), help: .hidden) var flushDeadline:
        DurationFlag?
    @Option(name: .customLong("storage.remote.read-max-bytes-in-frame"), help: .hidden) var frameBytesMax:
        Int?
    @Flag(name: .customLong("scrape.adjust-timestamps"), inversion: .prefixedNo, help: .hidden)
    var adjustTimestamps: Bool?
    @Option(name: .customLong("scrape.discovery-reload-interval"), help: .hidden) var discoveryReloadInterval:
        DurationFlag?
    @Flag(name: .customLong("auto-gomaxprocs"), inversion: .prefixedNo, help: .hidden) var autoProcessors:
        Bool?
    @Flag(name: .customLong("auto-gomemlimit"), inversion: .prefixedNo, help: .hidden) var autoMemoryLimit:
        Bool?
    @Option(name: .customLong("auto-gomemlimit.ratio"), help: .hidden) var memoryLimitRatio: Double?
    @Option(name: .customLong("auto-gomemlimit.refresh-interval"), help: .hidden) var memoryLimitInterval:
        DurationFlag?

    /// The names of those that were given.
    var given: [String] {
        let all: [(name: String, isGiven: Bool)] = [
            ("web.user-assets", userAssets != nil), ("web.console.templates", consoleTemplates != nil),
            ("web.console.libraries", consoleLibraries != nil), ("web.search.max-limit", searchLimit != nil),
            ("web.enable-otlp-receiver", otlpReceiver == true),
            ("storage.tsdb.no-lockfile", noLockFile == true),
            ("storage.tsdb.allow-overlapping-blocks", overlappingBlocks != nil),
            ("storage.tsdb.allow-overlapping-compaction", overlappingCompaction != nil),
            ("storage.tsdb.head-chunks-write-queue-size", chunkQueueSize != nil),
            ("storage.tsdb.max-block-chunk-segment-size", chunkSegmentSize != nil),
            ("storage.tsdb.block-reload-interval", blockReloadInterval != nil),
            ("storage.tsdb.delay-compact-file.path", delayCompactFile != nil),
            ("storage.remote.flush-deadline", flushDeadline != nil),
            ("storage.remote.read-max-bytes-in-frame", frameBytesMax != nil),
            ("scrape.adjust-timestamps", adjustTimestamps == false),
            ("scrape.discovery-reload-interval", discoveryReloadInterval != nil),
            ("auto-gomaxprocs", autoProcessors != nil), ("auto-gomemlimit", autoMemoryLimit != nil),
            ("auto-gomemlimit.ratio", memoryLimitRatio != nil),
            ("auto-gomemlimit.refresh-interval", memoryLimitInterval != nil),
        ]
        return all.filter(\.isGiven).map(\.name)
    }
}
