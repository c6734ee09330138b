internal import Platform
internal import Synchronization

extension Head {
    /// Refuses samples before `time` from now on: a block has them.
    func closeBefore(_ time: Int64) {
        appendLock.withLock { _ in
            stateLock.withWriteLock { store.pointee.minValidTime = max(store.pointee.minValidTime, time) }
        }
    }

    /// Takes samples before the closed time again when that lies in the future: blocks were made by a
    /// clock that has been set right since. No truncation may be pending.
    func reopenIfClosedAhead(after time: Int64) {
        let last = lastAppendableTime
        appendLock.withLock { _ in
            stateLock.withWriteLock {
                if store.pointee.minValidTime > last { store.pointee.minValidTime = time }
            }
        }
    }

    /// Whether readers are at work that began before this commit or at it.
    func hasReaders(through epoch: UInt64) -> Bool {
        (isolation.oldestEpoch ?? .max) <= epoch
    }

    var currentEpoch: UInt64 { stateLock.withReadLock { store.pointee.epoch } }

    /// Drops chunks whose samples are all older than `time`, and series that have none left. The locks
    /// are let go between pieces.
    func truncate(before time: Int64) {
        var minTime = Int64.max
        var removed: [UInt32] = []
        var pairsTouched: Set<UInt32> = []
        var slot = 0
        let piece = 512
        while true {
            let isDone: Bool = appendLock.withLock { _ in
                stateLock.withWriteLock {
                    let end = min(slot + piece, Int(store.pointee.slotEnd))
                    for i in slot..<max(slot, end) {
                        truncate(slot: i, before: time, &minTime, &removed, &pairsTouched)
                    }
                    slot = max(slot, end)
                    return slot >= Int(store.pointee.slotEnd)
                }
            }
            if isDone { break }
        }
        forget(removed, pairsTouched)
        let paths: [String] = appendLock.withLock { _ in
            writeFullChunks()
            return stateLock.withWriteLock {
                let isEmpty = store.pointee.openChunkCount + store.pointee.fullChunks.chunkCount == 0
                // Samples that came meanwhile are not older than `time`.
                store.pointee.minTime = isEmpty ? .max : minTime == .max ? time : max(minTime, time)
                store.pointee.files.cut()
                return store.pointee.files.dropFiles(before: time)
            }
        }
        for path in paths { try? disk.remove(path) }
    }

    private func truncate(
        slot: Int, before time: Int64, _ minTime: inout Int64, _ removed: inout [UInt32],
        _ pairsTouched: inout Set<UInt32>
    ) {
        let record = store.pointee.records[slot]
        let reference = record.pointee.reference
        guard reference != 0, store.pointee.slot(of: UInt64(reference)) == slot else { return }
        if record.pointee.sampleCount > 0, record.pointee.lastTime < time {
            store.pointee.arena.free(record.pointee.sizeClass, record.pointee.chunk)
            store.pointee.openChunkCount -= 1
            store.pointee.counters.chunksRemoved += 1
            record.pointee.sampleCount = 0
            dropStarts(slot)
        }
        if record.pointee.flags & SeriesRecord.hasSide != 0, record.pointee.lastTime < time {
            store.pointee.histograms[UInt32(slot)] = nil
            record.pointee.flags &= ~SeriesRecord.hasSide
            store.pointee.openChunkCount -= 1
            store.pointee.counters.chunksRemoved += 1
        }
        let dropped = store.pointee.fullChunks.removeOldest(of: &record.pointee.fullChunks) {
            $0.maxTimeBoundOfPrevious < time
        }
        store.pointee.counters.chunksRemoved += UInt64(dropped)
        var oldest = record.pointee.sampleCount > 0 ? record.pointee.firstTime : Int64.max
        let hasHistograms = record.pointee.flags & SeriesRecord.hasSide != 0
        if hasHistograms { oldest = min(oldest, store.pointee.histograms[UInt32(slot)]?.times.first ?? .max) }
        store.pointee.fullChunks.visit(record.pointee.fullChunks) {
            oldest = min(oldest, $0.minTimeBound)
            return true
        }
        minTime = min(minTime, oldest)
        guard record.pointee.sampleCount == 0, record.pointee.fullChunks == 0, !hasHistograms,
            store.pointee.late[UInt32(slot)] == nil
        else { return }
        // Nobody appends to it any more, or it never had a sample.
        for pair in store.pointee.labelRuns[record.pointee.labels] { pairsTouched.insert(pair) }
        store.pointee.slotOfReference[Int(reference)].pointee = 0
        store.pointee.identities.remove(record.pointee.hash, reference)
        store.pointee.labelRuns.remove(record.pointee.labels)
        store.pointee.tombstones.remove(reference)
        store.pointee.metadata.remove(slot)
        record.pointee.reference = 0
        store.pointee.freeSlots.append(UInt32(slot))
        store.pointee.seriesCount -= 1
        store.pointee.counters.seriesRemoved += 1
        store.pointee.removedReferences[reference] = wal?.segment ?? 0
        removed.append(reference)
    }

    /// Takes series that are gone out of the postings, and pairs and symbols that nobody has any more
    /// out of the tables.
    private func forget(_ removed: [UInt32], _ pairs: Set<UInt32>) {
        if removed.isEmpty { return }
        let gone = Set(removed)
        let pairs = Array(pairs)
        var start = 0
        while start < pairs.count {
            appendLock.withLock { _ in
                stateLock.withWriteLock {
                    // Long lists are few; a piece is about as long as one of them.
                    var work = 0
                    while start < pairs.count, work < 50_000 {
                        work += 8 + store.pointee.pairs.seriesCount(pairs[start])
                        store.pointee.pairs.removeAll(from: pairs[start]) { gone.contains($0) }
                        start += 1
                    }
                }
            }
        }
        appendLock.withLock { _ in
            stateLock.withWriteLock {
                store.pointee.pairs.forgetEmpty(pairs) { name, value in
                    store.pointee.symbols.release(name)
                    store.pointee.symbols.release(value)
                }
            }
        }
    }
}
