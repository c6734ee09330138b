internal import JSON
internal import Platform
public import StorageAPI
internal import Synchronization

extension Database {
    /// One round of the background work: head to block, merging of blocks, retention, cutting the log.
    /// Blocks until it is done; appends and queries go on.
    ///
    /// - Throws: `diskFull`, `io`, `corruption`; what was done before stays done.
    public func maintain() throws(StorageError) {
        var failure: StorageError?
        maintenance.withLock { state in
            do throws(TSDBError) {
                try runMaintenance(&state)
            } catch {
                failure = error.asStorageError
            }
        }
        if let failure { throw failure }
    }

    private func runMaintenance(_ state: inout MaintenanceState) throws(TSDBError) {
        guard !options.isReadOnly, status.withLock({ $0.isOpen }) else { return }
        decoded.forgetUnused()
        do throws(DiskError) {
            try reloadBlocks()
        } catch {
            status.withLock { $0.reloadFailureCount += 1 }
            throw TSDBError(error)
        }
        if try finishTruncation(&state) {
            while head.isReadyForBlock(), !isClosing {
                try writeHeadBlock(&state)
                // Readers that began before hold the chunks; the next round goes on.
                guard try finishTruncation(&state) else { break }
            }
        }
        if state.truncation == nil {
            let end = blocks.withLock { Database.inOrderEnd($0, until: head.lastAppendableTime) }
            head.reopenIfClosedAhead(after: end)
        }
        try writeLateBlocks()
        while !isClosing, try mergeBlocks() {}
        applyRetention()
    }

    var isClosing: Bool { !status.withLock { $0.isOpen } }

    // MARK: - Head to block

    private func writeHeadBlock(_ state: inout MaintenanceState) throws(TSDBError) {
        let start = head.minTime
        let end = head.rangeEnd(start)
        try counted { () throws(TSDBError) in
            var export = HeadExport(HeadSnapshot(head, includesLate: false), from: start, until: end)
            let path = try export.write(
                disk: disk, folder: options.path, ulid: ULID.make(now: clock.now()),
                isCancelled: { isClosing })
            try adopt(path, insteadOf: [])
        }
        head.closeBefore(end)
        state.truncation = (end, head.currentEpoch)
    }

    /// Drops from the head what a block has, once nobody reads it there. False: somebody still does.
    private func finishTruncation(_ state: inout MaintenanceState) throws(TSDBError) -> Bool {
        guard let truncation = state.truncation else { return true }
        // Most readers end within milliseconds; a long one is waited for by the next round.
        let deadline = MonotonicTime.nanoseconds() + 5_000_000_000
        while head.hasReaders(through: truncation.epoch) {
            if MonotonicTime.nanoseconds() > deadline || isClosing { return false }
            Pause.milliseconds(5)
        }
        head.truncate(before: truncation.time)
        state.truncation = nil
        do throws(DiskError) {
            try cutLog(before: truncation.time, &state)
        } catch {
            status.withLock { $0.checkpointFailureCount += 1 }
            throw TSDBError(error)
        }
        return true
    }

    /// Sums up the first two thirds of the log in a checkpoint and deletes them.
    private func cutLog(before time: Int64, _ state: inout MaintenanceState) throws(DiskError) {
        let folder = WALFolder(disk: disk, path: options.path + "/wal")
        var failure: DiskError?
        let current: Int? = head.appendLock.withLock { _ in
            do throws(DiskError) {
                try head.wal?.cutSegment()
            } catch {
                failure = error
            }
            return head.wal?.segment
        }
        if let failure { throw failure }
        guard let current, let first = try folder.segments().first else { return }
        let last = first + (current - 1 - first) * 2 / 3
        guard last > first, last < current else { return }
        try Checkpoint(folder: folder, compression: options.walCompression).make(
            through: last, minTime: time, isKept: { head.isKeptInLog($0, after: last, from: time) },
            metadata: { place, record in head.encodeMetadata(from: place, into: &record) },
            damaged: { text in status.withLock { $0.damages.append(text) } })
        head.forgetRemoved(through: last)
        // One that fails stays until the next snapshot is complete; it is not read any more.
        try? ChunkSnapshot.remove(disk: disk, path: options.path) { $0.segment <= last }
        state.checkpointedSegment = last
        status.withLock { $0.checkpointCount += 1 }
    }

    /// Late samples go to blocks of their own when the head's range moves on or there are many; the plan
    /// merges these with the blocks they overlap. Under the maintenance lock.
    ///
    /// - Parameter areAllDue: they go in any case.
    func writeLateBlocks(areAllDue: Bool = false) throws(TSDBError) {
        let (count, oldest) = head.stateLock.withReadLock {
            (
                head.store.pointee.lateCount,
                head.store.pointee.late.values.compactMap(\.firstTime).min() ?? .max
            )
        }
        let (due, overflow) = head.rangeEnd(head.credibleMaxTime).subtractingReportingOverflow(
            2 * options.chunkRange)
        guard count > 0, areAllDue || count > 500_000 || (!overflow && oldest < due) else { return }
        do throws(DiskError) {
            let (samples, segment) = try head.takeLate()
            var failure: TSDBError?
            do throws(TSDBError) {
                let export = LateExport(head: head, samples: samples)
                for path in try export.write(disk: disk, folder: options.path, now: clock.now()) {
                    try adopt(path, insteadOf: [])
                }
            } catch {
                failure = error
            }
            if let failure { return try failLate(failure) }
            try head.dropLate(samples, before: segment)
        } catch {
            throw TSDBError(error)
        }
    }

    private func failLate(_ error: TSDBError) throws(DiskError) {
        status.withLock { $0.compactionFailureCount += 1 }
        throw DiskError(error.kind == .diskFull ? .diskFull : .io, call: "write", path: options.path)
    }

    // MARK: - Blocks

    /// Merges the blocks that the plan names; false when there are none.
    private func mergeBlocks() throws(TSDBError) -> Bool {
        let open = blocks.withLock { $0 }
        let names = Set(
            CompactionPlan(smallest: options.chunkRange, max: blockRangeMax).next(
                Database.mergeable(open).map(\.meta)))
        if names.isEmpty { return false }
        let chosen = open.filter { names.contains($0.meta.ulid) }
        do throws(TSDBError) {
            try counted { () throws(TSDBError) in try merge(chosen) }
        } catch {
            // Damage does not go away: leave these blocks alone from now on.
            if error.kind == .corruption {
                noteDamage(error, chosen)
                markFailed(chosen)
            }
            throw error
        }
        return true
    }

    /// All blocks but those of late samples that reach behind the others: merged, nothing would tell
    /// that the samples which came in order are not in there yet, but still in the log.
    private static func mergeable(_ open: [Block]) -> [Block] {
        let end = inOrderEnd(open, until: .max)
        return open.filter { !$0.meta.hints.contains(BlockMeta.outOfOrderHint) || $0.meta.maxTime <= end }
    }

    func merge(_ chosen: [Block]) throws(TSDBError) {
        var merge = BlockMerge(chosen, samplesPerChunk: options.samplesPerChunk)
        let path = try merge.write(
            disk: disk, folder: options.path, ulid: ULID.make(now: clock.now()), isCancelled: { isClosing })
        try adopt(path, insteadOf: chosen)
    }

    /// What a merge met, for the queries over that block; one that reads it knows the time exactly.
    private func noteDamage(_ error: TSDBError, _ chosen: [Block]) {
        let block = chosen.first { block in error.file.map { $0.hasPrefix(block.path + "/") } ?? false }
        guard let block else { return }
        head.damages.noteFound(error, file: block.path, times: block.times)
    }

    private func markFailed(_ chosen: [Block]) {
        for block in chosen {
            var meta = block.meta
            meta.hasFailed = true
            // Without the mark the merge is tried, and fails, once more: no harm.
            try? disk.replaceFile(block.path + "/" + Block.metaName, with: meta.json.bytes(indent: 1))
        }
        let failed = Set(chosen.map(\.meta.ulid))
        blocks.withLock { $0.removeAll { failed.contains($0.meta.ulid) } }
        try? reloadBlocks()
    }

    private var blockRangeMax: Int64 {
        if options.blockRangeMax > 0 { return options.blockRangeMax }
        let month: Int64 = 31 * 24 * 3_600_000
        return options.retention > 0 ? max(options.chunkRange, min(month, options.retention / 10)) : month
    }

    private func counted(_ body: () throws(TSDBError) -> Void) throws(TSDBError) {
        let started = MonotonicTime.nanoseconds()
        do throws(TSDBError) {
            try body()
            status.withLock {
                $0.compactionCount += 1
                $0.compactionNanoseconds += MonotonicTime.nanoseconds() - started
            }
        } catch {
            status.withLock { $0.compactionFailureCount += 1 }
            throw error
        }
    }

    // MARK: - Retention

    private func applyRetention() {
        let open = blocks.withLock { $0 }
        var deleted: [Block] = []
        if options.retention > 0 {
            let oldest = Database.retentionStart(
                open.map { ($0.meta.minTime, $0.meta.maxTime) }, retention: options.retention,
                last: head.lastAppendableTime)
            for block in open where block.meta.maxTime <= oldest { deleted.append(block) }
            if !deleted.isEmpty { status.withLock { $0.timeRetentionCount += 1 } }
        }
        if let bound = retentionBytes {
            let log = (try? disk.sizeOfTree(options.path + "/wal")) ?? 0
            let chunks = (try? disk.sizeOfTree(options.path + "/chunks_head")) ?? 0
            var size = log + chunks
            var isOver = false
            for block in open.reversed() where !deleted.contains(where: { $0 === block }) {
                size += block.byteCount
                if size > bound {
                    deleted.append(block)
                    isOver = true
                }
            }
            if isOver { status.withLock { $0.sizeRetentionCount += 1 } }
        }
        for block in open where block.meta.isDeletable && !deleted.contains(where: { $0 === block }) {
            deleted.append(block)
        }
        if deleted.isEmpty { return }
        blocks.withLock { blocks in blocks.removeAll { block in deleted.contains { $0 === block } } }
        for block in deleted { deleteBlock(block) }
    }
}

extension Database {
    /// Up to which time (inclusive) the end of a block is too old. It follows the newest block, but no
    /// clock that is or was wrong: blocks from behind `last`, the latest time that samples may have now, do
    /// not count, and those behind a gap longer than the retention only when they are a retention long.
    ///
    /// - Parameter blocks: the bounds of each, ascending by the first.
    static func retentionStart(_ blocks: [(minTime: Int64, maxTime: Int64)], retention: Int64, last: Int64)
        -> Int64
    {
        // Runs of blocks without such a gap.
        var runs: [(start: Int64, end: Int64)] = []
        for block in blocks where block.minTime <= last {
            if let run = runs.last, block.minTime.subtractingClamped(run.end) <= retention {
                runs[runs.count - 1].end = max(run.end, block.maxTime)
            } else {
                runs.append((block.minTime, block.maxTime))
            }
        }
        while runs.count > 1, let run = runs.last,
            min(run.end, last).subtractingClamped(run.start) < retention
        {
            runs.removeLast()
        }
        guard let run = runs.last else { return .min }
        return min(run.end, last).subtractingClamped(retention)
    }

    /// Bytes that blocks, log and head chunks may have together; nil is no bound.
    var retentionBytes: Int64? {
        if options.retentionPercentage > 0, let total = try? disk.capacity(options.path).total, total > 0 {
            return Int64(exactly: (Double(total) * options.retentionPercentage / 100).rounded())
        }
        return options.retentionBytes > 0 ? options.retentionBytes : nil
    }
}

extension Int64 {
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : difference
    }
}

extension Head {
    /// Whether the head holds one and a half block ranges: the oldest range is then complete.
    func isReadyForBlock() -> Bool {
        let newest = credibleMaxTime
        return stateLock.withReadLock {
            let store = store
            guard store.pointee.minTime < newest else { return false }
            let (span, overflow) = newest.subtractingReportingOverflow(store.pointee.minTime)
            return overflow || span > options.chunkRange / 2 * 3
        }
    }

    /// Whether the log must keep telling a series: it lives, or samples of it may stand behind the
    /// segment, or samples from `time` on in what the checkpoint keeps.
    func isKeptInLog(_ reference: UInt64, after segment: Int, from time: Int64) -> Bool {
        stateLock.withReadLock {
            if store.pointee.slot(of: reference) != nil { return true }
            guard reference < UInt64(UInt32.max) else { return false }
            if store.pointee.aliases[UInt32(reference)] != nil, time <= store.pointee.aliasMaxTime {
                return true
            }
            if store.pointee.lateAliases.contains(UInt32(reference)) { return true }
            return (store.pointee.removedReferences[UInt32(reference)] ?? -1) > segment
        }
    }

    func forgetRemoved(through segment: Int) {
        stateLock.withWriteLock {
            store.pointee.removedReferences = store.pointee.removedReferences.filter { $0.value > segment }
        }
    }
}
