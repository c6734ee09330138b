import Exposition
import Instruments
import Logging
import MetricModel
import NIOCore
import Platform
import StorageAPI
import Synchronization
import TestKit

@testable import Scraping

/// One target whose bodies the test hands over.
struct ScrapeHarness {
    let store = MemoryStore()
    let clock = ManualClock(1_000_000)
    let registry = Registry()
    let loop: ScrapeLoop
    let services: ScrapeServices

    init(_ change: (inout ScrapeConfiguration) -> Void = { _ in }, labels: [String: String] = [:]) throws {
        var configuration = ScrapeConfiguration(jobName: "j")
        change(&configuration)
        services = ScrapeServices(
            store: store, workers: WorkerThreads(name: "test", count: 1), clock: clock, alarm: SystemAlarm(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            instruments: try ScrapeInstruments(registry: registry), options: ScrapeOptions())
        var own = ["__address__": "i"]
        own.merge(labels) { $1 }
        guard case .target(let target) = try Target.make(own, group: [:], for: configuration) else {
            throw ScrapingError(.invalidTarget, "dropped")
        }
        loop = ScrapeLoop(
            target: target, configuration: configuration, memory: TargetMemory(), client: nil,
            services: services,
            seed: 0, forcedError: nil)
    }

    /// Digests a body as if it had been fetched.
    func scrape(_ body: String, at time: Timestamp, type: String? = "text/plain; version=0.0.4") {
        let scratch = ScrapeScratch()
        scratch.received = ByteBuffer(string: body)
        loop.digest(
            .success(FetchedBody(contentType: type, encoding: nil)), scratch, time: time,
            begin: MonotonicTime.nanoseconds())
    }

    /// Digests a protobuf body.
    func scrape(protobuf body: [UInt8], at time: Timestamp) {
        let scratch = ScrapeScratch()
        scratch.received = ByteBuffer(bytes: body)
        let type =
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        loop.digest(
            .success(FetchedBody(contentType: type, encoding: nil)), scratch, time: time,
            begin: MonotonicTime.nanoseconds())
    }

    /// Digests a failed fetch.
    func fail(at time: Timestamp) {
        loop.digest(
            .failure(ScrapingError(.badStatus, "server returned HTTP status 500")), ScrapeScratch(),
            time: time,
            begin: MonotonicTime.nanoseconds())
    }

    /// The last value of a series about the scrape.
    func report(_ name: String) -> String? {
        store.samples("\(name){instance=\"i\", job=\"j\"}").last.map { String($0.prefix { $0 != "@" }) }
    }

    func counter(_ name: String) -> String? {
        let text = String(decoding: registry.render(as: .text), as: UTF8.self)
        return text.split(separator: "\n").first { $0.hasPrefix(name + " ") }.map {
            String($0.dropFirst(name.utf8.count + 1))
        }
    }

    var status: ScrapeLoop.Status { loop.status.withLock { $0 } }
}
