internal import Platform
internal import Synchronization
internal import Wire

/// Appends records to the segments of a log folder. One caller at a time, except for ``sync()``.
///
/// A group of records reaches the file in one write, so that the death of the process cannot tear it.
final class WALWriter: @unchecked Sendable {
    // Safe to share: `pending` guards what `sync()` reads; the rest belongs to the one appending caller.
    private let disk: any Disk
    private let folder: String
    private let segmentSize: Int
    private let compression: WALCompression

    private var file: any DiskFile
    private(set) var segment: Int
    /// Bytes of the segment that are written.
    private var offset = 0
    /// Framed bytes of the group that are not written yet.
    private var framed = ByteBuffer(capacity: 64 << 10)
    private var compressed = ByteBuffer(capacity: 64 << 10)
    /// Where the group began, to go back there when it fails.
    private var groupStart: (segment: Int, offset: Int, file: any DiskFile)?
    /// Where a group began that failed and is not taken out of the files yet.
    private var repair: (segment: Int, offset: Int, file: any DiskFile)?

    private struct Pending {
        var files: [any DiskFile] = []
        var isDirty = false
        var newFolderEntries = false
        var current: (any DiskFile)?
    }

    private let pending = Mutex(Pending())

    /// Begins a new segment.
    ///
    /// - Parameter older: segments that may hold what was never synced.
    init(
        disk: any Disk, folder: String, segment: Int, segmentSize: Int, compression: WALCompression,
        older: [any DiskFile] = []
    ) throws(DiskError) {
        self.disk = disk
        self.folder = folder
        self.segmentSize = max(segmentSize / WALFormat.pageSize, 2) * WALFormat.pageSize
        self.compression = compression
        self.segment = segment
        file = try disk.open(folder + "/" + WALFormat.segmentName(segment), .create)
        let file = file
        pending.withLock {
            $0.current = file
            $0.files = older
            $0.newFolderEntries = true
        }
    }

    // MARK: - Groups of records

    /// Adds one record to the group.
    func add(_ record: UnsafeRawBufferPointer) throws(DiskError) {
        if groupStart == nil {
            try takeOut()
            groupStart = (segment, offset, file)
        }
        var body = record
        var flags: UInt8 = 0
        switch compression {
        case .none: break
        case .snappy:
            compressed.removeAll()
            Snappy.compress(record, into: &compressed)
            if compressed.count < record.count {
                body = compressed.bytes
                flags = WALFormat.snappyFlag
            }
        case .zstd:
            compressed.removeAll()
            Zstd.compress(record, level: 1, into: &compressed)
            if compressed.count < record.count {
                body = compressed.bytes
                flags = WALFormat.zstdFlag
            }
        }
        try frame(body, flags)
    }

    private func frame(_ record: UnsafeRawBufferPointer, _ flags: UInt8) throws(DiskError) {
        let page = WALFormat.pageSize
        let header = WALFormat.headerSize
        let position = offset + framed.count
        let usedInPage = position % page
        let leftInPage = usedInPage == 0 ? page : page - usedInPage
        let pagesLeft = max(0, (segmentSize - position - leftInPage) / page)
        if record.count > leftInPage - header + pagesLeft * (page - header), position > 0 {
            try write()
            try beginSegment()
        }
        var rest = record
        var isFirst = true
        repeat {
            let used = (offset + framed.count) % page
            let room = page - used - header
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(room))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
            let fragment: WALFormat.Fragment =
                switch (isFirst, rest.isEmpty) {
                case (true, true): .full
                case (true, false): .first
                case (false, false): .middle
                case (false, true): .last
                }
            framed.append(fragment.rawValue | flags)
            framed.appendBigEndian(UInt16(part.count))
            framed.appendBigEndian(CRC32C.extend(0, part))
            framed.append(part)
            isFirst = false
            let after = page - (offset + framed.count) % page
            // A rest that cannot hold a header is padding.
            if after < header { framed.append(zeros: after) }
        } while !rest.isEmpty
    }

    /// Writes the group, and syncs it where asked. When it throws, nothing of the group is in the log.
    func commit(syncs: Bool = false) throws(DiskError) {
        try stage(syncs: syncs)
        settle()
    }

    /// As ``commit(syncs:)``, but the group can still be rolled back until ``settle()``.
    func stage(syncs: Bool = false) throws(DiskError) {
        do throws(DiskError) {
            try write()
            if syncs { try sync() }
        } catch {
            rollBack()
            throw error
        }
    }

    func settle() { groupStart = nil }

    /// Forgets the group. What of it is in the files and cannot be taken out now is taken out before the
    /// next group: behind it nothing may be written, or a restart would read samples that were refused,
    /// and drop those that were taken later and are older.
    func rollBack() {
        framed.removeAll()
        guard let start = groupStart else { return }
        groupStart = nil
        repair = start
        try? takeOut()
    }

    /// Takes out what a group that failed may have left.
    private func takeOut() throws(DiskError) {
        guard let start = repair else { return }
        if segment > start.segment {
            for number in (start.segment + 1)...segment {
                try disk.remove(folder + "/" + WALFormat.segmentName(number))
            }
            segment = start.segment
            file = start.file
            pending.withLock { $0.current = start.file }
        }
        try start.file.truncate(to: Int64(start.offset))
        offset = start.offset
        repair = nil
    }

    private func write() throws(DiskError) {
        guard framed.count > 0 else { return }
        try file.write(framed.bytes, at: Int64(offset))
        offset += framed.count
        framed.removeAll()
        pending.withLock { $0.isDirty = true }
    }

    // MARK: - Segments

    /// Where the next group will begin: all that was committed stands before it, and nothing else.
    func position() throws(DiskError) -> (segment: Int, offset: Int) {
        precondition(groupStart == nil, "BUG: the position is asked for inside a group")
        try takeOut()
        return (segment, offset)
    }

    private func beginSegment() throws(DiskError) {
        let next = try disk.open(folder + "/" + WALFormat.segmentName(segment + 1), .create)
        let old = file
        pending.withLock {
            $0.files.append(old)
            $0.current = next
            $0.isDirty = true
            $0.newFolderEntries = true
        }
        segment += 1
        file = next
        offset = 0
    }

    /// Ends the segment, so that those before the new one can be summed up and deleted.
    func cutSegment() throws(DiskError) {
        precondition(groupStart == nil, "BUG: a segment is cut inside a group")
        try takeOut()
        if offset > 0 { try beginSegment() }
    }

    /// Makes all groups that were committed before survive a power cut. Safe to call from any thread.
    func sync() throws(DiskError) {
        let work = pending.withLock { pending -> Pending? in
            guard pending.isDirty || pending.newFolderEntries else { return nil }
            let work = pending
            pending.files = []
            pending.isDirty = false
            pending.newFolderEntries = false
            return work
        }
        guard let work else { return }
        do throws(DiskError) {
            for file in work.files { try file.sync() }
            try work.current?.sync()
            if work.newFolderEntries { try disk.syncFolder(folder) }
        } catch {
            pending.withLock {
                $0.files = work.files + $0.files
                $0.isDirty = true
                $0.newFolderEntries = $0.newFolderEntries || work.newFolderEntries
            }
            throw error
        }
    }
}
