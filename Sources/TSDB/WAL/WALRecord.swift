internal import MetricModel
internal import Wire

/// The records inside the log: `docs/format/wal.md`.
enum WALRecord {
    enum Kind: UInt8 {
        case series = 1
        case samples = 2
        case tombstones = 3
        case exemplars = 4
        case mmapMarkers = 5
        case metadata = 6
        case histograms = 7
        case floatHistograms = 8
        case customBucketHistograms = 9
        case customBucketFloatHistograms = 10
        case samplesV2 = 11
        case histogramsV2 = 12
        case floatHistogramsV2 = 13

        var isFloatHistogram: Bool {
            self == .floatHistograms || self == .customBucketFloatHistograms || self == .floatHistogramsV2
        }
    }

    // MARK: - Writing

    static func beginSeries(_ buffer: inout ByteBuffer) { buffer.append(Kind.series.rawValue) }

    /// Adds a series to a record begun by ``beginSeries(_:)``. The label strings come by `visit`.
    static func appendSeries(
        _ reference: UInt64, labelCount: Int, to buffer: inout ByteBuffer,
        _ visit: ((UnsafeRawBufferPointer) -> Void) -> Void
    ) {
        buffer.appendBigEndian(reference)
        buffer.appendUnsignedVarint(UInt64(labelCount))
        visit { buffer.appendLengthPrefixed($0) }
    }

    /// Begins a record of samples; each is then written by ``appendSample``.
    static func beginSamples(_ reference: UInt64, _ time: Int64, _ buffer: inout ByteBuffer) {
        buffer.append(Kind.samples.rawValue)
        buffer.appendBigEndian(reference)
        buffer.appendBigEndian(time)
    }

    @inline(__always)
    static func appendSample(
        _ reference: UInt64, _ time: Int64, _ value: UInt64, firstReference: UInt64, firstTime: Int64,
        to buffer: inout ByteBuffer
    ) {
        buffer.appendSignedVarint(Int64(bitPattern: reference &- firstReference))
        buffer.appendSignedVarint(time &- firstTime)
        buffer.appendBigEndian(value)
    }

    static func appendTombstone(
        _ reference: UInt64, _ minTime: Int64, _ maxTime: Int64, to buffer: inout ByteBuffer
    ) {
        buffer.appendBigEndian(reference)
        buffer.appendSignedVarint(minTime)
        buffer.appendSignedVarint(maxTime)
    }

    // MARK: - Reading

    /// Reads the series of a record whose type byte has been read. The labels come packed and sorted.
    static func readSeries(
        _ reader: inout ByteReader, _ body: (UInt64, Labels) -> Void
    ) throws(WireError) {
        while !reader.isAtEnd {
            let reference = try reader.bigEndian64()
            let labels = try readLabels(&reader)
            body(reference, labels)
        }
    }

    /// Reads a record of series when it is as servers write it: labels in order, of short strings of ASCII, none
    /// empty. Then the labels stand there packed, but for their count.
    ///
    /// - Parameter start: where the record begins in `bytes`, which end with it.
    /// - Returns: false for any other record, of which some series may have been added.
    static func readPlainSeries(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into series: inout [LoggedSeries]
    ) -> Bool {
        guard start < bytes.count, bytes[start] == Kind.series.rawValue else { return false }
        var position = start + 1
        while position < bytes.count {
            // The number and a count of less than 128.
            guard position + 9 <= bytes.count, bytes[position + 8] < 0x80 else { return false }
            let reference = UInt64(
                bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let labelCount = Int(bytes[position + 8])
            let packedStart = position + 9
            position = packedStart
            var before: UnsafeRawBufferPointer?
            var all: UInt8 = 0
            func string() -> UnsafeRawBufferPointer? {
                guard position < bytes.count else { return nil }
                let length = Int(bytes[position])
                guard length > 0, length < 0x80, position + 1 + length <= bytes.count else { return nil }
                let text = UnsafeRawBufferPointer(
                    rebasing: bytes[(position + 1)..<(position + 1 + length)])
                for byte in text { all |= byte }
                position += 1 + length
                return text
            }
            for _ in 0..<labelCount {
                guard let name = string(), string() != nil, before.map({ precedes($0, name) }) ?? true
                else { return false }
                before = name
            }
            guard all < 0x80 else { return false }
            let hash = ByteHash.hash(UnsafeRawBufferPointer(rebasing: bytes[packedStart..<position]))
            series.append(
                LoggedSeries(
                    reference: reference, hash: UInt32(truncatingIfNeeded: hash),
                    packed: packedStart..<position))
        }
        return true
    }

    static func readLabels(_ reader: inout ByteReader) throws(WireError) -> Labels {
        let count = try reader.unsignedVarint()
        guard count <= UInt64(reader.remaining) else {
            throw WireError(.malformed, "cannot read labels: got a count of \(count)")
        }
        if let labels = readPlainLabels(&reader, count) { return labels }
        var builder = LabelsBuilder()
        for _ in 0..<count {
            let name = try reader.lengthPrefixed()
            let value = try reader.lengthPrefixed()
            guard name.count <= Labels.stringLengthMax, value.count <= Labels.stringLengthMax else {
                throw WireError(.tooLarge, "cannot read labels: a string is too long")
            }
            builder.set(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
        return builder.labels()
    }

    /// The labels when they are as servers write them, so that they need only be packed: short strings of
    /// ASCII, none empty, ascending. Otherwise nil, and the reader stays where it was.
    private static func readPlainLabels(_ reader: inout ByteReader, _ count: UInt64) -> Labels? {
        var ahead = reader
        var packed: [UInt8] = []
        packed.reserveCapacity(min(ahead.remaining, 32 * Int(count)))
        var before: UnsafeRawBufferPointer?
        for _ in 0..<count {
            guard let name = try? ahead.lengthPrefixed(), let value = try? ahead.lengthPrefixed(),
                isPlain(name), isPlain(value), before.map({ precedes($0, name) }) ?? true
            else { return nil }
            Labels.appendPacked(name, to: &packed)
            Labels.appendPacked(value, to: &packed)
            before = name
        }
        reader = ahead
        return Labels(sortedPacked: packed)
    }

    private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
        guard text.count > 0, text.count < 0xFF else { return false }
        var all: UInt8 = 0
        for byte in text { all |= byte }
        return all < 0x80
    }

    private static func precedes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        for i in 0..<min(a.count, b.count) where a[i] != b[i] { return a[i] < b[i] }
        return a.count < b.count
    }

    /// Reads the samples of a type 2 record whose type byte has been read.
    @inline(__always)
    static func readSamples(
        _ reader: inout ByteReader, _ body: (UInt64, Int64, UInt64) -> Void
    ) throws(WireError) {
        if reader.isAtEnd { return }
        let firstReference = try reader.bigEndian64()
        let firstTime = Int64(bitPattern: try reader.bigEndian64())
        while !reader.isAtEnd {
            let reference = firstReference &+ UInt64(bitPattern: try reader.signedVarint())
            let time = firstTime &+ (try reader.signedVarint())
            body(reference, time, try reader.bigEndian64())
        }
    }

    /// Reads the samples of a type 11 record whose type byte has been read: reference, time, value and start timestamp
    /// (0 = not known).
    static func readSamplesV2(
        _ reader: inout ByteReader, _ body: (UInt64, Int64, UInt64, Int64) -> Void
    ) throws(WireError) {
        var heads = WALStartTimeReader()
        while !reader.isAtEnd {
            let head = try heads.next(&reader)
            body(head.reference, head.time, try reader.bigEndian64(), head.start)
        }
    }

    static func readTombstones(
        _ reader: inout ByteReader, _ body: (UInt64, Int64, Int64) -> Void
    ) throws(WireError) {
        while !reader.isAtEnd {
            let reference = try reader.bigEndian64()
            let minTime = try reader.signedVarint()
            body(reference, minTime, try reader.signedVarint())
        }
    }
}
