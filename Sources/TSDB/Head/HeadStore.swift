internal import CPrefetch
internal import Platform

/// All that the head holds, as flat tables. Guarded by ``Head``: changes need both of its locks,
/// reading needs either.
struct HeadStore: ~Copyable {
    var symbols = SymbolTable()
    var pairs = PairTable()
    var labelRuns = LabelRuns()
    /// The run of the series that came last; 0 before the first. It may be gone: then what stands there are still numbers of
    /// pairs, perhaps of free ones.
    var newestRun: UInt32 = 0
    /// The run of the series that is being made, empty between them: its memory serves all of them.
    var nextRun: [UInt32] = []
    /// By slot. A slot is used again after its series is gone.
    var records = PagedArray<SeriesRecord>(pageShift: 12)
    /// From reference to slot + 1; 0 when the series is gone.
    var slotOfReference = PagedArray<UInt32>(pageShift: 16)
    /// From the hash of packed labels to the reference.
    var identities = IdentityTable()
    var arena = ChunkArena()
    /// Open histograms by slot.
    var histograms: [UInt32: HistogramSide] = [:]
    /// Start timestamps of open float chunks by slot.
    var starts: [UInt32: StartTimeRuns] = [:]
    /// Late samples by slot.
    var late: [UInt32: OutOfOrderSide] = [:]
    var lateCount = 0
    /// By slot.
    var metadata = SeriesMetadataTable()
    var fullChunks = FullChunkLists()
    var files: HeadChunkFiles
    var freeSlots: [UInt32] = []
    var slotEnd: UInt32 = 0
    /// The reference that the next new series gets; those from the log are below it.
    var nextReference: UInt32 = 1
    var seriesCount = 0
    var openChunkCount = 0
    /// Inclusive; `.max` and `.min` while there is no sample.
    var minTime = Int64.max
    var maxTime = Int64.min
    /// Older samples are in blocks: they are refused here.
    var minValidTime = Int64.min
    /// Deleted stretches by reference.
    var tombstones = Tombstones()
    /// Series that are gone and the log segment that was current then: their records must stay until
    /// no sample of theirs is left in the log.
    var removedReferences: [UInt32: Int] = [:]
    /// References that only the log and head chunks of an earlier run use, and those that the series have
    /// now; none of their samples is later than ``aliasMaxTime``.
    var aliases: [UInt32: UInt32] = [:]
    var aliasMaxTime = Int64.min
    /// Those of them that the log of late samples uses.
    var lateAliases: Set<UInt32> = []
    /// Commits so far.
    var epoch: UInt64 = 0
    var undo: [UndoBatch] = []
    var counters = HeadCounters()

    init(disk: any Disk, chunkFolder: String) {
        files = HeadChunkFiles(disk: disk, folder: chunkFolder)
        records.ensure(0)
        // No series has the reference 0, but logs that are damaged ask for it.
        slotOfReference.ensure(0)
    }

    /// The slot of a reference, or nil when there is no such series.
    @inline(__always)
    func slot(of reference: UInt64) -> Int? {
        guard reference < UInt64(nextReference) else { return nil }
        let slot = slotOfReference[Int(reference)].pointee
        return slot == 0 ? nil : Int(slot) - 1
    }

    /// How many samples ahead of the one that is stored memory is asked for: what lies between takes about as long as
    /// memory does.
    static let prefetchDistance = 8

    /// Lets the memory where the open chunk of a series ends come nearer, as samples of it come soon.
    @inline(__always)
    func prefetchOpenChunk(_ slot: Int) {
        let record = records[slot]
        guard record.pointee.sampleCount > 0, record.pointee.flags & SeriesRecord.hasSide == 0 else { return }
        martlet_prefetch(
            arena.address(record.pointee.sizeClass, record.pointee.chunk)
                + Int(record.pointee.bitCount) &>> 3)
    }

    /// Lets no new series get this reference or one below it.
    mutating func reserve(_ reference: UInt32) {
        guard reference >= nextReference, reference < .max else { return }
        slotOfReference.ensure(Int(reference))
        nextReference = reference + 1
    }

    /// The packed labels of a series are those of `labels`.
    func hasLabels(_ slot: Int, _ packed: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        for pair in labelRuns[records[slot].pointee.labels] {
            guard take(symbols[pairs.name(pair)], packed, &position),
                take(symbols[pairs.value(pair)], packed, &position)
            else { return false }
        }
        return position == packed.count
    }

    private func take(_ text: UnsafeRawBufferPointer, _ packed: UnsafeRawBufferPointer, _ position: inout Int)
        -> Bool
    {
        var start = position + 1
        guard start <= packed.count else { return false }
        var length = Int(packed[position])
        if length == 0xFF {
            guard start + 3 <= packed.count else { return false }
            length = Int(packed[start]) | Int(packed[start + 1]) << 8 | Int(packed[start + 2]) << 16
            start += 3
        }
        guard length == text.count, start + length <= packed.count else { return false }
        position = start + length
        return equal(UnsafeRawBufferPointer(rebasing: packed[start..<position]), text)
    }
}

/// Numbers of the head that only grow.
struct HeadCounters {
    var samplesAppended: UInt64 = 0
    var histogramsAppended: UInt64 = 0
    var seriesCreated: UInt64 = 0
    var seriesRemoved: UInt64 = 0
    var seriesRefused: UInt64 = 0
    var chunksCreated: UInt64 = 0
    var chunksRemoved: UInt64 = 0
    var outOfOrder: UInt64 = 0
    var lateAppended: UInt64 = 0
    var outOfBounds: UInt64 = 0
    var tooFarAhead: UInt64 = 0
    var duplicates: UInt64 = 0
    var walWriteFailures: UInt64 = 0
    var walFsyncFailures: UInt64 = 0
    var headChunkDamages: UInt64 = 0
    var walCorruptions: UInt64 = 0
    var snapshotFailures: UInt64 = 0
}
