internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

/// Puts records of the log back into the head. Only one thread works, before anybody else sees the head.
struct Replay {
    let head: Head
    /// References that the log gave to a series which has another one.
    var aliases: [UInt32: UInt32] = [:]
    /// Full chunks in files, as a linked list per reference.
    var found: [HeadChunkFiles.Found] = []
    var next: [Int32] = []
    var first: [UInt32: Int32] = [:]
    private(set) var unknownCount = 0
    /// Records of types that are not known, by type.
    private var unknownRecords: [UInt8: Int] = [:]
    private var unknownSchemaCount = 0
    private var unknownLateCount = 0
    /// Aliases that the log of late samples uses.
    private(set) var lateAliases: Set<UInt32> = []
    private var lossTimes = LossTimes()
    /// What the snapshot told that the log goes on from; nil when all of the log is read.
    var snapshot: ChunkSnapshotState?
    /// Whether a record names a series that nothing read so far tells.
    private(set) var missesSeries = false
    /// Of the samples of the record at hand.
    private var oldest = Int64.max
    private var newest = Int64.min

    /// The times of what is lost, by reason.
    private struct LossTimes {
        var unknown: ClosedRange<Int64>?
        var unknownLate: ClosedRange<Int64>?
        var unknownSchema: ClosedRange<Int64>?
    }

    init(head: Head) { self.head = head }

    /// Those that the snapshot did not tell.
    var newAliases: [UInt32] {
        guard let snapshot else { return Array(aliases.keys) }
        let known = Set(snapshot.aliases.map(\.alias))
        return aliases.keys.filter { !known.contains($0) }
    }

    /// What the log has and the head does not take, a sentence each, with the time of its samples.
    var losses: [(text: String, times: ClosedRange<Int64>?)] {
        var losses: [(text: String, times: ClosedRange<Int64>?)] = []
        func tell(_ count: Int, _ what: String, _ times: ClosedRange<Int64>?) {
            if count > 0 { losses.append(("\(count) \(what)", times)) }
        }
        tell(unknownCount, "samples belong to series that the log does not tell", lossTimes.unknown)
        tell(
            unknownLateCount, "late samples belong to series that the log does not tell",
            lossTimes.unknownLate)
        for (type, count) in unknownRecords.sorted(by: { $0.key < $1.key }) {
            tell(count, "records of the unknown type \(type) were skipped", nil)
        }
        tell(unknownSchemaCount, "histograms of an unknown schema were skipped", lossTimes.unknownSchema)
        return losses
    }

    /// The bounds of the times of the samples that came since the last call.
    mutating func takeTimes() -> ClosedRange<Int64>? {
        guard oldest <= newest else { return nil }
        defer { (oldest, newest) = (.max, .min) }
        return oldest...newest
    }

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
            try WALRecord.readSamples(&reader) { reference, time, value in
                addSample(reference, time, value, 0)
            }
            head.writeFullChunksIfMany()
        case .tombstones:
            try WALRecord.readTombstones(&reader) { reference, start, end in
                guard reference < UInt64(UInt32.max) else { return }
                let number = aliases[UInt32(reference)] ?? UInt32(reference)
                guard head.store.pointee.slot(of: UInt64(number)) != nil else {
                    missesSeries = true
                    return
                }
                head.store.pointee.tombstones.add(number, .init(minTime: start, maxTime: end))
            }
        case .samplesV2:
            try WALRecord.readSamplesV2(&reader) { reference, time, value, start in
                addSample(reference, time, value, start)
            }
            head.writeFullChunksIfMany()
        case .histograms, .customBucketHistograms, .floatHistograms, .customBucketFloatHistograms,
            .histogramsV2, .floatHistogramsV2:
            guard let kind = WALRecord.Kind(rawValue: record[0]) else { return }
            try WALRecord.readHistograms(&reader, kind) { addHistogram($0) }
            head.writeFullChunksIfMany()
        case .exemplars:
            if head.options.exemplarLimit > 0 {
                try WALRecord.readExemplars(&reader) { reference, exemplar in addExemplar(reference, exemplar)
                }
            }
        case .metadata:
            try WALRecord.readMetadata(&reader) { reference, metadata in addMetadata(reference, metadata) }
        case .mmapMarkers: break
        case nil: unknownRecords[record[0], default: 0] += 1
        }
    }

    mutating func apply(_ batch: LoggedSamples) {
        let samples = batch.samples
        var start = 0
        while start < samples.count {
            // Samples of a series stand together: these are of one of the next.
            let ahead = start &+ 2 &* HeadStore.prefetchDistance
            if ahead < samples.count, let slot = head.store.pointee.slot(of: UInt64(samples[ahead].reference))
            {
                head.store.pointee.prefetchOpenChunk(slot)
            }
            let reference = samples[start].reference
            var end = start + 1
            while end < samples.count, samples[end].reference == reference { end += 1 }
            let run = UnsafeBufferPointer(rebasing: samples[start..<end])
            start = end
            guard let slot = slot(of: UInt64(reference)) else {
                for sample in run { noteUnknown(batch.baseTime &+ Int64(sample.offset)) }
                continue
            }
            if let times = head.store(run, baseTime: batch.baseTime, in: slot) {
                noteTime(times.lowerBound)
                noteTime(times.upperBound)
            }
        }
        head.writeFullChunksIfMany()
    }

    /// The newest record of a series counts. One whose series is gone is of no use.
    private mutating func addMetadata(_ reference: UInt64, _ metadata: SeriesMetadata) {
        guard metadata.isStorable, let slot = slot(of: reference) else { return }
        head.store.pointee.metadata.set(slot, metadata)
    }

    mutating func addExemplar(_ reference: UInt64, _ exemplar: Exemplar) {
        // One whose series the log does not tell any more is older than what counts.
        guard let slot = slot(of: reference) else { return }
        _ = head.storeExemplars([
            AcceptedExemplar(reference: reference, labels: head.labels(slot), exemplar: exemplar)
        ])
    }

    /// A record of the log of late samples. What the markers in it say is in files of Prometheus stands
    /// in this log, too.
    mutating func applyLate(_ record: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(record)
        guard !reader.isAtEnd else { return }
        switch WALRecord.Kind(rawValue: try reader.byte()) {
        case .samples:
            try WALRecord.readSamples(&reader) { reference, time, value in
                addLate(reference, time, value, 0)
            }
        case .samplesV2:
            try WALRecord.readSamplesV2(&reader) { reference, time, value, start in
                addLate(reference, time, value, start)
            }
        case .histograms, .customBucketHistograms, .floatHistograms, .customBucketFloatHistograms,
            .histogramsV2, .floatHistogramsV2:
            guard let kind = WALRecord.Kind(rawValue: record[0]) else { return }
            try WALRecord.readHistograms(&reader, kind) { addLateHistogram($0) }
        case .series, .tombstones, .exemplars, .mmapMarkers, .metadata: break
        case nil: unknownRecords[record[0], default: 0] += 1
        }
    }

    private mutating func addLate(_ reference: UInt64, _ time: Int64, _ value: UInt64, _ start: Int64) {
        guard let slot = lateSlot(of: reference, time) else { return }
        head.storeLate(time, Double(bitPattern: value), start: start, in: slot)
    }

    private mutating func addLateHistogram(_ found: WALRecord.FoundHistogram) {
        guard hasKnownSchema(found), let slot = lateSlot(of: found.reference, found.time) else { return }
        head.storeLate(found.time, found.histogram, start: found.start, in: slot)
    }

    private mutating func lateSlot(of reference: UInt64, _ time: Int64) -> Int? {
        include(time)
        guard let slot = slot(of: reference) else {
            unknownLateCount += 1
            lossTimes.unknownLate.include(time)
            return nil
        }
        if let number = UInt32(exactly: reference), aliases[number] != nil { lateAliases.insert(number) }
        return slot
    }

    private mutating func hasKnownSchema(_ found: WALRecord.FoundHistogram) -> Bool {
        let schema = found.histogram.schema
        if found.histogram.usesCustomBuckets || FloatHistogram.exponentialSchemas.contains(schema) {
            return true
        }
        unknownSchemaCount += 1
        lossTimes.unknownSchema.include(found.time)
        return false
    }

    private mutating func addHistogram(_ found: WALRecord.FoundHistogram) {
        guard hasKnownSchema(found) else { return }
        include(found.time)
        guard let slot = slot(of: found.reference) else { return noteUnknown(found.time) }
        guard isNew(found.time, slot) else { return }
        head.store(found.time, found.histogram, start: found.start, in: slot)
        noteTime(found.time)
    }

    private mutating func addSeries(_ reference: UInt64, _ labels: Labels) {
        labels.packed.withUnsafeBytes { packed in
            let hash = UInt32(truncatingIfNeeded: ByteHash.hash(packed))
            add(LoggedSeries(reference: reference, hash: hash, packed: 0..<packed.count), packed)
        }
    }

    /// - Parameter packed: the labels, see ``MetricModel/Labels/packed``.
    mutating func add(_ series: LoggedSeries, _ packed: UnsafeRawBufferPointer) {
        guard series.reference > 0, series.reference < UInt64(UInt32.max), !packed.isEmpty else { return }
        let number = UInt32(series.reference)
        if head.store.pointee.slot(of: series.reference) != nil { return }
        let known = head.find(packed, series.hash)
        if known != 0 {
            aliases[number] = known
            head.store.pointee.reserve(number)
            attachFullChunks(number, to: known)
        } else if head.insert(packed, series.hash, reference: number) != nil {
            attachFullChunks(number, to: number)
        }
    }

    /// Gives the full chunks of a reference to the series that has its labels. A series that went and
    /// came back has chunks under two references, and after a restart the older one goes on: all are put
    /// in the order of time, or the later chunks would hide the samples of those between.
    mutating func attachFullChunks(_ reference: UInt32, to known: UInt32) {
        guard first[reference] != nil, let slot = head.store.pointee.slot(of: UInt64(known)) else { return }
        let record = head.store.pointee.records[slot]
        guard record.pointee.sampleCount == 0, record.pointee.flags & SeriesRecord.hasSide == 0 else {
            first[reference] = nil
            return
        }
        var chunks = takeChain(reference)
        if known != reference {
            chunks = takeChain(known) + chunks
            chunks.sort { (found[Int($0)].minTime, $0) < (found[Int($1)].minTime, $1) }
            head.store.pointee.fullChunks.removeAll(of: &record.pointee.fullChunks)
            record.pointee.fullChunks = 0
            record.pointee.lastTime = .min
        }
        var last: Int32 = -1
        for i in chunks {
            let chunk = found[Int(i)]
            let isInOrder = chunk.encoding & HeadChunkFormat.outOfOrderFlag == 0
            // What a block has may be deleted there since: a series that is gone from the head knows nothing of that.
            guard isInOrder, chunk.minTime > record.pointee.lastTime, chunk.maxTime >= chunk.minTime,
                chunk.maxTime >= head.store.pointee.minValidTime
            else { continue }
            // For a third reference.
            if last < 0 { first[known] = i } else { next[Int(last)] = i }
            next[Int(i)] = -1
            last = i
            head.store.pointee.fullChunks.append(chunk.entry, to: &record.pointee.fullChunks)
            record.pointee.lastTime = chunk.maxTime
            record.pointee.flags |= SeriesRecord.unknownLastValue
            head.store.pointee.minTime = min(
                head.store.pointee.minTime, max(chunk.minTime, head.store.pointee.minValidTime))
            head.store.pointee.maxTime = max(head.store.pointee.maxTime, chunk.maxTime)
        }
    }

    /// Removes the list of a reference and answers it, oldest first.
    private mutating func takeChain(_ reference: UInt32) -> [Int32] {
        var chain: [Int32] = []
        var i = first.removeValue(forKey: reference) ?? -1
        while i >= 0 {
            chain.append(i)
            i = next[Int(i)]
        }
        return chain
    }

    @inline(__always)
    private mutating func addSample(_ reference: UInt64, _ time: Int64, _ value: UInt64, _ start: Int64) {
        include(time)
        guard let slot = slot(of: reference) else { return noteUnknown(time) }
        guard isNew(time, slot) else { return }
        head.store(time, value, in: slot)
        if start != 0 { head.noteStart(start, in: slot) }
        noteTime(time)
    }

    @inline(__always)
    private mutating func include(_ time: Int64) {
        if time < oldest { oldest = time }
        if time > newest { newest = time }
    }

    /// A sample of a series that the log does not tell; older ones are in blocks.
    private mutating func noteUnknown(_ time: Int64) {
        guard time >= head.store.pointee.minValidTime else { return }
        unknownCount += 1
        lossTimes.unknown.include(time)
    }

    @inline(__always)
    mutating func slot(of reference: UInt64) -> Int? {
        if let slot = head.store.pointee.slot(of: reference) { return slot }
        if reference < UInt64(UInt32.max) {
            if let alias = aliases[UInt32(reference)], let slot = head.store.pointee.slot(of: UInt64(alias)) {
                return slot
            }
            // If the log lost the series, no other one may take its samples over.
            head.store.pointee.reserve(UInt32(reference))
        }
        missesSeries = true
        return nil
    }

    /// Older ones are in a full chunk already, or in a block.
    @inline(__always)
    func isNew(_ time: Int64, _ slot: Int) -> Bool {
        time > head.store.pointee.records[slot].pointee.lastTime && time >= head.store.pointee.minValidTime
    }

    @inline(__always)
    func noteTime(_ time: Int64) {
        if time > head.store.pointee.maxTime { head.store.pointee.maxTime = time }
        if time < head.store.pointee.minTime { head.store.pointee.minTime = time }
    }
}

extension ClosedRange<Int64>? {
    fileprivate mutating func include(_ time: Int64) {
        self = Swift.min(self?.lowerBound ?? time, time)...Swift.max(self?.upperBound ?? time, time)
    }
}

extension Head {
    func writeFullChunksIfMany() {
        if store.pointee.files.unwrittenCount > 1 << 20, !options.isReadOnly { writeFullChunks() }
    }
}
