internal import Platform
internal import Synchronization
internal import Wire

/// Some records of a segment, decompressed, and the damage that was met between them.
final class WALRecordBlock: @unchecked Sendable {
    // Safe to share: a block belongs to the thread that reads or to the one that applies, never to both.
    struct Record {
        enum Content {
            /// Within ``bytes``.
            case bytes(Range<Int>)
            /// Within ``samples``.
            case samples(Range<Int>, baseTime: Int64, first: ClosedRange<Int64>, last: ClosedRange<Int64>)
            /// Within ``series``.
            case series(Range<Int>)
            /// A record whose checksum is right and whose bytes make no sense.
            case malformed(WireError)
        }

        var content: Content
        /// Where the record ends in the segment.
        var soundEnd: Int
        /// How many of ``damages`` stand before it.
        var damageCount: Int
    }

    fileprivate(set) var bytes = ByteBuffer(capacity: WALRecordBlock.byteCount)
    /// Of the records that are decoded: the float samples of some records in a row are one here.
    fileprivate(set) var samples = LoggedSampleBuffer()
    fileprivate(set) var series: [LoggedSeries] = []
    fileprivate(set) var records: [Record] = []
    /// Those that no block before had.
    fileprivate(set) var damages: [WALReader.Damage] = []
    /// The segment ends here.
    fileprivate(set) var isLast = false
    /// Where the last sound record of the segment up to here ends.
    fileprivate(set) var soundEnd = 0

    /// Calls `body` with a record; the memory is lent.
    func tell(_ record: Record, _ body: (LoggedRecord) throws(WireError) -> Void) throws(WireError) {
        switch record.content {
        case .bytes(let range):
            try body(.bytes(UnsafeRawBufferPointer(rebasing: bytes.bytes[range])))
        case .samples(let range, let baseTime, let first, let last):
            try body(
                .samples(
                    LoggedSamples(
                        samples: UnsafeBufferPointer(rebasing: samples.samples[range]), baseTime: baseTime,
                        firstTimes: first, lastTimes: last)))
        case .series(let range): try body(.series(series[range], bytes.bytes))
        case .malformed(let error): throw error
        }
    }

    /// Bytes of memory that it takes: a block of many small records is more than the bytes of those.
    var size: Int {
        max(bytes.count, WALRecordBlock.byteCount) + records.count * MemoryLayout<Record>.stride
            + samples.count * MemoryLayout<LoggedSample>.stride
            + series.count * MemoryLayout<LoggedSeries>.stride
    }

    /// Bytes of the samples of a block that is full of them.
    static let fullSize = sampleCount * MemoryLayout<LoggedSample>.stride

    /// A block is full with so many bytes, samples or records.
    static let byteCount = 256 << 10
    static let sampleCount = 384 << 10
    static let recordCountMax = 4096
    /// Larger records are not decoded: their samples would take more memory than their bytes do.
    static let decodedByteCountMax = 8 << 20
}

/// Reads a segment block by block.
final class WALBlockReader: @unchecked Sendable {
    // Safe to share: one thread at a time reads.
    private let mapping: FileMapping
    private var reader: WALReader
    private var scratch = ByteBuffer(capacity: 1 << 16)
    private var damageCount = 0
    private let decoding: LogDecoding
    private var batch = LoggedSampleBatch()
    /// The memory of the segment up to here has been given back.
    private var doneEnd: Int
    private static let doneStep = 2 << 20

    init(_ mapping: FileMapping, from offset: Int, decoding: LogDecoding) {
        self.mapping = mapping
        self.decoding = decoding
        reader = WALReader(mapping.bytes, from: offset)
        doneEnd = offset
    }

    /// Fills a block with what comes next.
    func fill(_ block: WALRecordBlock) {
        block.bytes.removeAll()
        block.samples.removeAll()
        block.series.removeAll(keepingCapacity: true)
        block.records.removeAll(keepingCapacity: true)
        block.damages.removeAll()
        block.isLast = false
        var soundEnd = reader.soundEnd
        func add(_ content: WALRecordBlock.Record.Content) {
            block.records.append(
                WALRecordBlock.Record(
                    content: content, soundEnd: soundEnd, damageCount: block.damages.count))
        }
        func flush(_ batch: inout LoggedSampleBatch) {
            guard let first = batch.firstTimes, let last = batch.lastTimes else { return }
            let start = block.samples.count
            batch.move(to: &block.samples, sorts: decoding == .bySeries)
            add(
                .samples(
                    start..<block.samples.count, baseTime: batch.baseTime, first: first, last: last))
        }
        while block.bytes.count < WALRecordBlock.byteCount,
            block.samples.count + batch.samples.count < WALRecordBlock.sampleCount,
            block.records.count < WALRecordBlock.recordCountMax
        {
            let start = block.bytes.count
            let isRecord = reader.append(to: &block.bytes, scratch: &scratch)
            let isDecoded =
                decoding != .none && isRecord
                && (1...WALRecordBlock.decodedByteCountMax).contains(block.bytes.count - start)
            let isSamples = isDecoded && block.bytes.bytes[start] == WALRecord.Kind.samples.rawValue
            if reader.damages.count > damageCount {
                flush(&batch)
                block.damages.append(contentsOf: reader.damages[damageCount...])
                damageCount = reader.damages.count
            }
            if !isSamples { flush(&batch) }
            soundEnd = reader.soundEnd
            guard isRecord else {
                block.isLast = true
                break
            }
            guard isSamples else {
                let first = block.series.count
                if isDecoded, WALRecord.readPlainSeries(block.bytes.bytes, from: start, into: &block.series) {
                    add(.series(first..<block.series.count))
                } else {
                    block.series.removeSubrange(first...)
                    add(.bytes(start..<block.bytes.count))
                }
                continue
            }
            do throws(WireError) {
                try batch.add(
                    UnsafeRawBufferPointer(rebasing: block.bytes.bytes[(start + 1)...]), flush: flush)
            } catch {
                flush(&batch)
                add(.malformed(error))
            }
            block.bytes.truncate(to: start)
        }
        flush(&batch)
        block.soundEnd = reader.soundEnd
        if reader.soundEnd - doneEnd >= WALBlockReader.doneStep {
            mapping.doneWith(doneEnd..<reader.soundEnd)
            doneEnd = reader.soundEnd
        }
    }
}

/// Lets a thread read, check, decompress and decode a segment while the caller applies the blocks before, in order.
///
/// The thread is ahead by what two blocks full of samples take. Blocks of series take little: while many series are
/// made the first samples are decoded already.
final class WALReadAhead: Sendable {
    fileprivate struct State {
        var ready: [WALRecordBlock] = []
        /// At most one block that is used again.
        var free: WALRecordBlock?
        /// Bytes of the blocks that are ready or being applied.
        var heldByteCount = 0
    }

    /// While no more is held another block is filled: one that is full of samples, and its last record, but not two.
    fileprivate static let heldByteCountMax = WALRecordBlock.fullSize * 3 / 2
    private let state = Mutex(State())
    private let condition = Condition()

    /// Starts to read. ``next(_:)`` must be called until the block that is the last.
    init(_ reader: WALBlockReader) {
        startThread(name: "tsdb-replay", stackSize: 1 << 20) { [self] in
            var isDone = false
            while !isDone {
                let block = condition.wait { state.withLock { $0.blockToFill() } } ?? WALRecordBlock()
                reader.fill(block)
                isDone = block.isLast
                state.withLock { state in
                    state.ready.append(block)
                    state.heldByteCount += block.size
                }
                condition.signal()
            }
        }
    }

    /// The next block, in exchange for one that is done with.
    func next(_ done: WALRecordBlock?) -> WALRecordBlock {
        if let done {
            state.withLock { state in
                state.heldByteCount -= done.size
                state.free = state.free ?? done
            }
            condition.signal()
        }
        return condition.wait { state.withLock { $0.ready.isEmpty ? nil : $0.ready.removeFirst() } }
    }
}

extension WALReadAhead.State {
    /// Nil while there is no room; nil in it for a new block.
    fileprivate mutating func blockToFill() -> WALRecordBlock?? {
        if heldByteCount > WALReadAhead.heldByteCountMax { return nil }
        return .some(free.take())
    }
}
