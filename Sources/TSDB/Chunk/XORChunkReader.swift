internal import MetricModel
internal import Wire

/// Decodes an XOR chunk front to back. See ``XORChunk``.
struct XORChunkReader {
    /// Samples that the chunk claims to hold.
    let count: Int
    private var done = 0
    private var reader: BitReader
    private var time: Int64 = 0
    private var value: UInt64 = 0
    private var delta: UInt64 = 0
    private var leading: Int = 0
    private var trailing: Int = 0
    /// A window of value bits was told.
    private var hasWindow = false

    /// - Throws: `truncated` when there is no header.
    init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard bytes.count >= XORChunk.headerBytes else {
            throw WireError(.truncated, "cannot read a chunk: got \(bytes.count) bytes")
        }
        count = Int(bytes[0]) << 8 | Int(bytes[1])
        reader = BitReader(bytes, at: XORChunk.headerBytes * 8)
    }

    /// Decodes up to `room` further samples; returns how many, 0 at the end.
    mutating func decode(
        _ times: UnsafeMutablePointer<Int64>, _ values: UnsafeMutablePointer<Double>, room: Int
    ) throws(WireError) -> Int {
        let wanted = min(room, count - done)
        var i = 0
        while i < wanted, done < 2 {
            if done == 0 {
                time = try reader.signedVarint()
                value = try reader.bits(64)
            } else {
                delta = try reader.unsignedVarint()
                time = time &+ Int64(bitPattern: delta)
                try readValue()
            }
            times[i] = time
            values[i] = Double(bitPattern: value)
            i += 1
            done += 1
        }
        while i < wanted {
            try readTime()
            try readValue()
            times[i] = time
            values[i] = Double(bitPattern: value)
            i &+= 1
            done &+= 1
        }
        return i
    }

    @inline(__always)
    private mutating func readTime() throws(WireError) {
        let word = reader.peek()
        let prefix = min((~word).leadingZeroBitCount, 4)
        var change: Int64 = 0
        switch prefix {
        case 0:
            guard reader.remaining >= 1 else { throw XORChunkReader.truncated }
            reader.position &+= 1
        case 4:
            guard reader.remaining >= 68 else { throw XORChunkReader.truncated }
            reader.position &+= 4
            change = Int64(bitPattern: try reader.bits(64))
        default:
            let width = prefix == 1 ? 14 : prefix == 2 ? 17 : 20
            let used = prefix &+ 1 &+ width
            guard reader.remaining >= used else { throw XORChunkReader.truncated }
            reader.position &+= used
            let bits = (word &<< UInt64(prefix &+ 1)) &>> UInt64(64 &- width)
            change = Int64(bits)
            // The range is asymmetric: half and below is positive.
            if bits > 1 &<< UInt64(width &- 1) { change &-= 1 &<< Int64(width) }
        }
        delta = delta &+ UInt64(bitPattern: change)
        time = time &+ Int64(bitPattern: delta)
    }

    @inline(__always)
    private mutating func readValue() throws(WireError) {
        let word = reader.peek()
        if word &>> 63 == 0 {
            guard reader.remaining >= 1 else { throw XORChunkReader.truncated }
            reader.position &+= 1
            return
        }
        if word &>> 62 == 0b10 {
            guard reader.remaining >= 2 else { throw XORChunkReader.truncated }
            reader.position &+= 2
        } else {
            guard reader.remaining >= 13 else { throw XORChunkReader.truncated }
            reader.position &+= 13
            leading = Int(word &>> 57 & 31)
            var width = Int(word &>> 51 & 63)
            if width == 0 { width = 64 }
            guard leading &+ width <= 64 else {
                throw WireError(.malformed, "cannot read a chunk: a value has \(leading + width) bits")
            }
            trailing = 64 &- leading &- width
            hasWindow = true
        }
        let width = 64 &- leading &- trailing
        value ^= try reader.bits(width) &<< UInt64(trailing)
    }

    private static var truncated: WireError {
        WireError(.truncated, "cannot read a chunk: the bytes end before the samples do")
    }
}

extension XORChunkReader {
    /// Appends the samples between the inclusive bounds to columns.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, from start: Int64, through end: Int64,
        _ sink: (UnsafeBufferPointer<Int64>, UnsafeBufferPointer<Double>) -> Void
    ) throws(WireError) {
        var reader = try XORChunkReader(bytes)
        let room = 256
        var failure: WireError?
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: room) { times in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: room) { values in
                guard let timeBase = times.baseAddress, let valueBase = values.baseAddress else { return }
                do throws(WireError) {
                    while true {
                        let count = try reader.decode(timeBase, valueBase, room: room)
                        if count == 0 { return }
                        var first = 0
                        var last = count
                        if timeBase[0] < start { while first < count, timeBase[first] < start { first += 1 } }
                        if timeBase[count - 1] > end {
                            while last > first, timeBase[last - 1] > end { last -= 1 }
                        }
                        if first < last {
                            sink(
                                UnsafeBufferPointer(start: timeBase + first, count: last - first),
                                UnsafeBufferPointer(start: valueBase + first, count: last - first))
                        }
                        if last < count { return }
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
    }
}

extension XORChunkReader {
    /// What must be known to write on behind the samples decoded so far.
    var state: XORChunk.State {
        XORChunk.State(
            count: done, time: time, value: value, delta: delta,
            leading: hasWindow ? UInt8(truncatingIfNeeded: leading) : 0xFF,
            trailing: UInt8(truncatingIfNeeded: trailing), bitCount: reader.position)
    }
}
