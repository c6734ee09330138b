internal import MetricModel
internal import Platform
internal import Wire

/// Sums up the oldest segments of the log: what is still needed of them goes into one folder, so that
/// they can be deleted.
struct Checkpoint {
    let folder: WALFolder
    let compression: WALCompression

    static let temporarySuffix = ".tmp"

    /// Writes the checkpoint of all up to `last` and deletes what it replaces.
    ///
    /// - Parameters:
    ///   - isKept: whether a series is still needed.
    ///   - minTime: older samples are dropped.
    ///   - metadata: appends entries of a record of metadata, those of series that are still needed, from
    ///     a place on; the place of the next ones, or nil behind the last. What the segments have of it is
    ///     older.
    func make(
        through last: Int, minTime: Int64, isKept: (UInt64) -> Bool,
        metadata: (Int, inout ByteBuffer) -> Int?, damaged: (String) -> Void
    ) throws(DiskError) {
        let disk = folder.disk
        let previous = try folder.checkpoints().last
        let name = WALFolder.checkpointPrefix + WALFormat.padded(last, 8)
        let path = folder.path + "/" + name
        let temporary = path + Checkpoint.temporarySuffix
        try disk.remove(temporary)
        try disk.makeFolder(temporary)
        let writer = try WALWriter(
            disk: disk, folder: temporary, segment: 0, segmentSize: 128 << 20, compression: compression)
        var sources: [(String, Int)] = []
        if let previous {
            for number in try folder.segments(in: previous.path) { sources.append((previous.path, number)) }
        }
        for number in try folder.segments() where number > previous?.number ?? -1 && number <= last {
            sources.append((folder.path, number))
        }
        var output = ByteBuffer(capacity: 1 << 16)
        for (from, number) in sources {
            var failure: DiskError?
            try folder.readSegment(
                number, in: from, isLast: false, aside: ".corrupt",
                { (record) throws(WireError) in
                    if failure != nil { return }
                    output.removeAll()
                    try Checkpoint.filter(record, minTime, isKept, into: &output)
                    if output.count == 0 { return }
                    do throws(DiskError) {
                        try writer.add(output.bytes)
                        try writer.commit()
                    } catch {
                        failure = error
                    }
                }, damaged: damaged)
            if let failure { throw failure }
        }
        try Checkpoint.write(metadata, to: writer)
        try writer.sync()
        try disk.syncFolder(temporary)
        try disk.remove(path)
        try disk.rename(temporary, to: path)
        try disk.syncFolder(folder.path)
        // From here on the checkpoint counts; what it replaces may go in any order.
        for number in try folder.segments() where number <= last {
            try disk.remove(folder.path + "/" + WALFormat.segmentName(number))
        }
        for old in try folder.checkpoints() where old.number < last { try disk.remove(old.path) }
        try disk.syncFolder(folder.path)
    }

    /// Writes records of metadata: `metadata` appends the entries of one and tells from where on the next go, or nil.
    /// Returns how many it wrote.
    @discardableResult
    static func write(
        _ metadata: (Int, inout ByteBuffer) -> Int?, to writer: WALWriter
    ) throws(DiskError) -> Int {
        var output = ByteBuffer()
        var count = 0
        var place: Int? = 0
        while let next = place {
            output.removeAll()
            output.append(WALRecord.Kind.metadata.rawValue)
            place = metadata(next, &output)
            if output.count == 1 { continue }
            try writer.add(output.bytes)
            try writer.commit()
            count += 1
        }
        return count
    }

    /// Copies what is still needed of a record.
    static func filter(
        _ record: UnsafeRawBufferPointer, _ minTime: Int64, _ isKept: (UInt64) -> Bool,
        into output: inout ByteBuffer
    ) throws(WireError) {
        var reader = ByteReader(record)
        guard !reader.isAtEnd else { return }
        switch WALRecord.Kind(rawValue: try reader.byte()) {
        case .series:
            while !reader.isAtEnd {
                let start = reader.position
                let reference = try reader.bigEndian64()
                let count = try reader.unsignedVarint()
                guard count <= UInt64(reader.remaining) else {
                    throw WireError(.malformed, "got \(count) labels")
                }
                for _ in 0..<(2 * count) { _ = try reader.lengthPrefixed() }
                guard isKept(reference) else { continue }
                if output.count == 0 { WALRecord.beginSeries(&output) }
                output.append(UnsafeRawBufferPointer(rebasing: record[start..<reader.position]))
            }
        case .samples:
            var first: (UInt64, Int64)?
            try WALRecord.readSamples(&reader) { reference, time, value in
                guard time >= minTime else { return }
                if first == nil {
                    first = (reference, time)
                    WALRecord.beginSamples(reference, time, &output)
                }
                guard let first else { return }
                WALRecord.appendSample(
                    reference, time, value, firstReference: first.0, firstTime: first.1, to: &output)
            }
        case .samplesV2:
            var heads = WALStartTimeWriter()
            try WALRecord.readSamplesV2(&reader) { reference, time, value, start in
                guard time >= minTime else { return }
                if output.count == 0 { output.append(WALRecord.Kind.samplesV2.rawValue) }
                heads.put(reference, time, start, to: &output)
                output.appendBigEndian(value)
            }
        case .tombstones:
            while !reader.isAtEnd {
                let reference = try reader.bigEndian64()
                let start = try reader.signedVarint()
                let end = try reader.signedVarint()
                // Older ones too: a full chunk that reaches behind `minTime` may still have such samples.
                guard isKept(reference) else { continue }
                if output.count == 0 { output.append(WALRecord.Kind.tombstones.rawValue) }
                WALRecord.appendTombstone(reference, start, end, to: &output)
            }
        case .histograms, .floatHistograms, .customBucketHistograms, .customBucketFloatHistograms,
            .histogramsV2, .floatHistogramsV2:
            guard let kind = WALRecord.Kind(rawValue: record[0]) else { return }
            try WALRecord.filterHistograms(record, kind, from: minTime, into: &output)
        case .exemplars: try WALRecord.filterExemplars(record, from: minTime, into: &output)
        case .metadata, .mmapMarkers, nil: break
        }
    }
}
