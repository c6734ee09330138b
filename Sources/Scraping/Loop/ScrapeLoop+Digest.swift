import Exposition
import Instruments
import Logging
import MetricModel
import NIOCore
import Platform
import StorageAPI
import Synchronization
import WebClient
import Wire

extension ScrapeLoop {
    /// Turns what was fetched into samples and stores them. Runs on a worker thread: takes milliseconds
    /// and blocks on the disk.
    ///
    /// - Parameter begin: `MonotonicTime` of the start of the scrape.
    func digest(
        _ fetched: Result<FetchedBody, any Error>, _ scratch: ScrapeScratch, time: Timestamp, begin: UInt64
    ) {
        memory.content.withLock { content in
            var values = ReportSeries.Values()
            var failure: (any Error)?
            var pass = ScrapePass(
                generation: content.cache.nextGeneration(), time: time, now: services.clock.now(),
                configuration: configuration, takesExemplars: services.store.takesExemplars)
            do {
                let body = try fetched.get()
                try withBody(body, scratch) { bytes in
                    values.bodySize = bytes.count
                    if bytes.isEmpty {
                        // Prometheus takes an empty body for a good one: all series end.
                        content.cache.markAllStale(at: time, into: &scratch.batch)
                        return
                    }
                    switch try request.format(contentType: body.contentType) {
                    case .text(.openMetrics) where services.store.takesStartTimestamps:
                        try readOpenMetrics(bytes, &content.cache, &pass, into: &scratch.batch)
                    case .text(let format):
                        try content.cache.read(
                            bytes, format: format, pass: &pass, labels: sampleLabels, store: services.store,
                            into: &scratch.batch)
                    case .protobuf:
                        let read = try ProtobufBody(UnsafeRawBufferPointer(bytes), options: protobufOptions)
                        pass.starts = read.starts
                        try read.text.withUnsafeBufferPointer { text in
                            try content.cache.read(
                                text, format: .text, histograms: read.histograms, exemplars: read.exemplars,
                                pass: &pass, labels: sampleLabels, store: services.store,
                                into: &scratch.batch)
                        }
                    }
                }
            } catch {
                failure = error
                scratch.batch.removeAll()
                let flushes = content.cache.forcedFlushes
                content.cache.markAllStale(at: time, into: &scratch.batch)
                if content.cache.forcedFlushes > flushes { services.instruments.cacheFlushForced.increment() }
                values.bodySize = isBodyTooLarge(error) ? -1 : 0
                pass.counts.seriesAdded = 0
            }
            values.counts = pass.counts
            values.isUp = failure == nil
            values.duration = Double(MonotonicTime.nanoseconds() - begin) / 1e9
            values.timeout = Double(target.timeout) / 1000
            values.sampleLimit = configuration.limits.samples
            note(failure, values, time)
            if failure == nil { noteRefused(pass.counts.refusedSeries) }
            store(&content, values, time, &scratch.batch, sampleCount: scratch.batch.count)
            publish(content.cache.metadata)
        }
    }

    /// Reads a body whose lines with the time when a metric began are no samples.
    private func readOpenMetrics(
        _ body: UnsafeBufferPointer<UInt8>, _ cache: inout ScrapeCache, _ pass: inout ScrapePass,
        into batch: inout SampleBatch
    ) throws {
        func read(_ text: UnsafeBufferPointer<UInt8>) throws {
            try cache.read(
                text, format: .openMetrics, pass: &pass, labels: sampleLabels, store: services.store,
                into: &batch)
        }
        guard let created = CreatedLines(body) else { return try read(body) }
        pass.starts = created.starts
        try created.text.withUnsafeBufferPointer { try read($0) }
    }

    private var protobufOptions: ProtobufBody.Options {
        ProtobufBody.Options(
            readsNativeHistograms: configuration.scrapeNativeHistograms,
            alwaysReadsClassic: configuration.alwaysScrapeClassicHistograms,
            textBytesMax: KnownLines.textSizeMax, readsExemplars: services.store.takesExemplars,
            readsStartTimestamps: services.store.takesStartTimestamps)
    }

    /// Marks everything stale after the target is gone for good. Runs on a worker thread.
    func digestEnd(at time: Timestamp, _ scratch: ScrapeScratch) {
        memory.content.withLock { content in
            content.cache.markAllStale(at: time, into: &scratch.batch)
            content.report.appendMarkers(at: time, into: &scratch.batch)
            do {
                // A target that came back in the meantime has newer samples: ours are refused, rightly.
                _ = try services.store.append(scratch.batch)
            } catch {
                services.logger.warning(
                    "cannot store staleness markers",
                    metadata: ["target": "\(target.url)", "error": "\(error)"])
            }
        }
    }

    // MARK: - The body

    private func withBody(
        _ body: FetchedBody, _ scratch: ScrapeScratch, _ use: (UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
        guard body.encoding?.lowercased() == "gzip" else {
            return try scratch.received.withUnsafeReadableBytes { try use($0.bindMemory(to: UInt8.self)) }
        }
        do {
            try scratch.received.withUnsafeReadableBytes { bytes throws(WireError) in
                try Gzip.decompress(bytes, limit: request.bodySizeLimit, into: &scratch.inflated)
            }
        } catch let error where error.kind == .tooLarge {
            throw ScrapingError(.bodySizeLimit, "body size limit exceeded")
        } catch {
            throw ScrapingError(.malformedBody, error.description)
        }
        try use(scratch.inflated.bytes.bindMemory(to: UInt8.self))
    }

    private func isBodyTooLarge(_ error: any Error) -> Bool {
        (error as? ScrapingError)?.kind == .bodySizeLimit || (error as? WebClientError)?.kind == .bodyTooLarge
    }

    // MARK: - The report

    private func note(_ failure: (any Error)?, _ values: ReportSeries.Values, _ time: Timestamp) {
        let instruments = services.instruments
        if let failure {
            if isBodyTooLarge(failure) { instruments.exceededBodySizeLimit.increment() }
            switch (failure as? ScrapingError)?.kind {
            case .sampleLimit: instruments.exceededSampleLimit.increment()
            case .labelLimit: instruments.exceededLabelLimits.increment()
            default: break
            }
            services.logger.debug(
                "scrape failed", metadata: ["target": "\(target.url)", "error": "\(failure)"])
        }
        status.withLock { status in
            status.health = failure == nil ? .up : .down
            status.lastError = failure.map { isBodyTooLarge($0) ? "body size limit exceeded" : "\($0)" } ?? ""
            status.lastScrape = time
            status.lastDuration = values.duration
        }
    }

    /// Tells of new series that the storage has no room for: the scrape is good all the same.
    private func noteRefused(_ count: Int) {
        if count == 0 { return }
        services.logger.warning(
            "new series of a scrape were refused: the storage is at its limit",
            metadata: ["target": "\(target.url)", "series": "\(count)"])
        status.withLock {
            $0.lastError = "\(count) new series were refused: the storage is at its limit of series"
        }
    }

    private func publish(_ table: MetadataTable) {
        memory.metadata.withLock { published in
            if published.version != table.version { published = (table.version, table.all) }
        }
    }

    // MARK: - Storing

    /// - Parameter sampleCount: how many samples of the batch are not about the scrape itself.
    private func store(
        _ content: inout TargetMemory.Content, _ values: ReportSeries.Values, _ time: Timestamp,
        _ batch: inout SampleBatch, sampleCount: Int
    ) {
        do {
            try content.report.append(
                values, extra: configuration.extraScrapeMetrics, at: time, labels: sampleLabels,
                store: services.store, into: &batch)
            let result = try services.store.append(batch)
            guard !result.refused.isEmpty || values.counts.duplicates + values.counts.outOfBounds > 0 else {
                return
            }
            var counts = values.counts
            count(result.refused, in: batch, sampleCount, &counts)
            try storeForgotten(result.refused, &content, &batch)
            services.instruments.duplicateTimestamp.increment(by: UInt64(counts.duplicates))
            services.instruments.outOfOrder.increment(by: UInt64(counts.outOfOrder))
            services.instruments.outOfBounds.increment(by: UInt64(counts.outOfBounds))
            if counts.duplicates + counts.outOfOrder + counts.outOfBounds > 0 {
                // A wrong clock needs somebody who sets it right; the others are how some targets are.
                services.logger.log(
                    level: counts.outOfBounds > 0 ? .warning : .debug,
                    "samples of a scrape were refused",
                    metadata: [
                        "target": "\(target.url)", "duplicate": "\(counts.duplicates)",
                        "out_of_order": "\(counts.outOfOrder)",
                        "out_of_bounds": "\(counts.outOfBounds)",
                    ])
            }
        } catch {
            content.cache.describeAgain()
            content.report.describeAgain()
            services.logger.error(
                "cannot store a scrape", metadata: ["target": "\(target.url)", "error": "\(error)"])
            status.withLock { status in
                if status.lastError.isEmpty { status.lastError = "cannot store the samples: \(error)" }
            }
        }
    }

    private func count(
        _ refused: [(index: Int, reason: SampleRefusal)], in batch: borrowing SampleBatch, _ sampleCount: Int,
        _ counts: inout ScrapeCounts
    ) {
        // Native histograms come behind all floats.
        for (index, reason) in refused where index < sampleCount || index >= batch.count {
            // Markers and reports are refused when a target comes back under another loop: expected.
            if index < batch.count, batch.values[index].isStaleMarker { continue }
            switch reason {
            case .duplicateTimestamp: counts.duplicates += 1
            case .outOfOrder: counts.outOfOrder += 1
            case .outOfBounds, .tooFarAhead: counts.outOfBounds += 1
            case .unknownSeries: break
            }
        }
    }

    /// Stores once more what was refused because the store had forgotten the series.
    private func storeForgotten(
        _ refused: [(index: Int, reason: SampleRefusal)], _ content: inout TargetMemory.Content,
        _ batch: inout SampleBatch
    ) throws {
        let count = batch.count
        let indexes = refused.filter {
            $0.reason == .unknownSeries && ($0.index >= count || !batch.values[$0.index].isStaleMarker)
        }.map(\.index)
        guard !indexes.isEmpty else { return }
        let forgotten = Set(
            indexes.map { ($0 < count ? batch.series[$0] : batch.histogramSeries[$0 - count]).number })
        var new = try content.cache.registerAgain(forgotten, labels: sampleLabels, store: services.store)
        new.merge(try content.report.registerAgain(forgotten, labels: sampleLabels, store: services.store)) {
            $1
        }
        var again = SampleBatch()
        let (starts, histogramStarts) = (batch.startTimestamps, batch.histogramStartTimestamps)
        for index in indexes {
            if index >= count {
                let place = index - count
                guard let reference = new[batch.histogramSeries[place].number] else { continue }
                again.append(
                    reference, batch.histogramTimestamps[place], batch.histograms[place],
                    start: place < histogramStarts.count ? histogramStarts[place] : 0)
            } else if let reference = new[batch.series[index].number] {
                again.append(
                    reference, batch.timestamps[index], batch.values[index],
                    start: index < starts.count ? starts[index] : 0)
            }
        }
        _ = try services.store.append(again)
    }
}
