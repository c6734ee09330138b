internal import Platform
internal import Wire

/// Writes an index front to back: symbols, series in the order of their labels, then postings, which
/// are collected in memory (four bytes a label of a series).
struct IndexWriter: ~Copyable {
    private var stream: FileStream
    private var contents: IndexFormat.Contents
    private var symbols: [[UInt8]]
    /// From name symbol and value symbol to the place in `postings`.
    private var placeOfPair: [UInt64: Int] = [:]
    private var postings: [[UInt32]] = []
    private var all: [UInt32] = []
    private var scratch: ByteBuffer
    private(set) var seriesCount = 0

    /// Writes the header and the symbols.
    ///
    /// - Parameter symbols: ascending by bytes, each once.
    init(disk: any Disk, path: String, symbols: [[UInt8]]) throws(DiskError) {
        var stream = try FileStream(disk, path)
        var contents = IndexFormat.Contents()
        try stream.write { buffer in
            buffer.appendBigEndian(IndexFormat.magic)
            buffer.append(IndexFormat.version)
        }
        contents.symbols = stream.position
        // Length and checksum need all symbols: they are measured first and written in one pass.
        let length = symbols.reduce(4) { $0 + IndexWriter.varintSize($1.count) + $1.count }
        try stream.write { buffer in
            buffer.appendBigEndian(UInt32(truncatingIfNeeded: length))
            buffer.appendBigEndian(UInt32(symbols.count))
        }
        var count = UInt32(symbols.count).bigEndian
        var checksum = withUnsafeBytes(of: &count) { CRC32C.extend(0, $0) }
        for symbol in symbols {
            try stream.write { buffer in
                let start = buffer.count
                symbol.withUnsafeBytes { buffer.appendLengthPrefixed($0) }
                checksum = CRC32C.extend(checksum, UnsafeRawBufferPointer(rebasing: buffer.bytes[start...]))
            }
        }
        try stream.write { $0.appendBigEndian(checksum) }
        contents.series = stream.position
        self.symbols = symbols
        self.contents = contents
        scratch = ByteBuffer(capacity: 4096)
        self.stream = stream
    }

    private static func varintSize(_ value: Int) -> Int {
        var size = 1
        var rest = value >> 7
        while rest > 0 {
            size += 1
            rest >>= 7
        }
        return size
    }

    /// Adds a series whose labels come after those of all before.
    ///
    /// - Parameter labels: pairs of places in the symbols, ascending by name.
    mutating func add(_ labels: [(name: UInt32, value: UInt32)], _ chunks: [ChunkMeta]) throws(DiskError) {
        try stream.pad(to: IndexFormat.seriesAlignment)
        let number = UInt32(truncatingIfNeeded: stream.position / IndexFormat.seriesAlignment)
        scratch.removeAll()
        scratch.appendUnsignedVarint(UInt64(labels.count))
        for label in labels {
            scratch.appendUnsignedVarint(UInt64(label.name))
            scratch.appendUnsignedVarint(UInt64(label.value))
            let key = UInt64(label.name) << 32 | UInt64(label.value)
            if let place = placeOfPair[key] {
                postings[place].append(number)
            } else {
                placeOfPair[key] = postings.count
                postings.append([number])
            }
        }
        all.append(number)
        scratch.appendUnsignedVarint(UInt64(chunks.count))
        var previous: ChunkMeta?
        for chunk in chunks {
            if let previous {
                scratch.appendUnsignedVarint(UInt64(bitPattern: chunk.minTime &- previous.maxTime))
                scratch.appendUnsignedVarint(UInt64(bitPattern: chunk.maxTime &- chunk.minTime))
                scratch.appendSignedVarint(Int64(bitPattern: chunk.reference &- previous.reference))
            } else {
                scratch.appendSignedVarint(chunk.minTime)
                scratch.appendUnsignedVarint(UInt64(bitPattern: chunk.maxTime &- chunk.minTime))
                scratch.appendUnsignedVarint(chunk.reference)
            }
            previous = chunk
        }
        let checksum = CRC32C.extend(0, scratch.bytes)
        let length = scratch.count
        try stream.write { $0.appendUnsignedVarint(UInt64(length)) }
        try stream.write(scratch.bytes)
        try stream.write { $0.appendBigEndian(checksum) }
        seriesCount += 1
    }

    /// Writes postings, tables and contents, and syncs.
    mutating func finish() throws(DiskError) {
        contents.labelIndices = stream.position
        contents.postings = stream.position
        var table = ByteBuffer(capacity: 1 << 16)
        let all = all
        try writePostings(all, name: [], value: [], &table)
        var count = 1
        // Numbers of symbols are in the order of their bytes, so this is the order by name, then value.
        for (key, place) in placeOfPair.sorted(by: { $0.key < $1.key }) {
            let list = postings[place]
            postings[place] = []
            try writePostings(
                list, name: symbols[Int(key >> 32)], value: symbols[Int(key & 0xFFFF_FFFF)], &table)
            count += 1
        }
        contents.labelIndicesTable = stream.position
        contents.postingsTable = stream.position
        var header = ByteBuffer()
        header.appendBigEndian(UInt32(count))
        let checksum = CRC32C.extend(CRC32C.extend(0, header.bytes), table.bytes)
        let length = table.count + 4
        try stream.write { $0.appendBigEndian(UInt32(length)) }
        try stream.write(header.bytes)
        try stream.write(table.bytes)
        try stream.write { $0.appendBigEndian(checksum) }
        header.removeAll()
        for offset in [
            contents.symbols, contents.series, contents.labelIndices, contents.labelIndicesTable,
            contents.postings,
            contents.postingsTable,
        ] { header.appendBigEndian(UInt64(offset)) }
        header.appendBigEndian(CRC32C.extend(0, header.bytes))
        try stream.write(header.bytes)
        try stream.finish()
    }

    private mutating func writePostings(
        _ list: [UInt32], name: [UInt8], value: [UInt8], _ table: inout ByteBuffer
    ) throws(DiskError) {
        try stream.pad(to: 4)
        table.appendUnsignedVarint(2)
        name.withUnsafeBytes { table.appendLengthPrefixed($0) }
        value.withUnsafeBytes { table.appendLengthPrefixed($0) }
        table.appendUnsignedVarint(UInt64(stream.position))
        scratch.removeAll()
        scratch.appendBigEndian(UInt32(list.count))
        for number in list { scratch.appendBigEndian(number) }
        let checksum = CRC32C.extend(0, scratch.bytes)
        let length = scratch.count
        try stream.write { $0.appendBigEndian(UInt32(length)) }
        try stream.write(scratch.bytes)
        try stream.write { $0.appendBigEndian(checksum) }
    }
}
