internal import MetricModel
internal import StorageAPI
internal import Wire

/// Prometheus' XOR2 encoding of float samples, written where samples have start timestamps; see ``XOR2ChunkReader``.
struct XOR2Chunk {
    /// The most bits of one sample: 5 + 64 of time, 3 + 5 + 6 + 64 of value, and the start timestamp.
    static let sampleBitsMax = 147 + StartTimeWriter.sampleBitsMax

    /// Bits written so far, header included.
    private(set) var bitCount = XOR2ChunkReader.headerBytes * 8
    private var count = 0
    private var time: Int64 = 0
    private var delta: Int64 = 0
    /// Of the last sample that was not stale.
    private var value: UInt64 = 0
    private var leading = 0xFF
    private var trailing = 0
    private var starts = StartTimeWriter()

    /// One chunk of all floats, of which there are at most 65,535.
    static func encode(_ columns: SampleColumns) -> [UInt8] {
        let count = columns.timestamps.count
        let starts = columns.startTimestamps
        let room = XOR2ChunkReader.headerBytes + (count * sampleBitsMax + 7) / 8 + BitWriter.slack
        return withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else { return [] }
            var chunk = XOR2Chunk()
            for i in 0..<count {
                chunk.append(
                    columns.timestamps[i], columns.values[i], start: i < starts.count ? starts[i] : 0,
                    at: base)
            }
            return Array(UnsafeRawBufferPointer(start: base, count: XORChunk.byteCount(chunk.bitCount)))
        }
    }

    /// Writes one more sample and the header; `base` must have room for ``sampleBitsMax`` more bits and
    /// ``Wire/BitWriter/slack``. Times must ascend.
    mutating func append(_ time: Int64, _ value: Double, start: Int64, at base: UnsafeMutableRawPointer) {
        let isStale = value.isStaleMarker
        let bits = value.bitPattern
        let newDelta = time &- self.time
        switch count {
        case 0:
            XORChunk.putVarint(UInt64(bitPattern: (time << 1) ^ (time >> 63)), at: &bitCount, in: base)
            BitWriter.put(bits, count: 64, at: &bitCount, in: base)
        case 1:
            XORChunk.putVarint(UInt64(bitPattern: newDelta), at: &bitCount, in: base)
            putValue(bits, isStale, at: base)
        default: putJoint(newDelta &- delta, bits, isStale, at: base)
        }
        starts.put(count, start, time: time, previous: self.time, at: &bitCount, in: base)
        if count > 0 { delta = newDelta }
        self.time = time
        if !isStale { self.value = bits }
        count += 1
        base.storeBytes(of: UInt16(count).bigEndian, as: UInt16.self)
        base.storeBytes(of: starts.header, toByteOffset: 2, as: UInt8.self)
    }

    private mutating func putJoint(
        _ change: Int64, _ bits: UInt64, _ isStale: Bool, at base: UnsafeMutableRawPointer
    ) {
        let word = UInt64(bitPattern: change)
        switch change {
        case 0 where isStale: BitWriter.put(0b11111, count: 5, at: &bitCount, in: base)
        case 0 where bits == value: BitWriter.put(0, count: 1, at: &bitCount, in: base)
        case 0:
            BitWriter.put(0b10, count: 2, at: &bitCount, in: base)
            putChangedBits(bits ^ value, newWindow: 0b1, count: 1, at: base)
        case -4096...4095:
            BitWriter.put(0b110 << 13 | word & 0x1FFF, count: 16, at: &bitCount, in: base)
            putValue(bits, isStale, at: base)
        case -524_288...524_287:
            BitWriter.put(0b1110 << 20 | word & 0xFFFFF, count: 24, at: &bitCount, in: base)
            putValue(bits, isStale, at: base)
        default:
            BitWriter.put(0b11110, count: 5, at: &bitCount, in: base)
            BitWriter.put(word, count: 64, at: &bitCount, in: base)
            putValue(bits, isStale, at: base)
        }
    }

    /// A value behind a changed time.
    private mutating func putValue(_ bits: UInt64, _ isStale: Bool, at base: UnsafeMutableRawPointer) {
        if isStale {
            BitWriter.put(0b111, count: 3, at: &bitCount, in: base)
        } else if bits == value {
            BitWriter.put(0, count: 1, at: &bitCount, in: base)
        } else {
            BitWriter.put(1, count: 1, at: &bitCount, in: base)
            // Behind another prefix 11 tells a stale sample.
            putChangedBits(bits ^ value, newWindow: 0b10, count: 2, at: base)
        }
    }

    /// - Parameters:
    ///   - newWindow: the bits that tell a window of its own; a single 0 tells the last one.
    ///   - count: of these bits.
    private mutating func putChangedBits(
        _ change: UInt64, newWindow: UInt64, count: Int, at base: UnsafeMutableRawPointer
    ) {
        let leading = min(change.leadingZeroBitCount, 31)
        let trailing = change.trailingZeroBitCount
        if self.leading != 0xFF, leading >= self.leading, trailing >= self.trailing {
            BitWriter.put(0, count: 1, at: &bitCount, in: base)
        } else {
            self.leading = leading
            self.trailing = trailing
            // A width of 64 is written as 0, as in XOR.
            let width = UInt64(64 - leading - trailing) & 63
            BitWriter.put(
                newWindow << 11 | UInt64(leading) << 6 | width, count: count + 11, at: &bitCount, in: base)
        }
        BitWriter.put(
            change >> UInt64(self.trailing), count: 64 - self.leading - self.trailing, at: &bitCount, in: base
        )
    }
}
