internal import Platform
internal import Wire

/// The chunk segments of a block, `chunks/`: `docs/format/chunks.md`.
enum ChunkSegmentFormat {
    static let magic: UInt32 = 0x85BD_40DD
    static let version: UInt8 = 1
    static let headerSize = 8
    static let segmentSizeMax = 512 << 20
}

/// Where a chunk of a block lies and what time it covers.
struct ChunkMeta: Sendable, Equatable {
    /// Segment (from 0) in the upper, offset in the lower half.
    var reference: UInt64
    /// Inclusive both.
    var minTime: Int64
    var maxTime: Int64
}

/// Writes chunks behind one another, a new segment where one is full.
struct ChunkSegmentWriter: ~Copyable {
    private let disk: any Disk
    private let folder: String
    private let segmentSize: Int
    private var stream: FileStream?
    private var segmentCount = 0
    private var dataBytes = 0

    init(disk: any Disk, folder: String, segmentSize: Int = ChunkSegmentFormat.segmentSizeMax) {
        self.disk = disk
        self.folder = folder
        self.segmentSize = segmentSize
    }

    /// Writes a chunk; returns its reference.
    mutating func add(_ encoding: UInt8, _ data: UnsafeRawBufferPointer) throws(DiskError) -> UInt64 {
        if stream == nil { try begin() }
        if let position = stream?.position, position + data.count + 16 > segmentSize {
            try stream?.finish()
            try begin()
        }
        let reference = UInt64(segmentCount - 1) << 32 | UInt64(stream?.position ?? 0)
        try stream?.write { buffer in
            buffer.appendUnsignedVarint(UInt64(data.count))
            let start = buffer.count
            buffer.append(encoding)
            buffer.append(data)
            buffer.appendBigEndian(CRC32C.extend(0, UnsafeRawBufferPointer(rebasing: buffer.bytes[start...])))
        }
        return reference
    }

    private mutating func begin() throws(DiskError) {
        segmentCount += 1
        var next = try FileStream(disk, folder + "/" + WALFormat.padded(segmentCount, 6))
        try next.write { buffer in
            buffer.appendBigEndian(ChunkSegmentFormat.magic)
            buffer.append(ChunkSegmentFormat.version)
            buffer.append(zeros: 3)
        }
        stream = consume next
    }

    mutating func finish() throws(DiskError) {
        if stream == nil { try begin() }
        try stream?.finish()
    }
}

/// Reads the chunks of a block by reference.
final class ChunkSegmentReader: Sendable {
    private let segments: [FileMapping]
    private let paths: [String]

    /// Maps all segments.
    ///
    /// - Throws: `corruption` when one has no header, `io`.
    init(disk: any Disk, folder: String) throws(TSDBError) {
        var segments: [FileMapping] = []
        var paths: [String] = []
        do throws(DiskError) {
            let names = try disk.list(folder).compactMap { Int($0) }.sorted()
            for name in names {
                let path = folder + "/" + WALFormat.padded(name, 6)
                let file = try disk.open(path, .read)
                segments.append(try file.map(length: Int(try file.size())))
                paths.append(path)
            }
        } catch {
            throw TSDBError(error)
        }
        for (i, path) in paths.enumerated() where FilePath.name(of: path) != WALFormat.padded(i + 1, 6) {
            throw TSDBError(
                .corruption, "cannot read chunks: segment \(i + 1) is missing", file: folder)
        }
        for (segment, path) in zip(segments, paths) {
            guard segment.bytes.count >= ChunkSegmentFormat.headerSize,
                UInt32(bigEndian: segment.bytes.loadUnaligned(as: UInt32.self)) == ChunkSegmentFormat.magic
            else {
                throw TSDBError(.corruption, "cannot read chunks: not a chunk segment", file: path, offset: 0)
            }
            guard segment.bytes[4] == ChunkSegmentFormat.version else {
                throw TSDBError(
                    .unsupported, "cannot read chunks: got version \(segment.bytes[4]), want 1", file: path,
                    offset: 4)
            }
        }
        self.segments = segments
        self.paths = paths
    }

    var byteCount: Int { segments.reduce(0) { $0 + $1.bytes.count } }

    /// The encoding and bytes of a chunk, its checksum checked; valid while the reader lives.
    func chunk(_ reference: UInt64) throws(TSDBError) -> (encoding: UInt8, bytes: UnsafeRawBufferPointer) {
        let segment = Int(reference >> 32)
        let offset = Int(reference & 0xFFFF_FFFF)
        guard segment < segments.count else {
            throw TSDBError(
                .corruption, "cannot read a chunk: segment \(segment + 1) does not exist", file: paths.first)
        }
        do throws(WireError) {
            var reader = ByteReader(segments[segment].bytes)
            try reader.seek(to: offset)
            let length = try reader.unsignedVarint()
            guard length < UInt64(reader.remaining) else {
                throw WireError(.truncated, "cannot read a chunk: got a length of \(length)")
            }
            let body = try reader.run(Int(length) + 1)
            let checksum = try reader.bigEndian32()
            let actual = CRC32C.extend(0, body)
            guard actual == checksum else {
                throw WireError(
                    .malformed,
                    "checksum mismatch expected:\(String(checksum, radix: 16)), actual:\(String(actual, radix: 16))"
                )
            }
            return (body[0], UnsafeRawBufferPointer(rebasing: body[1...]))
        } catch {
            throw damage(error, reference)
        }
    }

    /// Bytes behind the start of a chunk that are asked for with it: few chunks are longer.
    private static let chunkRoom = 4096
    /// Bytes that may lie between chunks which are asked for together.
    private static let gapMax = 64 << 10
    private static let rangesMax = 16

    /// The samples that chunks claim to hold, when all of them are in memory; nil otherwise, and when they lie far apart.
    func sampleCountInMemory(_ references: [UInt64]) -> Int? {
        let references = references.sorted()
        var first = 0
        var rangeCount = 0
        var sampleCount = 0
        while first < references.count {
            let segment = Int(references[first] >> 32)
            let start = Int(references[first] & 0xFFFF_FFFF)
            guard segment < segments.count, rangeCount < Self.rangesMax else { return nil }
            let bytes = segments[segment].bytes
            var end = start + Self.chunkRoom
            var last = first
            while last + 1 < references.count, Int(references[last + 1] >> 32) == segment,
                case let next = Int(references[last + 1] & 0xFFFF_FFFF), next - end <= Self.gapMax
            {
                last += 1
                end = next + Self.chunkRoom
            }
            guard end - start <= 1 << 20, segments[segment].isInMemory(start..<end) else { return nil }
            for reference in references[first...last] {
                let offset = Int(reference & 0xFFFF_FFFF)
                var reader = ByteReader(bytes)
                guard (try? reader.seek(to: offset)) != nil, let length = try? reader.unsignedVarint(),
                    length < UInt64(end - offset), let head = try? reader.run(3)
                else { return nil }
                sampleCount += Int(head[1]) << 8 | Int(head[2])
            }
            rangeCount += 1
            first = last + 1
        }
        return sampleCount
    }

    /// The place of a chunk that makes no sense.
    func damage(_ error: WireError, _ reference: UInt64) -> TSDBError {
        let segment = Int(reference >> 32)
        return TSDBError(
            error, file: segment < paths.count ? paths[segment] : nil, offset: Int(reference & 0xFFFF_FFFF))
    }
}
