internal import Platform
internal import Wire

/// The chunk that each series of an import is filling.
struct OpenChunks: ~Copyable {
    struct Chunk {
        var state = XORChunk.State()
        var room: UnsafeMutableRawPointer?
        var capacity = 0
        var minTime: Int64 = 0
        /// Of the block: first time and the first one that is not in it.
        var start: Int64 = 0
        var end: Int64 = 0
    }

    private var chunks: UnsafeMutablePointer<Chunk>
    private var capacity = 1024
    private(set) var count = 0
    /// Bytes of all rooms.
    private(set) var byteCount = 0
    private let samplesPerChunk: Int

    /// - Parameter samplesPerChunk: at most 240, so that a chunk's bytes fit in 16 bits.
    init(samplesPerChunk: Int) {
        self.samplesPerChunk = samplesPerChunk
        chunks = .allocate(capacity: capacity)
    }

    deinit {
        for i in 0..<count { chunks[i].room?.deallocate() }
        chunks.deallocate()
    }

    subscript(series: UInt32) -> UnsafeMutablePointer<Chunk> { chunks + Int(series) }

    /// Makes a place for one more series.
    mutating func addSeries() {
        if count == capacity {
            let larger = UnsafeMutablePointer<Chunk>.allocate(capacity: capacity * 2)
            larger.moveInitialize(from: chunks, count: count)
            chunks.deallocate()
            chunks = larger
            capacity *= 2
        }
        (chunks + count).initialize(to: Chunk())
        count += 1
    }

    /// Writes the sample into the series' chunk if it belongs there: later than its samples, in its block, not full.
    @inline(__always)
    mutating func append(_ series: UInt32, _ time: Int64, _ value: UInt64) -> Bool {
        let chunk = chunks + Int(series)
        guard chunk.pointee.state.count &- 1 < samplesPerChunk &- 1, chunk.pointee.state.count > 0,
            time > chunk.pointee.state.time, time < chunk.pointee.end
        else { return false }
        write(chunk, time, value)
        return true
    }

    /// Begins a chunk with its first sample; the one before was emptied.
    mutating func begin(_ series: UInt32, _ time: Int64, _ value: UInt64, start: Int64, end: Int64) {
        let chunk = chunks + Int(series)
        chunk.pointee.state = XORChunk.State()
        chunk.pointee.minTime = time
        chunk.pointee.start = start
        chunk.pointee.end = end
        write(chunk, time, value)
    }

    @inline(__always)
    private mutating func write(_ chunk: UnsafeMutablePointer<Chunk>, _ time: Int64, _ value: UInt64) {
        let needed = (chunk.pointee.state.bitCount &+ XORChunk.sampleBitsMax) &>> 3 &+ 1 &+ BitWriter.slack
        if needed > chunk.pointee.capacity { grow(chunk, needed) }
        guard let room = chunk.pointee.room else { return }
        XORChunk.append(time, value, to: &chunk.pointee.state, at: room)
    }

    @inline(never)
    private mutating func grow(_ chunk: UnsafeMutablePointer<Chunk>, _ needed: Int) {
        let size = max(needed, chunk.pointee.capacity * 2, 128)
        let room = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        if let old = chunk.pointee.room {
            room.copyMemory(from: old, byteCount: chunk.pointee.capacity)
            old.deallocate()
        } else {
            room.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        }
        byteCount += size - chunk.pointee.capacity
        chunk.pointee.room = room
        chunk.pointee.capacity = size
    }

    /// The bytes of a series' chunk with the count in place, or nil when it has none.
    func bytes(of series: UInt32) -> UnsafeRawBufferPointer? {
        let chunk = chunks[Int(series)]
        guard chunk.state.count > 0, let room = chunk.room else { return nil }
        room.storeBytes(of: UInt16(truncatingIfNeeded: chunk.state.count).bigEndian, as: UInt16.self)
        return UnsafeRawBufferPointer(start: room, count: XORChunk.byteCount(chunk.state.bitCount))
    }

    /// Forgets the samples of a series' chunk.
    mutating func empty(_ series: UInt32, freesRoom: Bool) {
        let chunk = chunks + Int(series)
        chunk.pointee.state.count = 0
        guard freesRoom, let room = chunk.pointee.room else { return }
        room.deallocate()
        byteCount -= chunk.pointee.capacity
        chunk.pointee.room = nil
        chunk.pointee.capacity = 0
    }
}
