internal import Wire

/// Writes the start timestamps of a chunk of encodings 4 to 6; see ``StartTimeReader``.
struct StartTimeWriter {
    /// The most bits that ``put(_:_:time:previous:at:in:)`` writes: a varint of ten bytes.
    static let sampleBitsMax = 80
    /// From this sample on every one has a start timestamp: the head has no room for a later first change.
    private static let changesOnMax = 0x7F

    /// What stands in the head of the chunk.
    private(set) var header: UInt8 = 0
    private var start: Int64 = 0
    private var distance: Int64 = 0
    private var changesOn = 0

    /// Writes what follows sample `index`.
    ///
    /// - Parameters:
    ///   - start: milliseconds since 1970, 0 = not known.
    ///   - previous: the time of the sample before; not read for the first.
    mutating func put(
        _ index: Int, _ start: Int64, time: Int64, previous: Int64, at position: inout Int,
        in base: UnsafeMutableRawPointer
    ) {
        if index == 0 {
            if start != 0 {
                header = 0x80
                let distance = time &- start
                XORChunk.putVarint(
                    UInt64(bitPattern: (distance << 1) ^ (distance >> 63)), at: &position, in: base)
            }
        } else if changesOn > 0 {
            let next = previous &- start
            Varbit.putSigned(next &- distance, at: &position, in: base)
            distance = next
        } else if start != self.start || index == StartTimeWriter.changesOnMax {
            changesOn = index
            header |= UInt8(index & StartTimeWriter.changesOnMax)
            distance = previous &- start
            Varbit.putSigned(distance, at: &position, in: base)
        }
        self.start = start
    }
}
