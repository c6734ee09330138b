internal import JSON
public import MetricModel
internal import Platform
public import StorageAPI
internal import Synchronization
internal import Wire

extension Database {
    /// Hides the samples of the matching series between the inclusive bounds from queries. Space comes
    /// back when blocks are merged or by ``cleanTombstones()``.
    ///
    /// - Throws: `diskFull`, `io`, `corruption`; deletions that were made before stay.
    public func deleteSeries(
        _ matchers: [LabelMatcher], from start: Timestamp, through end: Timestamp
    ) throws(StorageError) {
        guard start <= end else { return }
        var failure: StorageError?
        maintenance.withLock { _ in
            do throws(TSDBError) {
                // In blocks they can be deleted for good; those that come late from now on are not deleted.
                try writeLateBlocks(areAllDue: true)
                for block in blocks.withLock({ $0 }) where block.overlaps(start, end) {
                    try delete(matchers, start, end, in: block)
                }
                try head.delete(matchers, start, end)
            } catch {
                failure = error.asStorageError
            }
        }
        if let failure { throw failure }
    }

    private func delete(_ matchers: [LabelMatcher], _ start: Int64, _ end: Int64, in block: Block)
        throws(TSDBError)
    {
        var tombstones = block.tombstones.withLock { $0 }
        let numbers = try block.select(matchers)
        do throws(WireError) {
            for number in numbers {
                let chunks = try block.index.chunks(number)
                guard let first = chunks.first, let last = chunks.last,
                    first.minTime <= end, last.maxTime >= start
                else { continue }
                tombstones.add(
                    number, .init(minTime: max(start, first.minTime), maxTime: min(end, last.maxTime)))
            }
        } catch {
            throw TSDBError(error, file: block.path)
        }
        var meta = block.meta
        meta.numTombstones = tombstones.count
        do throws(DiskError) {
            try disk.replaceFile(block.path + "/" + Block.tombstonesName, with: tombstones.encoded)
            try disk.replaceFile(block.path + "/" + Block.metaName, with: meta.json.bytes(indent: 1))
        } catch {
            throw TSDBError(error)
        }
        let written = tombstones
        block.tombstones.withLock { $0 = written }
    }

    /// Writes blocks with deletions anew without the deleted samples, and removes those with none left.
    public func cleanTombstones() throws(StorageError) {
        var failure: StorageError?
        maintenance.withLock { _ in
            do throws(TSDBError) {
                for block in blocks.withLock({ $0 }) where !block.tombstones.withLock({ $0.isEmpty }) {
                    try merge([block])
                }
            } catch {
                failure = error.asStorageError
            }
        }
        if let failure { throw failure }
    }

    /// Makes a copy of the database under `snapshots/`: blocks by hard links, the head as a block.
    ///
    /// - Parameter skipsHead: leaves the head out.
    /// - Returns: the name of the folder below `snapshots/`.
    public func snapshot(skipsHead: Bool = false) throws(StorageError) -> String {
        let now = clock.now()
        let name = Database.snapshotName(now, UInt64.random(in: 0 ... .max))
        let folder = options.path + "/snapshots/" + name
        var failure: StorageError?
        maintenance.withLock { _ in
            do throws(TSDBError) {
                try writeSnapshot(folder, skipsHead: skipsHead, now: now)
            } catch {
                failure = error.asStorageError
            }
        }
        if let failure { throw failure }
        return name
    }

    private func writeSnapshot(_ folder: String, skipsHead: Bool, now: Int64) throws(TSDBError) {
        do throws(DiskError) {
            try disk.makeFolder(folder)
            for block in blocks.withLock({ $0 }) {
                let target = folder + "/" + block.meta.ulid
                try disk.makeFolder(target + "/" + Block.chunksName)
                for name in [Block.metaName, Block.indexName, Block.tombstonesName] {
                    if try disk.status(block.path + "/" + name) != nil {
                        try disk.link(block.path + "/" + name, to: target + "/" + name)
                    }
                }
                for name in try disk.list(block.path + "/" + Block.chunksName) {
                    let inside = "/" + Block.chunksName + "/" + name
                    try disk.link(block.path + inside, to: target + inside)
                }
            }
        } catch {
            throw TSDBError(error)
        }
        let start = head.minTime
        let end = head.maxTime
        if skipsHead || start > end { return }
        let late: [UInt32: OutOfOrderSide]
        do throws(DiskError) {
            late = try head.takeLate().samples
        } catch {
            throw TSDBError(error)
        }
        _ = try LateExport(head: head, samples: late).write(disk: disk, folder: folder, now: now)
        var export = HeadExport(
            HeadSnapshot(head, includesLate: false), from: start, until: end == .max ? end : end + 1)
        _ = try export.write(
            disk: disk, folder: folder, ulid: ULID.make(now: now), isCancelled: { isClosing })
    }

    /// `20060102T150405Z-` and 16 hexadecimal digits.
    static func snapshotName(_ now: Int64, _ random: UInt64) -> String {
        let hex = String(random, radix: 16)
        return CalendarTime(milliseconds: now).compactText + "-"
            + String(repeating: "0", count: 16 - hex.utf8.count) + hex
    }
}

extension Head {
    /// Hides samples of matching series; logged, so that it survives.
    func delete(_ matchers: [LabelMatcher], _ start: Int64, _ end: Int64) throws(TSDBError) {
        var failure: DiskError?
        appendLock.withLock { _ in
            guard let wal else { return }
            // What a series gets later is not deleted. What lies before the head is: after a start its first chunks may
            // reach back over what is in blocks.
            let deletions = stateLock.withReadLock {
                unsorted(matchers).compactMap { reference -> (reference: UInt32, last: Int64)? in
                    guard let slot = store.pointee.slot(of: UInt64(reference)) else { return nil }
                    let last = min(end, store.pointee.records[slot].pointee.lastTime)
                    return start <= last ? (reference, last) : nil
                }
            }
            if deletions.isEmpty { return }
            do throws(DiskError) {
                scratch.record.removeAll()
                scratch.record.append(WALRecord.Kind.tombstones.rawValue)
                for deletion in deletions {
                    WALRecord.appendTombstone(
                        UInt64(deletion.reference), start, deletion.last, to: &scratch.record)
                }
                try wal.add(scratch.record.bytes)
                try wal.commit()
            } catch {
                wal.rollBack()
                failure = error
                return
            }
            stateLock.withWriteLock {
                for deletion in deletions {
                    store.pointee.tombstones.add(
                        deletion.reference, .init(minTime: start, maxTime: deletion.last))
                }
            }
        }
        if let failure { throw TSDBError(failure) }
    }
}
