internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

/// Metadata of a batch that is not known yet.
struct AcceptedMetadata {
    var slot: Int
    var reference: UInt64
    var metadata: SeriesMetadata
}

extension Head {
    /// The metadata of a batch that is new. Under ``appendLock``.
    func checkMetadata(_ batch: borrowing SampleBatch) -> [AcceptedMetadata] {
        guard !batch.metadata.isEmpty, options.keepsMetadata else { return [] }
        var accepted: [AcceptedMetadata] = []
        for i in batch.metadata.indices {
            let reference = batch.metadataSeries[i].number
            guard batch.metadata[i].isStorable, let slot = store.pointee.slot(of: reference),
                store.pointee.metadata[slot] != batch.metadata[i]
            else { continue }
            accepted.append(
                AcceptedMetadata(slot: slot, reference: reference, metadata: batch.metadata[i]))
        }
        return accepted
    }

    /// Adds it to the group of records that is being written. Its series are in the log.
    func logMetadata(_ accepted: [AcceptedMetadata], _ wal: WALWriter) throws(DiskError) {
        if accepted.isEmpty { return }
        scratch.record.removeAll()
        for item in accepted {
            if scratch.record.count == 0 { scratch.record.append(WALRecord.Kind.metadata.rawValue) }
            WALRecord.appendMetadata(item.reference, item.metadata, to: &scratch.record)
            if scratch.record.count < Head.metadataRecordSize { continue }
            try wal.add(scratch.record.bytes)
            scratch.record.removeAll()
        }
        if scratch.record.count > 0 { try wal.add(scratch.record.bytes) }
    }

    /// Bytes after which a record of metadata ends.
    private static let metadataRecordSize = 1 << 20

    /// Appends entries of the metadata of series from a slot on, for a checkpoint: about a record full.
    /// Returns the slot to go on with, nil behind the last.
    func encodeMetadata(from slot: Int, into record: inout ByteBuffer) -> Int? {
        stateLock.withReadLock {
            let end = Int(store.pointee.slotEnd)
            // Few of the slots may have any: the lock is let go after so many in either case.
            for i in slot..<max(slot, min(end, slot + 4096)) {
                guard let metadata = store.pointee.metadata[i] else { continue }
                let reference = UInt64(store.pointee.records[i].pointee.reference)
                guard store.pointee.slot(of: reference) == i else { continue }
                WALRecord.appendMetadata(reference, metadata, to: &record)
                if record.count >= Head.metadataRecordSize { return i + 1 }
            }
            return slot + 4096 < end ? slot + 4096 : nil
        }
    }

    /// The newest metadata of a series.
    func metadata(of reference: UInt64) -> SeriesMetadata? {
        stateLock.withReadLock { store.pointee.slot(of: reference).flatMap { store.pointee.metadata[$0] } }
    }
}
