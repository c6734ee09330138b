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
        let suffix = ".corrupt-\(now)"
        var damages = ReplayDamages()
        var snapshot = try restoreSnapshot(&replay, folder, aside: suffix, damaged: damaged)
        func readLogs() throws(DiskError) {
            try readLog(
                folder, from: snapshot, into: &replay, &damages, aside: suffix, now: now, progress: progress,
                damaged: damaged)
            try readLateLog(into: &replay, &damages, aside: suffix, now: now, damaged: damaged)
        }
        try readLogs()
        if let unfit = snapshot, replay.missesSeries {
            // A start without the snapshot gives series that were gone their old numbers back, and the log
            // from then on uses them.
            snapshot = nil
            let reason = TSDBError(.corruption, "the log behind it names series that it does not tell")
            try setAside(unfit, &replay, reason, suffix: suffix, damaged: damaged)
            try readLogs()
        }
        // What is older is in blocks.
        for gap in damages.gaps.gaps where gap.times.upperBound >= store.pointee.minValidTime {
            let start = max(gap.times.lowerBound, store.pointee.minValidTime)
            self.damages.note(gap.text, file: gap.file, times: start...gap.times.upperBound)
        }
        for gap in damages.lateGaps.gaps { self.damages.note(gap.text, file: gap.file, times: gap.times) }
        for loss in replay.losses {
            let text = "\(folder.path): \(loss.text)"
            damaged(text)
            if let times = loss.times { self.damages.note(text, file: folder.path, times: times) }
        }
        if options.isReadOnly { return }
        try disk.remove(folder.path + "/repair.tmp")
        // The log must go on telling references that only it uses.
        let checkpoint = try folder.checkpoints().last?.number ?? -1
        let segments = try folder.segments()
        let next = max((segments.last ?? -1) + 1, checkpoint + 1)
        let writer = try WALWriter(
            disk: disk, folder: folder.path, segment: next, segmentSize: options.walSegmentSize,
            compression: options.walCompression,
            older: try segments.filter { $0 > checkpoint }.map { (number) throws(DiskError) in
                // Syncing needs no right to write, but a repaired segment was written.
                try disk.open(folder.path + "/" + WALFormat.segmentName(number), .read)
            })
        let lateWriter = try lateFolder.segments().isEmpty ? nil : openLateLog()
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

    /// Reads the log from behind the snapshot, or the checkpoint and all behind it.
    private func readLog(
        _ folder: WALFolder, from snapshot: ChunkSnapshot.Place?, into replay: inout Replay,
        _ damages: inout ReplayDamages, aside suffix: String, now: Int64, progress: (Int, Int, Int) -> Void,
        damaged: (String) -> Void
    ) throws(DiskError) {
        func note(_ text: String) {
            guard damages.isNew(text) else { return }
            store.pointee.counters.walCorruptions += 1
            damaged(text)
            damages.gaps.damage(text, file: folder.path)
        }
        func apply(_ record: LoggedRecord) throws(WireError) {
            switch record {
            case .bytes(let bytes):
                try replay.apply(bytes)
                if let times = replay.takeTimes() { damages.gaps.record(times) }
            case .series(let series, let bytes):
                for one in series { replay.add(one, UnsafeRawBufferPointer(rebasing: bytes[one.packed])) }
            case .samples(let samples):
                replay.apply(samples)
                damages.gaps.record(samples.firstTimes)
                damages.gaps.record(samples.lastTimes)
            }
        }
        let checkpoint = try folder.checkpoints().last
        if snapshot == nil, let checkpoint {
            let numbers = try folder.segments(in: checkpoint.path)
            if numbers != Array(0..<max(numbers.count, 1)) {
                note("\(checkpoint.path): segments of the checkpoint are missing")
            }
            for number in numbers {
                try folder.readSegment(
                    number, in: checkpoint.path, isLast: false, aside: suffix, readsAhead: true,
                    decoding: .inOrder, apply, damaged: note)
            }
        }
        let segments = try folder.segments()
        let written = try lastWrite(of: segments.last, in: folder, until: now)
        let wanted = segments.filter { $0 > checkpoint?.number ?? -1 && $0 >= snapshot?.segment ?? -1 }
        if let first = wanted.first, let last = wanted.last {
            if snapshot == nil, let checkpoint, first != checkpoint.number + 1 {
                note("\(folder.path): segments \(checkpoint.number + 1) to \(first - 1) are missing")
            }
            var previous: Int?
            for number in wanted {
                progress(first, last, number)
                if let previous, number != previous + 1 {
                    note("\(folder.path): segments \(previous + 1) to \(number - 1) are missing")
                }
                previous = number
                try folder.readSegment(
                    number, in: folder.path, from: number == snapshot?.segment ? snapshot?.offset ?? 0 : 0,
                    isLast: number == last, aside: suffix, readsAhead: true, decoding: .bySeries, apply,
                    damaged: note)
            }
        }
        damages.gaps.end(written)
    }

    private func readLateLog(
        into replay: inout Replay, _ damages: inout ReplayDamages, aside suffix: String, now: Int64,
        damaged: (String) -> Void
    ) throws(DiskError) {
        let folder = lateFolder
        let segments = try folder.segments()
        let written = try lastWrite(of: segments.last, in: folder, until: now)
        for number in segments {
            try folder.readSegment(
                number, in: folder.path, isLast: number == segments.last, aside: suffix,
                { (record) throws(WireError) in
                    try replay.applyLate(record)
                    if let times = replay.takeTimes() { damages.lateGaps.record(times) }
                },
                damaged: { text in
                    guard damages.isNew(text) else { return }
                    store.pointee.counters.walCorruptions += 1
                    damaged(text)
                    damages.lateGaps.damage(text, file: folder.path)
                })
        }
        damages.lateGaps.end(written)
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

/// What is damaged in the logs, each once, also when they are read twice.
private struct ReplayDamages {
    var gaps = LogGaps()
    var lateGaps = LogGaps()
    private var told: Set<String> = []

    /// False from the second time on.
    mutating func isNew(_ text: String) -> Bool { told.insert(text).inserted }
}
