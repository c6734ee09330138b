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

    /// Reads one segment, tells its records, repairs it when it was damaged, and tells the damage, each
    /// before the record that comes behind it.
    ///
    /// - Parameter suffix: for the name of the file set aside.
    func readSegment(
        _ number: Int, in folder: String, isLast: Bool, aside suffix: String,
        _ body: (UnsafeRawBufferPointer) throws(WireError) -> Void, damaged: (String) -> Void
    ) throws(DiskError) {
        let file = folder + "/" + WALFormat.segmentName(number)
        let opened = try disk.open(file, .read)
        let size = Int(try opened.size())
        if size == 0 { return }
        let mapping = try opened.map(length: size)
        var reader = WALReader(mapping.bytes)
        var record = ByteBuffer(capacity: 1 << 16)
        var scratch = ByteBuffer(capacity: 1 << 16)
        var toldCount = 0
        func tell() {
            for damage in reader.damages[toldCount...] {
                damaged("\(file), offset \(damage.offset): \(damage.reason)")
            }
            toldCount = reader.damages.count
        }
        while reader.next(into: &record, scratch: &scratch) {
            if reader.damages.count > toldCount { tell() }
            do throws(WireError) {
                try body(record.bytes)
            } catch {
                reader.noteMalformedRecord(error.message)
            }
        }
        guard !reader.damages.isEmpty else { return }
        tell()
        if isReadOnly { return }
        // A log that cannot be repaired now (disk full, read-only) is read the same way next time.
        do throws(DiskError) {
            let isTornTail =
                isLast && reader.damages.allSatisfy { $0.isTail && $0.reason != "unexpected checksum" }
            if isTornTail {
                try disk.open(file, .update).truncate(to: Int64(reader.soundEnd))
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
