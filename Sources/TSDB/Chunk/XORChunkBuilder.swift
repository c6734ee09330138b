internal import StorageAPI
internal import Wire

/// Encodes runs of float samples into chunks of an even size, for blocks: XOR, or XOR2 where samples have start
/// timestamps.
struct XORChunkBuilder: ~Copyable {
    private let room: UnsafeMutableRawPointer
    let samplesPerChunk: Int
    private static let samplesMax = 300
    private static let bytesMax =
        XOR2ChunkReader.headerBytes + samplesMax * XOR2Chunk.sampleBitsMax / 8 + 1 + BitWriter.slack

    /// - Parameter samplesPerChunk: at most 300, so that the worst case fits.
    init(samplesPerChunk: Int = 120) {
        self.samplesPerChunk = min(max(samplesPerChunk, 1), XORChunkBuilder.samplesMax)
        room = .allocate(byteCount: XORChunkBuilder.bytesMax, alignment: 8)
    }

    deinit { room.deallocate() }

    /// Calls `body` with each chunk of the floats: its encoding, bytes, first and last time.
    func encode<Failure: Error>(
        _ columns: SampleColumns,
        _ body: (ChunkEncoding, UnsafeRawBufferPointer, Int64, Int64) throws(Failure) -> Void
    ) throws(Failure) {
        let starts = columns.startTimestamps
        var first = 0
        while first < columns.timestamps.count {
            let end = min(first + samplesPerChunk, columns.timestamps.count)
            let hasStarts = starts.count >= end && starts[first..<end].contains { $0 != 0 }
            let bitCount: Int
            if hasStarts {
                var chunk = XOR2Chunk()
                for i in first..<end {
                    chunk.append(columns.timestamps[i], columns.values[i], start: starts[i], at: room)
                }
                bitCount = chunk.bitCount
            } else {
                var state = XORChunk.State()
                for i in first..<end {
                    XORChunk.append(columns.timestamps[i], columns.values[i].bitPattern, to: &state, at: room)
                }
                room.storeBytes(of: UInt16(end - first).bigEndian, as: UInt16.self)
                bitCount = state.bitCount
            }
            let bytes = UnsafeRawBufferPointer(start: room, count: XORChunk.byteCount(bitCount))
            try body(hasStarts ? .xor2 : .xor, bytes, columns.timestamps[first], columns.timestamps[end - 1])
            first = end
        }
    }
}
