internal import MetricModel
internal import Platform
internal import Synchronization
internal import Wire

extension Head {
    /// Writes all that the head holds, so that the next start need not read the log up to here. Under
    /// ``appendLock``, when the log is complete; readers go on.
    ///
    /// Nothing in it is newer than what is synced: the log and the head chunks are synced before. Older
    /// snapshots are deleted once this one is complete.
    ///
    /// - Throws: what the disk answers; what was there before then stays.
    func writeChunkSnapshot() throws(DiskError) {
        guard let wal else { return }
        splitHistograms()
        try settleFullChunks()
        let (segment, offset) = try wal.position()
        try wal.sync()
        try lateLog?.sync()
        let log = options.path + "/wal/" + WALFormat.segmentName(segment)
        // A folder that was taken away under us is not made again.
        guard try disk.status(log)?.size == Int64(offset) else {
            throw DiskError(.notFound, call: "stat", path: log)
        }
        let name = ChunkSnapshot.name(segment: segment, offset: offset)
        let path = options.path + "/" + name
        let temporary = path + ChunkSnapshot.temporarySuffix
        try disk.remove(temporary)
        try disk.makeFolder(temporary)
        let writer = try WALWriter(
            disk: disk, folder: temporary, segment: 0, segmentSize: ChunkSnapshot.segmentSize,
            compression: options.walCompression)
        var state = ChunkSnapshotState()
        state.nextReference = store.pointee.nextReference
        state.chunkFiles = store.pointee.files.contents
        state.removedReferences = store.pointee.removedReferences
        state.aliases = neededAliases
        state.aliasMaxTime = store.pointee.aliasMaxTime
        state.seriesCount = try writeSeries(to: writer, state.aliases)
        try writeTombstones(to: writer)
        state.exemplarCount = try writeExemplars(to: writer)
        try writer.sync()
        state.metadataCount = try writeMetadata(in: temporary)
        try write(state, in: temporary)
        try disk.syncFolder(temporary)
        try disk.remove(path)
        try disk.rename(temporary, to: path)
        try disk.syncFolder(options.path)
        try ChunkSnapshot.remove(disk: disk, path: options.path) { $0.name != name }
    }

    private func write(_ state: ChunkSnapshotState, in folder: String) throws(DiskError) {
        let file = try disk.open(folder + "/" + ChunkSnapshotState.fileName, .create)
        var failure: DiskError?
        state.encoded.withUnsafeBytes { bytes in
            do throws(DiskError) {
                try file.write(bytes, at: 0)
                try file.sync()
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    /// Returns how many records it wrote.
    private func writeMetadata(in folder: String) throws(DiskError) -> Int {
        if store.pointee.metadata.count == 0 { return 0 }
        let path = folder + "/" + ChunkSnapshotState.metadataFolderName
        try disk.makeFolder(path)
        let writer = try WALWriter(
            disk: disk, folder: path, segment: 0, segmentSize: ChunkSnapshot.segmentSize,
            compression: options.walCompression)
        let count = try Checkpoint.write(encodeMetadata, to: writer)
        try writer.sync()
        try disk.syncFolder(path)
        return count
    }

    /// Those that samples of the log or late ones may use.
    private var neededAliases: [(alias: UInt32, reference: UInt32)] {
        let store = store
        let areAllNeeded = store.pointee.aliasMaxTime >= store.pointee.minValidTime
        return store.pointee.aliases.filter {
            (areAllNeeded || store.pointee.lateAliases.contains($0.key))
                && store.pointee.slot(of: UInt64($0.value)) != nil
        }.map { (alias: $0.key, reference: $0.value) }.sorted { $0.alias < $1.alias }
    }

    /// Makes all but the last chunk of open histograms full: a record has room for one.
    private func splitHistograms() {
        stateLock.withWriteLock {
            let builder = Head.openHistogramBuilder
            for slot in Array(store.pointee.histograms.keys) {
                guard let side = store.pointee.histograms[slot] else { continue }
                let chunks = builder.encode(side.times, side.histograms, starts: side.starts)
                var count = 0
                for chunk in chunks.dropLast() {
                    appendFullChunk(chunk, of: Int(slot))
                    count += chunk.bytes.withUnsafeBytes { BlockWriter.sampleCount(chunk.encoding, $0) }
                }
                if count > 0 { store.pointee.histograms[slot]?.removeFirst(count) }
            }
        }
    }

    /// Writes and syncs all full chunks.
    private func settleFullChunks() throws(DiskError) {
        // A file is written when those before it are synced: a round writes at least one.
        var before = Int.max
        while store.pointee.files.unwrittenCount > 0, store.pointee.files.unwrittenCount < before {
            before = store.pointee.files.unwrittenCount
            syncFullChunks()
            writeFullChunks()
        }
        guard store.pointee.files.unwrittenCount == 0 else {
            throw DiskError(.io, call: "write", path: chunkFolder)
        }
        try store.pointee.files.syncAll()
    }

    // MARK: - Records

    /// Returns how many records it wrote.
    private func writeSeries(
        to writer: WALWriter, _ aliases: [(alias: UInt32, reference: UInt32)]
    ) throws(DiskError) -> Int {
        // The log does not know these: they have no sample.
        let unlogged = Set(scratch.unloggedSeries)
        var record = ByteBuffer(capacity: 4096)
        var count = 0
        var pending = 0
        func add() throws(DiskError) {
            try writer.add(record.bytes)
            count += 1
            pending += record.count
            if pending > 1 << 20 {
                try writer.commit()
                pending = 0
            }
        }
        for reference in 1..<store.pointee.nextReference {
            guard let slot = store.pointee.slot(of: UInt64(reference)), !unlogged.contains(reference) else {
                continue
            }
            beginSeries(reference, labelsOf: reference, &record)
            putOpenChunk(slot, &record)
            try add()
        }
        // Prometheus takes them for the series that has the labels already.
        for entry in aliases {
            beginSeries(entry.alias, labelsOf: entry.reference, &record)
            record.appendUnsignedVarint(0)
            try add()
        }
        try writer.commit()
        return count
    }

    private func beginSeries(_ number: UInt32, labelsOf reference: UInt32, _ record: inout ByteBuffer) {
        record.removeAll()
        record.append(ChunkSnapshot.RecordKind.series.rawValue)
        logSeries(reference, into: &record)
        record.overwriteBigEndian(UInt64(number), at: 1)
        record.appendBigEndian(options.chunkRange)
    }

    private func putOpenChunk(_ slot: Int, _ record: inout ByteBuffer) {
        let series = store.pointee.records[slot].pointee
        if series.sampleCount > 0 {
            let base = store.pointee.arena.address(series.sizeClass, series.chunk)
            let bytes = UnsafeRawBufferPointer(start: base, count: XORChunk.byteCount(Int(series.bitCount)))
            let starts = openStarts(slot)
            if starts.isEmpty {
                putChunk(.xor, series.firstTime, series.lastTime, bytes, &record)
            } else {
                Head.chunk(bytes, with: starts).withUnsafeBytes {
                    putChunk(.xor2, series.firstTime, series.lastTime, $0, &record)
                }
            }
            // Early versions had the last four samples here, later ones read the last value.
            record.append(zeros: 48)
            record.appendBigEndian(series.lastTime)
            record.appendBigEndian(series.lastValue)
        } else if series.flags & SeriesRecord.hasSide != 0,
            let side = store.pointee.histograms[UInt32(slot)],
            let chunk = Head.openHistogramBuilder.encode(
                side.times, side.histograms, starts: side.starts
            ).last,
            let encoding = ChunkEncoding(rawValue: chunk.encoding), let last = side.histograms.last
        {
            chunk.bytes.withUnsafeBytes { putChunk(encoding, chunk.minTime, chunk.maxTime, $0, &record) }
            let start = record.count
            WALRecord.append(
                last, isInteger: encoding == .histogram || encoding == .histogramST, to: &record)
            // Prometheus up to 2.45 looks for four samples here, too.
            record.append(zeros: max(0, 64 - (record.count - start)))
        } else {
            record.appendUnsignedVarint(0)
        }
    }

    private func putChunk(
        _ encoding: ChunkEncoding, _ minTime: Int64, _ maxTime: Int64, _ bytes: UnsafeRawBufferPointer,
        _ record: inout ByteBuffer
    ) {
        record.appendUnsignedVarint(1)
        record.appendBigEndian(minTime)
        record.appendBigEndian(maxTime)
        record.append(encoding.rawValue)
        record.appendLengthPrefixed(bytes)
    }

    private func writeTombstones(to writer: WALWriter) throws(DiskError) {
        var record = ByteBuffer()
        record.append(ChunkSnapshot.RecordKind.tombstones.rawValue)
        var body = ByteBuffer()
        body.append(Tombstones.version)
        store.pointee.tombstones.append(to: &body)
        record.appendLengthPrefixed(body.bytes)
        try writer.add(record.bytes)
        try writer.commit()
    }

    /// Returns how many exemplars it wrote: those of series that are gone are left out.
    private func writeExemplars(to writer: WALWriter) throws(DiskError) -> Int {
        var kept: [AcceptedExemplar] = []
        exemplars.withLock { ring in
            ring.visit { labels, exemplar in
                let hash = labels.packed.withUnsafeBytes { UInt32(truncatingIfNeeded: ByteHash.hash($0)) }
                let reference = find(labels, hash)
                if reference == 0 { return }
                kept.append(
                    AcceptedExemplar(reference: UInt64(reference), labels: .empty, exemplar: exemplar))
            }
        }
        var record = ByteBuffer()
        var start = 0
        while start < kept.count {
            let end = min(start + ChunkSnapshot.exemplarsPerRecord, kept.count)
            record.removeAll()
            record.append(ChunkSnapshot.RecordKind.exemplars.rawValue)
            WALRecord.appendExemplars(kept[start..<end], to: &record)
            try writer.add(record.bytes)
            try writer.commit()
            start = end
        }
        return kept.count
    }
}
