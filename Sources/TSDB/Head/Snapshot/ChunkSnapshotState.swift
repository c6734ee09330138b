internal import Platform
internal import Wire

/// What a snapshot of ours tells beside Prometheus' records, in the file `martlet.state` of its folder, which
/// Prometheus does not look at: what must be there for the snapshot to be whole, and what of the head only
/// the log before it told.
struct ChunkSnapshotState {
    /// A file of head chunks as it was. The open chunks of the snapshot go on from its chunks.
    struct ChunkFile: Equatable {
        var number: UInt32
        /// Bytes.
        var byteCount: Int
        /// Over the checksums of its chunks.
        var digest: UInt32
        /// Of its newest sample.
        var maxTime: Int64
    }

    static let fileName = "martlet.state"
    /// A folder beside it with records of metadata, framed as the log's; there when series have any.
    static let metadataFolderName = "martlet.metadata"
    private static let magic: UInt32 = 0x4D_53_4E_50
    private static let version: UInt8 = 1
    private static let byteCountMax: Int64 = 1 << 30

    /// No series below it may be new.
    var nextReference: UInt32 = 1
    /// Records of series.
    var seriesCount = 0
    var exemplarCount = 0
    /// Records in the folder of metadata.
    var metadataCount = 0
    var chunkFiles: [ChunkFile] = []
    /// References that the log uses for series which have another one.
    var aliases: [(alias: UInt32, reference: UInt32)] = []
    var aliasMaxTime = Int64.min
    /// Series that are gone and up to which segment the log must tell them.
    var removedReferences: [UInt32: Int] = [:]

    init() {}

    var encoded: [UInt8] {
        var body = ByteBuffer()
        body.appendUnsignedVarint(UInt64(nextReference))
        body.appendUnsignedVarint(UInt64(seriesCount))
        body.appendUnsignedVarint(UInt64(exemplarCount))
        body.appendUnsignedVarint(UInt64(metadataCount))
        body.appendUnsignedVarint(UInt64(chunkFiles.count))
        for file in chunkFiles {
            body.appendUnsignedVarint(UInt64(file.number))
            body.appendUnsignedVarint(UInt64(file.byteCount))
            body.appendBigEndian(file.digest)
            body.appendBigEndian(file.maxTime)
        }
        body.appendBigEndian(aliasMaxTime)
        body.appendUnsignedVarint(UInt64(aliases.count))
        for entry in aliases {
            body.appendUnsignedVarint(UInt64(entry.alias))
            body.appendUnsignedVarint(UInt64(entry.reference))
        }
        body.appendUnsignedVarint(UInt64(removedReferences.count))
        for (reference, segment) in removedReferences.sorted(by: { $0.key < $1.key }) {
            body.appendUnsignedVarint(UInt64(reference))
            body.appendUnsignedVarint(UInt64(max(segment, 0)))
        }
        var file = ByteBuffer(capacity: body.count + 16)
        file.appendBigEndian(ChunkSnapshotState.magic)
        file.append(ChunkSnapshotState.version)
        file.append(body.bytes)
        file.appendBigEndian(CRC32C.extend(0, body.bytes))
        return Array(file.bytes)
    }

    /// The state in a snapshot's folder, nil when there is none: another program wrote the snapshot.
    ///
    /// - Throws: `corruption`, `unsupported`, `io`.
    static func read(disk: any Disk, folder: String) throws(TSDBError) -> ChunkSnapshotState? {
        let path = folder + "/" + fileName
        let bytes: [UInt8]
        do throws(DiskError) {
            guard try disk.status(path) != nil else { return nil }
            bytes = try disk.readFile(path, limit: byteCountMax)
        } catch {
            throw TSDBError(error)
        }
        guard bytes.count >= 4 || bytes.isEmpty else {
            throw TSDBError(.corruption, "cannot read the state: got \(bytes.count) bytes", file: path)
        }
        if bytes.count > 4, bytes[4] > version {
            throw TSDBError(.unsupported, "cannot read the state: its version is \(bytes[4])", file: path)
        }
        var result: ChunkSnapshotState?
        var failure: WireError?
        bytes.withUnsafeBytes { bytes in
            do throws(WireError) {
                result = try ChunkSnapshotState(bytes)
            } catch {
                failure = error
            }
        }
        if let failure { throw TSDBError(failure, file: path) }
        return result
    }

    init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard bytes.count >= 9 else {
            throw WireError(.truncated, "cannot read the state: got \(bytes.count) bytes")
        }
        let body = UnsafeRawBufferPointer(rebasing: bytes[5..<(bytes.count - 4)])
        let checksum = UInt32(
            bigEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self))
        guard UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)) == ChunkSnapshotState.magic,
            bytes[4] == ChunkSnapshotState.version, CRC32C.extend(0, body) == checksum
        else { throw WireError(.malformed, "cannot read the state: unexpected checksum") }
        var reader = ByteReader(body)
        nextReference = try reader.unsignedVarint32()
        seriesCount = try ChunkSnapshotState.count(&reader, of: nil)
        exemplarCount = try ChunkSnapshotState.count(&reader, of: nil)
        metadataCount = try ChunkSnapshotState.count(&reader, of: nil)
        for _ in 0..<(try ChunkSnapshotState.count(&reader, of: 14)) {
            chunkFiles.append(
                ChunkFile(
                    number: try reader.unsignedVarint32(),
                    byteCount: try ChunkSnapshotState.count(&reader, of: nil),
                    digest: try reader.bigEndian32(),
                    maxTime: Int64(bitPattern: try reader.bigEndian64())))
        }
        aliasMaxTime = Int64(bitPattern: try reader.bigEndian64())
        for _ in 0..<(try ChunkSnapshotState.count(&reader, of: 2)) {
            aliases.append((try reader.unsignedVarint32(), try reader.unsignedVarint32()))
        }
        for _ in 0..<(try ChunkSnapshotState.count(&reader, of: 2)) {
            let reference = try reader.unsignedVarint32()
            removedReferences[reference] = try ChunkSnapshotState.count(&reader, of: nil)
        }
    }

    /// A number that fits, or, of things of at least so many bytes, that the bytes can hold.
    private static func count(_ reader: inout ByteReader, of size: Int?) throws(WireError) -> Int {
        let count = try reader.unsignedVarint()
        guard let count = Int(exactly: count), size.map({ count <= reader.remaining / $0 }) ?? true else {
            throw WireError(.malformed, "cannot read the state: got a count of \(count)")
        }
        return count
    }
}
