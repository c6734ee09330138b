internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

/// The head as of one commit, for one querier.
final class HeadSnapshot: Sendable {
    let head: Head
    /// Whether late samples are read too; blocks of the head are made without them.
    let includesLate: Bool
    private let number: UInt64
    private let epoch: UInt64
    /// Series from this reference on came later.
    private let referenceEnd: UInt32

    private struct Later {
        var throughEpoch: UInt64
        /// The newest time that counts, of slots that were appended to since.
        var lastTimes: [UInt32: Int64] = [:]
    }

    private let later: Mutex<Later>

    init(_ head: Head, includesLate: Bool = true) {
        self.head = head
        self.includesLate = includesLate
        var epoch: UInt64 = 0
        var end: UInt32 = 0
        var number: UInt64 = 0
        head.stateLock.withReadLock {
            epoch = head.store.pointee.epoch
            end = head.store.pointee.nextReference
            number = head.isolation.enter(epoch: epoch)
        }
        self.epoch = epoch
        self.number = number
        referenceEnd = end
        later = Mutex(Later(throughEpoch: epoch))
    }

    deinit { head.isolation.leave(number) }

    /// The newest time of a slot that this reader may see. Under the read lock.
    private func visibleEnd(_ slot: Int) -> Int64 {
        let store = head.store
        if store.pointee.epoch == epoch { return .max }
        return later.withLock { later in
            if later.throughEpoch < store.pointee.epoch {
                for batch in store.pointee.undo where batch.epoch > later.throughEpoch {
                    for i in 0..<batch.slots.count where later.lastTimes[batch.slots[i]] == nil {
                        later.lastTimes[batch.slots[i]] = batch.lastTimes[i]
                    }
                }
                later.throughEpoch = store.pointee.epoch
            }
            return later.lastTimes[UInt32(slot)] ?? .max
        }
    }

    // MARK: - Selecting

    /// The references of series with samples between the inclusive bounds, ascending by labels.
    func select(_ matchers: [LabelMatcher], from start: Int64, through end: Int64) -> [UInt32] {
        head.stateLock.withReadLock {
            head.select(matchers, referenceEnd: referenceEnd).filter { overlaps($0, start, end) }
        }
    }

    /// The series that ``select(_:from:through:)`` gives, when a matcher for equality leaves few, and
    /// the samples of their open chunks, when nothing else of them is between the inclusive bounds; nil otherwise.
    ///
    /// - Parameter readsSamples: whether chunks are of interest.
    func sizeInMemory(
        of matchers: [LabelMatcher], from start: Int64, through end: Int64, seriesMax: Int, readsSamples: Bool
    ) -> SelectionSize? {
        head.stateLock.withReadLock {
            let store = head.store
            guard store.pointee.lateCount == 0, store.pointee.tombstones.isEmpty,
                let most = head.countMax(matchers), most <= 4 * seriesMax
            else { return nil }
            var size = SelectionSize(seriesCount: 0, sampleCount: 0)
            for reference in head.select(matchers, referenceEnd: referenceEnd)
            where overlaps(reference, start, end) {
                guard let slot = store.pointee.slot(of: UInt64(reference)) else { continue }
                let record = store.pointee.records[slot]
                let isInOpenChunk =
                    record.pointee.flags & SeriesRecord.hasSide == 0
                    && (record.pointee.fullChunks == 0
                        || record.pointee.sampleCount > 0 && record.pointee.firstTime <= start)
                guard size.seriesCount < seriesMax, isInOpenChunk || !readsSamples else { return nil }
                size.seriesCount += 1
                size.sampleCount += Int(record.pointee.sampleCount)
            }
            return size
        }
    }

    /// Whether a series has samples between the inclusive bounds. Under the read lock.
    func overlapsLocked(_ reference: UInt32, _ start: Int64, _ end: Int64) -> Bool {
        reference < referenceEnd && overlaps(reference, start, end)
    }

    private func overlaps(_ reference: UInt32, _ start: Int64, _ end: Int64) -> Bool {
        let store = head.store
        guard let slot = store.pointee.slot(of: UInt64(reference)) else { return false }
        let record = store.pointee.records[slot]
        if includesLate, store.pointee.lateCount > 0, let side = store.pointee.late[UInt32(slot)],
            let first = side.firstTime, let last = side.lastTime, first <= end, last >= start
        {
            return true
        }
        let last = min(record.pointee.lastTime, visibleEnd(slot))
        if last < start || last == .min { return false }
        if record.pointee.sampleCount > 0, record.pointee.firstTime <= end { return true }
        if let side = side(slot), let first = side.times.first, first <= end { return true }
        var found = false
        store.pointee.fullChunks.visit(record.pointee.fullChunks) {
            if $0.minTimeBound <= end { found = true }
            return !found
        }
        return found
    }

    /// The open histograms of a slot. Under the read lock.
    private func side(_ slot: Int) -> HistogramSide? {
        guard head.store.pointee.records[slot].pointee.flags & SeriesRecord.hasSide != 0 else { return nil }
        return head.store.pointee.histograms[UInt32(slot)]
    }

    func labels(of reference: UInt32) -> Labels {
        head.stateLock.withReadLock {
            head.store.pointee.slot(of: UInt64(reference)).map { head.labels($0) } ?? .empty
        }
    }

    /// Whether a series has these labels.
    func hasLabels(_ labels: Labels, _ reference: UInt32) -> Bool {
        head.stateLock.withReadLock {
            guard let slot = head.store.pointee.slot(of: UInt64(reference)) else { return labels.isEmpty }
            return head.hasLabels(labels, slot)
        }
    }

    // MARK: - Reading

    /// Appends the samples of a series between the inclusive bounds. Full chunks that cannot be read are
    /// noted and left out.
    func read(
        _ reference: UInt32, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(TSDBError) {
        var places: [FullChunk] = []
        var end = end
        let base = columns.mark
        var deleted: [Tombstones.Interval] = []
        var openHistograms: HistogramSide?
        var openStarts: [Int64] = []
        var late: OutOfOrderSide?
        let requestedEnd = end
        try withUnsafeOpenChunk { (room) throws(TSDBError) in
            var openCount = 0
            head.stateLock.withReadLock {
                guard let slot = head.store.pointee.slot(of: UInt64(reference)) else { return }
                end = min(end, visibleEnd(slot))
                if !head.store.pointee.tombstones.isEmpty {
                    deleted = head.store.pointee.tombstones[reference]
                }
                places = fullChunks(slot, start, end)
                openHistograms = side(slot)
                if includesLate, head.store.pointee.lateCount > 0 {
                    late = head.store.pointee.late[UInt32(slot)]
                }
                openCount = copyOpenChunk(slot, start, end, to: room)
                if openCount > 0 { openStarts = head.openStarts(slot) }
            }
            for full in places.reversed() {
                let before = columns.mark
                do throws(WireError) {
                    try HeadSnapshot.decode(full.place, start, end, &columns)
                } catch {
                    columns.cut(to: before)
                    noteDamage(error, full)
                }
            }
            if openCount > 0 {
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<openCount])
                do throws(WireError) {
                    if openStarts.isEmpty {
                        try XORChunkReader.decode(bytes, from: start, through: end, into: &columns)
                    } else {
                        try Head.decode(bytes, openStarts, from: start, through: end, into: &columns)
                    }
                } catch {
                    throw TSDBError(error)
                }
            }
        }
        if let openHistograms {
            for (i, time) in openHistograms.times.enumerated() where time >= start && time <= end {
                columns.append(time, openHistograms.histograms[i], start: openHistograms.start(i))
            }
        }
        if !deleted.isEmpty { columns.remove(deleted, from: base) }
        // All of them came after the last deletion.
        if let late {
            let before = columns.mark
            late.append(from: start, through: requestedEnd, to: &columns)
            columns.restoreOrder(from: base, second: before)
        }
    }

    /// A chunk as it goes into a block.
    struct RawChunk {
        var encoding: UInt8
        var bytes: [UInt8]
        var minTime: Int64
        var maxTime: Int64
    }

    /// A full chunk that cannot be read.
    private func noteDamage(_ error: WireError, _ full: FullChunk) {
        var offset: Int?
        if case .mapped(_, _, let place) = full.place { offset = place }
        let file = head.chunkFolder + "/" + HeadChunkFormat.fileName(full.file)
        head.damages.noteFound(TSDBError(error, file: file, offset: offset), file: file, times: full.times)
    }

    /// Copies of the chunks of a series that reach between the inclusive bounds, oldest first. Chunks
    /// that cannot be read are noted and left out.
    func chunks(_ reference: UInt32, from start: Int64, through end: Int64) -> [RawChunk] {
        var places: [FullChunk] = []
        var open: RawChunk?
        var openStarts: [Int64] = []
        var openHistograms: HistogramSide?
        head.stateLock.withReadLock {
            let store = head.store
            guard let slot = store.pointee.slot(of: UInt64(reference)) else { return }
            places = fullChunks(slot, start, end)
            openHistograms = side(slot)
            let record = store.pointee.records[slot]
            if record.pointee.sampleCount > 0, record.pointee.firstTime <= end,
                record.pointee.lastTime >= start
            {
                let address = store.pointee.arena.address(record.pointee.sizeClass, record.pointee.chunk)
                let count = XORChunk.byteCount(Int(record.pointee.bitCount))
                open = RawChunk(
                    encoding: ChunkEncoding.xor.rawValue,
                    bytes: Array(UnsafeRawBufferPointer(start: address, count: count)),
                    minTime: record.pointee.firstTime, maxTime: record.pointee.lastTime)
                openStarts = head.openStarts(slot)
            }
        }
        var chunks: [RawChunk] = []
        for full in places.reversed() {
            guard case .mapped(let mapping, let writtenCount, let offset) = full.place else {
                if case .copied(let record) = full.place { chunks.append(record) }
                continue
            }
            let written = UnsafeRawBufferPointer(rebasing: mapping.bytes.prefix(writtenCount))
            let record: HeadChunkFormat.Record
            do throws(WireError) {
                record = try HeadChunkFormat.read(written, at: offset)
            } catch {
                noteDamage(error, full)
                continue
            }
            let bytes = written[record.dataOffset..<(record.dataOffset + record.dataCount)]
            chunks.append(
                RawChunk(
                    encoding: record.encoding & 0x7F, bytes: Array(bytes), minTime: record.minTime,
                    maxTime: record.maxTime))
        }
        chunks.removeAll { $0.maxTime < start || $0.minTime > end }
        if var open {
            if !openStarts.isEmpty {
                open.encoding = ChunkEncoding.xor2.rawValue
                open.bytes = open.bytes.withUnsafeBytes { Head.chunk($0, with: openStarts) }
            }
            chunks.append(open)
        }
        if let openHistograms {
            let encoded = HistogramChunkBuilder(samplesPerChunk: 120)
                .encode(openHistograms.times, openHistograms.histograms, starts: openHistograms.starts)
            for chunk in encoded where chunk.minTime <= end && chunk.maxTime >= start {
                chunks.append(
                    RawChunk(
                        encoding: chunk.encoding, bytes: chunk.bytes, minTime: chunk.minTime,
                        maxTime: chunk.maxTime))
            }
        }
        return chunks
    }

    /// The deleted stretches of a series.
    func tombstones(_ reference: UInt32) -> [Tombstones.Interval] {
        head.stateLock.withReadLock { head.store.pointee.tombstones[reference] }
    }

    private func withUnsafeOpenChunk(
        _ body: (UnsafeMutableRawBufferPointer) throws(TSDBError) -> Void
    ) throws(TSDBError) {
        var failure: TSDBError?
        // Temporary allocations of more than a kilobyte are not on the stack.
        var room = InlineArray<144, UInt64>(repeating: 0)
        withUnsafeMutableBytes(of: &room) { room in
            do throws(TSDBError) {
                try body(room)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private struct FullChunk {
        var place: HeadChunkPlace
        var file: UInt32
        /// Inclusive; the samples lie between.
        var times: ClosedRange<Int64>
    }

    /// Newest first. Under the read lock.
    private func fullChunks(_ slot: Int, _ start: Int64, _ end: Int64) -> [FullChunk] {
        let store = head.store
        let record = store.pointee.records[slot]
        if record.pointee.fullChunks == 0 { return [] }
        if record.pointee.sampleCount > 0, record.pointee.firstTime <= start { return [] }
        var places: [FullChunk] = []
        var last = record.pointee.lastTime
        store.pointee.fullChunks.visit(record.pointee.fullChunks) { entry in
            if entry.minTimeBound <= end, let place = store.pointee.files.locate(entry) {
                let first = entry.minTimeBound
                places.append(
                    FullChunk(place: place, file: entry.file, times: min(first, last)...max(first, last)))
            }
            last = entry.maxTimeBoundOfPrevious
            // A chunk that begins before the range is the oldest that can reach into it.
            return entry.minTimeBound == .min || entry.maxTimeBoundOfPrevious >= start
        }
        return places
    }

    /// Copies the open chunk when it reaches into the range; returns its bytes. Under the read lock.
    private func copyOpenChunk(
        _ slot: Int, _ start: Int64, _ end: Int64, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        let store = head.store
        let record = store.pointee.records[slot]
        guard record.pointee.sampleCount > 0, record.pointee.firstTime <= end,
            record.pointee.lastTime >= start,
            let target = room.baseAddress
        else { return 0 }
        let count = XORChunk.byteCount(Int(record.pointee.bitCount))
        target.copyMemory(
            from: store.pointee.arena.address(record.pointee.sizeClass, record.pointee.chunk),
            byteCount: count)
        return count
    }

    static func decode(
        _ place: HeadChunkPlace, _ start: Int64, _ end: Int64, _ columns: inout SampleColumns
    ) throws(WireError) {
        switch place {
        case .mapped(let mapping, let writtenCount, let offset):
            let written = UnsafeRawBufferPointer(rebasing: mapping.bytes.prefix(writtenCount))
            let record = try HeadChunkFormat.read(written, at: offset)
            if record.maxTime < start || record.minTime > end { return }
            let bytes = UnsafeRawBufferPointer(
                rebasing: written[record.dataOffset..<(record.dataOffset + record.dataCount)])
            try ChunkDecoder.decode(record.encoding & 0x7F, bytes, from: start, through: end, into: &columns)
        case .copied(let chunk):
            var failure: WireError?
            chunk.bytes.withUnsafeBytes { bytes in
                do throws(WireError) {
                    try ChunkDecoder.decode(chunk.encoding, bytes, from: start, through: end, into: &columns)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }
}
