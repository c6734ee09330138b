internal import JSON
internal import Platform
internal import StorageAPI
internal import Wire

/// Gives any bytes to one of the storage's decoders, for the fuzz target and the benchmark of decoding.
package enum DecoderProbe {
    /// - Parameter kind: 0 to 5 chunks of encodings 1 to 6, 6 a segment of the log, 7 a record of the log, 8 tombstones,
    ///   9 `meta.json`, 10 a head chunk, 12 the state of a snapshot, 13 records of a snapshot of the head, 14 records of the log
    ///   of late samples, 16 records of the log, each behind a byte with its length; all others an index.
    package static func decode(_ kind: UInt8, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case 0...5:
            var columns = SampleColumns()
            try? ChunkDecoder.decode(kind + 1, bytes, from: .min, through: .max, into: &columns)
            precondition(columns.count <= 0xFFFF, "got \(columns.count) samples")
        case 6:
            var reader = WALReader(bytes)
            var record = ByteBuffer(capacity: 64)
            while reader.next(into: &record) { readRecord(record.bytes) }
        case 7: readRecord(bytes)
        case 8: file(bytes) { disk, path in _ = try? Tombstones(disk: disk, path: path) }
        case 9:
            if let meta = try? BlockMeta(json: Array(bytes), file: "meta.json") {
                precondition(!meta.json.bytes().isEmpty)
            }
        case 10: _ = try? HeadChunkFormat.read(bytes, at: 0)
        case 12: _ = try? ChunkSnapshotState(bytes)
        case 13: open(ChunkSnapshot.name(segment: 0, offset: 0), bytes)
        case 14: open("wbl", bytes)
        case 16: open("wal", bytes)
        default:
            file(bytes) { disk, path in
                if let index = try? IndexReader(disk: disk, path: path) { walk(index) }
            }
        }
    }

    /// Opens a database that has these records in a folder, its snapshot or one of its logs, reads all of it and
    /// closes it.
    private static func open(_ name: String, _ bytes: UnsafeRawBufferPointer) {
        let disk = MemoryDisk()
        let folder = "data/" + name
        guard (try? disk.makeFolder("data/wal")) != nil, (try? disk.makeFolder(folder)) != nil,
            name == "wal" || (try? disk.open("data/wal/" + WALFormat.segmentName(0), .create)) != nil,
            let writer = try? WALWriter(
                disk: disk, folder: folder, segment: 0, segmentSize: 1 << 20, compression: .none)
        else { return }
        var rest = bytes[...]
        while let length = rest.popFirst(), !rest.isEmpty {
            try? writer.add(UnsafeRawBufferPointer(rebasing: rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length))
        }
        try? writer.commit(syncs: true)
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.outOfOrderWindow = 1
        options.seriesLimit = 1000
        guard let database = try? Database(options, disk: disk) else { return }
        if let series = try? database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        {
            var columns = SampleColumns()
            for index in 0..<series.count {
                _ = series.labels(at: index)
                try? series.read(index, from: .min, through: .max, into: &columns)
            }
        }
        try? database.maintain()
        database.close()
    }

    private static func file(_ bytes: UnsafeRawBufferPointer, _ body: (MemoryDisk, String) -> Void) {
        let disk = MemoryDisk()
        guard let file = try? disk.open("f", .create), (try? file.write(bytes, at: 0)) != nil else { return }
        body(disk, "f")
    }

    /// Decodes an XOR chunk, for the benchmark; returns the sum of some of its values, so that it cannot be left out.
    package static func decodeXOR(_ bytes: UnsafeRawBufferPointer) -> Double {
        var sum = 0.0
        try? XORChunkReader.decode(bytes, from: .min, through: .max) { _, values in
            sum += values[values.count - 1]
        }
        return sum
    }

    /// Samples that are kept decoded, for the benchmark; nil when they are not fit for that.
    package struct Kept {
        private let samples: DecodedSamples
        private var columns = SampleColumns()

        package init?(_ times: [Int64], _ values: [Double]) {
            columns.timestamps = times
            columns.values = values
            guard let samples = DecodedSamples(columns) else { return nil }
            self.samples = samples
        }

        /// Memory, bytes.
        package var byteCount: Int { samples.byteCount }

        /// Copies all of them, as a query does; returns the last value.
        package mutating func read() -> Double {
            columns.removeAll()
            samples.append(from: .min, through: .max, to: &columns)
            return columns.values[columns.values.count - 1]
        }
    }

    /// The chunks that samples make, for the benchmark.
    package static func encodeXOR(_ times: [Int64], _ values: [Double]) -> [[UInt8]] {
        var columns = SampleColumns()
        columns.timestamps = times
        columns.values = values
        var chunks: [[UInt8]] = []
        XORChunkBuilder().encode(columns) { _, bytes, _, _ in chunks.append(Array(bytes)) }
        return chunks
    }

    private static func readRecord(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard let byte = try? reader.byte(), let kind = WALRecord.Kind(rawValue: byte) else { return }
        switch kind {
        case .series: try? WALRecord.readSeries(&reader) { _, _ in }
        case .samples: try? WALRecord.readSamples(&reader) { _, _, _ in }
        case .tombstones: try? WALRecord.readTombstones(&reader) { _, _, _ in }
        case .samplesV2:
            try? WALRecord.readSamplesV2(&reader) { _, _, _, _ in }
            var copy = ByteBuffer()
            try? Checkpoint.filter(bytes, 0, { _ in true }, into: &copy)
        case .exemplars:
            try? WALRecord.readExemplars(&reader) { _, _ in }
            var copy = ByteBuffer()
            try? WALRecord.filterExemplars(bytes, from: 0, into: &copy)
        case .metadata: try? WALRecord.readMetadata(&reader) { _, _ in }
        case .mmapMarkers: break
        default:
            try? WALRecord.readHistograms(&reader, kind) { _ in }
            var copy = ByteBuffer()
            try? WALRecord.filterHistograms(bytes, kind, from: 0, into: &copy)
        }
    }

    private static func walk(_ index: IndexReader) {
        for name in index.names {
            var places: [Int] = []
            try? index.visitValues(name) { _, place in places.append(place) }
            for place in places { _ = try? index.postings(at: place) }
        }
        for number in (try? index.allSeries()) ?? [] {
            _ = try? index.chunks(number)
            _ = try? index.labels(number)
        }
    }
}
