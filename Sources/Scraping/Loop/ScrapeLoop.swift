import EventLoops
import Instruments
import Logging
import MetricModel
import NIOCore
import Platform
import StorageAPI
import Synchronization
import WebClient

/// What all loops share.
struct ScrapeServices: Sendable {
    let store: any SampleStore
    let workers: WorkerThreads
    let clock: any WallClock
    let alarm: any Alarm
    let logger: Logger
    let instruments: ScrapeInstruments
    let options: ScrapeOptions
    let scratch = ScratchPool()
}

/// What is remembered about a target; outlives its loop when a reload changes only how it is asked.
final class TargetMemory: Sendable {
    struct Content {
        var cache = ScrapeCache()
        var report = ReportSeries()
    }

    let content = Mutex(Content())
    /// For the API, which must not wait for a scrape that holds `content`.
    let metadata = Mutex<(version: Int, all: [MetricMetadata])>((0, []))
}

/// Scrapes one target, again and again.
final class ScrapeLoop: Sendable {
    struct Status {
        var lastError = ""
        var lastScrape: Timestamp?
        /// Seconds.
        var lastDuration = 0.0
        var health = TargetStatus.Health.unknown
        /// Fails all scrapes without asking the target.
        var forcedError: ScrapingError?
        var discoveredLabels: Labels
    }

    let target: Target
    let memory: TargetMemory
    let configuration: ScrapeConfiguration
    let services: ScrapeServices
    let request: ScrapeRequest
    let sampleLabels: SampleLabels
    let status: Mutex<Status>
    private let client: OutgoingClient?
    /// Nil where the client must choose one by itself.
    private let connection: KeptConnection?
    private let loop: SocketLoop
    private let seed: UInt64
    private let intervalText: String
    private let digestion = Occupation()

    /// - Parameter client: nil when it could not be made; then `forcedError` says why.
    init(
        target: Target, configuration: ScrapeConfiguration, memory: TargetMemory, client: OutgoingClient?,
        services: ScrapeServices, seed: UInt64, forcedError: ScrapingError?
    ) {
        self.target = target
        self.configuration = configuration
        self.memory = memory
        self.client = client
        self.services = services
        self.seed = seed
        intervalText = DurationText.format(milliseconds: target.interval)
        request = ScrapeRequest(target: target, configuration: configuration)
        loop = .next()
        connection = client?.keptConnection(to: request.url, on: loop)
        sampleLabels = SampleLabels(target: target, configuration: configuration)
        status = Mutex(Status(forcedError: forcedError, discoveredLabels: target.discoveredLabels))
    }

    /// Scrapes until the task is cancelled, on the thread of the connection.
    func run() async {
        await withTaskExecutorPreference(loop) { await repeatedly() }
    }

    private func repeatedly() async {
        let offset = target.offset(seed: seed)
        let tolerance = min(target.interval / 100, services.options.timestampTolerance)
        let start = services.clock.now()
        if services.options.scrapesAtStart { await scrape(at: start) }
        var slot = Self.next(after: start, interval: target.interval, offset: offset)
        var last: UInt64?
        while !Task.isCancelled {
            do { try await services.alarm.wait(until: slot) } catch { break }
            // Before the clock is read: a digest that takes longer than the interval costs slots, as a slow target does.
            await digestion.wait()
            let now = services.clock.now()
            // Slots that passed while we slept or scraped are left out.
            if now - slot >= target.interval { slot += (now - slot) / target.interval * target.interval }
            let begin = MonotonicTime.nanoseconds()
            if let last {
                services.instruments.intervalLength.observe(
                    Double(begin - last) / 1e9, label: intervalText)
            }
            last = begin
            // The planned time compresses better than one that is off by a millisecond.
            await scrape(at: (0...tolerance).contains(now - slot) ? slot : now)
            slot += target.interval
        }
        await digestion.wait()
    }

    /// The first time after `now` that lies at the offset in its interval.
    static func next(after now: Timestamp, interval: Int64, offset: Int64) -> Timestamp {
        let passed = (now - offset) % interval
        return now + interval - (passed < 0 ? passed + interval : passed)
    }

    /// Scrapes once; returns when the answer is there, and has a worker thread digest it. The scrape before must have been
    /// digested.
    ///
    /// - Parameter time: of the samples, milliseconds since 1970.
    func scrape(at time: Timestamp) async {
        let begin = MonotonicTime.nanoseconds()
        let scratch = services.scratch.take()
        var result: Result<FetchedBody, any Error>
        if let error = status.withLock({ $0.forcedError }) {
            result = .failure(error)
        } else {
            result = await fetch(into: scratch)
        }
        // A target that is taken away in mid-scrape did not fail.
        if Task.isCancelled { return }
        digestion.begin()
        let refusal = services.workers.submit { [result] in
            self.digest(result, scratch, time: time, begin: begin)
            self.services.scratch.give(scratch)
            self.digestion.end()
        }
        if let refusal {
            digestion.end()
            services.logger.warning(
                "cannot digest a scrape: the workers refuse",
                metadata: ["target": "\(target.url)", "error": "\(refusal)"])
        }
    }

    private func fetch(into scratch: ScrapeScratch) async -> Result<FetchedBody, any Error> {
        guard let client else {
            return .failure(ScrapingError(.invalidTarget, "the HTTP client could not be made"))
        }
        do {
            let outgoing = request.outgoing(buffer: scratch.received)
            // The client is to be the only owner of the buffer, lest it copies it.
            scratch.received = ByteBuffer()
            let response = try await client.send(outgoing, over: connection)
            scratch.received = response.body
            guard response.status == 200 else {
                throw ScrapingError(
                    .badStatus, "server returned HTTP status \(response.status) \(response.reason)")
            }
            return .success(
                FetchedBody(
                    contentType: response.header("content-type"),
                    encoding: response.header("content-encoding")))
        } catch {
            return .failure(error)
        }
    }
}

/// A body that lies in the scratch room.
struct FetchedBody: Sendable {
    var contentType: String?
    var encoding: String?
}
