public import MetricModel
public import Platform
public import StorageAPI
internal import Synchronization

/// A time series database in one directory, in Prometheus' disk formats.
///
/// Every call may be made from any thread; those that touch the disk block: make them on worker
/// threads.
public final class Database: Queryable, ExemplarQueryable, SampleStore, Sendable {
    let options: DatabaseOptions
    let clock: any WallClock
    let disk: any Disk
    let head: Head
    private let lock: (any DiskLock)?
    let status = Mutex(DatabaseStatus())
    /// Open blocks, ascending by time.
    let blocks = Mutex<[Block]>([])
    /// One round of maintenance, deletion or snapshot at a time.
    let maintenance = Mutex(MaintenanceState())
    let decoded: DecodedSamplesCache
    private let threads = Mutex<[PeriodicThread]>([])

    /// Opens the directory, takes its lock and reads the write-ahead log. Blocks until all of it is
    /// readable.
    ///
    /// - Throws: `io` (no right, locked by another process, not a directory), `diskFull`.
    ///
    /// - Parameter progress: is told how far the log has been read.
    public init(
        _ options: DatabaseOptions, clock: any WallClock = SystemClock(), disk: any Disk = RealDisk(),
        progress: (WALReplayStatus) -> Void = { _ in }
    ) throws(StorageError) {
        self.options = options
        self.clock = clock
        self.disk = disk
        decoded = DecodedSamplesCache(byteCountMax: options.decodedBytesMax)
        let started = MonotonicTime.nanoseconds()
        do throws(DiskError) {
            if options.isReadOnly {
                guard try disk.status(options.path)?.isFolder == true else {
                    throw DiskError(.notFound, call: "open", path: options.path)
                }
                lock = nil
            } else {
                try disk.makeFolder(options.path)
                lock = try disk.lock(options.path + "/lock")
            }
        } catch {
            if error.kind == .locked {
                throw StorageError(.io, "cannot open \(options.path): another process has it open")
            }
            throw StorageError(error, doing: "open \(options.path)")
        }
        head = Head(options, disk: disk, clock: clock)
        do throws(DiskError) {
            if !options.isReadOnly { try cleanUp() }
            try reloadBlocks()
            head.closeBefore(blocks.withLock { Database.inOrderEnd($0, until: head.lastAppendableTime) })
            let missingBefore = missingBefore()
            try head.replay(
                now: clock.now(),
                progress: { min, max, current in
                    let replay = WALReplayStatus(min: min, max: max, current: current)
                    status.withLock { $0.replay = replay }
                    progress(replay)
                }, damaged: { text in status.withLock { $0.damages.append(text) } })
            keepMissing(missingBefore)
        } catch {
            throw StorageError(error, doing: "open \(options.path)")
        }
        noteSeriesOverLimit()
        status.withLock {
            $0.replayNanoseconds = MonotonicTime.nanoseconds() - started
            $0.isOpen = true
        }
        if !options.isReadOnly { startThreads() }
    }

    private var lostTimes: LostTimes {
        LostTimes(disk: disk, path: options.path + "/" + LostTimes.name)
    }

    /// What earlier starts missed of the log and the retention has not passed.
    private func missingBefore() -> [LostTimes.Entry] {
        do throws(TSDBError) {
            return try lostTimes.read()
        } catch {
            status.withLock { $0.damages.append(error.description) }
            return []
        }
    }

    /// Warns of what was missing before and remembers what is missing now for the next start.
    private func keepMissing(_ before: [LostTimes.Entry]) {
        let oldest = options.retention > 0 ? head.credibleMaxTime.subtractingClamped(options.retention) : .min
        let folders = [options.path + "/wal", options.path + "/wbl"]
        for entry in before where entry.times?.upperBound ?? .max >= oldest {
            head.damages.note(entry.text, file: folders[0], times: entry.times)
        }
        let now = folders.flatMap { head.damages.entries(of: $0) }
        if now == before || options.isReadOnly { return }
        do throws(DiskError) {
            try lostTimes.write(now)
        } catch {
            // They are told until the database is closed; a disk that is full takes nothing else either.
            status.withLock { $0.maintenanceFailure = "cannot write \(lostTimes.path): \(error.description)" }
        }
    }

    /// What is in the log was answered, so all of it comes back, also when the bound is lower now. Series
    /// that have no sample here any more give room first.
    private func noteSeriesOverLimit() {
        guard options.seriesLimit > 0, head.seriesCount > options.seriesLimit, !options.isReadOnly else {
            return
        }
        head.truncate(before: head.stateLock.withReadLock { head.store.pointee.minValidTime })
        let count = head.seriesCount
        guard count > options.seriesLimit else { return }
        status.withLock {
            $0.seriesOverLimit = count - options.seriesLimit
            $0.notices.append(
                "\(options.path)/wal: the log holds \(count) series, more than the limit of \(options.seriesLimit): all of them go on, new ones are refused"
            )
        }
    }

    private func startThreads() {
        var started: [PeriodicThread] = []
        if options.walFsyncInterval > 0, options.walFsyncInterval != .max {
            started.append(
                PeriodicThread(name: "tsdb-sync", interval: options.walFsyncInterval) { [weak self] in
                    self?.syncLog()
                })
        }
        if options.maintainsInBackground {
            started.append(
                PeriodicThread(name: "tsdb-maintain", interval: 60_000) { [weak self] in
                    guard let self else { return }
                    do throws(StorageError) {
                        try maintain()
                    } catch {
                        status.withLock { $0.maintenanceFailure = error.message }
                    }
                })
        }
        threads.withLock { $0 = started }
    }

    /// Makes all that was answered survive a power cut.
    func syncLog() {
        head.syncFullChunks()
        let (wal, late) = head.appendLock.withLock { _ in (head.wal, head.lateLog) }
        do throws(DiskError) {
            let started = MonotonicTime.nanoseconds()
            try wal?.sync()
            try late?.sync()
            status.withLock {
                $0.fsyncCount += 1
                $0.fsyncNanoseconds += MonotonicTime.nanoseconds() - started
            }
        } catch {
            head.stateLock.withWriteLock { head.store.pointee.counters.walFsyncFailures += 1 }
        }
    }

    /// Writes and syncs what is pending, lets go of the lock. Later calls answer `notReady`.
    public func close() {
        let wasOpen = status.withLock { status in
            defer { status.isOpen = false }
            return status.isOpen
        }
        guard wasOpen else { return }
        for thread in threads.withLock({ threads in
            defer { threads = [] }
            return threads
        }) { thread.stop() }
        head.appendLock.withLock { _ in
            if head.wal != nil {
                head.syncFullChunks()
                head.writeFullChunks()
            }
            // What cannot be synced now is as safe as the kernel makes it; there is nobody to tell.
            try? head.wal?.sync()
            try? head.lateLog?.sync()
            if options.takesSnapshotOnClose {
                do throws(DiskError) {
                    try head.writeChunkSnapshot()
                } catch {
                    // The next start reads the log.
                    status.withLock {
                        $0.maintenanceFailure = "cannot write a snapshot of the head: \(error.description)"
                    }
                }
            }
            head.wal = nil
            head.lateLog = nil
        }
        lock?.unlock()
    }

    /// Ends without writing anything, as the death of the process does. For tests.
    func abandon() {
        status.withLock { $0.isOpen = false }
        for thread in threads.withLock({ $0 }) { thread.stop() }
        head.appendLock.withLock { _ in
            head.wal = nil
            head.lateLog = nil
        }
        lock?.unlock()
    }

    deinit { close() }

    public func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
        guard status.withLock({ $0.isOpen }) else {
            throw StorageError(.notReady, "cannot query: the storage is closed")
        }
        // The head first: what it hands over to a block meanwhile is then in both, not in neither.
        let snapshot = HeadSnapshot(head)
        let overlapping = blocks.withLock { $0.filter { $0.overlaps(start, end) } }
        return DatabaseQuerier(
            head: snapshot, blocks: overlapping, from: start, through: end,
            damages: head.damages, decoded: decoded)
    }

    public func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        SeriesReference(UInt64(try head.register(labels)))
    }

    public func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        try head.append(batch)
    }

    public var takesExemplars: Bool { options.exemplarLimit > 0 }

    public var takesMetadata: Bool { options.keepsMetadata }

    public var takesStartTimestamps: Bool { options.keepsStartTimestamps }

    /// The newest metadata of a series of the head; nil when there is none.
    public func metadata(of reference: SeriesReference) -> SeriesMetadata? {
        head.metadata(of: reference.number)
    }

    public func exemplars(
        _ selectors: [[LabelMatcher]], from start: Timestamp, through end: Timestamp
    ) throws(StorageError) -> [SeriesExemplars] {
        guard status.withLock({ $0.isOpen }) else {
            throw StorageError(.notReady, "cannot query: the storage is closed")
        }
        return head.exemplars.withLock { $0.select(selectors, from: start, through: end) }
    }

    /// What the head holds, with at most `limit` entries a list.
    public func headStatistics(limit: Int = 10) -> HeadStatistics { head.statistics(limit: limit) }

    /// How many series the head knows.
    public var seriesCount: Int { head.seriesCount }

    public var walReplayStatus: WALReplayStatus { status.withLock { $0.replay } }

    /// What could not be read at start, then what queries and maintenance met since, a sentence each with
    /// file, offset and reason.
    public var damages: [String] { status.withLock { $0.damages } + head.damages.found }

    /// What is no damage, but should be known of the start, a sentence each.
    public var notices: [String] { status.withLock { $0.notices } }
}

/// What the database remembers of its own working.
struct DatabaseStatus {
    var isOpen = false
    var replay = WALReplayStatus()
    var replayNanoseconds: UInt64 = 0
    var damages: [String] = []
    var notices: [String] = []
    /// How many series more than the bound the log had at start.
    var seriesOverLimit = 0
    /// File names of damaged blocks.
    var badBlocks: Set<String> = []
    var compactionCount: UInt64 = 0
    var compactionFailureCount: UInt64 = 0
    var compactionNanoseconds: UInt64 = 0
    var timeRetentionCount: UInt64 = 0
    var sizeRetentionCount: UInt64 = 0
    var checkpointCount: UInt64 = 0
    var checkpointFailureCount: UInt64 = 0
    var truncationFailureCount: UInt64 = 0
    var reloadCount: UInt64 = 0
    var reloadFailureCount: UInt64 = 0
    var fsyncCount: UInt64 = 0
    var fsyncNanoseconds: UInt64 = 0
    var maintenanceFailure: String?
}

/// What maintenance remembers between rounds.
struct MaintenanceState {
    /// A stretch of the head that is in a block and waits for readers to end.
    var truncation: (time: Int64, epoch: UInt64)?
    var checkpointedSegment = -1
}
