internal import MetricModel
internal import StorageAPI
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
        guard i < wanted else { return i }
        let inside = reader.count &- XORChunkReader.roomBits
        if reader.position <= inside {
            i = try decode(reader, while: inside, times, values, from: i, to: wanted)
        }
        return i < wanted ? try decodeTail(times, values, from: i, to: wanted) : i
    }

    /// As ``decode(_:while:_:_:from:to:)`` for the last samples, in a copy with zeros behind it.
    private mutating func decodeTail(
        _ times: UnsafeMutablePointer<Int64>, _ values: UnsafeMutablePointer<Double>, from first: Int,
        to end: Int
    ) throws(WireError) -> Int {
        let start = reader.position &>> 3
        let rest = reader.bytes(from: start)
        let moved = start &* 8
        let bitCount = rest.count &* 8
        var result: Int?
        var failure: WireError?
        withUnsafeTemporaryAllocation(byteCount: XORChunkReader.tailBytes, alignment: 8) { copy in
            copy.initializeMemory(as: UInt8.self, repeating: 0)
            copy.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(copy.count)))
            do throws(WireError) {
                let tail = BitReader(UnsafeRawBufferPointer(copy), at: reader.position &- moved)
                result = try decode(tail, while: bitCount &- 1, times, values, from: first, to: end)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard let result, result == end, reader.position <= bitCount else {
            throw WireError(.truncated, "cannot read a chunk: the bytes end before the samples do")
        }
        reader.position &+= moved
        return result
    }

    /// Enough for what is left where the middle ends, and for a sample that begins at its last bit.
    private static let tailBytes = 128

    /// Bits that a sample may take, and those that a look at its last one reads behind it.
    private static let roomBits = XORChunk.sampleBitsMax + 64

    /// Decodes samples from the third on while they begin at bit `last` of `reader` or before it; bounds are not looked
    /// at, so that ``roomBits`` must be there behind it. The state is kept in registers; where neither time's change nor
    /// value differ, a sample is two bits.
    ///
    /// - Returns: the place behind the last sample.
    @inline(__always)
    private mutating func decode(
        _ reader: BitReader, while last: Int, _ times: UnsafeMutablePointer<Int64>,
        _ values: UnsafeMutablePointer<Double>, from first: Int, to end: Int
    ) throws(WireError) -> Int {
        var (time, value, delta) = (time, value, delta)
        var (leading, trailing) = (leading, trailing)
        var position = reader.position
        var i = first
        while i < end, position <= last {
            var word = reader.word(uncheckedAt: position)
            if word &>> 62 == 0 {
                // Two bits each for so many samples in a row.
                let run = min(min(word.leadingZeroBitCount, 56) &>> 1, end &- i)
                position &+= 2 &* run
                for _ in 0..<run {
                    time = time &+ Int64(bitPattern: delta)
                    times[i] = time
                    values[i] = Double(bitPattern: value)
                    i &+= 1
                }
                continue
            }
            if word &>> 63 == 0 {
                position &+= 1
                word &<<= 1
            } else {
                let prefix = min((~word).leadingZeroBitCount, 4)
                if prefix == 4 {
                    position &+= 4
                    let high = reader.word(uncheckedAt: position) &>> 32
                    let low = reader.word(uncheckedAt: position &+ 32) &>> 32
                    position &+= 64
                    delta = delta &+ (high &<< 32 | low)
                } else {
                    let width = prefix == 1 ? 14 : prefix == 2 ? 17 : 20
                    position &+= prefix &+ 1 &+ width
                    let bits = (word &<< UInt64(prefix &+ 1)) &>> UInt64(64 &- width)
                    // The range is asymmetric: half and below is positive.
                    delta = delta &+ bits &- (bits > 1 &<< UInt64(width &- 1) ? 1 &<< UInt64(width) : 0)
                }
                word = reader.word(uncheckedAt: position)
            }
            time = time &+ Int64(bitPattern: delta)
            if word &>> 63 == 0 {
                position &+= 1
            } else {
                var used = 2
                if word &>> 62 == 0b11 {
                    leading = Int(word &>> 57 & 31)
                    let width = Int(word &>> 51 & 63)
                    trailing = 64 &- leading &- (width == 0 ? 64 : width)
                    guard trailing >= 0 else {
                        throw WireError(
                            .malformed, "cannot read a chunk: a value has \(64 - trailing) bits")
                    }
                    hasWindow = true
                    used = 13
                }
                let width = 64 &- leading &- trailing
                position &+= used
                var bits: UInt64
                // A bit of the word's 57 may have been the time's.
                if used &+ width <= 56 {
                    bits = (word &<< UInt64(used)) &>> UInt64(64 &- width)
                } else if width <= 57 {
                    bits = reader.word(uncheckedAt: position) &>> UInt64(64 &- width)
                } else {
                    bits = reader.word(uncheckedAt: position) &>> 32
                    bits =
                        bits &<< UInt64(width &- 32)
                        | reader.word(uncheckedAt: position &+ 32) &>> UInt64(96 &- width)
                }
                position &+= width
                value ^= bits &<< UInt64(trailing)
            }
            times[i] = time
            values[i] = Double(bitPattern: value)
            i &+= 1
        }
        done &+= i &- first
        (self.time, self.value, self.delta) = (time, value, delta)
        (self.leading, self.trailing) = (leading, trailing)
        self.reader.position = position
        return i
    }

    /// Of the second sample.
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
    /// Appends the samples between the inclusive bounds to columns, which are decoded into where they will stay.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, from start: Int64, through end: Int64,
        into columns: inout SampleColumns
    ) throws(WireError) {
        var reader = try XORChunkReader(bytes)
        // A sample takes two bits at least.
        let room = min(reader.count, bytes.count &* 4)
        let base = columns.timestamps.count
        columns.timestamps.append(contentsOf: repeatElement(0, count: room))
        columns.values.append(contentsOf: repeatElement(0, count: room))
        var count = 0
        var failure: WireError?
        columns.timestamps.withUnsafeMutableBufferPointer { times in
            columns.values.withUnsafeMutableBufferPointer { values in
                guard let times = times.baseAddress, let values = values.baseAddress else { return }
                do throws(WireError) {
                    count = try reader.decode(times + base, values + base, room: room)
                    if count < reader.count {
                        throw WireError(
                            .truncated, "cannot read a chunk: the bytes end before the samples do")
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure {
            columns.timestamps.removeLast(room)
            columns.values.removeLast(room)
            throw failure
        }
        var last = count
        while last > 0, columns.timestamps[base + last - 1] > end { last -= 1 }
        var first = 0
        while first < last, columns.timestamps[base + first] < start { first += 1 }
        columns.timestamps.removeLast(room - last)
        columns.values.removeLast(room - last)
        if first > 0 {
            columns.timestamps.removeSubrange(base..<base + first)
            columns.values.removeSubrange(base..<base + first)
        }
        if !columns.startTimestamps.isEmpty {
            columns.startTimestamps.append(contentsOf: repeatElement(0, count: last - first))
        }
    }

    /// Gives the samples between the inclusive bounds run by run.
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
