public import MetricModel
public import Platform
public import StorageAPI
internal import Synchronization

/// Takes over the data directory of a server that stands still, for `tool tsdb import`: blocks by hard
/// links (copies between file systems), log and head chunks by copies, as the server that takes them over
/// repairs and cuts them in place. Nothing in the source is changed.
///
/// What is taken over is put together in `import.tmp` in the target, then renamed; a target that only has
/// blocks of the source, and its log or none, is one where that was interrupted, and is gone on with.
public struct DirectoryImport: Sendable {
    public struct Options: Sendable {
        /// Takes samples over though the target has some of the same time. Of two for the same series and
        /// time either counts.
        public var mergesOverlaps = false
        /// Takes damaged blocks over as they are; the server answers around the damage, with warnings.
        public var acceptsDamage = false

        public init() {}
    }

    /// Blocks that were taken over as they are, oldest first.
    public internal(set) var blocks: [BlockSummary] = []
    /// Blocks that the target had already.
    public internal(set) var knownBlockCount = 0
    /// Whether log and head chunks were taken over as they are. Else the target had a head of its own,
    /// and the samples of the source's became blocks, without exemplars and metadata.
    public internal(set) var hasLog = false
    /// Those blocks.
    public internal(set) var headBlocks: [BlockSummary] = []
    /// Series of the source's head.
    public internal(set) var headSeriesCount = 0
    /// Of all samples that were taken over, inclusive, to the ends of their blocks; nil when there are none.
    public internal(set) var times: ClosedRange<Timestamp>?
    /// Damage of the source, and what is left out, a sentence each.
    public internal(set) var warnings: [String] = []

    let source: String
    let target: String
    let disk: any Disk
    let clock: any WallClock

    /// In the order in which they are put in place: without the last the others count for nothing.
    static let logNames = [LostTimes.name, "chunks_head", "wbl", "wal"]
    /// Folders below folders that are looked into; a data directory has three.
    static let depthMax = 8

    /// Where all of it is put together; a server removes what is left of it.
    var staging: String { target + "/import.tmp" }

    /// Takes the directory over at once.
    ///
    /// - Parameters:
    ///   - target: made when it is missing. No server may run on it.
    ///   - progress: told what begins, in a few words.
    /// - Throws: `io` (no such folder, a server runs on one of the two, overlaps that were not asked for),
    ///   `corruption` (damaged blocks that were not accepted), `diskFull`; the target is then as it was,
    ///   but for blocks that had been taken over whole.
    public init(
        _ source: String, into target: String, options: Options = Options(), disk: any Disk = RealDisk(),
        clock: any WallClock = SystemClock(), progress: (String) -> Void = { _ in }
    ) throws(StorageError) {
        self.source = DirectoryImport.withoutSlash(source)
        self.target = DirectoryImport.withoutSlash(target)
        self.disk = disk
        self.clock = clock
        let locks = try lock()
        defer { for lock in locks { lock.unlock() } }
        let before = try onDisk { () throws(DiskError) in try files(in: self.source) }
        progress("checking \(self.source)")
        try check(options)
        progress("reading its log")
        let from = try open(self.source)
        for damage in from.damages where !warnings.contains(damage) { warnings.append(damage) }
        headSeriesCount = from.seriesCount
        let isCopied = try onDisk { () throws(DiskError) in try hasSameLog() }
        let state = TargetState(try open(self.target), source: from, hasItsLog: isCopied)
        if !options.mergesOverlaps { try refuseOverlaps(state, from) }
        progress("taking it over")
        do throws(TSDBError) {
            try stage(from, state)
        } catch {
            try? disk.remove(staging)
            throw error.asStorageError
        }
        let after = try onDisk { () throws(DiskError) in try files(in: self.source) }
        guard before == after else {
            try? disk.remove(staging)
            throw failure(.io, "it changed meanwhile, as under a server that takes no lock")
        }
        try onDisk { () throws(DiskError) in try adopt() }
        noteTimes(from)
        if hasLog { try compare(from, open(self.target)) }
    }

    private static func withoutSlash(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private func onDisk<Result>(_ body: () throws(DiskError) -> Result) throws(StorageError) -> Result {
        do throws(DiskError) {
            return try body()
        } catch {
            throw StorageError(error, doing: "import \(source) into \(target)")
        }
    }

    private func failure(_ kind: StorageError.Kind, _ reason: String) -> StorageError {
        StorageError(kind, "cannot import \(source) into \(target): \(reason)")
    }

    private func open(_ path: String) throws(StorageError) -> Database {
        var options = DatabaseOptions(path: path)
        options.isReadOnly = true
        options.maintainsInBackground = false
        return try Database(options, clock: clock, disk: disk)
    }

    // MARK: - Checks

    /// Keeps servers from starting on either directory; refuses when one runs.
    private func lock() throws(StorageError) -> [any DiskLock] {
        guard source != target, !target.hasPrefix(source + "/") else {
            throw failure(.io, "the source would be changed")
        }
        let names: [String] = try onDisk { () throws(DiskError) in try disk.list(source) }
        guard names.contains(where: { ULID.isValid($0) || DirectoryImport.logNames.contains($0) }) else {
            throw failure(.io, "\(source) is no data directory: it has neither blocks nor a log")
        }
        var locks: [any DiskLock] = []
        do throws(DiskError) {
            // One that ended well took its lock away, and making a file would change the source.
            if names.contains("lock") { locks.append(try disk.lockForReading(source + "/lock")) }
            try disk.makeFolder(target)
            locks.append(try disk.lock(target + "/lock"))
        } catch {
            for lock in locks { lock.unlock() }
            guard error.kind == .locked else { throw failure(.io, error.description) }
            throw failure(.io, "a server runs on \(FilePath.folder(of: error.path)); stop it first")
        }
        return locks
    }

    /// Size and time of each file below a folder.
    private func files(in folder: String, depth: Int = 0) throws(DiskError) -> [String: FileStatus] {
        var found: [String: FileStatus] = [:]
        for name in try disk.list(folder) {
            let path = folder + "/" + name
            guard let status = try disk.status(path) else { continue }
            if status.isFolder {
                if depth < DirectoryImport.depthMax {
                    found.merge(try files(in: path, depth: depth + 1)) { $1 }
                }
            } else {
                found[path] = status
            }
        }
        return found
    }

    /// Whether the target's log is the source's: one that a server has opened since has more segments.
    private func hasSameLog() throws(DiskError) -> Bool {
        var logs: [[String: Int64]] = []
        for folder in [source + "/wal", target + "/wal"] {
            guard try disk.status(folder) != nil else { return false }
            var sizes: [String: Int64] = [:]
            for (path, status) in try files(in: folder) {
                sizes[String(path.dropFirst(folder.count))] = status.size
            }
            logs.append(sizes)
        }
        return logs[0] == logs[1]
    }

    /// Walks every checksum of the source.
    private mutating func check(_ options: Options) throws(StorageError) {
        let check = DirectoryCheck(path: source, disk: disk)
        if let first = check.blockFindings.first, !options.acceptsDamage {
            let others = check.blockFindings.count - 1
            throw failure(
                .corruption,
                "blocks are damaged: \(first)" + (others > 0 ? " (and \(others) other damages)" : ""))
        }
        warnings = check.blockFindings
    }

    private func refuseOverlaps(_ state: TargetState, _ from: Database) throws(StorageError) {
        var new = from.blocks.withLock { $0 }.filter { !state.ulids.contains($0.meta.ulid) }.map(\.times)
        if let head = from.head.times { new.append(head) }
        for times in new {
            guard let old = state.others.first(where: { $0.overlaps(times) }) else { continue }
            throw failure(
                .io,
                "its samples from \(DirectoryImport.text(times)) overlap those of the target from \(DirectoryImport.text(old)), and merging was not asked for"
            )
        }
    }

    private static func text(_ times: ClosedRange<Int64>) -> String {
        "\(times.lowerBound) through \(times.upperBound) ms"
    }

    /// The head that was copied is the head that is read.
    private func compare(_ from: Database, _ into: Database) throws(StorageError) {
        guard into.seriesCount == from.seriesCount, into.head.times == from.head.times else {
            throw failure(
                .corruption,
                "the copy of the log has \(into.seriesCount) series, the log \(from.seriesCount)")
        }
    }

    private mutating func noteTimes(_ from: Database) {
        var all = (blocks + headBlocks).filter { $0.minTime < $0.maxTime }.map {
            $0.minTime...($0.maxTime - 1)
        }
        if let head = from.head.times { all.append(head) }
        guard let first = all.map(\.lowerBound).min(), let last = all.map(\.upperBound).max() else { return }
        times = first...last
    }
}

/// What the target has before.
struct TargetState {
    /// Names of its blocks.
    let ulids: Set<String>
    let head: ClosedRange<Int64>?
    /// The times of its head and of the blocks that are not the source's.
    let others: [ClosedRange<Int64>]
    /// It has nothing but blocks of the source, and no head but perhaps the source's.
    let isFresh: Bool

    /// - Parameter hasItsLog: the log of the target is the source's.
    init(_ target: Database, source: Database, hasItsLog: Bool) {
        let blocks = target.blocks.withLock { $0 }
        ulids = Set(blocks.map(\.meta.ulid))
        let known = Set(source.blocks.withLock { $0.map(\.meta.ulid) })
        let isSame = hasItsLog && target.seriesCount == source.seriesCount
        head = isSame ? nil : target.head.times
        let foreign = blocks.filter { !known.contains($0.meta.ulid) }.map(\.times)
        others = foreign + (head.map { [$0] } ?? [])
        // A log that cannot be read may be worth something to somebody.
        isFresh = others.isEmpty && (isSame || target.seriesCount == 0 && target.damages.isEmpty)
    }
}
