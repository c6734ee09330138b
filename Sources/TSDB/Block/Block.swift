internal import MetricModel
internal import Platform
internal import Synchronization

/// A block directory that is open for reading. Its files stay readable until the object goes, also when
/// the directory has been deleted meanwhile.
final class Block: Sendable {
    private static let numbers = Atomic<UInt64>(0)

    /// No other block that this process opens has it.
    let number = Block.numbers.add(1, ordering: .relaxed).newValue
    let path: String
    let meta: BlockMeta
    let index: IndexReader
    let chunks: ChunkSegmentReader
    let tombstones: Mutex<Tombstones>
    /// Bytes of all files.
    let byteCount: Int64

    static let metaName = "meta.json"
    static let indexName = "index"
    static let chunksName = "chunks"
    static let tombstonesName = "tombstones"

    /// Opens a directory; checks all but the chunks themselves.
    ///
    /// - Throws: `corruption`, `unsupported`, `io`.
    init(disk: any Disk, path: String) throws(TSDBError) {
        self.path = path
        meta = try Block.readMeta(disk: disk, path: path)
        guard ULID.isValid(meta.ulid) else {
            throw TSDBError(
                .corruption, "cannot read meta.json: \(meta.ulid) is not a ULID",
                file: path + "/" + Block.metaName)
        }
        index = try IndexReader(
            disk: disk, path: path + "/" + Block.indexName, isMisnumbered: meta.hasMisnumberedIndex)
        chunks = try ChunkSegmentReader(disk: disk, folder: path + "/" + Block.chunksName)
        tombstones = Mutex(try Tombstones(disk: disk, path: path + "/" + Block.tombstonesName))
        do throws(DiskError) {
            byteCount = try disk.sizeOfTree(path)
        } catch {
            throw TSDBError(error)
        }
    }

    static func readMeta(disk: any Disk, path: String) throws(TSDBError) -> BlockMeta {
        let file = path + "/" + metaName
        let bytes: [UInt8]
        do throws(DiskError) {
            bytes = try disk.readFile(file, limit: 64 << 20)
        } catch {
            throw TSDBError(error)
        }
        return try BlockMeta(json: bytes, file: file)
    }

    /// The times that its samples may have, inclusive.
    var times: ClosedRange<Int64> {
        min(meta.minTime, meta.maxTime)...max(meta.minTime, meta.maxTime > .min ? meta.maxTime - 1 : .min)
    }

    /// Whether the block may have samples between the inclusive bounds.
    func overlaps(_ start: Int64, _ end: Int64) -> Bool { meta.minTime <= end && start < meta.maxTime }
}
