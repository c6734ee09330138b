internal import Wire

/// Encodes runs of samples into XOR chunks of an even size, for blocks.
struct XORChunkBuilder: ~Copyable {
    private let room: UnsafeMutableRawPointer
    private let samplesPerChunk: Int
    private static let bytesMax = 1 << 13

    /// - Parameter samplesPerChunk: at most 300, so that the worst case fits.
    init(samplesPerChunk: Int = 120) {
        self.samplesPerChunk = min(max(samplesPerChunk, 1), 300)
        room = .allocate(byteCount: XORChunkBuilder.bytesMax, alignment: 8)
    }

    deinit { room.deallocate() }

    /// Calls `body` with each chunk: its bytes, first and last time.
    func encode<Failure: Error>(
        _ times: [Int64], _ values: [Double],
        _ body: (UnsafeRawBufferPointer, Int64, Int64) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        while start < times.count {
            let end = min(start + samplesPerChunk, times.count)
            var state = XORChunk.State()
            for i in start..<end { XORChunk.append(times[i], values[i].bitPattern, to: &state, at: room) }
            room.storeBytes(of: UInt16(end - start).bigEndian, as: UInt16.self)
            let bytes = UnsafeRawBufferPointer(start: room, count: XORChunk.byteCount(state.bitCount))
            try body(bytes, times[start], times[end - 1])
            start = end
        }
    }
}
