import Exposition
package import MetricModel
package import StorageAPI

/// The part of a scrape that runs on a worker thread, for benchmarks.
package struct ScrapeProbe {
    private var cache = ScrapeCache()
    private let labels: SampleLabels
    private let configuration = ScrapeConfiguration(jobName: "bench")
    private let store: any SampleStore

    package init(store: any SampleStore) throws {
        self.store = store
        guard
            case .target(let target) = try Target.make(
                ["__address__": "localhost:1"], group: [:], for: configuration)
        else {
            throw ScrapingError(.invalidTarget, "the target is dropped")
        }
        labels = SampleLabels(target: target, configuration: configuration)
    }

    /// Reads a body in text format into the batch. Returns how many samples it has.
    package mutating func read(
        _ body: UnsafeBufferPointer<UInt8>, at time: Timestamp, into batch: inout SampleBatch
    ) throws -> Int {
        var pass = ScrapePass(
            generation: cache.nextGeneration(), time: time, now: time, configuration: configuration)
        try cache.read(body, format: .text, pass: &pass, labels: labels, store: store, into: &batch)
        return pass.counts.kept
    }
}
