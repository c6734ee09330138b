internal import Exposition
public import Platform
public import StorageAPI
internal import Wire

/// Makes blocks of the samples of an OpenMetrics file, for `tool tsdb create-blocks-from openmetrics`. The file is read
/// once, front to back, and may be of any size.
public struct OpenMetricsImport: Sendable {
    public struct Options: Sendable {
        /// Milliseconds that a block may span. Less than two hours counts as two hours.
        public var maxBlockDuration: Int64 = 0
        /// Set on every series.
        public var labels: [(name: String, value: String)] = []

        public init() {}
    }

    /// Written, oldest first.
    public private(set) var blocks: [BlockSummary] = []
    public private(set) var sampleCount = 0
    public private(set) var seriesCount = 0
    /// Samples with the series and time of another, which were left out: the first of them counts.
    public private(set) var duplicateCount = 0

    /// Reads the file and writes the blocks; when the file has an error, nothing is written.
    ///
    /// - Parameters:
    ///   - folder: of the blocks; made when missing.
    ///   - progress: told now and then how much of the work is done, from 0 to 1.
    /// - Throws: `corruption` with the line for what is not OpenMetrics or has no timestamp; `io`, `diskFull`.
    public init(
        _ file: String, into folder: String, options: Options = Options(), disk: any Disk = RealDisk(),
        clock: any WallClock = SystemClock(), progress: (Double) -> Void = { _ in }
    ) throws(StorageError) {
        do throws(TSDBError) {
            var blocks: BlockImport
            do throws(DiskError) {
                blocks = try BlockImport(disk: disk, folder: folder, duration: options.maxBlockDuration)
            } catch {
                throw TSDBError(error)
            }
            do throws(TSDBError) {
                var reader = OpenMetricsReader(labels: options.labels)
                try reader.read(file, disk, into: &blocks) { progress($0 * 0.8) }
                sampleCount = blocks.sampleCount
                let paths = try blocks.writeBlocks(now: clock.now()) { progress(0.8 + $0 * 0.2) }
                for path in paths {
                    let size: Int64
                    do throws(DiskError) { size = try disk.sizeOfTree(path) } catch { throw TSDBError(error) }
                    let meta = try Block.readMeta(disk: disk, path: path)
                    self.blocks.append(BlockSummary(meta, byteCount: size, folder: path))
                }
                seriesCount = blocks.seriesCount
                duplicateCount = blocks.duplicateCount
            } catch {
                blocks.remove()
                throw error
            }
            blocks.remove()
        } catch {
            throw error.asStorageError
        }
    }
}
