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
                disk: disk, folder: options.path, ulid: ULID.make(now: clock.now()), isCancelled: { isClosing })
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
            through: last, minTime: time, isKept: { head.isKeptInLog($0, after: last) },
            damaged: { text in status.withLock { $0.damages.append(text) } })
        head.forgetRemoved(through: last)
        state.checkpointedSegment = last
        status.withLock { $0.checkpointCount += 1 }
    }

    /// Late samples go to blocks of their own when the head's range moves on or there are many; the plan
    /// merges these with the blocks they overlap.
    private func writeLateBlocks() throws(TSDBError) {
        let (count, oldest) = head.stateLock.withReadLock {
            (head.store.pointee.lateCount, head.store.pointee.late.values.compactMap { $0.times.first }.min() ?? .max)
        }
        guard count > 0, count > 500_000 || oldest < head.rangeEnd(head.maxTime) - 2 * options.chunkRange else { return }
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
        let names = Set(CompactionPlan(smallest: options.chunkRange, max: blockRangeMax).next(open.map(\.meta)))
        if names.isEmpty { return false }
        let chosen = open.filter { names.contains($0.meta.ulid) }
        do throws(TSDBError) {
            try counted { () throws(TSDBError) in try merge(chosen) }
        } catch {
            // Damage does not go away: leave these blocks alone from now on.
            if error.kind == .corruption { markFailed(chosen) }
            throw error
        }
        return true
    }

    func merge(_ chosen: [Block]) throws(TSDBError) {
        var merge = BlockMerge(chosen, samplesPerChunk: options.samplesPerChunk)
        let path = try merge.write(
            disk: disk, folder: options.path, ulid: ULID.make(now: clock.now()), isCancelled: { isClosing })
        try adopt(path, insteadOf: chosen)
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
        if options.retention > 0, let newest = open.map(\.meta.maxTime).max() {
            for block in open where newest - block.meta.maxTime >= options.retention { deleted.append(block) }
            if !deleted.isEmpty { status.withLock { $0.timeRetentionCount += 1 } }
        }
        if options.retentionBytes > 0 {
            let log = (try? disk.sizeOfTree(options.path + "/wal")) ?? 0
            let chunks = (try? disk.sizeOfTree(options.path + "/chunks_head")) ?? 0
            var size = log + chunks
            var isOver = false
            for block in open.reversed() where !deleted.contains(where: { $0 === block }) {
                size += block.byteCount
                if size > options.retentionBytes {
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

extension Head {
    /// Whether the head holds one and a half block ranges: the oldest range is then complete.
    func isReadyForBlock() -> Bool {
        stateLock.withReadLock {
            let store = store
            guard store.pointee.minTime < store.pointee.maxTime else { return false }
            let (span, overflow) = store.pointee.maxTime.subtractingReportingOverflow(store.pointee.minTime)
            return overflow || span > options.chunkRange / 2 * 3
        }
    }

    /// Whether the log must keep telling a series: it lives, or samples of it may stand behind the
    /// segment.
    func isKeptInLog(_ reference: UInt64, after segment: Int) -> Bool {
        stateLock.withReadLock {
            if store.pointee.slot(of: reference) != nil { return true }
            guard reference < UInt64(UInt32.max) else { return false }
            return (store.pointee.removedReferences[UInt32(reference)] ?? -1) > segment
        }
    }

    func forgetRemoved(through segment: Int) {
        stateLock.withWriteLock {
            store.pointee.removedReferences = store.pointee.removedReferences.filter { $0.value > segment }
        }
    }
}
