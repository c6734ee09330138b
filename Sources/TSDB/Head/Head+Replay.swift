internal import MetricModel
internal import Platform
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
        func noteCorruption(_ text: String) {
            store.pointee.counters.walCorruptions += 1
            damaged(text)
        }
        let suffix = ".corrupt-\(now)"
        let checkpoint = try folder.checkpoints().last
        if let checkpoint {
            for number in try folder.segments(in: checkpoint.path) {
                try folder.readSegment(
                    number, in: checkpoint.path, isLast: false, aside: suffix,
                    { (record) throws(WireError) in try replay.apply(record) }, damaged: noteCorruption)
            }
        }
        let segments = try folder.segments()
        let wanted = segments.filter { $0 > checkpoint?.number ?? -1 }
        if let first = wanted.first, let last = wanted.last {
            if let checkpoint, first != checkpoint.number + 1 {
                noteCorruption("\(folder.path): segments \(checkpoint.number + 1) to \(first - 1) are missing")
            }
            var previous: Int?
            for number in wanted {
                progress(first, last, number)
                if let previous, number != previous + 1 {
                    noteCorruption("\(folder.path): segments \(previous + 1) to \(number - 1) are missing")
                }
                previous = number
                try folder.readSegment(
                    number, in: folder.path, isLast: number == last, aside: suffix,
                    { (record) throws(WireError) in try replay.apply(record) }, damaged: noteCorruption)
            }
        }
        let late = lateFolder
        let lateSegments = try late.segments()
        for number in lateSegments {
            try late.readSegment(
                number, in: late.path, isLast: number == lateSegments.last, aside: suffix,
                { (record) throws(WireError) in try replay.applyLate(record) }, damaged: noteCorruption)
        }
        if replay.unknownCount > 0 {
            damaged("\(folder.path): \(replay.unknownCount) samples belong to series that the log does not tell")
        }
        if options.isReadOnly { return }
        try disk.remove(folder.path + "/repair.tmp")
        // The log must go on telling references that only it uses.
        let next = max((segments.last ?? -1) + 1, (checkpoint?.number ?? -1) + 1)
        let writer = try WALWriter(
            disk: disk, folder: folder.path, segment: next, segmentSize: options.walSegmentSize,
            compression: options.walCompression,
            older: try wanted.map { (number) throws(DiskError) in
                // Syncing needs no right to write, but a repaired segment was written.
                try disk.open(folder.path + "/" + WALFormat.segmentName(number), .read)
            })
        for alias in replay.aliasReferences { store.pointee.removedReferences[alias] = next }
        syncFullChunks()
        appendLock.withLock { _ in
            writeFullChunks()
            wal = writer
        }
    }
}

/// Puts records of the log back into the head. Only one thread works, before anybody else sees the head.
private struct Replay {
    let head: Head
    /// References that the log gave to a series which has another one.
    private var aliases: [UInt32: UInt32] = [:]
    /// Full chunks in files, as a linked list per reference.
    private var found: [HeadChunkFiles.Found] = []
    private var next: [Int32] = []
    private var first: [UInt32: Int32] = [:]
    private(set) var unknownCount = 0

    init(head: Head) { self.head = head }

    var aliasReferences: [UInt32] { Array(aliases.keys) }

    mutating func readFullChunks(damaged: (String) -> Void) throws(DiskError) {
        var found: [HeadChunkFiles.Found] = []
        try head.store.pointee.files.open(
            isReadOnly: head.options.isReadOnly, { found.append($0) }, damaged: damaged)
        next = [Int32](repeating: -1, count: found.count)
        // From the back, so that each list runs in the order of writing.
        for i in found.indices.reversed() {
            guard found[i].reference < UInt64(UInt32.max) else { continue }
            let reference = UInt32(found[i].reference)
            // If the log lost the series, no other one may take its chunks over.
            head.store.pointee.reserve(reference)
            next[i] = first[reference] ?? -1
            first[reference] = Int32(i)
        }
        self.found = found
    }

    mutating func apply(_ record: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(record)
        guard !reader.isAtEnd else { return }
        let head = head
        switch WALRecord.Kind(rawValue: try reader.byte()) {
        case .series:
            try WALRecord.readSeries(&reader) { reference, labels in addSeries(reference, labels) }
        case .samples:
            try WALRecord.readSamples(&reader) { reference, time, value in addSample(reference, time, value) }
            head.writeFullChunksIfMany()
        case .tombstones:
            try WALRecord.readTombstones(&reader) { reference, start, end in
                guard reference < UInt64(UInt32.max) else { return }
                let number = aliases[UInt32(reference)] ?? UInt32(reference)
                guard head.store.pointee.slot(of: UInt64(number)) != nil else { return }
                head.store.pointee.tombstones.add(number, .init(minTime: start, maxTime: end))
            }
        case .samplesV2:
            try WALRecord.readSamplesV2(&reader) { reference, time, value in addSample(reference, time, value) }
            head.writeFullChunksIfMany()
        case .histograms, .customBucketHistograms:
            try WALRecord.readHistograms(&reader, isFloat: false) { addHistogram($0, $1, $2) }
            head.writeFullChunksIfMany()
        case .floatHistograms, .customBucketFloatHistograms:
            try WALRecord.readHistograms(&reader, isFloat: true) { addHistogram($0, $1, $2) }
            head.writeFullChunksIfMany()
        default: break
        }
    }

    /// A record of the log of late samples.
    mutating func applyLate(_ record: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(record)
        guard !reader.isAtEnd, try reader.byte() == WALRecord.Kind.samples.rawValue else { return }
        let head = head
        try WALRecord.readSamples(&reader) { reference, time, value in
            guard let slot = slot(of: reference, .min) else { return }
            head.storeLate(time, Double(bitPattern: value), in: slot)
        }
    }

    private mutating func addHistogram(_ reference: UInt64, _ time: Int64, _ histogram: FloatHistogram) {
        guard let slot = slot(of: reference, time), isNew(time, slot) else { return }
        head.store(time, histogram, in: slot)
        noteTime(time)
    }

    private mutating func addSeries(_ reference: UInt64, _ labels: Labels) {
        guard reference > 0, reference < UInt64(UInt32.max), !labels.isEmpty else { return }
        let number = UInt32(reference)
        if head.store.pointee.slot(of: reference) != nil { return }
        let hash = labels.packed.withUnsafeBytes { UInt32(truncatingIfNeeded: ByteHash.hash($0)) }
        let known = head.find(labels, hash)
        if known != 0 {
            aliases[number] = known
            head.store.pointee.reserve(number)
            attachFullChunks(number, to: known)
        } else if head.insert(labels, hash, reference: number) != nil {
            attachFullChunks(number, to: number)
        }
    }

    private mutating func attachFullChunks(_ reference: UInt32, to known: UInt32) {
        guard var i = first.removeValue(forKey: reference),
            let slot = head.store.pointee.slot(of: UInt64(known))
        else { return }
        let record = head.store.pointee.records[slot]
        while i >= 0 {
            let chunk = found[Int(i)]
            i = next[Int(i)]
            let isInOrder = chunk.encoding & HeadChunkFormat.outOfOrderFlag == 0
            guard isInOrder, chunk.minTime > record.pointee.lastTime, chunk.maxTime >= chunk.minTime,
                record.pointee.sampleCount == 0
            else { continue }
            head.store.pointee.fullChunks.append(chunk.entry, to: &record.pointee.fullChunks)
            record.pointee.lastTime = chunk.maxTime
            record.pointee.flags |= SeriesRecord.unknownLastValue
            head.store.pointee.minTime = min(head.store.pointee.minTime, chunk.minTime)
            head.store.pointee.maxTime = max(head.store.pointee.maxTime, chunk.maxTime)
        }
    }

    @inline(__always)
    private mutating func addSample(_ reference: UInt64, _ time: Int64, _ value: UInt64) {
        guard let slot = slot(of: reference, time), isNew(time, slot) else { return }
        head.store(time, value, in: slot)
        noteTime(time)
    }

    @inline(__always)
    private mutating func slot(of reference: UInt64, _ time: Int64) -> Int? {
        if let slot = head.store.pointee.slot(of: reference) { return slot }
        if reference < UInt64(UInt32.max) {
            if let alias = aliases[UInt32(reference)], let slot = head.store.pointee.slot(of: UInt64(alias)) {
                return slot
            }
            // If the log lost the series, no other one may take its samples over.
            head.store.pointee.reserve(UInt32(reference))
        }
        if time >= head.store.pointee.minValidTime { unknownCount += 1 }
        return nil
    }

    /// Older ones are in a full chunk already, or in a block.
    @inline(__always)
    private func isNew(_ time: Int64, _ slot: Int) -> Bool {
        time > head.store.pointee.records[slot].pointee.lastTime && time >= head.store.pointee.minValidTime
    }

    @inline(__always)
    private func noteTime(_ time: Int64) {
        if time > head.store.pointee.maxTime { head.store.pointee.maxTime = time }
        if time < head.store.pointee.minTime { head.store.pointee.minTime = time }
    }
}

extension Head {
    fileprivate func writeFullChunksIfMany() {
        if store.pointee.files.unwrittenCount > 1 << 20, !options.isReadOnly { writeFullChunks() }
    }
}
