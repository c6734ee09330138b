internal import MetricModel
internal import Wire

/// Decodes Prometheus' XOR2 chunks (encoding 4): as XOR, but from the third sample on one prefix tells the class of the
/// time and whether the value changed or went stale. Format: `docs/format/chunks.md`.
struct XOR2ChunkReader {
    static let headerBytes = 3

    let count: Int
    private var startTimes: StartTimeReader
    private var done = 0
    private var reader: BitReader
    private var time: Int64 = 0
    private var delta: Int64 = 0
    /// Of the last sample that was not stale.
    private var value: UInt64 = 0
    private var leading = 0
    private var trailing = 0

    /// - Throws: `truncated` when there is no header.
    init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard bytes.count >= XOR2ChunkReader.headerBytes else {
            throw WireError(.truncated, "cannot read a chunk: got \(bytes.count) bytes")
        }
        count = Int(bytes[0]) << 8 | Int(bytes[1])
        startTimes = StartTimeReader(bytes[2])
        reader = BitReader(bytes, at: XOR2ChunkReader.headerBytes * 8)
    }

    /// The next sample with its start timestamp (0 = not known), or nil at the end.
    mutating func next() throws(WireError) -> (time: Int64, value: Double, start: Int64)? {
        guard done < count else { return nil }
        let previous = time
        var isStale = false
        switch done {
        case 0:
            time = try reader.signedVarint()
            let bits = try reader.bits(64)
            isStale = Double(bitPattern: bits).isStaleMarker
            if !isStale { value = bits }
        case 1:
            delta = Int64(bitPattern: try reader.unsignedVarint())
            time = time &+ delta
            isStale = try readValue()
        default: isStale = try readJoint()
        }
        let start = try startTimes.read(done, time: time, previous: previous, &reader)
        done += 1
        return (time, isStale ? .staleMarker : Double(bitPattern: value), start)
    }

    /// Time and value of a sample from the third on; whether it is stale.
    private mutating func readJoint() throws(WireError) -> Bool {
        var ones = 0
        while ones < 5, try reader.bit() { ones += 1 }
        switch ones {
        case 2: try readChange(13)
        case 3: try readChange(20)
        case 4: try readChange(64)
        default: break
        }
        time = time &+ delta
        switch ones {
        case 0: return false
        case 1:
            if try reader.bit() { try readWindow() }
            try readChangedBits()
            return false
        case 5: return true
        default: return try readValue()
        }
    }

    private mutating func readChange(_ width: Int) throws(WireError) {
        let bits = try reader.bits(width)
        // Plain two's complement, other than in XOR.
        let shift = UInt64(64 - width)
        delta = delta &+ (Int64(bitPattern: bits << shift) >> Int64(shift))
    }

    /// A value behind a changed time; whether it is stale.
    private mutating func readValue() throws(WireError) -> Bool {
        guard try reader.bit() else { return false }
        if try reader.bit() {
            if try reader.bit() { return true }
            try readWindow()
        }
        try readChangedBits()
        return false
    }

    private mutating func readWindow() throws(WireError) {
        leading = Int(try reader.bits(5))
        var width = Int(try reader.bits(6))
        if width == 0 { width = 64 }
        guard leading + width <= 64 else {
            throw WireError(.malformed, "cannot read a chunk: a value has \(leading + width) bits")
        }
        trailing = 64 - leading - width
    }

    private mutating func readChangedBits() throws(WireError) {
        value ^= try reader.bits(64 - leading - trailing) << UInt64(trailing)
    }
}
