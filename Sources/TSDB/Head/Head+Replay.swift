internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

extension Head {
    /// Reads what the folder has of the head: full chunks, checkpoint, log; then begins a new segment.
    ///
    /// - Parameters:
    ///   - progress: is told the segment numbers: first, last, current.
    ///   - damaged: is told what could not be read.
    func replay(
        now: Int64, progress: (Int, Int, Int) -> Void, damaged: (String) -> Void
    ) throws(DiskError) {
        let folder = WALFolder(
            disk: disk, path: options.path + "/wal", isReadOnly: options.isReadOnly)
        if !options.isReadOnly, try disk.status(folder.path) == nil {
            try disk.makeFolder(folder.path)
            // A log whose folder a power cut takes away would be no log.
            try disk.syncFolder(options.path)
            try disk.syncFolder(FilePath.folder(of: options.path))
        }
        var replay = Replay(head: self)
        try replay.readFullChunks(damaged: { text in
            store.pointee.counters.headChunkDamages += 1
            damaged(text)
        })
        var gaps = LogGaps()
        func noteCorruption(_ text: String) {
            store.pointee.counters.walCorruptions += 1
            damaged(text)
            gaps.damage(text, file: folder.path)
        }
        func apply(_ record: UnsafeRawBufferPointer) throws(WireError) {
            try replay.apply(record)
            if let times = replay.takeTimes() { gaps.record(times) }
        }
        let suffix = ".corrupt-\(now)"
        let snapshot = try restoreSnapshot(&replay, folder, aside: suffix, damaged: damaged)
        let checkpoint = try folder.checkpoints().last
        if snapshot == nil, let checkpoint {
            let numbers = try folder.segments(in: checkpoint.path)
            if numbers != Array(0..<max(numbers.count, 1)) {
                noteCorruption("\(checkpoint.path): segments of the checkpoint are missing")
            }
            for number in numbers {
                try folder.readSegment(
                    number, in: checkpoint.path, isLast: false, aside: suffix, readsAhead: true, apply,
                    damaged: noteCorruption)
            }
        }
        let segments = try folder.segments()
        let written = try lastWrite(of: segments.last, in: folder, until: now)
        let all = segments.filter { $0 > checkpoint?.number ?? -1 }
        let wanted = all.filter { $0 >= snapshot?.segment ?? -1 }
        if let first = wanted.first, let last = wanted.last {
            if snapshot == nil, let checkpoint, first != checkpoint.number + 1 {
                noteCorruption(
                    "\(folder.path): segments \(checkpoint.number + 1) to \(first - 1) are missing")
            }
            var previous: Int?
            for number in wanted {
                progress(first, last, number)
                if let previous, number != previous + 1 {
                    noteCorruption("\(folder.path): segments \(previous + 1) to \(number - 1) are missing")
                }
                previous = number
                try folder.readSegment(
                    number, in: folder.path, from: number == snapshot?.segment ? snapshot?.offset ?? 0 : 0,
                    isLast: number == last, aside: suffix, readsAhead: true, apply, damaged: noteCorruption)
            }
        }
        gaps.end(written)
        // What is older is in blocks.
        for gap in gaps.gaps where gap.times.upperBound >= store.pointee.minValidTime {
            let start = max(gap.times.lowerBound, store.pointee.minValidTime)
            damages.note(gap.text, file: gap.file, times: start...gap.times.upperBound)
        }
        let late = lateFolder
        let lateSegments = try late.segments()
        var lateGaps = LogGaps()
        let lateWritten = try lastWrite(of: lateSegments.last, in: late, until: now)
        for number in lateSegments {
            try late.readSegment(
                number, in: late.path, isLast: number == lateSegments.last, aside: suffix,
                { (record) throws(WireError) in
                    try replay.applyLate(record)
                    if let times = replay.takeTimes() { lateGaps.record(times) }
                },
                damaged: { text in
                    store.pointee.counters.walCorruptions += 1
                    damaged(text)
                    lateGaps.damage(text, file: late.path)
                })
        }
        lateGaps.end(lateWritten)
        for gap in lateGaps.gaps { damages.note(gap.text, file: gap.file, times: gap.times) }
        for loss in replay.losses {
            let text = "\(folder.path): \(loss.text)"
            damaged(text)
            if let times = loss.times { damages.note(text, file: folder.path, times: times) }
        }
        if options.isReadOnly { return }
        try disk.remove(folder.path + "/repair.tmp")
        // The log must go on telling references that only it uses.
        let next = max((segments.last ?? -1) + 1, (checkpoint?.number ?? -1) + 1)
        let writer = try WALWriter(
            disk: disk, folder: folder.path, segment: next, segmentSize: options.walSegmentSize,
            compression: options.walCompression,
            older: try all.map { (number) throws(DiskError) in
                // Syncing needs no right to write, but a repaired segment was written.
                try disk.open(folder.path + "/" + WALFormat.segmentName(number), .read)
            })
        let lateWriter = lateSegments.isEmpty ? nil : try openLateLog()
        let newAliases = replay.newAliases
        for alias in newAliases { store.pointee.removedReferences[alias] = next }
        store.pointee.aliases = replay.aliases
        store.pointee.lateAliases = replay.lateAliases
        // Of those that the snapshot told none came since.
        if replay.snapshot == nil || !newAliases.isEmpty {
            store.pointee.aliasMaxTime = store.pointee.maxTime
        }
        syncFullChunks()
        appendLock.withLock { _ in
            writeFullChunks()
            wal = writer
            lateLog = lateWriter
        }
    }

    /// When the segment was last written, milliseconds: nothing that is lost of it came later. Clocks of
    /// file systems may be wrong, but not ahead of `now`.
    private func lastWrite(of segment: Int?, in folder: WALFolder, until now: Int64) throws(DiskError)
        -> Int64
    {
        guard let segment else { return now }
        let modified = try disk.status(folder.path + "/" + WALFormat.segmentName(segment))?.modified ?? 0
        let (time, overflow) = modified.multipliedReportingOverflow(by: 1000)
        return modified <= 0 || overflow ? now : min(now, time + 999)
    }
}
