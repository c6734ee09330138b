internal import Platform
internal import Synchronization
internal import Wire

/// Some records of a segment, decompressed, and the damage that was met between them.
final class WALRecordBlock: @unchecked Sendable {
    // Safe to share: a block belongs to the thread that reads or to the one that applies, never to both.
    struct Record {
        /// Within ``bytes``.
        var start: Int
        var end: Int
        /// Where the record ends in the segment.
        var soundEnd: Int
        /// How many of ``damages`` stand before it.
        var damageCount: Int
    }

    fileprivate(set) var bytes = ByteBuffer(capacity: WALRecordBlock.byteCount)
    fileprivate(set) var records: [Record] = []
    /// Those that no block before had.
    fileprivate(set) var damages: [WALReader.Damage] = []
    /// The segment ends here.
    fileprivate(set) var isLast = false
    /// Where the last sound record of the segment up to here ends.
    fileprivate(set) var soundEnd = 0

    /// A block is full with so many bytes or records.
    static let byteCount = 256 << 10
    static let recordCountMax = 4096
}

/// Reads a segment block by block.
final class WALBlockReader: @unchecked Sendable {
    // Safe to share: one thread at a time reads.
    private let mapping: FileMapping
    private var reader: WALReader
    private var scratch = ByteBuffer(capacity: 1 << 16)
    private var damageCount = 0

    init(_ mapping: FileMapping, from offset: Int) {
        self.mapping = mapping
        reader = WALReader(mapping.bytes, from: offset)
    }

    /// Fills a block with what comes next.
    func fill(_ block: WALRecordBlock) {
        block.bytes.removeAll()
        block.records.removeAll(keepingCapacity: true)
        block.damages.removeAll()
        block.isLast = false
        while block.bytes.count < WALRecordBlock.byteCount,
            block.records.count < WALRecordBlock.recordCountMax
        {
            let start = block.bytes.count
            let isRecord = reader.append(to: &block.bytes, scratch: &scratch)
            if reader.damages.count > damageCount {
                block.damages.append(contentsOf: reader.damages[damageCount...])
                damageCount = reader.damages.count
            }
            guard isRecord else {
                block.isLast = true
                break
            }
            block.records.append(
                WALRecordBlock.Record(
                    start: start, end: block.bytes.count, soundEnd: reader.soundEnd,
                    damageCount: block.damages.count))
        }
        block.soundEnd = reader.soundEnd
    }
}

/// Lets a thread read, check and decompress a segment while the caller applies the blocks before: a few
/// blocks go round between the two, in order.
final class WALReadAhead: Sendable {
    private struct State {
        var ready: [WALRecordBlock] = []
        var free: [WALRecordBlock] = []
    }

    private static let blockCount = 4
    private let state = Mutex(State())
    private let condition = Condition()

    /// Starts to read. ``next(_:)`` must be called until the block that is the last.
    init(_ reader: WALBlockReader) {
        state.withLock { $0.free = (0..<WALReadAhead.blockCount).map { _ in WALRecordBlock() } }
        startThread(name: "tsdb-replay", stackSize: 1 << 20) { [self] in
            var isDone = false
            while !isDone {
                let block = condition.wait { state.withLock { $0.free.popLast() } }
                reader.fill(block)
                isDone = block.isLast
                state.withLock { $0.ready.append(block) }
                condition.signal()
            }
        }
    }

    /// The next block, in exchange for one that is done with.
    func next(_ done: WALRecordBlock?) -> WALRecordBlock {
        if let done {
            state.withLock { $0.free.append(done) }
            condition.signal()
        }
        return condition.wait { state.withLock { $0.ready.isEmpty ? nil : $0.ready.removeFirst() } }
    }
}
