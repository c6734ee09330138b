import Exposition
import MetricModel
import StorageAPI

/// What is remembered about a target between its scrapes: lines with their series, which of them are not
/// stale, and metadata.
struct ScrapeCache {
    var lines = KnownLines()
    private(set) var metadata = MetadataTable()
    /// Whether series have come since the store was told metadata.
    var hasUndescribed = false
    /// The version of ``metadata`` that the store was told.
    var toldVersion = 0
    private var generation: UInt32 = 0
    /// Whether the last scrape was good: then the samples of all lines in `order` are current.
    private var isLive = false
    /// Slots that failed scrapes made; they are not in `order`.
    private var loose: [UInt32] = []
    /// Known lines after the last good scrape.
    private var countAfterSuccess = 0
    private(set) var forcedFlushes = 0
    /// Hashes of the exemplars with a time of their own that were seen last, by slot: most stay the same
    /// for many scrapes.
    private var exemplarHashes: [UInt32: UInt32] = [:]

    /// Reads a body and fills the batch with its samples and with staleness markers for series that are
    /// gone. New series are registered in the store. On an error the batch is of no use: see
    /// ``markAllStale(at:into:)``.
    ///
    /// - Throws: `ExpositionError`, `ScrapingError`, `StorageError`.
    mutating func read(
        _ body: UnsafeBufferPointer<UInt8>, format: ExpositionFormat,
        histograms: [ProtobufBody.Histogram] = [], exemplars: [ProtobufBody.Exemplar] = [],
        pass: inout ScrapePass, labels: SampleLabels, store: any SampleStore, into batch: inout SampleBatch
    ) throws {
        var parser = ExpositionParser(body, format: format)
        while true {
            try lines.follow(&parser, &pass, into: &batch)
            guard let entry = try parser.next() else { break }
            switch entry {
            case .sample(let line):
                try take(line, body, parser.line, &pass, labels, store, &batch)
            case .type(let name, let type):
                pass.typeCode = type.code
                note(body, parser, &pass, isType: true) {
                    $0.set(type: type, of: String(decoding: body[name], as: UTF8.self))
                }
            case .help(let name, let text):
                note(body, parser, &pass, isType: false) {
                    $0.set(
                        help: MetadataTable.unescaped(body[text], format),
                        of: String(decoding: body[name], as: UTF8.self))
                }
            case .unit(let name, let unit):
                note(body, parser, &pass, isType: false) {
                    $0.set(
                        unit: String(decoding: body[unit], as: UTF8.self),
                        of: String(decoding: body[name], as: UTF8.self))
                }
            }
        }
        for sample in histograms { try take(sample, &pass, labels, store, &batch) }
        if !pass.exemplars.isEmpty { try takeExemplars(of: body, &pass, &batch) }
        for exemplar in exemplars { take(exemplar, pass, &batch) }
        if pass.isOverLimit { throw ScrapingError(.sampleLimit, "sample limit exceeded") }
        finish(&pass, into: &batch)
        if store.takesMetadata { describe(into: &batch) }
    }

    /// The number of the scrape that begins.
    mutating func nextGeneration() -> UInt32 {
        generation = generation == .max ? 1 : generation + 1
        return generation
    }

    // MARK: - Lines off the known path

    private mutating func take(
        _ line: ExpositionParser.SampleLine, _ body: UnsafeBufferPointer<UInt8>, _ number: Int,
        _ pass: inout ScrapePass,
        _ labels: SampleLabels, _ store: any SampleStore, _ batch: inout SampleBatch
    ) throws {
        pass.counts.scraped += 1
        let text = UnsafeBufferPointer(rebasing: body[line.series])
        let timestamp = pass.honorsTimestamps ? line.timestamp : nil
        guard
            let (index, isNew) = try slot(
                of: text, number, hasTimestamp: timestamp != nil, &pass, labels, store)
        else { return }
        if pass.takesExemplars, let exemplar = line.exemplar {
            pass.exemplars.append((UInt32(index), exemplar))
        }
        if let timestamp {
            pass.take(line.value, at: timestamp, slot: &lines.slots[index], into: &batch)
        } else {
            lines.slots[index].isTracked = true
            pass.add(line.value, at: pass.time, of: lines.slots[index].reference, to: &batch)
        }
        if isNew { pass.counts.seriesAdded += 1 }
    }

    /// The same for a native histogram.
    private mutating func take(
        _ sample: ProtobufBody.Histogram, _ pass: inout ScrapePass, _ labels: SampleLabels,
        _ store: any SampleStore,
        _ batch: inout SampleBatch
    ) throws {
        pass.counts.scraped += 1
        let timestamp = pass.honorsTimestamps ? sample.timestamp : nil
        let found = try sample.series.withUnsafeBufferPointer { text in
            try slot(of: text, 0, hasTimestamp: timestamp != nil, &pass, labels, store)
        }
        guard let (index, isNew) = found else { return }
        let histogram = try pass.histogramLimits.applied(to: sample.histogram)
        if let fault = histogram.fault {
            throw ScrapingError(
                .invalidSeries,
                "invalid histogram \(String(decoding: sample.series, as: UTF8.self)): \(fault)")
        }
        lines.slots[index].isTracked = timestamp == nil || pass.tracksTimestamps
        if let timestamp, timestamp > pass.timeMax {
            pass.counts.outOfBounds += 1
        } else {
            batch.append(
                SeriesReference(lines.slots[index].reference), timestamp ?? pass.time, histogram,
                start: sample.start)
        }
        if isNew { pass.counts.seriesAdded += 1 }
    }

    // MARK: - Exemplars

    /// - Throws: `ExpositionError` on an exemplar that cannot be read: the body is not what it says.
    private mutating func takeExemplars(
        of body: UnsafeBufferPointer<UInt8>, _ pass: inout ScrapePass, _ batch: inout SampleBatch
    ) throws(ExpositionError) {
        for (slot, range) in pass.exemplars {
            let text = UnsafeBufferPointer(rebasing: body[range])
            let hash = KnownLines.hash(text)
            if exemplarHashes[slot] == hash { continue }
            let (labels, value, timestamp) = try SeriesText.decodeExemplar(text)
            // One without a time is of this scrape, though it may have been in the last.
            exemplarHashes[slot] = timestamp == nil ? nil : hash
            batch.append(
                SeriesReference(lines.slots[Int(slot)].reference),
                Exemplar(labels: labels, value: value, timestamp: timestamp ?? pass.time))
        }
        pass.exemplars.removeAll(keepingCapacity: true)
        // Slots come and go; what stays of them is a bit of memory and, at worst, an exemplar left out.
        if exemplarHashes.count > 2 * lines.count + 64 { exemplarHashes.removeAll() }
    }

    private func take(_ exemplar: ProtobufBody.Exemplar, _ pass: ScrapePass, _ batch: inout SampleBatch) {
        let slot = exemplar.series.withUnsafeBufferPointer { lines.find($0, hash: KnownLines.hash($0)) }
        guard let slot, lines.slots[slot].kind == .sample else { return }
        batch.append(
            SeriesReference(lines.slots[slot].reference),
            Exemplar(
                labels: exemplar.labels, value: exemplar.value, timestamp: exemplar.timestamp ?? pass.time))
    }

    /// The slot of a series whose sample is to be stored, and whether it is new; nil when relabeling drops
    /// it, or it repeats, or the limit is reached.
    private mutating func slot(
        of text: UnsafeBufferPointer<UInt8>, _ number: Int, hasTimestamp: Bool, _ pass: inout ScrapePass,
        _ labels: SampleLabels, _ store: any SampleStore
    ) throws -> (index: Int, isNew: Bool)? {
        let hash = KnownLines.hash(text)
        let found = lines.find(text, hash: hash)
        var index = found ?? 0
        if found == nil {
            let shown = try SeriesText.decode(text, type: pass.type, line: number)
            let stored = try labels.stored(shown)
            var reference = SeriesReference.none
            if let stored {
                guard pass.samplesLeft > 0 else {
                    pass.isOverLimit = true
                    pass.counts.kept += 1
                    return nil
                }
                do throws(StorageError) {
                    reference = try store.register(stored)
                } catch {
                    guard error.kind == .tooManySeries else { throw error }
                    // The series that are known go on; this one is tried again by the next scrape.
                    pass.counts.refusedSeries += 1
                    return nil
                }
            }
            guard
                let new = lines.insert(
                    text, hash: hash, kind: stored == nil ? .dropped : .sample, type: pass.typeCode)
            else {
                throw ScrapingError(
                    .bodySizeLimit, "cannot remember more than \(KnownLines.textSizeMax) bytes of series")
            }
            index = new
            lines.slots[index].reference = reference.number
            loose.append(UInt32(index))
            hasUndescribed = true
        }
        let isRepeated = lines.slots[index].generation == pass.generation
        visit(index, &pass)
        guard lines.slots[index].kind == .sample else { return nil }
        pass.counts.kept += 1
        if isRepeated, !hasTimestamp {
            pass.counts.duplicates += 1
            return nil
        }
        guard pass.samplesLeft > 0 else {
            pass.isOverLimit = true
            return nil
        }
        pass.samplesLeft -= 1
        return (index, found == nil)
    }

    /// Remembers a comment, so that the same line is skipped next time.
    private mutating func note(
        _ body: UnsafeBufferPointer<UInt8>, _ parser: ExpositionParser, _ pass: inout ScrapePass,
        isType: Bool,
        _ update: (inout MetadataTable) -> Int
    ) {
        var end = parser.offset
        if end > parser.entryOffset, body[end - 1] == UInt8(ascii: "\n") { end -= 1 }
        let text = UnsafeBufferPointer(rebasing: body[parser.entryOffset..<end])
        let hash = KnownLines.hash(text)
        var index = lines.find(text, hash: hash)
        let reference = update(&metadata)
        if index == nil {
            index = lines.insert(
                text, hash: hash, kind: isType ? .typeComment : .comment, type: pass.typeCode)
            // A full buffer costs speed here, nothing else.
            if let index { loose.append(UInt32(index)) }
        }
        if let index {
            lines.slots[index].reference = UInt64(reference)
            visit(index, &pass)
        }
    }

    /// Notes that a line has been seen, and where the known order goes on from it.
    private mutating func visit(_ index: Int, _ pass: inout ScrapePass) {
        let isExpected = pass.cursor < lines.order.count && lines.order[pass.cursor] == UInt32(index)
        if !isExpected, !pass.isRecording {
            pass.isRecording = true
            pass.visited.removeAll(keepingCapacity: true)
            pass.visited.append(contentsOf: lines.order[..<pass.cursor])
        }
        if lines.slots[index].generation != pass.generation {
            lines.slots[index].generation = pass.generation
            if pass.isRecording { pass.visited.append(UInt32(index)) }
        }
        let position = Int(lines.slots[index].position)
        if isExpected {
            pass.cursor += 1
        } else if position < lines.order.count, lines.order[position] == UInt32(index) {
            pass.cursor = position + 1
        }
    }

    // MARK: - The end of a scrape

    /// Ends a good scrape: marks what is gone, forgets it, and takes over the new order.
    private mutating func finish(_ pass: inout ScrapePass, into batch: inout SampleBatch) {
        let isSame = !pass.isRecording && pass.cursor == lines.order.count
        if !isSame {
            if !pass.isRecording { pass.visited.append(contentsOf: lines.order[..<pass.cursor]) }
            var gone: [UInt32] = []
            for index in lines.order where lines.slots[Int(index)].generation != pass.generation {
                appendMarker(lines.slots[Int(index)], pass.time, &batch)
                gone.append(index)
            }
            for index in loose where lines.slots[Int(index)].generation != pass.generation {
                gone.append(index)
            }
            swap(&lines.order, &pass.visited)
            for (position, index) in lines.order.enumerated() {
                lines.slots[Int(index)].position = UInt32(position)
            }
            lines.remove(gone)
            metadata.age(
                seen: lines.order.lazy.compactMap { [slots = lines.slots] index in
                    let slot = slots[Int(index)]
                    return slot.kind == .comment || slot.kind == .typeComment ? Int(slot.reference) : nil
                })
        } else {
            if !loose.isEmpty {
                lines.remove(loose.filter { lines.slots[Int($0)].generation != pass.generation })
            }
            metadata.ageMissing()
        }
        loose.removeAll()
        isLive = true
        countAfterSuccess = lines.count
    }

    /// Ends a failed scrape: all series that had a sample in the last one go stale.
    mutating func markAllStale(at time: Timestamp, into batch: inout SampleBatch) {
        if isLive {
            for index in lines.order { appendMarker(lines.slots[Int(index)], time, &batch) }
        }
        isLive = false
        // A target whose failing scrapes always show other labels must not fill the memory.
        if lines.count > countAfterSuccess * 2 + 1000 {
            lines.remove(loose)
            loose.removeAll()
            forcedFlushes += 1
        }
    }

    private func appendMarker(_ slot: KnownLines.Slot, _ time: Timestamp, _ batch: inout SampleBatch) {
        guard isLive, slot.kind == .sample, slot.isTracked else { return }
        batch.append(SeriesReference(slot.reference), time, .staleMarker)
    }

    /// Registers series anew that the store has forgotten. Returns the new references by the old ones.
    ///
    /// - Throws: `StorageError`.
    mutating func registerAgain(
        _ forgotten: Set<UInt64>, labels: SampleLabels, store: any SampleStore
    ) throws -> [UInt64: SeriesReference] {
        var result: [UInt64: SeriesReference] = [:]
        for index in lines.slots.indices {
            let slot = lines.slots[index]
            guard slot.kind == .sample, forgotten.contains(slot.reference) else { continue }
            let stored = lines.withText(of: slot) { text -> Labels? in
                guard let shown = try? SeriesText.decode(text, type: MetricType(code: slot.type)) else {
                    return nil
                }
                return try? labels.stored(shown)
            }
            guard let stored else { continue }
            let reference = try store.register(stored)
            result[slot.reference] = reference
            lines.slots[index].reference = reference.number
            lines.slots[index].isDescribed = false
            hasUndescribed = true
        }
        return result
    }
}
