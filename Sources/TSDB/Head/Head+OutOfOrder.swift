internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

extension Head {
    /// Whether a sample that is not in order may be taken; nil when it may, otherwise why not.
    func refusalOfLate(_ slot: Int, _ time: Int64, _ content: OutOfOrderSide.Content, newest: Int64)
        -> SampleRefusal?
    {
        let (oldest, overflow) = newest.subtractingReportingOverflow(options.outOfOrderWindow)
        guard overflow || time >= oldest else { return .outOfBounds }
        guard let known = store.pointee.late[UInt32(slot)]?[time] else { return nil }
        switch (known, content) {
        case (.float(let known), .float(let value)) where known.bitPattern == value.bitPattern: return nil
        case (.histogram(let known), .histogram(let value)) where known.hasSameContent(as: value): return nil
        default: return .duplicateTimestamp
        }
    }

    /// Writes late samples to their own log, `wbl/`, whose series are told by the main one. They count
    /// once the main log has the rest of the batch.
    func logLate(_ samples: [AcceptedLate], _ histograms: [AcceptedHistogram]) throws(DiskError) {
        if samples.isEmpty, histograms.isEmpty { return }
        if lateLog == nil { lateLog = try openLateLog() }
        if samples.contains(where: { $0.start != 0 }) {
            scratch.record.removeAll()
            scratch.record.append(WALRecord.Kind.samplesV2.rawValue)
            var heads = WALStartTimeWriter()
            for sample in samples {
                heads.put(sample.reference, sample.time, sample.start, to: &scratch.record)
                scratch.record.appendBigEndian(sample.value.bitPattern)
            }
            try lateLog?.add(scratch.record.bytes)
        } else if let first = samples.first {
            scratch.record.removeAll()
            WALRecord.beginSamples(first.reference, first.time, &scratch.record)
            for sample in samples {
                WALRecord.appendSample(
                    sample.reference, sample.time, sample.value.bitPattern, firstReference: first.reference,
                    firstTime: first.time, to: &scratch.record)
            }
            try lateLog?.add(scratch.record.bytes)
        }
        for record in WALRecord.encodeHistograms(histograms) {
            scratch.record.removeAll()
            scratch.record.append(record)
            try lateLog?.add(scratch.record.bytes)
        }
        try lateLog?.stage(syncs: options.walFsyncInterval == 0)
    }

    /// Begins a segment of the log of late samples. Segments of an earlier run are synced with its first
    /// sync: what the death of a process left may not be on the disk yet.
    func openLateLog() throws(DiskError) -> WALWriter {
        try disk.makeFolder(lateFolder.path)
        try disk.syncFolder(options.path)
        let segments = try lateFolder.segments()
        return try WALWriter(
            disk: disk, folder: lateFolder.path, segment: (segments.last ?? -1) + 1,
            segmentSize: options.walSegmentSize, compression: options.walCompression,
            older: try segments.map { (number) throws(DiskError) in
                try disk.open(lateFolder.path + "/" + WALFormat.segmentName(number), .read)
            })
    }

    var lateFolder: WALFolder {
        WALFolder(disk: disk, path: options.path + "/wbl", isReadOnly: options.isReadOnly)
    }

    /// Adds a late sample. Under both locks.
    func storeLate(_ time: Int64, _ value: Double, start: Int64, in slot: Int) {
        guard store.pointee.late[UInt32(slot), default: OutOfOrderSide()].insert(time, value, start: start)
        else { return }
        store.pointee.lateCount += 1
    }

    /// Adds a late histogram. Under both locks.
    func storeLate(_ time: Int64, _ histogram: FloatHistogram, start: Int64, in slot: Int) {
        guard
            store.pointee.late[UInt32(slot), default: OutOfOrderSide()].insert(time, histogram, start: start)
        else { return }
        store.pointee.lateCount += 1
    }

    // MARK: - Blocks

    /// All late samples, cut off from those that come later: their log segments end before `segment`.
    func takeLate() throws(DiskError) -> (samples: [UInt32: OutOfOrderSide], segment: Int?) {
        var failure: DiskError?
        var segment: Int?
        var samples: [UInt32: OutOfOrderSide] = [:]
        appendLock.withLock { _ in
            do throws(DiskError) {
                try lateLog?.cutSegment()
                segment = lateLog?.segment
                if lateLog == nil { segment = (try lateFolder.segments().last).map { $0 + 1 } }
            } catch {
                failure = error
            }
            samples = stateLock.withReadLock {
                var byReference: [UInt32: OutOfOrderSide] = [:]
                for (slot, side) in store.pointee.late {
                    byReference[store.pointee.records[Int(slot)].pointee.reference] = side
                }
                return byReference
            }
        }
        if let failure { throw failure }
        return (samples, segment)
    }

    /// Forgets late samples that are in blocks, and the segments that told them.
    func dropLate(_ written: [UInt32: OutOfOrderSide], before segment: Int?) throws(DiskError) {
        appendLock.withLock { _ in
            stateLock.withWriteLock {
                for (reference, side) in written {
                    guard let slot = store.pointee.slot(of: UInt64(reference)),
                        var known = store.pointee.late[UInt32(slot)]
                    else { continue }
                    let before = known.count
                    known.remove(side)
                    store.pointee.lateCount -= before - known.count
                    store.pointee.late[UInt32(slot)] = known.isEmpty ? nil : known
                }
            }
        }
        guard let segment else { return }
        for number in try lateFolder.segments() where number < segment {
            try disk.remove(lateFolder.path + "/" + WALFormat.segmentName(number))
        }
        try disk.syncFolder(lateFolder.path)
        appendLock.withLock { _ in stateLock.withWriteLock { store.pointee.lateAliases = [] } }
    }
}
