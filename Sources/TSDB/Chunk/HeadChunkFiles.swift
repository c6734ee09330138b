internal import Platform
internal import Wire

/// One file of full head chunks: a written part, mapped for reading, and a tail in memory that still
/// has to be written.
final class HeadChunkFile: @unchecked Sendable {
    // Safe to share: the mapping is stable; `writtenCount` and `tail` change under the head's locks.
    let number: UInt32
    fileprivate var file: (any DiskFile)?
    fileprivate(set) var mapping: FileMapping?
    /// Bytes that are in the file.
    fileprivate(set) var writtenCount = 0
    fileprivate var tail = ByteBuffer(capacity: 0)
    fileprivate(set) var maxTime = Int64.min
    /// Over the checksums of all chunks.
    fileprivate var digest: UInt32 = 0
    /// Nothing is added any more and all of it survives a power cut.
    fileprivate var isSynced = false

    fileprivate init(_ number: UInt32) { self.number = number }

    var byteCount: Int { writtenCount + tail.count }

    fileprivate func note(_ checksum: UInt32, _ maxTime: Int64) {
        withUnsafeBytes(of: checksum.bigEndian) { digest = CRC32C.extend(digest, $0) }
        self.maxTime = max(self.maxTime, maxTime)
    }

    fileprivate var content: ChunkSnapshotState.ChunkFile {
        ChunkSnapshotState.ChunkFile(number: number, byteCount: byteCount, digest: digest, maxTime: maxTime)
    }

    /// Bytes from `offset` on that are not written yet; valid under the head's lock only.
    fileprivate func unwritten(_ offset: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: tail.bytes.dropFirst(offset - writtenCount))
    }
}

/// The folder `chunks_head`: full chunks leave the head's memory for files that are mapped. What is in
/// them can always be made again from the log, so that nothing here is synced before the log is cut.
///
/// A chunk that is missing between two others would hide that the log must be read for it. So a file is
/// begun on disk only when those before it are synced: a power cut can then damage the last one alone,
/// and what stands behind the first damage is not used.
///
/// Changes happen under the head's locks, as everything in the head.
struct HeadChunkFiles: ~Copyable {
    private let disk: any Disk
    private let folder: String
    private var files: [UInt32: HeadChunkFile] = [:]
    private var current: HeadChunkFile?
    private var nextNumber: UInt32 = 1
    /// Bytes that wait to be written.
    private(set) var unwrittenCount = 0
    private(set) var writeFailureCount = 0

    init(disk: any Disk, folder: String) {
        self.disk = disk
        self.folder = folder
    }

    // MARK: - Adding

    /// Adds a chunk to the tail of the current file.
    mutating func append(
        reference: UInt32, minTime: Int64, maxTime: Int64, encoding: UInt8, _ data: UnsafeRawBufferPointer
    ) -> FullChunkLists.Entry {
        let room = data.count + 64
        let file: HeadChunkFile
        if let current, current.byteCount + room <= HeadChunkFormat.fileSizeMax {
            file = current
        } else {
            file = HeadChunkFile(nextNumber)
            nextNumber += 1
            file.tail.appendBigEndian(HeadChunkFormat.magic)
            file.tail.append(HeadChunkFormat.version)
            file.tail.append(zeros: 3)
            unwrittenCount += HeadChunkFormat.headerSize
            files[file.number] = file
            current = file
        }
        let offset = file.byteCount
        let checksum = HeadChunkFormat.append(
            reference: UInt64(reference), minTime: minTime, maxTime: maxTime, encoding: encoding, data,
            to: &file.tail)
        unwrittenCount += file.byteCount - offset
        file.note(checksum, maxTime)
        return FullChunkLists.Entry(minTime: minTime, file: file.number, offset: UInt32(offset))
    }

    /// Files with a tail that may be written now, oldest first.
    borrowing func filesToWrite() -> [HeadChunkFile] {
        var result: [HeadChunkFile] = []
        for number in files.keys.sorted() {
            guard let file = files[number] else { continue }
            if file.tail.count > 0 { result.append(file) }
            if file !== current, !file.isSynced { break }
        }
        return result
    }

    /// Files that are complete and wait to be synced.
    borrowing func filesToSync() -> [(HeadChunkFile, any DiskFile)] {
        files.values.compactMap { file in
            guard file !== current, !file.isSynced, file.tail.count == 0, let opened = file.file else {
                return nil
            }
            return (file, opened)
        }
    }

    func noteSynced(_ file: HeadChunkFile) { file.isSynced = true }

    /// Writes the tail of a file. Only the appending caller may; readers go on meanwhile.
    borrowing func write(_ file: HeadChunkFile) throws(DiskError) {
        let opened: any DiskFile
        if let known = file.file {
            opened = known
        } else {
            try disk.makeFolder(folder)
            opened = try disk.open(folder + "/" + HeadChunkFormat.fileName(file.number), .create)
            file.file = opened
        }
        try opened.write(file.tail.bytes, at: Int64(file.writtenCount))
    }

    /// Makes what ``write(_:)`` wrote known to readers; under the exclusive lock.
    mutating func noteWritten(_ file: HeadChunkFile) throws(DiskError) {
        if file.mapping == nil {
            file.mapping = try file.file?.map(length: HeadChunkFormat.fileSizeMax)
        }
        unwrittenCount -= file.tail.count
        file.writtenCount += file.tail.count
        if file.tail.count > 1 << 20 { file.tail = ByteBuffer(capacity: 0) } else { file.tail.removeAll() }
    }

    /// Makes all that is written survive a power cut.
    borrowing func syncAll() throws(DiskError) {
        let unsynced = files.values.filter { !$0.isSynced && $0.file != nil }
        for file in unsynced { try file.file?.sync() }
        if !unsynced.isEmpty { try disk.syncFolder(folder) }
    }

    /// What the files hold, ascending by number.
    var contents: [ChunkSnapshotState.ChunkFile] {
        files.values.map(\.content).sorted { $0.number < $1.number }
    }

    /// Whether a file holds exactly this.
    func holds(_ content: ChunkSnapshotState.ChunkFile) -> Bool { files[content.number]?.content == content }

    mutating func noteWriteFailure() { writeFailureCount += 1 }

    // MARK: - Reading

    /// Calls `body` with a chunk's encoding and bytes, or finds where they will be. Under the lock.
    ///
    /// A written chunk is answered as file and offset, to be read after the lock is let go.
    borrowing func locate(_ entry: FullChunkLists.Entry) -> HeadChunkPlace? {
        guard let file = files[entry.file] else { return nil }
        let offset = Int(entry.offset)
        if offset < file.writtenCount, let mapping = file.mapping {
            return .mapped(mapping, writtenCount: file.writtenCount, offset: offset)
        }
        let unwritten = file.unwritten(offset)
        guard let record = try? HeadChunkFormat.read(unwritten, at: 0) else { return nil }
        let bytes = unwritten[record.dataOffset..<(record.dataOffset + record.dataCount)]
        return .copied(
            HeadSnapshot.RawChunk(
                encoding: record.encoding & 0x7F, bytes: Array(bytes), minTime: record.minTime,
                maxTime: record.maxTime))
    }

    // MARK: - Opening and dropping

    struct Found {
        var reference: UInt64
        var minTime: Int64
        var maxTime: Int64
        var encoding: UInt8
        var sampleCount: Int
        var entry: FullChunkLists.Entry
    }

    /// Opens the files of the folder and tells every sound chunk, in the order they were written. A
    /// damaged file counts up to its damage; what is missing comes from the log.
    mutating func open(isReadOnly: Bool, _ body: (Found) -> Void, damaged: (String) -> Void) throws(DiskError)
    {
        guard try disk.status(folder)?.isFolder == true else { return }
        var numbers: [UInt32] = []
        for name in try disk.list(folder) {
            if let number = UInt32(name), number > 0 { numbers.append(number) }
        }
        var isBehindDamage = false
        for number in numbers.sorted() {
            nextNumber = max(nextNumber, number + 1)
            let path = folder + "/" + HeadChunkFormat.fileName(number)
            if isBehindDamage {
                if !isReadOnly { try disk.remove(path) }
                continue
            }
            let opened = try disk.open(path, isReadOnly ? .read : .update)
            let size = Int(try opened.size())
            guard size >= HeadChunkFormat.headerSize, size <= 2 * HeadChunkFormat.fileSizeMax else {
                if size > 0 { damaged("\(path): got \(size) bytes") }
                isBehindDamage = true
                if !isReadOnly { try disk.remove(path) }
                continue
            }
            let file = HeadChunkFile(number)
            file.file = opened
            let mapping = try opened.map(length: size)
            file.mapping = mapping
            let bytes = mapping.bytes
            guard UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)) == HeadChunkFormat.magic,
                bytes[4] == HeadChunkFormat.version
            else {
                damaged("\(path): not a head chunk file")
                isBehindDamage = true
                if !isReadOnly { try disk.rename(path, to: path + ".corrupt") }
                continue
            }
            var offset = HeadChunkFormat.headerSize
            while offset < size {
                do throws(WireError) {
                    let record = try HeadChunkFormat.read(bytes, at: offset)
                    let data = UnsafeRawBufferPointer(
                        rebasing: bytes[record.dataOffset...].prefix(record.dataCount))
                    guard data.count >= 2 else { throw WireError(.malformed, "an empty chunk") }
                    body(
                        Found(
                            reference: record.reference, minTime: record.minTime, maxTime: record.maxTime,
                            encoding: record.encoding, sampleCount: Int(data[0]) << 8 | Int(data[1]),
                            entry: FullChunkLists.Entry(
                                minTime: record.minTime, file: number, offset: UInt32(offset))))
                    file.note(record.checksum, record.maxTime)
                    offset = record.end
                } catch {
                    isBehindDamage = true
                    // Zeros to the end: room that was reserved and never used.
                    if bytes[offset...].contains(where: { $0 != 0 }) {
                        damaged("\(path), offset \(offset): \(error.message)")
                    }
                    break
                }
            }
            file.writtenCount = offset
            files[number] = file
            if isBehindDamage, !isReadOnly { try opened.truncate(to: Int64(offset)) }
        }
    }

    /// Begins a new file with the next chunk.
    mutating func cut() { current = nil }

    /// Forgets the files whose newest sample is older than `time`, except those in use, and answers
    /// their paths for deletion.
    mutating func dropFiles(before time: Int64) -> [String] {
        var paths: [String] = []
        // Only a run of the oldest may go: Prometheus wants file numbers without gaps.
        for number in files.keys.sorted() {
            guard let file = files[number], file.maxTime < time, file !== current, file.tail.count == 0 else {
                break
            }
            files[number] = nil
            paths.append(folder + "/" + HeadChunkFormat.fileName(number))
        }
        return paths
    }

    /// The lowest file number, for statistics.
    var fileCount: Int { files.count }
}

/// Where the bytes of a full chunk are.
enum HeadChunkPlace {
    case mapped(FileMapping, writtenCount: Int, offset: Int)
    case copied(HeadSnapshot.RawChunk)
}
