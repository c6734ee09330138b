public import Platform
public import StorageAPI

/// What is known of a block from its `meta.json` and the sizes of its files.
public struct BlockSummary: Sendable {
    public let ulid: String
    /// Milliseconds since 1970, inclusive.
    public let minTime: Int64
    /// Exclusive.
    public let maxTime: Int64
    public let sampleCount: Int
    public let seriesCount: Int
    public let chunkCount: Int
    /// Of all files.
    public let byteCount: Int64
    /// The folder, which may have been renamed.
    let folder: String

    /// The blocks of a data directory, oldest first. Reads nothing else of it and takes no lock.
    ///
    /// - Throws: `io`, `corruption`.
    public static func list(_ path: String, disk: any Disk = RealDisk()) throws(StorageError)
        -> [BlockSummary]
    {
        var result: [BlockSummary] = []
        do throws(TSDBError) {
            for name in try names(path, disk) where ULID.isValid(name) {
                let folder = path + "/" + name
                result.append(
                    BlockSummary(
                        try Block.readMeta(disk: disk, path: folder), byteCount: try size(folder, disk),
                        folder: folder))
            }
        } catch {
            throw error.asStorageError
        }
        return result.sorted { ($0.minTime, $0.ulid) < ($1.minTime, $1.ulid) }
    }

    private static func names(_ path: String, _ disk: any Disk) throws(TSDBError) -> [String] {
        do throws(DiskError) { return try disk.list(path) } catch { throw TSDBError(error) }
    }

    private static func size(_ path: String, _ disk: any Disk) throws(TSDBError) -> Int64 {
        do throws(DiskError) { return try disk.sizeOfTree(path) } catch { throw TSDBError(error) }
    }

    init(_ meta: BlockMeta, byteCount: Int64, folder: String) {
        self.folder = folder
        ulid = meta.ulid
        minTime = meta.minTime
        maxTime = meta.maxTime
        sampleCount = meta.numSamples
        seriesCount = meta.numSeries
        chunkCount = meta.numChunks
        self.byteCount = byteCount
    }
}
