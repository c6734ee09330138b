import MetricModel
import StorageAPI

/// The series about a scrape itself.
struct ReportSeries {
    private static let names = [
        "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
        "scrape_series_added", "scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes",
    ]
    /// The last three are written when `extra_scrape_metrics` is set.
    private static let standardCount = 5

    private static let units = [
        "targets", "seconds", "samples", "samples", "series", "seconds", "samples", "bytes",
    ]
    private static let helps = [
        "Whether the last scrape of the target succeeded: 1 for yes, 0 for no.",
        "How long the last scrape took.",
        "How many samples the target showed.",
        "How many samples were left after relabeling.",
        "How many series of the last scrape were new.",
        "How long a scrape of the target may take.",
        "How many samples a scrape of the target may have; 0 is no limit.",
        "Size of the last body before compression: -1 when it was over the limit, 0 after other failures.",
    ]

    private var references: [SeriesReference] = []
    /// How many of them the store was told the metadata of.
    private var describedCount = 0

    /// What they say after a scrape.
    struct Values {
        var isUp = false
        /// Seconds.
        var duration = 0.0
        var counts = ScrapeCounts()
        /// Seconds.
        var timeout = 0.0
        var sampleLimit = 0
        /// -1 when the body was too large, 0 after other failures.
        var bodySize = 0
    }

    /// - Throws: `StorageError`.
    mutating func append(
        _ values: Values, extra: Bool, at time: Timestamp, labels: SampleLabels, store: any SampleStore,
        into batch: inout SampleBatch
    ) throws {
        let all = [
            values.isUp ? 1 : 0, values.duration, Double(values.counts.scraped), Double(values.counts.kept),
            Double(values.counts.seriesAdded), values.timeout, Double(values.sampleLimit),
            Double(values.bodySize),
        ]
        let count = extra ? all.count : Self.standardCount
        while references.count < count {
            references.append(try store.register(labels.report(Self.names[references.count])))
        }
        for index in 0..<count { batch.append(references[index], time, all[index]) }
        guard describedCount < references.count, store.takesMetadata else { return }
        for index in describedCount..<references.count {
            batch.append(
                references[index],
                SeriesMetadata(kind: .gauge, unit: Self.units[index], help: Self.helps[index]))
        }
        describedCount = references.count
    }

    /// The store was not told what it was to be told last.
    mutating func describeAgain() { describedCount = 0 }

    /// Staleness markers for those that were ever written.
    func appendMarkers(at time: Timestamp, into batch: inout SampleBatch) {
        for reference in references { batch.append(reference, time, .staleMarker) }
    }

    /// Registers again what the store has forgotten.
    ///
    /// - Throws: `StorageError`.
    mutating func registerAgain(
        _ forgotten: Set<UInt64>, labels: SampleLabels, store: any SampleStore
    ) throws -> [UInt64: SeriesReference] {
        var result: [UInt64: SeriesReference] = [:]
        for index in references.indices where forgotten.contains(references[index].number) {
            let reference = try store.register(labels.report(Self.names[index]))
            result[references[index].number] = reference
            references[index] = reference
            describedCount = 0
        }
        return result
    }
}
