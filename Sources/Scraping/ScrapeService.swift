public import Instruments
public import Logging
public import MetricModel
public import Platform
public import ServiceLifecycle
public import StorageAPI

/// Finds targets and scrapes them into a storage for as long as it runs.
public final class ScrapeService: Service {
    /// - Parameters:
    ///   - store: where samples go.
    ///   - workers: threads for parsing and appending, which take milliseconds and may block.
    ///   - registry: gets the families `prometheus_target_…`.
    /// - Throws: `InstrumentError` when the registry has them already.
    public init(
        store: any SampleStore, workers: WorkerThreads, logger: Logger, registry: Registry? = nil,
        options: ScrapeOptions = ScrapeOptions(), clock: any WallClock = SystemClock(),
        alarm: any Alarm = SystemAlarm()
    ) throws {
    }

    /// Replaces the jobs. Targets that are the same under the new configuration go on undisturbed.
    public func apply(_ configurations: [ScrapeConfiguration], externalLabels: Labels = .empty) {
    }

    /// Scrapes until the service group shuts down gracefully or the task is cancelled.
    public func run() async throws {
        try await gracefulShutdown()
    }

    /// The targets that are scraped, ascending by job and URL.
    public func targets() -> [TargetStatus] { [] }

    /// The targets that relabeling dropped, as many as the configuration keeps.
    public func droppedTargets() -> [DroppedTarget] { [] }

    /// How many targets relabeling dropped, by job.
    public func droppedTargetCounts() -> [String: Int] { [:] }

    /// The names of the jobs, ascending.
    public func scrapePools() -> [String] { [] }

    /// What the targets say about their metric families.
    public func metadata() -> [TargetMetadata] { [] }
}
