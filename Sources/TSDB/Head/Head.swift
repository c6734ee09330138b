internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization

/// The newest hours of all series, in memory, with the log that makes them survive.
///
/// Locks: ``appendLock`` lets one writer through at a time and is held over the write to the log;
/// ``stateLock`` is held exclusively only while memory changes, so that readers never wait for the
/// disk. Take them in this order.
final class Head: @unchecked Sendable {
    // Safe to share: all mutable state is in `store`, `scratch` and `wal`, guarded as told above.
    let options: DatabaseOptions
    let disk: any Disk
    let stateLock = ReadWriteLock()
    let appendLock = Mutex<Void>(())
    let store: UnsafeMutablePointer<HeadStore>
    let isolation = Isolation()
    let selections = SelectionCache()
    /// Under ``appendLock``.
    let scratch = AppendScratch()
    /// Under ``appendLock``; nil while the log is being read and after closing.
    var wal: WALWriter?
    /// Under ``appendLock``; nil until a sample comes out of order.
    var lateLog: WALWriter?

    init(_ options: DatabaseOptions, disk: any Disk) {
        self.options = options
        self.disk = disk
        store = .allocate(capacity: 1)
        store.initialize(to: HeadStore(disk: disk, chunkFolder: options.path + "/chunks_head"))
    }

    deinit {
        store.deinitialize(count: 1)
        store.deallocate()
    }

    /// The newest time that a series of the head has, `Int64.min` when it has none.
    var maxTime: Int64 { stateLock.withReadLock { store.pointee.maxTime } }
    var minTime: Int64 { stateLock.withReadLock { store.pointee.minTime } }
    var seriesCount: Int { stateLock.withReadLock { store.pointee.seriesCount } }
    var counters: HeadCounters { stateLock.withReadLock { store.pointee.counters } }

    /// The end (exclusive) of the block range that a time falls into.
    func rangeEnd(_ time: Int64) -> Int64 {
        let range = options.chunkRange
        var start = time / range * range
        if start > time { start -= range }
        let (end, overflow) = start.addingReportingOverflow(range)
        return overflow ? .max : end
    }
}
