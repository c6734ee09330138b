internal import Platform
internal import StorageAPI
internal import Wire

/// A folder of log segments and checkpoints.
struct WALFolder {
    let disk: any Disk
    let path: String
    /// Damage is told and left as it is.
    var isReadOnly = false

    /// The numbers of the segments, ascending.
    func segments(in folder: String) throws(DiskError) -> [Int] {
        guard try disk.status(folder)?.isFolder == true else { return [] }
        return try disk.list(folder).compactMap(WALFormat.segmentNumber).sorted()
    }

    func segments() throws(DiskError) -> [Int] { try segments(in: path) }

    static let checkpointPrefix = "checkpoint."

    /// The checkpoints by the last segment that each sums up, ascending.
    func checkpoints() throws(DiskError) -> [(number: Int, path: String)] {
        guard try disk.status(path)?.isFolder == true else { return [] }
        var found: [(number: Int, path: String)] = []
        for name in try disk.list(path) where name.hasPrefix(WALFolder.checkpointPrefix) {
            let digits = name.dropFirst(WALFolder.checkpointPrefix.count)
            if let number = WALFormat.segmentNumber(String(digits)) {
                found.append((number, path + "/" + name))
            }
        }
        return found.sorted { $0.number < $1.number }
    }

    /// Segments shorter than this are not worth a thread.
    private static let readAheadMin = 1 << 20

    /// Reads one segment, tells its records, repairs it when it was damaged, and tells the damage, each
    /// before the record that comes behind it.
    ///
    /// - Parameters:
    ///   - offset: where to begin, the end of a record.
    ///   - suffix: for the name of the file set aside.
    ///   - readsAhead: another thread reads, decompresses and decodes while `body` works.
    func readSegment(
        _ number: Int, in folder: String, from offset: Int = 0, isLast: Bool, aside suffix: String,
        readsAhead: Bool = false,
        _ body: (UnsafeRawBufferPointer) throws(WireError) -> Void, damaged: (String) -> Void
    ) throws(DiskError) {
        try readSegment(
            number, in: folder, from: offset, isLast: isLast, aside: suffix, readsAhead: readsAhead,
            decoding: .none,
            { (record: LoggedRecord) throws(WireError) in
                if case .bytes(let bytes) = record { try body(bytes) }
            }, damaged: damaged)
    }

    /// As the above, with records decoded by the thread that reads.
    func readSegment(
        _ number: Int, in folder: String, from offset: Int = 0, isLast: Bool, aside suffix: String,
        readsAhead: Bool = false, decoding: LogDecoding,
        _ body: (LoggedRecord) throws(WireError) -> Void, damaged: (String) -> Void
    ) throws(DiskError) {
        let file = folder + "/" + WALFormat.segmentName(number)
        let opened = try disk.open(file, .read)
        let size = Int(try opened.size())
        if size <= offset { return }
        let mapping = try opened.map(length: size)
        let reader = WALBlockReader(mapping, from: offset, decoding: decoding)
        let ahead = readsAhead && size - offset >= WALFolder.readAheadMin ? WALReadAhead(reader) : nil
        var damages: [WALReader.Damage] = []
        var toldCount = 0
        func take(_ found: ArraySlice<WALReader.Damage>) {
            for damage in found where !damage.isOrphan || damages.isEmpty { damages.append(damage) }
            for damage in damages[toldCount...] {
                damaged("\(file), offset \(damage.offset): \(damage.reason)")
            }
            toldCount = damages.count
        }
        var block = ahead?.next(nil) ?? WALRecordBlock()
        if ahead == nil { reader.fill(block) }
        while true {
            var damageCount = 0
            for record in block.records {
                if record.damageCount > damageCount || damages.count > toldCount {
                    take(block.damages[damageCount..<record.damageCount])
                    damageCount = record.damageCount
                }
                do throws(WireError) {
                    try block.tell(record, body)
                } catch {
                    // Its checksum was right, but its bytes make no sense.
                    damages.append(WALReader.Damage(offset: record.soundEnd, reason: error.message))
                }
            }
            take(block.damages[damageCount...])
            if block.isLast { break }
            if let ahead { block = ahead.next(block) } else { reader.fill(block) }
        }
        if damages.isEmpty || isReadOnly { return }
        let soundEnd = block.soundEnd
        // A log that cannot be repaired now (disk full, read-only) is read the same way next time.
        do throws(DiskError) {
            // Nothing but damage stands to the end: a write that did not finish.
            let isTornTail =
                isLast && damages.allSatisfy { $0.offset >= soundEnd && $0.reason != "unexpected checksum" }
            if isTornTail {
                try disk.open(file, .update).truncate(to: Int64(soundEnd))
            } else {
                try rewrite(file, number, mapping, suffix)
            }
        } catch {
            damaged("\(file): cannot repair: \(error.description)")
        }
    }

    /// Replaces a damaged segment by one of its sound records; the damaged one is kept aside.
    private func rewrite(_ file: String, _ number: Int, _ mapping: FileMapping, _ suffix: String)
        throws(DiskError)
    {
        let folder = path + "/repair.tmp"
        try disk.remove(folder)
        try disk.makeFolder(folder)
        let writer = try WALWriter(
            disk: disk, folder: folder, segment: number, segmentSize: 1 << 40, compression: .snappy)
        var reader = WALReader(mapping.bytes)
        var record = ByteBuffer(capacity: 1 << 16)
        while reader.next(into: &record) {
            try writer.add(record.bytes)
            try writer.commit()
        }
        try writer.sync()
        try disk.link(file, to: file + suffix)
        try disk.rename(folder + "/" + WALFormat.segmentName(number), to: file)
        try disk.remove(folder)
        try disk.syncFolder(path)
    }
}
