internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

extension Head {
    /// Puts back what the newest sound snapshot holds. One that is damaged or does not fit the log and the
    /// head chunks is set aside, and the head is as it was before: nothing is lost, as the log has it all.
    ///
    /// - Parameter suffix: for the name of a snapshot that is set aside.
    /// - Returns: from where on the log must be read; nil when all of it must.
    func restoreSnapshot(
        _ replay: inout Replay, _ folder: WALFolder, aside suffix: String, damaged: (String) -> Void
    ) throws(DiskError) -> ChunkSnapshot.Place? {
        guard options.takesSnapshotOnClose else { return nil }
        let checkpoint = try folder.checkpoints().last?.number ?? -1
        for place in try ChunkSnapshot.all(disk: disk, path: options.path).reversed() {
            // What the checkpoint sums up is newer, also when it was read already.
            guard place.segment > checkpoint else { break }
            let path = options.path + "/" + place.name
            do throws(TSDBError) {
                try replay.restore(place, path, folder)
                return place
            } catch {
                try setAside(place, &replay, error, suffix: suffix, damaged: damaged)
            }
        }
        return nil
    }

    /// Empties the head of what a snapshot told, and renames the snapshot unless it only could not be read.
    func setAside(
        _ place: ChunkSnapshot.Place, _ replay: inout Replay, _ reason: TSDBError, suffix: String,
        damaged: (String) -> Void
    ) throws(DiskError) {
        try startOver(&replay)
        store.pointee.counters.snapshotFailures += 1
        var text = "the snapshot \(place.name) is not used: \(reason.description)"
        // What could not be read now may be read the next time.
        if reason.kind != .io, !options.isReadOnly {
            let path = options.path + "/" + place.name
            do throws(DiskError) {
                try disk.rename(path, to: path + suffix)
                text += "; set aside as \(place.name)\(suffix)"
            } catch {
                text += "; it stays where it is"
            }
        }
        damaged(text)
    }

    /// The head as it was before the snapshot.
    private func startOver(_ replay: inout Replay) throws(DiskError) {
        let minValidTime = store.pointee.minValidTime
        let counters = store.pointee.counters
        store.deinitialize(count: 1)
        store.initialize(to: HeadStore(disk: disk, chunkFolder: chunkFolder))
        store.pointee.minValidTime = minValidTime
        store.pointee.counters = counters
        exemplars.withLock { $0 = ExemplarRing(capacity: options.exemplarLimit) }
        replay = Replay(head: self)
        // What is damaged there has been told.
        try replay.readFullChunks(damaged: { _ in })
    }
}

/// What is counted while a snapshot is read.
private struct SnapshotCount {
    /// By the reference that a series has.
    var aliases: [UInt32: [UInt32]] = [:]
    var seriesCount = 0
    var exemplarCount = 0
    var hasTombstones = false
    /// The highest reference so far.
    var lastReference: UInt32 = 0
}

extension Replay {
    /// Reads a snapshot. After an error the head holds a part of it.
    ///
    /// - Parameter folder: of the log.
    /// - Throws: `corruption` (also when the log or the head chunks are not those it was made with),
    ///   `unsupported`, `io`.
    mutating func restore(
        _ place: ChunkSnapshot.Place, _ path: String, _ folder: WALFolder
    ) throws(TSDBError) {
        let state = try ChunkSnapshotState.read(disk: head.disk, folder: path)
        try expectLog(place, isOurs: state != nil, folder)
        if let state { try expectChunkFiles(of: state) }
        var count = SnapshotCount()
        for entry in state?.aliases ?? [] { count.aliases[entry.reference, default: []].append(entry.alias) }
        try readRecords(in: path) { (record) throws(WireError) in try restore(record, &count) }
        if let expected = state?.metadataCount, expected > 0 {
            var found = 0
            try readRecords(in: path + "/" + ChunkSnapshotState.metadataFolderName) {
                (record) throws(WireError) in
                found += 1
                try apply(record)
            }
            guard found == expected else { throw TSDBError(.corruption, "records of metadata are missing") }
        }
        guard count.hasTombstones,
            state.map({ $0.seriesCount == count.seriesCount && $0.exemplarCount == count.exemplarCount })
                ?? true
        else { throw TSDBError(.corruption, "records of it are missing") }
        try expectNoOtherChunks(below: state?.nextReference ?? count.lastReference &+ 1)
        if let state {
            if state.nextReference > 1 { head.store.pointee.reserve(state.nextReference - 1) }
            head.store.pointee.removedReferences = state.removedReferences
            head.store.pointee.aliasMaxTime = state.aliasMaxTime
        } else {
            try reserveReferences(of: folder, through: place.segment)
        }
        snapshot = state ?? ChunkSnapshotState()
    }

    /// - Throws: `corruption` for any damage, `io`.
    private func readRecords(
        in path: String, _ body: (UnsafeRawBufferPointer) throws(WireError) -> Void
    ) throws(TSDBError) {
        let source = WALFolder(disk: head.disk, path: path, isReadOnly: true)
        let numbers = try Replay.onDisk { () throws(DiskError) in try source.segments(in: path) }
        guard numbers == Array(0..<max(numbers.count, 1)) else {
            throw TSDBError(.corruption, "segments of it are missing")
        }
        for number in numbers {
            var damage: String?
            do throws(DiskError) {
                try source.readSegment(
                    number, in: path, isLast: false, aside: "", readsAhead: true,
                    { (record) throws(WireError) in
                        if damage == nil { try body(record) }
                    }, damaged: { damage = damage ?? $0 })
            } catch {
                throw TSDBError(error)
            }
            if let damage { throw TSDBError(.corruption, damage) }
        }
    }

    private static func onDisk<Value>(_ body: () throws(DiskError) -> Value) throws(TSDBError) -> Value {
        do throws(DiskError) {
            return try body()
        } catch {
            throw TSDBError(error)
        }
    }

    // MARK: - What must be there

    private func expectLog(
        _ place: ChunkSnapshot.Place, isOurs: Bool, _ folder: WALFolder
    ) throws(TSDBError) {
        let log = folder.path + "/" + WALFormat.segmentName(place.segment)
        let disk = head.disk
        let size = try Replay.onDisk { () throws(DiskError) in try disk.status(log)?.size }
        // We never write on in a segment behind a snapshot.
        guard let size, isOurs ? size == Int64(place.offset) : size >= Int64(place.offset) else {
            let found = size.map { "has \($0) bytes" } ?? "is missing"
            throw TSDBError(.corruption, "the log is not the one it was made with: \(log) \(found)")
        }
    }

    /// The open chunks go on from the full ones: were one missing, nothing would tell its samples.
    private func expectChunkFiles(of state: ChunkSnapshotState) throws(TSDBError) {
        for file in state.chunkFiles
        where file.maxTime >= head.store.pointee.minValidTime && !head.store.pointee.files.holds(file) {
            throw TSDBError(
                .corruption, "head chunks that it goes on from are missing",
                file: head.chunkFolder + "/" + HeadChunkFormat.fileName(file.number))
        }
    }

    /// Full chunks of series that it does not tell: only the log can say whose they are.
    private func expectNoOtherChunks(below limit: UInt32) throws(TSDBError) {
        for (reference, start) in first
        where reference < limit && head.store.pointee.slot(of: UInt64(reference)) == nil {
            var i = start
            while i >= 0 {
                let chunk = found[Int(i)]
                let isInOrder = chunk.encoding & HeadChunkFormat.outOfOrderFlag == 0
                if isInOrder, chunk.maxTime >= head.store.pointee.minValidTime {
                    throw TSDBError(
                        .corruption,
                        "it does not tell the series \(reference), of which there are head chunks")
                }
                i = next[Int(i)]
            }
        }
    }

    /// Lets no new series get a number that the log before a snapshot of another program gave: that does
    /// not tell series that were gone.
    private func reserveReferences(of folder: WALFolder, through segment: Int) throws(TSDBError) {
        let source = WALFolder(disk: folder.disk, path: folder.path, isReadOnly: true)
        let head = head
        try Replay.onDisk { () throws(DiskError) in
            let checkpoint = try source.checkpoints().last
            var parts: [(String, Int)] = []
            if let checkpoint {
                for number in try source.segments(in: checkpoint.path) {
                    parts.append((checkpoint.path, number))
                }
            }
            for number in try source.segments() where number > checkpoint?.number ?? -1 && number <= segment {
                parts.append((source.path, number))
            }
            for (path, number) in parts {
                try source.readSegment(
                    number, in: path, isLast: false, aside: "", readsAhead: true,
                    { (record) throws(WireError) in
                        guard record.first == WALRecord.Kind.series.rawValue else { return }
                        var reader = ByteReader(record)
                        _ = try reader.byte()
                        try WALRecord.readSeries(&reader) { reference, _ in
                            if let number = UInt32(exactly: reference) { head.store.pointee.reserve(number) }
                        }
                    }, damaged: { _ in })
            }
        }
    }

    // MARK: - Records

    private mutating func restore(
        _ record: UnsafeRawBufferPointer, _ count: inout SnapshotCount
    ) throws(WireError) {
        var reader = ByteReader(record)
        let type = try reader.byte()
        switch ChunkSnapshot.RecordKind(rawValue: type) {
        case .series:
            try restoreSeries(&reader, &count)
            count.seriesCount += 1
        case .tombstones:
            var entries = ByteReader(try reader.lengthPrefixed())
            guard try entries.byte() == Tombstones.version else {
                throw WireError(.malformed, "tombstones of an unknown version")
            }
            while !entries.isAtEnd {
                let reference = try entries.unsignedVarint32()
                let interval = try Tombstones.Interval(&entries)
                let number = aliases[reference] ?? reference
                guard head.store.pointee.slot(of: UInt64(number)) != nil else { continue }
                head.store.pointee.tombstones.add(number, interval)
            }
            count.hasTombstones = true
        case .exemplars:
            try WALRecord.readExemplars(&reader) { reference, exemplar in
                addExemplar(reference, exemplar)
                count.exemplarCount += 1
            }
        case nil: throw WireError(.malformed, "a record of the unknown type \(type)")
        }
    }

    private mutating func restoreSeries(
        _ reader: inout ByteReader, _ count: inout SnapshotCount
    ) throws(WireError) {
        let reference = try reader.bigEndian64()
        let labels = try WALRecord.readLabels(&reader)
        // What the range of a block was.
        _ = try reader.bigEndian64()
        let hasChunk = try reader.unsignedVarint() != 0
        guard reference > 0, let number = UInt32(exactly: reference), number < .max, !labels.isEmpty,
            head.store.pointee.slot(of: reference) == nil
        else { throw WireError(.malformed, "a series that cannot be, with the number \(reference)") }
        count.lastReference = max(count.lastReference, number)
        let hash = labels.packed.withUnsafeBytes { UInt32(truncatingIfNeeded: ByteHash.hash($0)) }
        let known = head.find(labels, hash)
        if known != 0 {
            // The state has told it already.
            if !hasChunk, aliases[number] == known { return }
            guard !hasChunk, first[number] == nil else {
                throw WireError(.malformed, "the series \(known) stands there twice")
            }
            aliases[number] = known
            head.store.pointee.reserve(number)
            return
        }
        guard head.insert(labels, hash, reference: number) != nil,
            let slot = head.store.pointee.slot(of: reference)
        else { throw WireError(.tooLarge, "a series has too many labels") }
        attachFullChunks(number, to: number)
        for alias in count.aliases[number] ?? [] where head.store.pointee.slot(of: UInt64(alias)) == nil {
            aliases[alias] = number
            head.store.pointee.reserve(alias)
            attachFullChunks(alias, to: number)
        }
        if hasChunk { try restoreChunk(&reader, slot) }
    }

    // MARK: - Open chunks

    private mutating func restoreChunk(_ reader: inout ByteReader, _ slot: Int) throws(WireError) {
        let minTime = Int64(bitPattern: try reader.bigEndian64())
        let maxTime = Int64(bitPattern: try reader.bigEndian64())
        let encoding = try reader.byte()
        let bytes = try reader.lengthPrefixed()
        let behind = try reader.byte()
        if encoding == ChunkEncoding.xor.rawValue,
            try head.adopt(bytes, minTime...max(minTime, maxTime), slot)
        {
            noteTime(minTime)
            noteTime(maxTime)
            return
        }
        // Sample by sample: of those that count is only a part, or it is not as our chunks are.
        var columns = SampleColumns()
        try ChunkDecoder.decode(encoding, bytes, from: .min, through: .max, into: &columns)
        let starts = columns.startTimestamps
        for (i, time) in columns.timestamps.enumerated() where isNew(time, slot) {
            head.store(time, columns.values[i].bitPattern, in: slot)
            if !starts.isEmpty { head.noteStart(starts[i], in: slot) }
            noteTime(time)
        }
        // The chunk tells the hint of its first histogram only; the last one stands behind it, with its own.
        let hint = FloatHistogram.CounterResetHint(rawValue: behind) ?? .unknown
        for i in columns.histogramTimestamps.indices where isNew(columns.histogramTimestamps[i], slot) {
            var histogram = columns.histograms[i]
            if i > 0, histogram.counterResetHint == .notReset { histogram.counterResetHint = hint }
            if i == 0, histogram.counterResetHint == .unknown, bytes.count > 2 {
                // With start timestamps the flags stand above the count.
                switch bytes[encoding >= ChunkEncoding.histogramST.rawValue ? 0 : 2] & 0b1100_0000 {
                case 0b1000_0000: histogram.counterResetHint = .reset
                case 0b0100_0000: histogram.counterResetHint = .notReset
                default: break
                }
            }
            let starts = columns.histogramStartTimestamps
            head.store(
                columns.histogramTimestamps[i], histogram, start: starts.isEmpty ? 0 : starts[i], in: slot)
            noteTime(columns.histogramTimestamps[i])
        }
    }
}

extension Head {
    /// Makes bytes the open chunk of a series as they are, with all that appending needs to know of them.
    /// False when it cannot be done so: when some of the samples do not count any more, or the chunk is
    /// none that appending would have made.
    ///
    /// - Throws: when the samples are not those of the time, or are no chunk.
    fileprivate func adopt(
        _ bytes: UnsafeRawBufferPointer, _ times: ClosedRange<Int64>, _ slot: Int
    ) throws(WireError) -> Bool {
        let record = store.pointee.records[slot]
        guard times.lowerBound > record.pointee.lastTime, times.lowerBound >= store.pointee.minValidTime,
            bytes.count <= ChunkArena.capacity(UInt8(ChunkArena.sizes.count - 1)) - 8
        else { return false }
        var reader = try XORChunkReader(bytes)
        guard reader.count > 0, reader.count <= 2 * options.samplesPerChunk else { return false }
        let quarter = options.samplesPerChunk / 4
        var quarterTime: Int64?
        var isAscending = true
        var first: Int64?
        var last = Int64.min
        var failure: WireError?
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 128) { times in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 128) { values in
                guard let timeBase = times.baseAddress, let valueBase = values.baseAddress else { return }
                var done = 0
                do throws(WireError) {
                    while true {
                        let count = try reader.decode(timeBase, valueBase, room: 128)
                        if count == 0 { return }
                        first = first ?? timeBase[0]
                        for i in 0..<count {
                            if timeBase[i] <= last, done + i > 0 { isAscending = false }
                            last = timeBase[i]
                        }
                        if quarter > done, quarter <= done + count {
                            quarterTime = timeBase[quarter - 1 - done]
                        }
                        done += count
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        guard first == times.lowerBound, last == times.upperBound else {
            throw WireError(.malformed, "an open chunk is not of the time that it claims")
        }
        let state = reader.state
        guard isAscending, XORChunk.byteCount(state.bitCount) == bytes.count,
            state.delta <= UInt64(UInt32.max)
        else { return false }
        var sizeClass: UInt8 = 0
        while ChunkArena.capacity(sizeClass) < bytes.count { sizeClass += 1 }
        let chunk = store.pointee.arena.allocate(sizeClass)
        UnsafeMutableRawBufferPointer(
            start: store.pointee.arena.address(sizeClass, chunk), count: bytes.count
        ).copyMemory(from: bytes)
        record.pointee.sizeClass = sizeClass
        record.pointee.chunk = chunk
        record.pointee.bitCount = UInt16(truncatingIfNeeded: state.bitCount)
        record.pointee.sampleCount = UInt16(truncatingIfNeeded: state.count)
        record.pointee.leading = state.leading
        record.pointee.trailing = state.trailing
        record.pointee.delta = UInt32(truncatingIfNeeded: state.delta)
        record.pointee.firstTime = times.lowerBound
        record.pointee.lastTime = state.time
        record.pointee.lastValue = state.value
        record.pointee.flags &= ~SeriesRecord.unknownLastValue
        record.pointee.nextCut = rangeEnd(times.lowerBound)
        if let quarterTime, state.count > quarter {
            record.pointee.nextCut = Head.evenEnd(times.lowerBound, quarterTime, record.pointee.nextCut)
        }
        store.pointee.openChunkCount += 1
        store.pointee.counters.chunksCreated += 1
        return true
    }
}
