internal import JSON
internal import Platform
internal import StorageAPI
internal import Wire

/// Writes a block into a temporary folder and gives it its name when it is complete and synced.
struct BlockWriter: ~Copyable {
    private let disk: any Disk
    private let folder: String
    private let temporary: String
    private var index: IndexWriter
    private var chunks: ChunkSegmentWriter
    private(set) var meta: BlockMeta
    private var list: [ChunkMeta] = []

    static let temporarySuffix = ".tmp-for-creation"

    /// - Parameters:
    ///   - folder: where blocks lie.
    ///   - symbols: ascending by bytes, each once; all that labels will need.
    init(disk: any Disk, folder: String, meta: BlockMeta, symbols: [[UInt8]]) throws(DiskError) {
        self.disk = disk
        self.folder = folder
        self.meta = meta
        temporary = folder + "/" + meta.ulid + BlockWriter.temporarySuffix
        try disk.remove(temporary)
        try disk.makeFolder(temporary + "/" + Block.chunksName)
        index = try IndexWriter(disk: disk, path: temporary + "/" + Block.indexName, symbols: symbols)
        chunks = ChunkSegmentWriter(disk: disk, folder: temporary + "/" + Block.chunksName)
    }

    /// Adds a chunk to the series that is being written.
    mutating func addChunk(
        _ encoding: UInt8, _ data: UnsafeRawBufferPointer, minTime: Int64, maxTime: Int64
    ) throws(DiskError) {
        let reference = try chunks.add(encoding, data)
        list.append(ChunkMeta(reference: reference, minTime: minTime, maxTime: maxTime))
        let samples = data.count >= 2 ? BlockWriter.sampleCount(encoding, data) : 0
        meta.numSamples += samples
        if encoding == ChunkEncoding.xor.rawValue || encoding == ChunkEncoding.xor2.rawValue {
            meta.numFloatSamples += samples
        } else {
            meta.numHistogramSamples += samples
        }
        meta.numChunks += 1
    }

    /// Adds the samples of columns as chunks. Chunks of a series are put in the order of time by
    /// ``endSeries(_:)``.
    mutating func addSamples(_ columns: SampleColumns, _ builder: borrowing XORChunkBuilder) throws(DiskError)
    {
        try builder.encode(columns) { (encoding, bytes, first, last) throws(DiskError) in
            try addChunk(encoding.rawValue, bytes, minTime: first, maxTime: last)
        }
        if columns.histogramTimestamps.isEmpty { return }
        let histograms = HistogramChunkBuilder(samplesPerChunk: builder.samplesPerChunk)
        for chunk in histograms.encode(
            columns.histogramTimestamps, columns.histograms, starts: columns.histogramStartTimestamps)
        {
            var failure: DiskError?
            chunk.bytes.withUnsafeBytes { bytes in
                do throws(DiskError) {
                    try addChunk(
                        chunk.encoding, bytes, minTime: chunk.minTime, maxTime: chunk.maxTime)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }

    static func sampleCount(_ encoding: UInt8, _ data: UnsafeRawBufferPointer) -> Int {
        let count = Int(data[0]) << 8 | Int(data[1])
        // Chunks with start timestamps of histograms keep two flags above the count.
        return encoding >= ChunkEncoding.histogramST.rawValue ? count & 0x3FFF : count
    }

    /// Ends the series whose chunks were added. One without chunks is left out.
    mutating func endSeries(_ labels: [(name: UInt32, value: UInt32)]) throws(DiskError) {
        if list.isEmpty { return }
        list.sort { $0.minTime < $1.minTime }
        try index.add(labels, list)
        list.removeAll(keepingCapacity: true)
        meta.numSeries += 1
    }

    /// Completes the block; returns its path, or nil when it holds no sample and was dropped.
    consuming func finish() throws(DiskError) -> String? {
        if meta.numSeries == 0 {
            try disk.remove(temporary)
            return nil
        }
        try chunks.finish()
        try index.finish()
        try disk.replaceFile(temporary + "/" + Block.tombstonesName, with: Tombstones().encoded)
        try disk.replaceFile(temporary + "/" + Block.metaName, with: meta.json.bytes(indent: 1))
        try disk.syncFolder(temporary + "/" + Block.chunksName)
        try disk.syncFolder(temporary)
        let path = folder + "/" + meta.ulid
        try disk.rename(temporary, to: path)
        try disk.syncFolder(folder)
        return path
    }

    /// Drops what was written.
    consuming func abandon() {
        // A folder that stays is removed at the next start.
        try? disk.remove(temporary)
    }
}
