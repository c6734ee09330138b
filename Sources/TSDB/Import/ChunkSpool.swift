internal import Platform
internal import Wire

/// Finished chunks of many blocks in one temporary file, each with the place of the one of the same block before it.
/// So what memory holds does not grow with the samples.
struct ChunkSpool: ~Copyable {
    /// Where a chunk lies and what is in it.
    struct Entry {
        var series: UInt32
        var sampleCount: Int
        var minTime: Int64
        var maxTime: Int64
        /// In the file.
        var bytes: Range<Int>
    }

    private let disk: any Disk
    private let path: String
    private var stream: FileStream
    private var mapping: FileMapping?
    /// By the number of the block: where its newest chunk begins.
    private var newest: [Int64: Int] = [:]

    // Before the bytes of a chunk, little-endian: place of the chunk before (-1: none), first time, last time,
    // number of the series, number of bytes, number of samples.
    private static let headerBytes = 8 + 8 + 8 + 4 + 2 + 2

    /// - Parameter path: a name that ends with `.tmp`, so that a database removes it after a crash.
    init(disk: any Disk, path: String) throws(DiskError) {
        self.disk = disk
        self.path = path
        stream = try FileStream(disk, path)
    }

    /// The numbers of the blocks that have chunks, ascending.
    var blocks: [Int64] { newest.keys.sorted() }

    /// - Parameter bytes: at most 65,535.
    mutating func add(
        _ bytes: UnsafeRawBufferPointer, block: Int64, series: UInt32, sampleCount: Int, minTime: Int64,
        maxTime: Int64
    ) throws(DiskError) {
        let place = stream.position
        let before = newest.updateValue(place, forKey: block) ?? -1
        try stream.write { buffer in
            buffer.appendLittleEndian(UInt64(bitPattern: Int64(before)))
            buffer.appendLittleEndian(UInt64(bitPattern: minTime))
            buffer.appendLittleEndian(UInt64(bitPattern: maxTime))
            buffer.appendLittleEndian(series)
            buffer.appendLittleEndian(UInt16(truncatingIfNeeded: bytes.count))
            buffer.appendLittleEndian(UInt16(truncatingIfNeeded: sampleCount))
        }
        try stream.write(bytes)
    }

    /// Nothing is added afterwards; chunks can be read from now on.
    mutating func close() throws(DiskError) {
        try stream.flush()
        if stream.position > 0 { mapping = try stream.file.map(length: stream.position) }
    }

    /// The chunks of a block in the order they were added.
    func entries(of block: Int64) -> [Entry] {
        var result: [Entry] = []
        guard let bytes = mapping?.bytes, var place = newest[block] else { return [] }
        while place >= 0, place + ChunkSpool.headerBytes <= bytes.count {
            let start = place + ChunkSpool.headerBytes
            let length = Int(bytes.loadUnaligned(fromByteOffset: place + 28, as: UInt16.self).littleEndian)
            result.append(
                Entry(
                    series: bytes.loadUnaligned(fromByteOffset: place + 24, as: UInt32.self).littleEndian,
                    sampleCount: Int(
                        bytes.loadUnaligned(fromByteOffset: place + 30, as: UInt16.self).littleEndian),
                    minTime: bytes.loadUnaligned(fromByteOffset: place + 8, as: Int64.self).littleEndian,
                    maxTime: bytes.loadUnaligned(fromByteOffset: place + 16, as: Int64.self).littleEndian,
                    bytes: start..<(start + length)))
            place = Int(bytes.loadUnaligned(fromByteOffset: place, as: Int64.self).littleEndian)
        }
        result.reverse()
        return result
    }

    /// The bytes of a chunk, valid as long as the spool.
    func bytes(of entry: Entry) -> UnsafeRawBufferPointer {
        guard let bytes = mapping?.bytes, entry.bytes.upperBound <= bytes.count else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: bytes[entry.bytes])
    }

    /// Removes the file.
    consuming func remove() {
        // A file that stays is removed when a database opens the folder.
        try? disk.remove(path)
    }
}
