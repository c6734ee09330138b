public import Platform
internal import StorageAPI
internal import Wire

/// Walks every checksum of a data directory, for `tool tsdb verify`. Reads only.
public struct DirectoryCheck: Sendable {
    /// What is wrong with blocks: file, offset and reason in one sentence each.
    public private(set) var blockFindings: [String] = []
    /// What is wrong with the logs and head chunks.
    public private(set) var headFindings: [String] = []
    public private(set) var blockCount = 0
    public private(set) var seriesCount = 0
    public private(set) var chunkCount = 0
    public private(set) var sampleCount = 0
    public private(set) var logRecordCount = 0
    public private(set) var headChunkCount = 0

    private let disk: any Disk

    /// All of both.
    public var findings: [String] { blockFindings + headFindings }

    /// Checks the directory at once.
    public init(path: String, disk: any Disk = RealDisk()) {
        self.disk = disk
        do throws(DiskError) {
            for name in try disk.list(path) where ULID.isValid(name) { checkBlock(path + "/" + name) }
            for folder in ["wal", "wbl"] { try checkLog(path + "/" + folder) }
            for place in try ChunkSnapshot.all(disk: disk, path: path) {
                try checkLog(path + "/" + place.name)
                do throws(TSDBError) {
                    _ = try ChunkSnapshotState.read(disk: disk, folder: path + "/" + place.name)
                } catch {
                    headFindings.append(error.description)
                }
            }
            try checkHeadChunks(path + "/chunks_head")
        } catch {
            headFindings.append(error.description)
        }
    }

    private mutating func checkBlock(_ path: String) {
        blockCount += 1
        do throws(TSDBError) {
            let block = try Block(disk: disk, path: path)
            do throws(WireError) {
                for name in block.index.names {
                    var places: [Int] = []
                    try block.index.visitValues(name) { _, place in places.append(place) }
                    for place in places { _ = try block.index.postings(at: place) }
                }
            } catch {
                throw TSDBError(error, file: block.index.path)
            }
            try checkSeries(of: block)
        } catch {
            blockFindings.append(error.description)
        }
    }

    private mutating func checkSeries(of block: Block) throws(TSDBError) {
        let numbers: [UInt32]
        do throws(WireError) {
            numbers = try block.index.allSeries()
        } catch {
            throw TSDBError(error, file: block.index.path)
        }
        var columns = SampleColumns()
        for number in numbers {
            do throws(TSDBError) {
                let list: [ChunkMeta]
                do throws(WireError) {
                    list = try block.index.chunks(number)
                    _ = try block.index.labels(number)
                } catch {
                    throw TSDBError(error, file: block.index.path)
                }
                seriesCount += 1
                for meta in list {
                    let chunk = try block.chunks.chunk(meta.reference)
                    columns.removeAll()
                    do throws(WireError) {
                        try ChunkDecoder.decode(
                            chunk.encoding, chunk.bytes, from: .min, through: .max, into: &columns)
                    } catch {
                        throw TSDBError(
                            error, file: block.path + "/chunks", offset: Int(meta.reference & 0xFFFF_FFFF))
                    }
                    chunkCount += 1
                    sampleCount += columns.count
                }
            } catch {
                blockFindings.append(error.description)
            }
        }
    }

    private mutating func checkLog(_ path: String) throws(DiskError) {
        let folder = WALFolder(disk: disk, path: path, isReadOnly: true)
        var sources = try folder.segments().map { (path, $0) }
        for checkpoint in try folder.checkpoints() {
            for number in try folder.segments(in: checkpoint.path) {
                sources.append((checkpoint.path, number))
            }
        }
        for (from, number) in sources {
            var found: [String] = []
            var count = 0
            try folder.readSegment(
                number, in: from, isLast: false, aside: "",
                { (_) throws(WireError) in count += 1 }, damaged: { found.append($0) })
            logRecordCount += count
            headFindings.append(contentsOf: found)
        }
    }

    private mutating func checkHeadChunks(_ path: String) throws(DiskError) {
        var files = HeadChunkFiles(disk: disk, folder: path)
        var count = 0
        var found: [String] = []
        try files.open(isReadOnly: true, { _ in count += 1 }, damaged: { found.append($0) })
        headChunkCount = count
        headFindings.append(contentsOf: found)
    }
}
