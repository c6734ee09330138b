internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

extension Head {
    /// Checks, logs and stores a batch; see `SampleStore.append`.
    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        if batch.isEmpty { return AppendResult() }
        var result = AppendResult()
        var failure: StorageError?
        // Columns are read through pointers: one bounds check here instead of three a sample.
        batch.series.withUnsafeBufferPointer { series in
            batch.timestamps.withUnsafeBufferPointer { times in
                batch.values.withUnsafeBufferPointer { values in
                    let columns = BatchColumns(
                        series: series, times: times, values: values,
                        starts: options.keepsStartTimestamps ? batch.startTimestamps : [])
                    appendLock.withLock { _ in
                        do throws(StorageError) {
                            result = try append(columns, batch)
                        } catch {
                            failure = error
                        }
                    }
                }
            }
        }
        if let failure { throw failure }
        return result
    }

    private func append(
        _ batch: BatchColumns, _ whole: borrowing SampleBatch
    ) throws(StorageError) -> AppendResult {
        guard let wal else { throw StorageError(.notReady, "cannot append: the storage is closed") }
        var result = AppendResult()
        let bounds = appendableTimes
        let accepted = check(batch, bounds, &result)
        let histograms = checkHistograms(whole, bounds, &result)
        let late = scratch.late
        let lateHistograms = scratch.lateHistograms
        let newExemplars = checkExemplars(whole, bounds)
        let newMetadata = checkMetadata(whole)
        if whole.isAtomic, !result.refused.isEmpty {
            result.storedCount = 0
            return result
        }
        if accepted > 0 || !histograms.isEmpty || !late.isEmpty || !lateHistograms.isEmpty
            || !newExemplars.isEmpty || !newMetadata.isEmpty
        {
            do throws(DiskError) {
                try logUnloggedSeries(wal)
                try logMetadata(newMetadata, wal)
                if accepted > 0 {
                    logSamples(batch)
                    try wal.add(scratch.record.bytes)
                }
                for record in WALRecord.encodeHistograms(histograms) {
                    scratch.record.removeAll()
                    scratch.record.append(record)
                    try wal.add(scratch.record.bytes)
                }
                if !newExemplars.isEmpty {
                    scratch.record.removeAll()
                    WALRecord.encodeExemplars(newExemplars, into: &scratch.record)
                    try wal.add(scratch.record.bytes)
                }
                try logLate(late, lateHistograms)
                try wal.commit(syncs: options.walFsyncInterval == 0)
                lateLog?.settle()
                scratch.unloggedSeries.removeAll(keepingCapacity: true)
            } catch {
                wal.rollBack()
                lateLog?.rollBack()
                stateLock.withWriteLock { store.pointee.counters.walWriteFailures += 1 }
                throw StorageError(error, doing: "append to the log")
            }
        }
        stateLock.withWriteLock {
            store.pointee.counters.samplesAppended += UInt64(accepted)
            store.pointee.counters.histogramsAppended += UInt64(histograms.count)
            for refusal in result.refused {
                switch refusal.reason {
                case .outOfOrder: store.pointee.counters.outOfOrder += 1
                case .outOfBounds: store.pointee.counters.outOfBounds += 1
                case .tooFarAhead: store.pointee.counters.tooFarAhead += 1
                case .duplicateTimestamp: store.pointee.counters.duplicates += 1
                case .unknownSeries: break
                }
            }
            if accepted > 0 || !histograms.isEmpty { apply(batch, histograms) }
            for sample in late {
                storeLate(sample.time, sample.value, start: sample.start, in: Int(sample.slot))
            }
            for sample in lateHistograms {
                storeLate(sample.time, sample.histogram, start: sample.start, in: Int(sample.slot))
            }
            for item in newMetadata { store.pointee.metadata.set(item.slot, item.metadata) }
            store.pointee.counters.lateAppended += UInt64(late.count + lateHistograms.count)
        }
        result.exemplarCount = storeExemplars(newExemplars)
        if store.pointee.files.unwrittenCount > 256 << 10 { writeFullChunks() }
        return result
    }

    private var appendableTimes: AppendableTimes {
        let last = lastAppendableTime
        let newest = min(store.pointee.maxTime, last)
        let (window, overflow) = newest.subtractingReportingOverflow(options.chunkRange / 2)
        return AppendableTimes(
            first: max(store.pointee.minValidTime, overflow ? .min : window), last: last, newest: newest)
    }

    /// Finds the slot of each sample that is to be stored. Returns how many those are.
    private func check(_ batch: BatchColumns, _ bounds: AppendableTimes, _ result: inout AppendResult) -> Int
    {
        let minValidTime = bounds.first
        let maxValidTime = bounds.last
        let scratch = scratch
        let store = store
        let count = batch.count
        if scratch.slots.count < count {
            scratch.slots = [UInt32](repeating: 0, count: count + count / 4)
        }
        let words = Int(store.pointee.slotEnd) / 64 + 1
        if scratch.seen.count < words {
            scratch.seen.append(
                contentsOf: repeatElement(0, count: words + words / 4 - scratch.seen.count + 1))
        }
        scratch.late.removeAll(keepingCapacity: true)
        scratch.lateHistograms.removeAll()
        var accepted = 0
        var repeats = false
        scratch.slots.withUnsafeMutableBufferPointer { slots in
            scratch.seen.withUnsafeMutableBufferPointer { seen in
                for i in 0..<count {
                    slots[i] = AppendScratch.skipped
                    guard let slot = store.pointee.slot(of: batch.series[i].number) else {
                        result.refused.append((i, .unknownSeries))
                        continue
                    }
                    let time = batch.times[i]
                    let value = batch.values[i].bitPattern
                    let record = store.pointee.records[slot]
                    var lastTime = record.pointee.lastTime
                    var lastValue = record.pointee.lastValue
                    let bit: UInt64 = 1 &<< UInt64(slot & 63)
                    if seen[slot &>> 6] & bit != 0 {
                        if !repeats {
                            repeats = true
                            for j in 0..<i where slots[j] != AppendScratch.skipped {
                                scratch.newest[slots[j]] = (batch.times[j], batch.values[j].bitPattern)
                            }
                        }
                        if let newest = scratch.newest[UInt32(slot)] { (lastTime, lastValue) = newest }
                    }
                    if time >= minValidTime, time > lastTime, time <= maxValidTime {
                        slots[i] = UInt32(truncatingIfNeeded: slot)
                        seen[slot &>> 6] |= bit
                        if repeats { scratch.newest[UInt32(slot)] = (time, value) }
                        accepted &+= 1
                    } else if time > maxValidTime {
                        result.refused.append((i, .tooFarAhead))
                    } else if options.outOfOrderWindow > 0, time < minValidTime || time < lastTime {
                        if let refusal = refusalOfLate(
                            slot, time, .float(batch.values[i]), newest: bounds.newest)
                        {
                            result.refused.append((i, refusal))
                        } else {
                            scratch.late.append(
                                AcceptedLate(
                                    slot: UInt32(slot), reference: batch.series[i].number, time: time,
                                    value: batch.values[i], start: batch.start(i)))
                            result.storedCount += 1
                        }
                    } else if time < minValidTime {
                        result.refused.append((i, .outOfBounds))
                    } else if time == lastTime {
                        let isSame =
                            lastValue == value && record.pointee.flags & SeriesRecord.unknownLastValue == 0
                        if isSame {
                            result.storedCount += 1
                        } else {
                            result.refused.append((i, .duplicateTimestamp))
                        }
                    } else {
                        result.refused.append((i, .outOfOrder))
                    }
                }
                for i in 0..<count where slots[i] != AppendScratch.skipped { seen[Int(slots[i]) &>> 6] = 0 }
            }
        }
        if repeats { scratch.newest.removeAll(keepingCapacity: true) }
        result.storedCount += accepted
        return accepted
    }

    // MARK: - Log

    private func logUnloggedSeries(_ wal: WALWriter) throws(DiskError) {
        let references = scratch.unloggedSeries
        var start = 0
        while start < references.count {
            let end = min(start + 10_000, references.count)
            scratch.record.removeAll()
            WALRecord.beginSeries(&scratch.record)
            for reference in references[start..<end] { logSeries(reference, into: &scratch.record) }
            try wal.add(scratch.record.bytes)
            start = end
        }
    }

    /// Adds a series to a series record. Under either lock.
    func logSeries(_ reference: UInt32, into record: inout ByteBuffer) {
        guard let slot = store.pointee.slot(of: UInt64(reference)) else { return }
        let run = store.pointee.labelRuns[store.pointee.records[slot].pointee.labels]
        WALRecord.appendSeries(UInt64(reference), labelCount: run.count, to: &record) { append in
            for pair in run {
                append(store.pointee.symbols[store.pointee.pairs.name(pair)])
                append(store.pointee.symbols[store.pointee.pairs.value(pair)])
            }
        }
    }

    private func logSamples(_ batch: BatchColumns) {
        scratch.slots.withUnsafeBufferPointer { slots in
            if batch.starts.isEmpty {
                Head.encodeSamples(batch, slots, into: &scratch.record)
            } else {
                Head.encodeSamplesWithStarts(batch, slots, into: &scratch.record)
            }
        }
    }

    /// Takes buffer and slots as parameters: an access to a property of a class in the loop would cost
    /// more than the encoding.
    private static func encodeSamples(
        _ batch: BatchColumns, _ slots: UnsafeBufferPointer<UInt32>, into record: inout ByteBuffer
    ) {
        record.removeAll()
        record.reserve(17 + batch.count * 28)
        var firstReference: UInt64 = 0
        var firstTime: Int64 = 0
        var isFirst = true
        for i in 0..<batch.count where slots[i] != AppendScratch.skipped {
            let reference = batch.series[i].number
            let time = batch.times[i]
            if isFirst {
                isFirst = false
                firstReference = reference
                firstTime = time
                WALRecord.beginSamples(reference, time, &record)
            }
            WALRecord.appendSample(
                reference, time, batch.values[i].bitPattern, firstReference: firstReference,
                firstTime: firstTime,
                to: &record)
        }
    }

    // MARK: - Memory

    private func apply(_ batch: BatchColumns, _ histograms: [AcceptedHistogram]) {
        store.pointee.epoch += 1
        noteForReaders(batch, histograms)
        var minTime = store.pointee.minTime
        var maxTime = store.pointee.maxTime
        let startCount = batch.starts.count
        scratch.slots.withUnsafeBufferPointer { slots in
            for i in 0..<batch.count where slots[i] != AppendScratch.skipped {
                let ahead = i + HeadStore.prefetchDistance
                if ahead < batch.count, slots[ahead] != AppendScratch.skipped {
                    store.pointee.prefetchOpenChunk(Int(slots[ahead]))
                }
                let time = batch.times[i]
                store(time, batch.values[i].bitPattern, in: Int(slots[i]))
                if i < startCount { noteStart(batch.starts[i], in: Int(slots[i])) }
                if time > maxTime { maxTime = time }
                if time < minTime { minTime = time }
            }
        }
        for sample in histograms {
            store(sample.time, sample.histogram, start: sample.start, in: Int(sample.slot))
            maxTime = max(maxTime, sample.time)
            minTime = min(minTime, sample.time)
        }
        store.pointee.minTime = minTime
        store.pointee.maxTime = maxTime
    }

    /// Keeps what readers at work need to leave this batch out.
    private func noteForReaders(_ batch: BatchColumns, _ histograms: [AcceptedHistogram]) {
        guard let oldest = isolation.oldestEpoch else {
            if !store.pointee.undo.isEmpty { store.pointee.undo.removeAll() }
            return
        }
        while let first = store.pointee.undo.first, first.epoch <= oldest { store.pointee.undo.removeFirst() }
        var slots: [UInt32] = []
        var lastTimes: [Int64] = []
        slots.reserveCapacity(batch.count)
        lastTimes.reserveCapacity(batch.count)
        for i in 0..<batch.count where scratch.slots[i] != AppendScratch.skipped {
            slots.append(scratch.slots[i])
            lastTimes.append(store.pointee.records[Int(scratch.slots[i])].pointee.lastTime)
        }
        for sample in histograms {
            slots.append(sample.slot)
            lastTimes.append(store.pointee.records[Int(sample.slot)].pointee.lastTime)
        }
        store.pointee.undo.append(UndoBatch(epoch: store.pointee.epoch, slots: slots, lastTimes: lastTimes))
    }

    /// Adds a sample newer than all others of its series. Under both locks.
    @inline(__always)
    func store(_ time: Int64, _ value: UInt64, in slot: Int) {
        let record = store.pointee.records[slot]
        prepareChunk(record, slot, time)
        var chunk = OpenChunk(record, store)
        append(time, value, to: &chunk)
        chunk.save()
    }

    /// Adds samples of the log to a series as far as they are newer than what it has, and not in a block.
    /// Returns the times of those that were added.
    func store(
        _ samples: UnsafeBufferPointer<LoggedSample>, baseTime: Int64, in slot: Int
    ) -> ClosedRange<Int64>? {
        let record = store.pointee.records[slot]
        let minValidTime = store.pointee.minValidTime
        let quarter = options.samplesPerChunk / 4
        let countMax = 2 * options.samplesPerChunk
        var oldest: Int64?
        var i = 0
        while i < samples.count {
            let time = baseTime &+ Int64(samples[i].offset)
            guard time > record.pointee.lastTime, time >= minValidTime else {
                i += 1
                continue
            }
            if oldest == nil { oldest = time }
            prepareChunk(record, slot, time)
            var chunk = OpenChunk(record, store)
            append(time, samples[i].value, to: &chunk)
            i += 1
            while i < samples.count {
                let time = baseTime &+ Int64(samples[i].offset)
                if time > chunk.state.time {
                    if chunk.state.count == quarter || chunk.isFull(for: time, countMax) { break }
                    append(time, samples[i].value, to: &chunk)
                }
                i += 1
            }
            chunk.save()
        }
        return oldest.map { $0...record.pointee.lastTime }
    }

    /// Begins a chunk where the series has none, or one that a sample at `time` does not belong in.
    @inline(__always)
    private func prepareChunk(_ record: UnsafeMutablePointer<SeriesRecord>, _ slot: Int, _ time: Int64) {
        let count = Int(record.pointee.sampleCount)
        if count == 0 {
            if record.pointee.flags & SeriesRecord.hasSide != 0 { finishHistograms(slot) }
            beginChunk(record, time)
        } else if needsCut(record, time, count) {
            finishChunk(record, slot)
            beginChunk(record, time)
        }
    }

    @inline(__always)
    private func append(_ time: Int64, _ value: UInt64, to chunk: inout OpenChunk) {
        let step = chunk.state.count >= 2 ? XORChunk.step(time, value, &chunk.state) : nil
        let needed = XORChunk.byteCount(
            chunk.state.bitCount &+ (step.map(\.bitCount) ?? XORChunk.bitsMax(time, value, chunk.state)))
        if needed > chunk.capacity {
            chunk.base = moveToLargerPlace(
                chunk.record, chunk.base, holding: XORChunk.byteCount(chunk.state.bitCount), needed)
            chunk.capacity = ChunkArena.capacity(chunk.record.pointee.sizeClass)
        }
        // Words are written whole. What stands behind the place is another chunk's, and is put back.
        let isTight = needed &+ ChunkArena.overrun > chunk.capacity
        let behind = isTight ? chunk.base.loadUnaligned(fromByteOffset: chunk.capacity, as: UInt64.self) : 0
        if let step {
            XORChunk.put(step, at: &chunk.state.bitCount, in: chunk.base)
        } else {
            XORChunk.append(time, value, to: &chunk.state, at: chunk.base)
        }
        if isTight { chunk.base.storeBytes(of: behind, toByteOffset: chunk.capacity, as: UInt64.self) }
    }

    /// Moves the open chunk to the smallest place that `needed` bytes fit. Returns its address.
    @inline(never)
    private func moveToLargerPlace(
        _ record: UnsafeMutablePointer<SeriesRecord>, _ base: UnsafeMutableRawPointer, holding count: Int,
        _ needed: Int
    ) -> UnsafeMutableRawPointer {
        var sizeClass = record.pointee.sizeClass
        while ChunkArena.capacity(sizeClass) < needed { sizeClass += 1 }
        let chunk = store.pointee.arena.allocate(sizeClass)
        let target = store.pointee.arena.address(sizeClass, chunk)
        target.copyMemory(from: base, byteCount: count)
        store.pointee.arena.free(record.pointee.sizeClass, record.pointee.chunk)
        record.pointee.sizeClass = sizeClass
        record.pointee.chunk = chunk
        return target
    }

    // MARK: - Chunks

    @inline(__always)
    private func needsCut(_ record: UnsafeMutablePointer<SeriesRecord>, _ time: Int64, _ count: Int) -> Bool {
        // At a quarter of the target the end is set so that chunks up to the range's end are even.
        if count == options.samplesPerChunk / 4 {
            record.pointee.nextCut = Head.evenEnd(
                record.pointee.firstTime, record.pointee.lastTime, record.pointee.nextCut)
        }
        return time >= record.pointee.nextCut || count >= 2 * options.samplesPerChunk
            || XORChunk.byteCount(Int(record.pointee.bitCount)) > OpenChunk.byteCountMax
            || UInt64(bitPattern: time &- record.pointee.lastTime) > UInt64(UInt32.max)
    }

    /// Where a chunk is to end that took a quarter of its samples between `start` and `now`, so that
    /// chunks of about equal size fill the time to `end`. Source: Prometheus' computeChunkEndTime.
    static func evenEnd(_ start: Int64, _ now: Int64, _ end: Int64) -> Int64 {
        let span = Double(end) - Double(start)
        let chunks = span / ((Double(now) - Double(start) + 1) * 4)
        if chunks <= 1 { return end }
        let result = Double(start) + span / chunks.rounded(.down)
        return Int64(exactly: result.rounded(.towardZero)) ?? end
    }

    private func beginChunk(_ record: UnsafeMutablePointer<SeriesRecord>, _ time: Int64) {
        record.pointee.sizeClass = 0
        record.pointee.chunk = store.pointee.arena.allocate(0)
        record.pointee.sampleCount = 0
        record.pointee.bitCount = UInt16(XORChunk.headerBytes * 8)
        record.pointee.leading = 0xFF
        record.pointee.trailing = 0
        record.pointee.delta = 0
        record.pointee.firstTime = time
        record.pointee.nextCut = rangeEnd(time)
        store.pointee.openChunkCount += 1
        store.pointee.counters.chunksCreated += 1
    }
}

/// The open chunk of a series while samples are added, with its state at hand.
private struct OpenChunk {
    /// A chunk of more bytes takes no further sample.
    static let byteCountMax = 1005

    let record: UnsafeMutablePointer<SeriesRecord>
    var state: XORChunk.State
    var base: UnsafeMutableRawPointer
    /// Bytes of the place at ``base``.
    var capacity: Int

    @inline(__always)
    init(_ record: UnsafeMutablePointer<SeriesRecord>, _ store: UnsafeMutablePointer<HeadStore>) {
        self.record = record
        state = XORChunk.State(
            count: Int(record.pointee.sampleCount), time: record.pointee.lastTime,
            value: record.pointee.lastValue, delta: UInt64(record.pointee.delta),
            leading: record.pointee.leading, trailing: record.pointee.trailing,
            bitCount: Int(record.pointee.bitCount))
        base = store.pointee.arena.address(record.pointee.sizeClass, record.pointee.chunk)
        capacity = ChunkArena.capacity(record.pointee.sizeClass)
    }

    /// Whether a sample at `time` belongs in the next chunk.
    @inline(__always)
    func isFull(for time: Int64, _ countMax: Int) -> Bool {
        time >= record.pointee.nextCut || state.count >= countMax
            || XORChunk.byteCount(state.bitCount) > OpenChunk.byteCountMax
            || UInt64(bitPattern: time &- state.time) > UInt64(UInt32.max)
    }

    /// Writes the state back.
    @inline(__always)
    func save() {
        base.storeBytes(of: UInt16(truncatingIfNeeded: state.count).bigEndian, as: UInt16.self)
        record.pointee.lastTime = state.time
        record.pointee.lastValue = state.value
        record.pointee.delta = UInt32(truncatingIfNeeded: state.delta)
        record.pointee.leading = state.leading
        record.pointee.trailing = state.trailing
        record.pointee.bitCount = UInt16(truncatingIfNeeded: state.bitCount)
        record.pointee.sampleCount = UInt16(truncatingIfNeeded: state.count)
        record.pointee.flags &= ~SeriesRecord.unknownLastValue
    }
}

/// What times a batch may have now.
struct AppendableTimes {
    /// Older ones are refused: half a chunk range behind the newest, or in a block.
    var first: Int64
    /// Later ones are refused: they lie too far ahead of the clock.
    var last: Int64
    /// The newest sample of the head, or `last` when that is earlier.
    var newest: Int64
}

/// The columns of a batch as borrowed memory of equal length.
struct BatchColumns {
    let series: UnsafeBufferPointer<SeriesReference>
    let times: UnsafeBufferPointer<Int64>
    let values: UnsafeBufferPointer<Double>
    /// Start timestamps of the first of them, 0 = not known; mostly none.
    let starts: [Int64]

    /// The start timestamp of a sample, 0 = not known.
    func start(_ place: Int) -> Int64 { place < starts.count ? starts[place] : 0 }

    var count: Int { series.count }
}
